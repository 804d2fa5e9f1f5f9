"""Third derivatives through every construct, by every mix of the two modes, against formulas; and the edges of derivatives."""

from __future__ import annotations

import itertools
from typing import Any, Literal

import pytest
from flat import NO_DOT, run_interp

import rose
from rose import Bool, DerivativeError, Fn, Index, Real, Vec, fn

RealFn = Fn[..., Any]


def forward(f: RealFn) -> RealFn:
    return fn([Real], Real)(lambda x: rose.jvp(f)((x,), (1.0,))[1])


def backward(f: RealFn) -> RealFn:
    return rose.grad(f)


def pulled(f: RealFn) -> RealFn:
    return fn([Real], Real)(lambda x: rose.vjp(f)(x)[1](1.0)[0])


def pushed(f: RealFn) -> RealFn:
    return fn([Real], Real)(lambda x: rose.linearize(f)(x)[1](1.0))


# --- x⁴ in many ways --------------------------------------------------------------------------------------


@rose.custom_jvp
def squared(x: Real) -> Real:
    return x * x


@squared.defjvp
def squared_jvp(primals: Any, tangents: Any) -> Any:
    return squared(primals[0]), 2 * primals[0] * tangents[0]


@rose.custom_vjp
def scaled(x: Real, y: Real) -> Real:
    return x * y


scaled.defvjp(lambda x, y: (x * y, (x, y)), lambda kept, bar: (kept[1] * bar, kept[0] * bar))

host_square = rose.opaque(lambda x: x * x, js="square", params=[Real])
host_square.defjvp(lambda p, t: (host_square(p[0]), 2 * p[0] * t[0]))


def by_cond(x: Any) -> Any:
    """The side that does not run divides by 0, at every order."""
    inner = rose.cond(x < 9, lambda: x * x, lambda: rose.sqrt(x - x) / (x - x))
    return rose.cond(x > 0, lambda: inner * x * x, lambda: 1 / (x - x))


def by_switch(x: Any) -> Any:
    return rose.switch(
        rose.to_index(x, 3), [lambda y: 1 / (y - y), lambda y: y**4, lambda y: rose.log(y - y)], x
    )


def by_loop(x: Any) -> Any:
    return rose.loop(4, 1.0, lambda _, y: y * x)


def by_loop_in_reverse(x: Any) -> Any:
    v = rose.vec(4, lambda i: x + 0.0 * i)
    return rose.loop(4, 1.0, lambda t, y: y * v[t], reverse=True)


def by_scan(x: Any) -> Any:
    last, seen = rose.scan(3, x, lambda _, y: (y * x, y * x * x), reverse=True)
    return last * 0.5 + seen[1] * 0.5  # what was seen in the middle step, x² · x²


def by_while(x: Any) -> Any:
    """Ends long before its bound."""

    def step(s: tuple[Real, Real]) -> tuple[Real, Real]:
        return s[0] * x, s[1] + 1

    return rose.while_loop(lambda s: s[1] < 4, step, (1.0, 0.0), max_steps=50)[0]


def by_fold(x: Any) -> Any:
    return rose.prod(2, lambda _: x * x) + 0 * rose.sum(rose.map(lambda y: y * x, rose.vec([x, x])))


def by_updates(x: Any) -> Any:
    def step(t: Any, v: Any) -> Any:
        v = v.at[t].set(v[t] * x)
        return rose.cond(x > 0, lambda: v.at[(t + 1) % 8].set(v[t]), lambda: v)

    return rose.loop(4, rose.vec([1.0] * 8), step)[4]


def by_checkpoints(x: Any) -> Any:
    """Two tangents go into the loops, that of the start and that of x, so that there is a way back; so it is in `by_rules`."""

    def step(_: Index, y: Real) -> Real:
        return rose.loop(2, y, lambda _, z: z * rose.sqrt(rose.sqrt(x)), checkpoint=1)

    return rose.loop(4, x * x, step, checkpoint=2)


def by_rules(x: Any) -> Any:
    again = rose.remat(fn([Real], Real)(lambda y: squared(y)))  # noqa: PLW0108
    return rose.loop(2, rose.sqrt(rose.sqrt(x)), lambda _, y: again(y) * x, checkpoint=2)


def by_both_rules(x: Any) -> Any:
    inner = rose.map(lambda y: rose.cond(y > 0, lambda: scaled(y, y), lambda: y), rose.vec([x, x]))
    return scaled(inner[0], inner[1])


