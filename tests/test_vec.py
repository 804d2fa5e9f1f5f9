"""Vecs: slices, products, reductions, gathering; values against NumPy, gradients against finite differences."""

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from vecs import LARGE, SMALL, check_gradient, flat, values

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.ir.func import instrs_of
from rose.opt import optimize


def on_vec(numbers: list[float], function: Callable[[Any], Any]) -> tuple[Fn[..., Any], Any]:
    """An Fn that applies a function to a Vec and weighs and adds up what it gives, and NumPy's result of the same."""

    @fn
    def weighed(v: Annotated[Vec, len(numbers)]) -> Real:
        result = function(v)
        parts = [result] if isinstance(result, rose.Real) else list(result)
        return sum((k + 2) * x * x for k, x in enumerate(parts))

    parts = np.atleast_1d(function(np.array(numbers)))
    return weighed, sum((k + 2) * x * x for k, x in enumerate(parts))


SAME_AS_NUMPY: dict[str, Callable[[Any], Any]] = {
    "part": lambda v: v[1:3],
    "reversed": lambda v: v[::-1],
    "every other": lambda v: v[::2],
    "backwards by two": lambda v: v[-1::-2],
    "of a slice": lambda v: v[1:][::-1][:2],
    "ends cut": lambda v: v[-100:100],
    "negative": lambda v: v[-2:],
    "differences": lambda v: v[1:] - v[:-1],
    "remainders": lambda v: v % 2.3 + v // 2.3 + 2.1 % v,
    "sum": lambda v: v.sum(),
    "prod": lambda v: v.prod(),
    "min": lambda v: v.min(),
    "max": lambda v: v[1:].max(),
    "mean": lambda v: v.mean() * v[0],
    "at the place": lambda v: v[v.argmin()] * v[(-v).argmin()] + v[v.argmax()],
    "dot": lambda v: v @ v,
    "dot with numbers": lambda v: v @ np.arange(len(v)) + np.arange(len(v)) @ v,
}


@pytest.mark.parametrize("numbers", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("name", SAME_AS_NUMPY)
def test_vecs_do_what_arrays_do(name: str, numbers: list[float]) -> None:
    f, expected = on_vec(numbers, SAME_AS_NUMPY[name])
    assert values(f, numbers) == pytest.approx([expected], rel=1e-14)
    check_gradient(f, numbers)


@pytest.mark.parametrize("numbers", [SMALL, LARGE], ids=["small", "large"])
def test_comparisons_and_logic(numbers: list[float]) -> None:
    n = len(numbers)

    @fn
    def asked(
        v: Annotated[Vec, n], x: Real, b: Bool
    ) -> tuple[Annotated[Vec[Any, Bool], n], Annotated[Vec[Any, Bool], n], Bool, Bool, Bool]:
        between = (v > 0) & (x >= v) | (v == numbers[-1])
        return between, ~between ^ b, (v < x).any(), rose.all(v != 7), (v <= -1).all()

    a, x = np.array(numbers), 1.5
    between = (a > 0) & (a <= x) | (a == numbers[-1])
    expected = [*between, *~between, (a < x).any(), (a != 7).all(), (a <= -1).all()]
    assert values(asked, numbers, x, False) == expected


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (5, 3), (3, 5), (6, 7)])
def test_products_and_transposes(shape: tuple[int, int]) -> None:
    n, m = shape
    a = np.random.default_rng(1).normal(size=shape)
    v, w = np.arange(n) - 0.5, np.arange(m) + 1.5

    @fn
    def products(
        a: Annotated[Vec[Any, Annotated[Vec, m]], n], v: Annotated[Vec, n], w: Annotated[Vec, m]
    ) -> tuple[
        Annotated[Vec, n],
        Annotated[Vec, m],
        Annotated[Vec[Any, Annotated[Vec, n]], n],
        Annotated[Vec[Any, Annotated[Vec, n]], m],
        Annotated[Vec[Any, Annotated[Vec, m]], m],
        Annotated[Vec, n],
    ]:
        return a @ w, v @ a, rose.matmul(a, a.T), a.T, a.T @ a, np.matmul(a, w)

    parts = (a @ w, v @ a, a @ a.T, a.T, a.T @ a, a @ w)
    expected = [x for part in parts for x in flat(part)]
    assert values(products, a.tolist(), v.tolist(), w.tolist()) == pytest.approx(expected)

    @fn
    def form(
        a: Annotated[Vec[Any, Annotated[Vec, m]], n], v: Annotated[Vec, n], w: Annotated[Vec, m]
    ) -> Real:
        found: Real = v @ (a @ (a.T @ (a @ w))) + (a.T @ a)[0, m - 1] ** 2 + a.T[1].sum()
        return found

    check_gradient(form, a.tolist(), v.tolist(), w.tolist())


