"""Derivative rules of the user's own: what they give, in every mode and order, and which are refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import pytest
from flat import run_interp, run_wasm

import rose
from rose import DerivativeError, Index, Real, Vec, fn
from rose.ir.check import check
from rose.ir.digest import digest

LONG = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


@rose.custom_jvp
def pair(x: Real, v: Vec[Literal[6]]) -> tuple[Real, Vec[Literal[6]]]:
    return rose.log(1 + rose.exp(x)), v * x


@pair.defjvp
def pair_jvp(primals: Any, tangents: Any) -> Any:
    (x, v), (x_dot, v_dot) = primals, tangents
    return pair(x, v), (x_dot / (1 + rose.exp(-x)), v_dot * x + v * x_dot)


@fn
def through_pair(x: Real, v: Vec[Literal[6]]) -> Real:
    a, w = pair(x * x, v)
    return a * rose.sum(w) + w[2]


def test_a_jvp_rule_serves_every_mode_and_order() -> None:
    rose.check_grads(through_pair, (0.7, LONG), order=3)
    assert run_interp(rose.grad(through_pair), (0.7, LONG)) == pytest.approx(
        run_wasm(rose.grad(through_pair), (0.7, LONG)), rel=1e-12
    )


def test_the_rule_is_what_counts() -> None:
    @rose.custom_jvp
    def identity(x: Real) -> Real:
        return x

    @identity.defjvp
    def tenfold(primals: Any, tangents: Any) -> Any:
        return primals[0], 10 * tangents[0]

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, x, lambda _, y: identity(y) * x)

    assert f(2.0) == 16.0
    # d(y·x) with ten times the part through y: 10(10(10·2 + 2)·2 + 4)·2 + 8 with x = 2
    expected, y, y_dot = 0.0, 2.0, 1.0
    for _ in range(3):
        y, y_dot = y * 2.0, 10 * y_dot * 2.0 + y
        expected = y_dot
    assert rose.grad(f)(2.0) == expected
    assert rose.jvp(f)((2.0,), (1.0,)) == (16.0, expected)


@rose.custom_vjp
def scaled(x: Real, v: Vec[Literal[6]]) -> Real:
    return x * v[0] + v[3]


scaled.defvjp(
    lambda x, v: (x * v[0] + v[3], (x, v)),
    lambda kept, bar: (
        10 * kept[1][0] * bar,
        rose.vec(6, lambda k: rose.where(k == 0, kept[0] * bar, rose.where(k == 3, bar, 0.0))),
    ),
)


def test_a_vjp_rule_serves_every_mode_and_order() -> None:
    @fn
    def f(x: Real, v: Vec[Literal[6]]) -> Real:
        return scaled(rose.sin(x), v) * 2

    x = 0.7
    by_x, by_v = rose.grad(f, argnums=(0, 1))(x, LONG)
    assert by_x == pytest.approx(20 * LONG[0] * math.cos(x), rel=1e-14)
    assert by_v == pytest.approx([2 * math.sin(x), 0, 0, 2.0, 0, 0], rel=1e-14)
    assert rose.jvp(f)((x, LONG), (1.0, [0.0] * 6))[1] == pytest.approx(by_x, rel=1e-14)
    second = rose.grad(rose.grad(f))(x, LONG)
    assert second == pytest.approx(-20 * LONG[0] * math.sin(x), rel=1e-14)


def test_a_rule_that_is_not_linear_is_refused_when_it_is_given() -> None:
    @rose.custom_jvp
    def f(x: Real) -> Real:
        return x

    with pytest.raises(DerivativeError) as raised:

        @f.defjvp
        def squared(primals: Any, tangents: Any) -> Any:
            return primals[0], tangents[0] * tangents[0]

    assert raised.value.message == (
        "the jvp rule of f gives a tangent that depends on the tangents, but it is not linear in it: "
        "%2: real = mul %1, %1; a derivative rule may multiply it by values that do not depend on it, and add such products"
    )


def test_a_function_has_its_rule_inside_of_its_rule() -> None:
    """As in JAX: derivatives of higher orders are by the rule, which here is three times the true one."""

    @rose.custom_jvp
    def forward(x: Real) -> Real:
        return rose.exp(x)

    @forward.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        y = forward(*primals)
        return y, 3 * y * tangents[0]

    @rose.custom_vjp
    def backward(x: Real) -> Real:
        return rose.exp(x)

    def kept(x: Any) -> Any:
        y = backward(x)
        return y, y

    backward.defvjp(kept, lambda y, bar: (3 * y * bar,))

    for f in (forward, backward):
        third = rose.grad(rose.grad(rose.grad(f)))
        assert third(0.0) == 27
        assert rose.jvp(rose.grad(f))((0.0,), (1.0,)) == (3, 9)


def test_rules_of_functions_that_are_specialised() -> None:
    """They are traced for each static value and each type, twice the true derivative here."""

    @rose.custom_jvp
    def power(x: Real, n: int) -> Real:
        return 1.0 if n == 0 else x * power(x, n - 1)

    @power.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (x, n), (x_dot, n_dot) = primals, tangents
        assert isinstance(n, int)
        assert n_dot is None
        return power(x, n), 0.0 if n == 0 else 2 * n * power(x, n - 1) * x_dot

    @rose.custom_vjp
    def square(v: Vec, n: int = 2) -> Real:
        return rose.dot(v, v) * n

    def backward(n: Any, v: Any, bar: Any) -> Any:
        assert isinstance(n, int)
        return 4 * n * v * bar, None

    square.defvjp(lambda v, n: (square(v, n), v), backward)

    @fn
    def both(v: Vec[Literal[2]], x: Real) -> Real:
        return square(v) + square([x, x, x], 1) + power(x, 3)

    assert power(2.0, 3) == 8
    assert rose.grad(power)(2.0, 3) == 2 * 12
    assert rose.grad(rose.grad(power))(2.0, n=3) == 4 * 12
    assert rose.grad(square)([1.0, 2.0, 3.0]) == [8, 16, 24]
    assert rose.grad(both, argnums=(0, 1))([1.0, 2.0], 1.0) == ([8, 16], 12 + 6)


def test_the_rule_of_a_specialised_function_is_refused_when_it_is_used() -> None:
    @rose.custom_jvp
    def f(x: Real, n: int) -> Real:
        return x * n

    f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] if primals[1] == 1 else 1.0))
    assert rose.grad(f)(2.0, 1) == 1
    with pytest.raises(DerivativeError, match="is not 0 for a tangent of 0"):
        rose.grad(f)(2.0, 2)
    f.defjvp(lambda primals, tangents: (f(*primals), 5 * tangents[0]))
    assert rose.grad(f)(2.0, 2) == 5


def test_the_digest_of_a_function_tells_its_rule() -> None:
    """Derivatives are kept on disk under the digest of what they are derivatives of."""

    def scaled(factor: float) -> bytes:
        @rose.custom_jvp
        def f(x: Real) -> Real:
            return rose.exp(x)

        @f.defjvp
        def rule(primals: Any, tangents: Any) -> Any:
            return f(*primals), factor * f(*primals) * tangents[0]

        return digest(fn([Real], Real)(lambda x: 2 * f(x)).func)

    assert scaled(1.0) == scaled(1.0) != scaled(2.0)


def test_rules_that_are_linear_in_roundabout_ways_are_taken() -> None:
    """Zeros of all kinds may be added, chosen, carried and stored beside what is linear."""

    @fn
    def helper(x: Real, y: Real) -> Real:
        return 2 * x - y

    @fn
    def bowl(v: Vec[Literal[6]]) -> Real:
        return rose.dot(v, v) / 2

    @rose.custom_jvp
    def f(v: Vec[Literal[6]]) -> Real:
        return bowl(v)

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (v,), (v_dot,) = primals, tangents
        summed = rose.loop(6, 0.0, lambda i, c: c + v[i] * v_dot[i])
        stored = rose.loop(6, rose.vec([0.0] * 6), lambda i, w: w.at[i].set(v_dot[i] * v[i]))
        chosen = rose.sum(6, lambda i: rose.cond(v[i] > 0, lambda: v_dot[i], lambda: 0.0))
        pushed, pulled = rose.jvp(bowl)((v,), (v_dot,))[1], rose.vjp(bowl)(v)[1](chosen)[0]
        same = rose.sum(stored) + rose.where(v[0] > 0, 0.0, pushed) - helper(pushed, 0.0)
        return bowl(v), summed + same + pushed + (pulled[0] - v[0] * chosen)

    v = [1.0, -2.0, 3.0, -4.0, 5.0, -6.0]
    assert rose.grad(f)(v) == v
    assert rose.jvp(f)((v,), ([1.0] * 6,))[1] == sum(v)


@fn
def _with_a_square(x: Real, bar: Real) -> tuple[Real, Real]:
    return x * x, x * bar


@fn
def _apart(x: Real, v: Vec[Literal[20]]) -> tuple[Real, Real]:
    return rose.dot(v, v) / 2, x * x


def _mixed_call(x: Real, bar: Real) -> Real:
    square, scaled = _with_a_square(x, bar)
    return square * scaled


def _mixed_pullback(x: Real, bar: Real) -> Real:
    """One of its cotangents depends on bar, and one does not."""
    _, pullback = rose.vjp(_apart)(x, rose.vec(20, lambda _: x * x / 40))
    scaled, same = pullback((1.0, bar))
    return scaled * rose.sum(same)


def _mixed_loop(x: Real, bar: Real) -> Real:
    """Two tangents go into it: a loop with one has nothing linear left in it."""

    def step(_: Index, c: Any) -> Any:
        same, scaled, ahead = c
        return same * 1.0, (scaled * same + ahead) / 2, ahead * same

    return rose.loop(2, (x, bar, x * bar), step)[1] * x


def _mixed_cond(x: Real, bar: Real) -> Real:
    return math.prod(rose.cond(x > 0, lambda: (x * x, x * bar), lambda: (x, bar)))


@pytest.mark.parametrize("backward", [_mixed_call, _mixed_pullback, _mixed_loop, _mixed_cond])
def test_the_backward_half_of_a_rule_may_compute_other_things_beside(
    backward: Callable[[Any, Any], Any],
) -> None:
    """In calls and regions that have values in them which do not depend on the cotangent: it was transposed whole."""

    @rose.custom_vjp
    def f(x: Real) -> Real:
        return x**4 / 4

    f.defvjp(lambda x: (f(x), x), lambda x, bar: (backward(x, bar),))
    check(rose.jvp(f).func)
    assert rose.grad(f)(1.5) == pytest.approx(1.5**3)
    assert rose.jvp(f)((1.5,), (2.0,))[1] == pytest.approx(2 * 1.5**3)
    assert rose.grad(rose.grad(f))(1.5) == pytest.approx(3 * 1.5**2)


def test_the_backward_half_of_a_rule_with_a_while_loop_is_refused() -> None:
    @rose.custom_vjp
    def f(x: Real) -> Real:
        return x

    def backward(x: Any, bar: Any) -> Any:
        doubled = rose.while_loop(lambda c: c[0] > 0, lambda c: (c[0] - 1, c[1] * 2), (x, bar))
        return (doubled[1],)

    with pytest.raises(DerivativeError, match=r"give a bound, while_loop\(..., max_steps=n\)"):
        f.defvjp(lambda x: (f(x), x), backward)


@pytest.mark.parametrize("name", ["atan2", "copysign", "fmod", "hypot", "max", "mod", "pow"])
def test_a_rule_may_be_the_derivative_of_a_function(name: str) -> None:
    """Whatever primitives that is made of."""

    @fn
    def plain(x: Real, y: Real) -> Real:
        found: Real = getattr(rose, name)(x, y)
        return found

    @rose.custom_jvp
    def f(x: Real, y: Real) -> Real:
        return plain(x, y)

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        return rose.jvp(plain)(primals, tangents)

    assert rose.grad(f, (0, 1))(2.5, 1.5) == rose.grad(plain, (0, 1))(2.5, 1.5)


def test_a_function_without_its_rule_is_refused_when_it_is_used() -> None:
    @rose.custom_jvp
    def f(x: Real) -> Real:
        return x

    with pytest.raises(DerivativeError) as raised:
        f(1.0)
    assert raised.value.message == "f has no derivative rule yet; write @f.defjvp above its rule"


def test_a_rule_may_not_apply_another_ruled_function_to_a_tangent() -> None:
    @rose.custom_jvp
    def same(x: Real) -> Real:
        return x

    @same.defjvp
    def same_jvp(primals: Any, tangents: Any) -> Any:
        return primals[0], tangents[0]

    @rose.custom_jvp
    def f(x: Real) -> Real:
        return x

    with pytest.raises(DerivativeError) as raised:

        @f.defjvp
        def f_jvp(primals: Any, tangents: Any) -> Any:
            return primals[0], same(tangents[0])

    assert raised.value.message == (
        "the jvp rule of f gives a tangent that depends on the tangents, but it is not linear in it: "
        "%2: real = call same(%1); a derivative rule may multiply it by values that do not depend on it, and add such products"
    )