def by_arrays_through_calls(x: Any) -> Any:
    @fn
    def grown(v: Vec[Literal[8]], t: Index[Literal[8]]) -> tuple[Vec[Literal[8]], Real]:
        y = v[t]
        for _ in range(20):
            y = rose.sqrt(y * y)
        return v.at[t].set(y * v[7]), v[0]

    v = rose.vec(8, lambda i: x + 0 * i)
    v, _ = rose.loop(3, (v, x), lambda t, c: grown(c[0].at[t].set(c[0][(t + 7) % 8]), t))
    return v[2]


def by_the_host(x: Any) -> Any:
    return rose.loop(2, x, lambda _, y: host_square(y))


def by_structures(x: Any) -> Any:
    def step(_: Any, s: dict[str, Any]) -> dict[str, Any]:
        return {"value": s["value"] * s["by"][0], "by": (s["by"][0], s["n"] + 1), "n": s["n"] + 1}

    return rose.loop(4, {"value": 1.0, "by": (x, 0.0), "n": 0.0}, step)["value"]


FOURTH_POWERS = {
    f.__name__: f
    for f in (
        *(by_cond, by_switch, by_loop, by_loop_in_reverse, by_scan, by_while, by_fold),
        *(by_updates, by_checkpoints, by_rules, by_both_rules, by_arrays_through_calls),
        *(by_the_host, by_structures),
    )
}


@pytest.mark.parametrize("name", FOURTH_POWERS)
def test_third_derivatives_in_every_mix_of_modes(name: str) -> None:
    x, power = 1.5, fn([Real], Real)(lambda x: FOURTH_POWERS[name](x))  # noqa: PLW0108
    assert power(x) == pytest.approx(x**4, rel=1e-14)
    mixes = {
        "".join(mode.__name__[0] for mode in modes): modes[2](modes[1](modes[0](power)))
        for modes in itertools.product((forward, backward), repeat=3)
    }
    mixes["linearize, vjp, linearize"] = pushed(pulled(pushed(power)))
    mixes["vjp, linearize, vjp"] = pulled(pushed(pulled(power)))
    for how, third in mixes.items():
        assert run_interp(third, (x,))[0] == pytest.approx(24 * x, rel=1e-11), how
    module = rose.compile({f"mix{k}": third for k, third in enumerate(mixes.values())})
    for k, how in enumerate(mixes):
        assert module.call(f"mix{k}", [x]) == pytest.approx(24 * x, rel=1e-11), how


def test_a_while_loop_without_a_bound_has_forward_derivatives_of_any_order() -> None:
    @fn
    def power(x: Real) -> Real:
        return rose.while_loop(lambda s: s[1] < 4, lambda s: (s[0] * x, s[1] + 1), (1.0, 0.0))[0]

    third = forward(forward(forward(power)))
    assert third(1.5) == pytest.approx(36, rel=1e-14)
    with pytest.raises(DerivativeError, match="give a bound"):
        backward(forward(power))(1.5)


# --- edges ------------------------------------------------------------------------------------------------


@fn
def several(
    x: Real, v: Vec[Literal[6]], i: Index[Literal[6]], on: Bool
) -> tuple[Vec[Literal[6]], Vec[Literal[6]], Real, Bool, None, Index[Literal[6]]]:
    """Params given back as they are, the same twice, and what has no derivative."""
    return v, v, x, on, None, i


def test_params_given_back() -> None:
    v = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    result, pullback = rose.vjp(several)(2.0, v, 3, True)
    assert result == (v, v, 2.0, True, None, 3)
    ones, twos = [1.0] * 6, [2.0] * 6
    assert pullback((ones, twos, 5.0, NO_DOT, None, NO_DOT)) == (5.0, [3.0] * 6, None, None)
    tangents: Any = rose.jvp(several)((2.0, v, 3, True), (0.0, ones, None, None))[1]
    assert tangents == (ones, ones, 0.0, None, None, None)


def test_an_array_passed_twice() -> None:
    @fn
    def mixed(
        v: Vec[Literal[6]], w: Vec[Literal[6]], i: Index[Literal[6]]
    ) -> tuple[Vec[Literal[6]], Vec[Literal[6]]]:
        y = v[i] * w[(i + 1) % 6]
        for _ in range(20):
            y = rose.sqrt(y * y)
        return v.at[i].set(y), w.at[(i + 2) % 6].add(y)

    @fn
    def f(v: Vec[Literal[6]]) -> Real:
        a, b = mixed(v, v, 1)
        c, d = mixed(a, a, 2)
        e, _ = rose.loop(6, (c, c), lambda t, s: mixed(s[0], s[0], t))
        return rose.dot(a, b) + rose.dot(c, d) + rose.dot(e, v)

    v = [1.1, 0.7, 0.9, 1.3, 0.8, 1.2]
    rose.check_grads(f, (v,), order=2)
    g = rose.value_and_grad(f)
    value, gradient = g(v)
    assert [value, *gradient] == pytest.approx(run_interp(g, (v,)), rel=1e-12)