def test_indices_and_slices_of_nested_vecs() -> None:
    @fn
    def read(
        m: Vec[Literal[5], Vec[Literal[6]]], i: Index[Literal[5]]
    ) -> tuple[Real, Real, Vec[Literal[5]], Vec[Literal[2]], Vec[Literal[2], Vec[Literal[3]]]]:
        return m[1, -1], m[i, 2], m[:, 2], m[1:3, i], m[::-2, 1:4][:2]

    m = np.arange(30.0).reshape(5, 6)
    parts = (m[1, -1], m[3, 2], m[:, 2], m[1:3, 3], m[::-2, 1:4][:2])
    assert values(read, m.tolist(), 3) == [x for part in parts for x in flat(part)]


def test_reductions_of_nested_vecs_go_over_the_first_dimension() -> None:
    @fn
    def reduced(
        m: Vec[Literal[6], Vec[Literal[2]]],
    ) -> tuple[
        Vec[Literal[2]],
        Vec[Literal[2]],
        Vec[Literal[2]],
        Vec[Literal[2]],
        Vec[Literal[2], Bool],
        Vec[Literal[2], Bool],
    ]:
        return rose.mean(m), m.prod(), m.min(), rose.max(m), (m > 2).any(), (m > 0.5).all()

    m = np.arange(12.0).reshape(6, 2)
    parts = (m.mean(0), m.prod(0), m.min(0), m.max(0), (m > 2).any(0), (m > 0.5).all(0))
    assert values(reduced, m.tolist()) == [x for part in parts for x in flat(part)]


@pytest.mark.parametrize("numbers", [[2.0, 1.0, 1.0, 2.0], [3.0, 2.0, 1.0, 3.0, 1.0, 2.0]])
def test_places_of_extremes_are_the_first(numbers: list[float]) -> None:
    n = len(numbers)

    @fn
    def places(v: Annotated[Vec, n]) -> tuple[Annotated[Index, n], Annotated[Index, n]]:
        return v.argmin(), rose.argmax(v)

    assert values(places, numbers) == [np.argmin(numbers), np.argmax(numbers)]
    with_nan = [*numbers[:2], np.nan, *numbers[3:]]
    assert values(places, with_nan) == [2, 2]


def test_long_vecs_stay_loops_and_short_ones_scalars() -> None:
    def count(n: int) -> int:
        @fn
        def all_of_it(
            v: Annotated[Vec, n],
            m: Annotated[Vec[Any, Annotated[Vec, n]], n],
            i: Annotated[Index, n],
        ) -> Real:
            w = rose.concat(v[1:], v[::-1][:1]).at[i].set(1.0)
            least = w[w.argmin()] + v.prod() + rose.mean(v // w)
            found: Real = rose.where(((v > w) | (w % v == 0)).all(), (m.T @ (m @ w)).max(), least)
            return found

        return sum(1 for _ in instrs_of(all_of_it.func.body))

    assert count(1000) == count(10)

    @fn
    def differences(v: Vec[Literal[9]]) -> Vec[Literal[4]]:
        return (v[1:] - v[:-1])[::2]

    assert [type(i).__name__ for i in instrs_of(differences.func.body)].count("Loop") == 1

    @fn
    def small(v: Vec[Literal[3]], w: Vec[Literal[3]]) -> Real:
        u = rose.concat(v[::-1][:2], w[1:]).at[2].set(1.0)[1:]
        found: Real = u @ w + rose.real(u.argmax()) + u[(u * w % 2).argmin()]
        return found

    names = {getattr(i, "prim", i.__class__) for i in instrs_of(optimize(small.func).body)}
    assert not {"Loop", "update"} & {getattr(name, "name", str(name)) for name in names}


@pytest.mark.parametrize("numbers", [SMALL, LARGE], ids=["small", "large"])
def test_choice_element_by_element(numbers: list[float]) -> None:
    n = len(numbers)

    @fn
    def chosen(v: Annotated[Vec, n], x: Real) -> tuple[Annotated[Vec, n], Annotated[Vec, n]]:
        return rose.where(v > 0, v, x), rose.where(v < x, numbers, 2 * v)

    v = np.array(numbers)
    parts = (np.where(v > 0, v, 0.7), np.where(v < 0.7, v, 2 * v))
    assert values(chosen, numbers, 0.7) == np.concatenate(parts).tolist()


@fn
def picked(table: Vec[Literal[3], Vec[Literal[2], Index[Literal[9]]]], v: Vec[Literal[9]]) -> Real:
    return rose.sum(3, lambda t: v[table[t][0]] - v[table[t][1]])


@fn
def pairs_apart(v: Vec[Literal[9]]) -> Real:
    return picked([[0, 8], (1, 7), [2, 6]], v)


def test_a_table_of_plain_numbers_is_one_constant() -> None:
    assert "const value=(0, 8, 1, 7, 2, 6) type=index<9>[3, 2]" in str(pairs_apart)
    assert pairs_apart([k * k for k in range(9)]) == -64 - 48 - 32
    assert rose.grad(pairs_apart)([0.0] * 9) == [1, 1, 1, 0, 0, 0, -1, -1, -1]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            [[0, 8], [1, 9], [2, 6]],
            "argument table of picked, element 1, element 1: index 9 is outside 0 to 8",
        ),
        (
            [[0, 8], [1, 7], [2, 0.5]],
            "argument table of picked, element 2, element 1: expected an Index or an int, given float 0.5",
        ),
        (
            [[0, 8], [1, 7], [2]],
            "argument table of picked, element 2: expected a Vec[2, Index[9]], given 1 element",
        ),
    ],
)
def test_a_table_with_a_wrong_element_is_refused(table: Any, message: str) -> None:
    @fn
    def wrong(v: Vec[Literal[9]]) -> Real:
        return picked(table, v)

    with pytest.raises(rose.RoseError) as caught:
        wrong([0.0] * 9)
    assert caught.value.message == message


