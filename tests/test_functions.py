"""The functions of Reals: values against `math`, NumPy and Python's operators, derivatives against differences."""
# Every case of misuse takes the same values, used or not:
# ruff: noqa: ARG005

from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pytest
from flat import finite_difference, flat_args, real_positions, run_interp, run_wasm

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.primitives import REGISTRY
from rose.run.interp import interpret

if TYPE_CHECKING:
    from rose.front.typed import Function

PRIMITIVES = sorted(
    name for name in set(rose.__all__) & set(REGISTRY) - {"select"} if REGISTRY[name].domain
)


def lifted(function: Callable[..., Any], count: int) -> Fn[..., Any]:
    """A function of so many Reals as an Fn."""

    @fn
    def one(a: Real) -> Real:
        found: Real = function(a)
        return found

    @fn
    def two(a: Real, b: Real) -> Real:
        found: Real = function(a, b)
        return found

    @fn
    def three(a: Real, b: Real, c: Real) -> Real:
        found: Real = function(a, b, c)
        return found

    return (one, two, three)[count - 1]


def check(f: Fn[..., Any], args: tuple[Any, ...], expected: list[float] | None = None) -> None:
    """The interpreter and the module agree; so does the gradient with finite differences, or with these numbers."""
    assert run_wasm(f, args) == pytest.approx(run_interp(f, args), rel=1e-13, abs=1e-13)
    gradient = rose.grad(f, argnums=tuple(range(len(args))))
    if expected is None:
        values = flat_args(f, args)
        expected = [
            finite_difference(lambda v: interpret(f.func, v)[0], values, path)
            for path in real_positions(f)
        ]
    assert run_interp(gradient, args) == pytest.approx(expected, rel=1e-7, abs=1e-8)
    assert run_wasm(gradient, args) == pytest.approx(expected, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_primitives_take_reals_numbers_and_vecs(name: str) -> None:
    function, primitive = getattr(rose, name), REGISTRY[name]
    count = len(primitive.domain)
    draw = random.Random(name)

    @fn
    def on_vecs(v: Annotated[Vec[Any, Vec[Literal[6]]], count]) -> Vec[Literal[6]]:
        return function(*v)

    columns = [[draw.uniform(*interval) for _ in range(6)] for interval in primitive.domain]
    points = list(zip(*columns, strict=True))
    expected = [primitive.evaluate(*point) for point in points]
    assert [function(*point) for point in points] == expected
    assert on_vecs(columns) == pytest.approx(expected, rel=1e-13, abs=1e-300)
    f = lifted(function, count)
    assert [f(*point) for point in points] == pytest.approx(expected, rel=1e-13, abs=1e-300)
    assert f"rose.{name}(" in function.__doc__


COMPOSITES: list[tuple[Function[Any], Function[Any], list[tuple[float, ...]]]] = [
    (rose.sign, np.sign, [(2.5,), (-0.1,), (math.inf,)]),
    (
        rose.clip,
        lambda x, lo, hi: min(max(x, lo), hi),
        [(0.5, 0.0, 1.0), (-2.0, 0.0, 1.0), (3.0, 0.0, 1.0)],
    ),
    (rose.mod, operator.mod, [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (0.3, 0.7)]),
    (rose.floor_divide, float.__floordiv__, [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0)]),
    (operator.mod, operator.mod, [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)]),
    (lambda x, y: x // y, float.__floordiv__, [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)]),
    (lambda x: x % 2, lambda x: x % 2, [(7.5,), (-7.5,)]),
    (lambda x: 7 % x + 7 // x, lambda x: 7 % x + 7 // x, [(2.25,), (-2.25,)]),
    (rose.sigmoid, lambda x: 1 / (1 + np.exp(-x)), [(0.0,), (2.0,), (-2.0,), (40.0,), (-40.0,)]),
    (rose.softplus, lambda x: np.logaddexp(x, 0.0), [(0.0,), (2.0,), (-2.0,), (40.0,), (-40.0,)]),
    (rose.logaddexp, np.logaddexp, [(1.0, 2.0), (2.0, 1.0), (1.5, 1.5), (300.0, -300.0)]),
]


@pytest.mark.parametrize(
    ("ours", "reference", "points"), COMPOSITES, ids=lambda x: getattr(x, "__name__", None)
)
def test_composites(
    ours: Callable[..., Any], reference: Callable[..., Any], points: list[tuple[float, ...]]
) -> None:
    f = lifted(ours, len(points[0]))
    for point in points:
        expected = float(reference(*point))
        assert f(*point) == pytest.approx(expected, rel=1e-14)
        assert ours(*point) == pytest.approx(expected, rel=1e-14)
        if all(map(math.isfinite, point)):
            check(f, point)


@pytest.mark.parametrize("x", [1e3, -1e3, 1e308, -1e308, math.inf, -math.inf])
def test_smooth_functions_do_not_overflow(x: float) -> None:
    positive = x > 0
    softplus, sigmoid = lifted(rose.softplus, 1), lifted(rose.sigmoid, 1)
    assert (softplus(x), sigmoid(x)) == (x if positive else 0.0, 1.0 if positive else 0.0)
    logaddexp = lifted(rose.logaddexp, 2)
    assert logaddexp(x, 0.0) == logaddexp(0.0, x) == max(x, 0.0)
    assert logaddexp(x, x) == pytest.approx(x + math.log(2))
    assert math.isnan(logaddexp(x, math.nan))
    assert math.isnan(logaddexp(math.nan, x))
    if math.isfinite(x):
        assert rose.grad(softplus)(x) == (1.0 if positive else 0.0)
        assert rose.grad(sigmoid)(x) == 0.0
        assert (
            rose.grad(logaddexp, argnums=(0, 1))(x, 0.0) == (1.0, 0.0) if positive else (0.0, 1.0)
        )


def test_smooth_functions_have_all_derivatives_at_0() -> None:
    first = rose.grad(lifted(rose.softplus, 1))
    second = rose.grad(first)
    assert (first(0.0), second(0.0)) == (0.5, 0.25)
    assert rose.grad(lifted(rose.sigmoid, 1))(0.0) == 0.25
    assert rose.grad(rose.grad(rose.grad(lifted(rose.sigmoid, 1))))(0.0) == pytest.approx(-0.125)
    along = rose.grad(lifted(rose.logaddexp, 2), argnums=(0, 1))
    assert along(3.0, 3.0) == (0.5, 0.5)
    by_both = rose.grad(rose.grad(lifted(rose.logaddexp, 2)), argnums=(0, 1))
    assert by_both(3.0, 3.0) == pytest.approx((0.25, -0.25))


def test_derivatives_of_steps_and_remainders() -> None:
    for step in (rose.floor, rose.ceil, rose.trunc, rose.round, rose.sign):
        assert rose.grad(lifted(step, 1))(1.3) == 0.0
    assert rose.grad(lifted(rose.floor_divide, 2), argnums=(0, 1))(7.5, 2.0) == (0.0, 0.0)
    assert rose.grad(lifted(rose.mod, 2), argnums=(0, 1))(7.5, 2.0) == (1.0, -3.0)
    assert rose.grad(lifted(operator.mod, 2), argnums=(0, 1))(-7.5, 2.0) == (1.0, 4.0)
    assert rose.grad(lifted(rose.fmod, 2), argnums=(0, 1))(-7.5, 2.0) == (1.0, 3.0)
    assert rose.grad(lifted(rose.mod, 2), argnums=(0, 1))(6.0, 2.0) == (1.0, -3.0)
    assert rose.grad(lifted(rose.mod, 2), argnums=(0, 1))(1e22, 3.0) == (1.0, -(1e22 // 3.0))
    assert rose.grad(lifted(rose.clip, 3), argnums=(0, 1, 2))(2.0, 0.0, 1.0) == (0.0, 0.0, 1.0)


def test_nan_and_infinities_are_told_apart() -> None:
    @fn
    def kinds(x: Real) -> tuple[Bool, Bool]:
        return rose.isnan(x), rose.isfinite(x)

    @fn
    def of_vecs(v: Vec[Literal[5]]) -> tuple[Vec[Literal[5], Bool], Vec[Literal[5], Bool]]:
        return rose.isnan(v), np.isfinite(v)

    values = [0.0, 1e308, math.inf, -math.inf, math.nan]
    expected = [(math.isnan(x), math.isfinite(x)) for x in values]
    assert [kinds(x) for x in values] == expected
    assert [(rose.isnan(x), rose.isfinite(x)) for x in values] == expected
    assert list(zip(*of_vecs(values), strict=True)) == expected
    assert math.isnan(lifted(rose.sign, 1)(math.nan))


def test_arguments_by_name_and_indices_as_reals() -> None:
    @fn
    def clipped(x: Real, i: Index[Literal[5]]) -> Real:
        return rose.clip(x, hi=i, lo=0) + rose.softplus(i)

    assert clipped(7.0, 3) == 3.0 + rose.softplus(3)
    assert rose.clip(7, lo=0, hi=3) == 3.0


# --- NumPy's functions on traced values -------------------------------------------------------------------

UNARY = [
    "negative",
    "positive",
    "absolute",
    "fabs",
    "sign",
    "floor",
    "ceil",
    "trunc",
    "rint",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "cbrt",
    "square",
    "reciprocal",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "arctanh",
    "degrees",
    "radians",
    "deg2rad",
    "rad2deg",
    "isnan",
    "isfinite",
]
BINARY = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "true_divide",
    "power",
    "float_power",
    "remainder",
    "mod",
    "fmod",
    "floor_divide",
    "maximum",
    "minimum",
    "hypot",
    "arctan2",
    "copysign",
    "logaddexp",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "equal",
    "not_equal",
]


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_functions_of_numpy(name: str) -> None:
    ufunc: Any = getattr(np, name)
    rows = np.array([[0.7, 0.3, 0.9, 0.2, 0.5], [0.4, 0.6, 0.9, 0.1, 0.8]])[: ufunc.nin]
    expected = ufunc(*rows)

    @fn
    def on_vecs(v: Annotated[Vec[Any, Vec[Literal[5]]], ufunc.nin]) -> Any:
        return ufunc(*v)

    @fn
    def on_reals(v: Vec[Literal[2]]) -> Any:
        return ufunc(*[v[k] for k in range(ufunc.nin)])

    assert on_vecs(rows) == pytest.approx(expected, rel=1e-14)
    assert on_vecs(rows).dtype == expected.dtype
    one = on_reals([0.7, 0.4])
    assert one == pytest.approx(ufunc(*[0.7, 0.4][: ufunc.nin]), rel=1e-14)
    assert type(one) is (bool if expected.dtype == bool else float)


def test_arrays_and_numbers_of_numpy_meet_traced_values() -> None:
    @fn
    def mixed(
        x: Real, v: Vec[Literal[3]]
    ) -> tuple[
        Vec[Literal[3]], Vec[Literal[3]], Vec[Literal[3]], Real, Bool, Vec[Literal[3], Bool]
    ]:
        a = np.array([1.0, 2.0, 3.0])
        return a * x, x - a, np.add(v, a), np.float64(2.0) * x, np.float64(2.0) < x, a < v  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    assert mixed(2.5, [3.0, 2.0, 1.0]) == (
        [2.5, 5.0, 7.5],
        [1.5, 0.5, -0.5],
        [4.0, 4.0, 4.0],
        5.0,
        True,
        [True, False, False],
    )


def test_logic_of_numpy() -> None:
    @fn
    def both(
        a: Bool, v: Vec[Literal[3], Bool]
    ) -> tuple[Bool, Vec[Literal[3], Bool], Vec[Literal[3], Bool]]:
        return np.logical_not(a), np.logical_and(v, a), np.bitwise_xor(v, [True, True, False])

    assert both(True, [True, False, True]) == (False, [True, False, True], [False, True, True])


MISUSES: list[tuple[Callable[[Any, Any], Any], str]] = [
    (
        lambda x, v: np.gcd(x, 2),
        "numpy.gcd takes no traced Real; use the functions of rose, as in rose.sum(v) and rose.dot(v, w)",
    ),
    (
        lambda x, v: np.where(x > 0, x, 1.0),
        "numpy.where takes no traced Bool; write rose.where(condition, a, b)",
    ),
    (
        lambda x, v: np.convolve(v, v),
        "numpy.convolve takes no traced Vec; use the functions of rose, as in rose.sum(v) and rose.dot(v, w)",
    ),
    (
        lambda x, v: np.multiply.outer(v, v),
        "numpy.multiply.outer takes no traced Vec; use the functions of rose, as in rose.sum(v) and rose.dot(v, w)",
    ),
    (
        lambda x, v: np.sin(x, out=np.zeros(1)),
        "numpy.sin of a traced Real takes no out; a traced value does not go into a NumPy array: use what the function gives",
    ),
    (lambda x, v: rose.atan2(x), "rose.atan2 takes 2 numbers, given 1"),  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportUnknownLambdaType]
    (lambda x, v: rose.clip(x, 0), "rose.clip takes 3 numbers, x, lo, hi; given 2"),  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportUnknownLambdaType]
    (
        lambda x, v: rose.clip(x, low=0, hi=1),  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportUnknownLambdaType]
        "rose.clip takes 3 numbers, x, lo, hi; given the argument low",
    ),
    (
        lambda x, v: rose.sigmoid(x > 0),
        "rose.sigmoid takes Reals, given a Bool; write rose.where(b, 1.0, 0.0)",
    ),
    (lambda x, v: rose.mod("a", x), "rose.mod takes Reals, given str 'a'"),
    (
        lambda x, v: rose.min(x),
        "rose.min takes a Vec of Reals, or of Vecs of Reals, given a Real",
    ),
    (
        lambda x, v: rose.max(x, x, x),  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportUnknownLambdaType]
        "rose.max takes 2 numbers, a Vec or a list, or a length and a function, given 3; write rose.max([x, y, z])",
    ),
    (
        lambda x, v: rose.hypot(v, [1, 2]),
        "elementwise arithmetic needs Vecs of one length, given a Vec[3] and a Vec[2]",
    ),
    (lambda x, v: x % "a", "cannot compute a Real % str 'a'"),
    (lambda x, v: x // None, "cannot compute a Real // None"),
    (lambda x, v: divmod(x, 2), "a Real has no divmod; write x // y and x % y"),
]


@pytest.mark.parametrize(("call", "message"), MISUSES)
def test_misuse(call: Callable[[Any, Any], Any], message: str) -> None:
    @fn
    def wrong(x: Real, v: Vec[Literal[3]]) -> Real:
        found: Real = call(x, v)
        return found

    with pytest.raises(rose.RoseError) as raised:
        wrong(1.0, [1.0, 2.0, 3.0])
    assert raised.value.message == message