def test_what_depends_on_nothing_and_what_nothing_depends_on() -> None:
    @fn
    def constant(x: Real, v: Vec[Literal[6]], i: Index[Literal[6]]) -> tuple[Real, Vec[Literal[6]]]:  # noqa: ARG001
        return 1.0, rose.vec(6, lambda k: 1.0 * k + i)

    assert rose.vjp(constant)(1.0, [0.0] * 6, 2)[1]((1.0, [1.0] * 6)) == (0.0, [0.0] * 6, NO_DOT)
    assert rose.jvp(constant)((1.0, [0.0] * 6, 2), (1.0, [1.0] * 6, None))[1] == (0.0, [0.0] * 6)
    assert rose.linearize(constant)(1.0, [0.0] * 6, 2)[1](1.0, [1.0] * 6, None) == (0.0, [0.0] * 6)
    by_v = rose.jacobian(constant, 1)(1.0, [0.0] * 6, 2)
    assert by_v == ([0.0] * 6, [[0.0] * 6] * 6)

    @fn
    def discrete(i: Index[Literal[6]], on: Bool) -> Real:
        return rose.where(on, 1.0 * i, 0.0)

    value, pullback = rose.vjp(discrete)(4, True)
    assert (value, pullback(1.0)) == (4.0, (NO_DOT, NO_DOT))
    assert rose.jvp(discrete)((4, True), (None, None)) == (4.0, 0.0)
    with pytest.raises(DerivativeError, match="no Reals to differentiate by"):
        rose.grad(discrete)(4, True)


def test_empty_structures() -> None:
    @fn
    def f(x: Real, no: tuple[()], more: tuple[None, tuple[()]]) -> Any:
        return no, x * x, more

    assert rose.vjp(f)(3.0, (), (None, ()))[1](((), 2.0, (None, ()))) == (12.0, (), (None, ()))
    assert rose.jvp(f)((3.0, (), (None, ())), (1.0, (), (None, ())))[1] == ((), 6.0, (None, ()))


def test_a_pullback_called_many_times_and_inside_loops() -> None:
    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[6]]:
        return rose.vec(6, lambda i: v[i] * v[(i + 1) % 6])

    @fn
    def squared_norm_of_jacobian(v: Vec[Literal[6]]) -> Real:
        _, pullback = rose.vjp(f)(v)

        def row(i: Index) -> Real:
            (bar,) = pullback(rose.vec(6, lambda k: rose.where(k == i, 1.0, 0.0)))
            return rose.dot(bar, bar)

        return rose.sum(6, row)

    v = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert squared_norm_of_jacobian(v) == 2 * sum(x * x for x in v)
    assert rose.grad(squared_norm_of_jacobian)(v) == [4 * x for x in v]
    assert rose.hessian(squared_norm_of_jacobian)(v)[2] == [0, 0, 4, 0, 0, 0]


def test_aux_is_given_beside_the_gradient_and_counts_for_nothing() -> None:
    @fn
    def loss(
        x: Real, v: Vec[Literal[6]], i: Index[Literal[6]]
    ) -> tuple[Real, tuple[Vec[Literal[6]], Index[Literal[6]], Real]]:
        w = v * x
        return rose.dot(w, v), (w, i, 1 / (x - x))

    v = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    aux = ([2 * y for y in v], 3, float("inf"))
    assert rose.grad(loss, has_aux=True)(2.0, v, 3) == (91.0, aux)
    value, by = rose.value_and_grad(loss, argnums=(1, 0), has_aux=True)(2.0, v, 3)
    assert value == (182.0, aux)
    assert by == ([4 * y for y in v], 91.0)
    tangent = rose.jvp(rose.grad(loss, argnums=1, has_aux=True))
    _, (by_v, (w_dot, place, _)) = tangent((2.0, v, 3), (1.0, [0.0] * 6, None))
    assert (by_v, w_dot, place) == ([2 * y for y in v], v, NO_DOT)
    independent = fn([Real])(lambda x: (1.0, x))
    assert rose.value_and_grad(independent, has_aux=True)(3.0) == ((1.0, 3.0), 0.0)


@pytest.mark.parametrize("name", FOURTH_POWERS)
def test_check_grads_holds(name: str) -> None:
    rose.check_grads(fn([Real], Real)(lambda x: FOURTH_POWERS[name](x)), (1.5,), order=2)  # noqa: PLW0108