def test_gathering() -> None:
    @fn
    def f(
        v: Vec[Literal[6]],
        chosen: Vec[Literal[5], Index[Literal[6]]],
        m: Vec[Literal[2], Vec[Literal[6]]],
        nested: Vec[Literal[2], Vec[Literal[3], Index[Literal[2]]]],
    ) -> Any:
        return (
            v[chosen],
            v[[0, -1]],
            v[np.array([2, 2])],
            m[nested],
            v[chosen[1:3]],
            v[rose.vec(6, lambda i: i)],
        )

    v = [float(k * k) for k in range(6)]
    m = [v, v[::-1]]
    nested = [[0, 1, 1], [1, 0, 0]]
    expected = (
        [v[k] for k in (5, 0, 0, 3, 1)],
        [0.0, 25.0],
        [4.0, 4.0],
        [[m[k] for k in row] for row in nested],
        [0.0, 0.0],
        v,
    )
    assert f(v, [5, 0, 0, 3, 1], m, nested) == expected
    rose.check_grads(f, (v, [5, 0, 0, 3, 1], m, nested), order=2)
    weights = rose.grad(fn([Annotated[Vec, 6]])(lambda w: w[[0, 0, 3]].sum()))(v)
    assert weights == [2.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def test_lists_beside_a_real() -> None:
    functions: Any = rose  # to checkers a list is no Vec

    @fn
    def f(x: Any, place: Index[Literal[4]]) -> Any:
        i: Any = place
        return (
            x * [1, x],
            (1, x) - x,
            [x, 3] + x,  # noqa: RUF005 (a Vec comes of it)
            2 ** rose.vec([x, 1]),
            x / [[1, x], [x, 4]],
            i * [0.5, 1],
            x < [1, 3],
            i < [1, 3],
            functions.sin([x, 0.0]),
            functions.atan2(x, (1, x)),
            functions.clip([x, -5], 0, 1),
            functions.pow([x, 3], 2),
            functions.cos(np.array([0.0, 0.0])),
        )

    expected: tuple[Any, ...] = (
        [2.0, 4.0],
        [-1.0, 0.0],
        [4.0, 5.0],
        [4.0, 2.0],
        [[2.0, 1.0], [1.0, 0.5]],
        [1.0, 2.0],
        [False, True],
        [False, True],
        [math.sin(2), 0.0],
        [math.atan2(2, 1), math.atan2(2, 2)],
        [1.0, 0.0],
        [4.0, 9.0],
        [1.0, 1.0],
    )
    for given, wanted in zip(f(2.0, 2), expected, strict=True):
        assert np.allclose(given, wanted, rtol=1e-15, atol=0.0)
    assert rose.grad(fn([Real])(lambda x: (x * [1, x]).sum()))(3.0) == 7.0
