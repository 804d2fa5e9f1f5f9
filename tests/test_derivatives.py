"""The transformations as users call them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from flat import NO_DOT, flatten, is_list, run_interp

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.ir.func import callees_first, instrs_of
from rose.opt import finish
from rose.run.interp import Counter, interpret


@dataclass(frozen=True)
class Spring:
    ends: Vec[Literal[2], Index[Literal[4]]]
    stiffness: Real
    on: Bool


@fn
def cubic(x: Real) -> Real:
    return x**3


@fn
def pull(spring: Spring, x: Vec[Literal[4]], unit: Real = 2.0) -> Real:
    stretch = x[spring.ends[0]] - x[spring.ends[1]]
    return rose.where(spring.on, spring.stiffness * stretch**2 * unit, 0.0)


@fn
def polar(r: Real, angle: Real) -> tuple[Real, Real]:
    return r * rose.cos(angle), r * rose.sin(angle)


SPRING = Spring([3, 1], 1.5, True)
POSITIONS = [0.0, 0.25, 1.0, 2.0]


def test_gradients_of_any_order() -> None:
    f: Any = cubic
    for expected in (3 * 2.0**2, 6 * 2.0, 6.0, 0.0):
        f = rose.grad(f)
        assert f(2.0) == expected


def test_a_gradient_has_the_structure_of_its_argument() -> None:
    gradient = rose.grad(pull)(SPRING, POSITIONS)
    assert gradient == Spring(NO_DOT, 1.75**2 * 2, NO_DOT)
    assert rose.grad(pull, argnums=1)(SPRING, POSITIONS) == [0.0, -10.5, 0.0, 10.5]


def test_argnums_give_the_gradient_in_their_order() -> None:
    value, (by_unit, by_spring) = rose.value_and_grad(pull, argnums=(2, 0))(SPRING, POSITIONS, 3.0)
    assert value == 1.5 * 1.75**2 * 3
    assert by_unit == 1.5 * 1.75**2
    assert by_spring.stiffness == 1.75**2 * 3
    assert rose.grad(pull, argnums=-1)(SPRING, POSITIONS) == 1.5 * 1.75**2


def test_jvp_gives_the_result_and_its_tangent() -> None:
    (x, y), (x_dot, y_dot) = rose.jvp(polar)((2.0, 0.5), (1.0, 0.0))
    assert (x, y) == pytest.approx((2 * math.cos(0.5), 2 * math.sin(0.5)), rel=1e-15)
    assert (x_dot, y_dot) == pytest.approx((math.cos(0.5), math.sin(0.5)), rel=1e-15)
    _, tangent = rose.jvp(pull)(
        (SPRING, POSITIONS, 2.0), (Spring(NO_DOT, 1.0, NO_DOT), [0.0] * 4, 0.0)
    )
    assert tangent == 1.75**2 * 2


def test_a_pullback_may_be_called_many_times() -> None:
    (x, _), pullback = rose.vjp(polar)(2.0, 0.5)
    assert x == pytest.approx(2 * math.cos(0.5), rel=1e-15)
    for _ in range(2):
        assert pullback((1.0, 0.0)) == pytest.approx((math.cos(0.5), -2 * math.sin(0.5)), rel=1e-15)
        assert pullback((0.0, 3.0)) == pytest.approx(
            (3 * math.sin(0.5), 6 * math.cos(0.5)), rel=1e-15
        )


def test_transformations_work_inside_functions_and_nest() -> None:
    slope = rose.grad(cubic)

    @fn
    def newton(x: Real) -> Real:
        return x - cubic(x) / slope(x)

    @fn
    def speed(angle: Real) -> Real:
        _, (dx, dy) = rose.jvp(polar)((2.0, angle), (0.0, 1.0))
        return dx * dx + dy * dy

    @fn
    def through_vjp(x: Real) -> Real:
        (a, _), pullback = rose.vjp(polar)(x, 0.5)
        return a * pullback((1.0, 2.0))[0]

    assert newton(3.0) == 3.0 - 9 / 9
    assert rose.grad(newton)(3.0) == pytest.approx(2 / 3, rel=1e-15)
    assert speed(0.3) == pytest.approx(4.0, rel=1e-15)
    assert rose.grad(speed)(0.3) == pytest.approx(0.0, abs=1e-14)
    slant = math.cos(0.5) + 2 * math.sin(0.5)
    assert rose.grad(through_vjp)(1.7) == pytest.approx(math.cos(0.5) * slant, rel=1e-14)


def test_what_does_not_depend_on_anything_has_gradient_zero() -> None:
    @fn
    def constant(x: Real, v: Vec[Literal[6]]) -> Real:
        return 4.0 if v is not x else x

    assert rose.value_and_grad(constant, argnums=(0, 1))(1.0, [1.0] * 6) == (4.0, (0.0, [0.0] * 6))


AT_KINKS: list[tuple[Callable[[Any], Any], float, float]] = [
    (abs, 0.0, 0.0),
    (lambda x: rose.min(x, 2.0), 2.0, 0.5),
    (lambda x: rose.max(x, 2.0), 2.0, 0.5),
    (lambda x: rose.max(x, x), 2.0, 1.0),
    (lambda x: rose.norm([x, 2 * x]), 0.0, 0.0),
    (lambda x: x**0.0, 0.0, 0.0),
    (lambda x: x**2.5, 0.0, 0.0),
    (lambda x: rose.cond(x > 0, lambda: rose.sqrt(x), lambda: 3 * x), 0.0, 3.0),
]


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    AT_KINKS,
    ids=["abs", "min", "max", "max of one", "norm", "power 0", "power", "cond"],
)
def test_conventions_at_kinks(f: Any, x: float, expected: float) -> None:
    @fn
    def kinked(x: Real) -> Real:
        found: Real = f(x)
        return found

    assert rose.grad(kinked)(x) == expected


# --- code and work grow as they should --------------------------------------------------------------------


def nested(depth: int) -> Any:
    """A function nested `depth` deep that calls its predecessor twice at every level."""

    @fn
    def level(x: Real) -> Real:
        return rose.sin(x) * 0.9

    for _ in range(depth):
        level = _twice(level)
    return level


def _twice(inner: Any) -> Any:
    @fn
    def level(x: Real) -> Real:
        found: Real = inner(inner(x)) * 0.5 + x
        return found

    return level


def instructions(func: Any) -> int:
    return sum(1 for f in callees_first([func]) for _ in instrs_of(f.body))


@pytest.mark.parametrize("mode", ["jvp", "grad"])
def test_code_of_shared_calls_grows_linearly(mode: str) -> None:
    def derive(f: Fn[[Real], Real]) -> Fn[..., Any]:
        return rose.jvp(f) if mode == "jvp" else rose.grad(f)

    sizes = [len(derive(nested(depth)).compiled.data) for depth in (5, 10, 20)]
    assert sizes[2] - sizes[1] <= 2.5 * (sizes[1] - sizes[0])
    assert sizes[2] < 20_000
    counts = [instructions(derive(nested(depth)).func) for depth in (10, 20, 30)]
    assert counts[2] - counts[1] <= 1.5 * (counts[1] - counts[0])


def test_shared_calls_have_the_right_derivative() -> None:
    f = nested(12)
    by_formula, x = 1.0, 0.7

    def run(level: int, x: float, dot: float) -> tuple[float, float]:
        if level == 0:
            return math.sin(x) * 0.9, math.cos(x) * 0.9 * dot
        y, y_dot = run(level - 1, *run(level - 1, x, dot))
        return y * 0.5 + x, y_dot * 0.5 + dot

    _, by_formula = run(12, x, 1.0)
    assert rose.grad(f)(x) == pytest.approx(by_formula, rel=1e-12)


def test_reading_one_element_costs_the_same_however_long_the_vec() -> None:
    def cost(size: int) -> int:
        @fn
        def third(v: Annotated[Vec, size]) -> Real:
            return v[2] * v[2]

        @fn
        def total(v: Annotated[Vec, size]) -> Real:
            return rose.sum(50, lambda _: third(v))

        counter = Counter()
        func = rose.value_and_grad(total).func
        interpret(func, [[0.5] * size], counter)
        return counter.count

    assert cost(1000) == cost(10)


class Scalars(Counter):
    """Counts the scalars of the arrays that primitives make, and of what instructions give, one each."""

    def saw(self, instr: Any, args: Any, value: Any) -> None:
        if instr.prim.name != "unread":
            self.ran(instr, len(flatten(value)) if is_list(value) else 0)


def scalars(f: Any, args: list[Any]) -> int:
    counter = Scalars()
    interpret(finish(f.func), args, counter)
    return counter.count


def sometimes(size: int) -> Any:
    """A loop into which two tangents go, that of x and that of its square: with one it would keep nothing."""

    @fn
    def walked(x: Real, large: Bool) -> Real:
        def step(t: Index, y: Real) -> Any:
            def at_length() -> Real:
                w = rose.vec(size, lambda i: rose.exp(-y * i) * rose.sin(y))
                v = rose.vec(size, lambda i: rose.exp(w[i] * y) * w[(i + 1) % size])
                return rose.sum(size, lambda i: w[i] * v[i]) / size

            return rose.cond(large & (t % 3 == 0), at_length, lambda: rose.sin(y) * square)

        square = x * x
        return rose.loop(30, x, step)

    return walked


@pytest.mark.parametrize("order", [1, 2])
def test_a_side_of_a_cond_that_does_not_run_costs_nothing(order: int) -> None:
    def derived(size: int) -> Any:
        f = sometimes(size)
        for _ in range(order):
            f = rose.grad(f)
        return f

    short, long = scalars(derived(10), [0.5, False]), scalars(derived(1000), [0.5, False])
    if order == 1:
        assert long == short
    else:  # the cotangents of what is kept begin as zeros, once
        assert long - short <= 10 * 30 * 990
    assert scalars(derived(100), [0.5, True]) > 10 * 100
    f = derived(10)
    assert f(0.5, False) == pytest.approx(run_interp(f, (0.5, False))[0], rel=1e-12)
    assert f(0.5, True) == pytest.approx(run_interp(f, (0.5, True))[0], rel=1e-12)
    rose.check_grads(sometimes(10), (0.5, True), order=order)


def test_steps_after_the_end_of_a_while_loop_cost_a_branch() -> None:
    def cost(size: int, bound: int) -> int:
        @fn
        def ended(x: Real) -> Real:
            def step(state: Any) -> Any:
                v, k = state
                return rose.vec(size, lambda i: rose.sin(v[i] * x)), k + 1

            start = (rose.vec(size, lambda i: x + i), 0.0)
            return rose.sum(rose.while_loop(lambda state: state[1] < 3, step, start, bound)[0])

        return scalars(rose.grad(ended), [0.5])

    assert cost(1000, 40) - cost(1000, 10) == cost(10, 40) - cost(10, 10)
