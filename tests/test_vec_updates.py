"""Vecs with elements replaced, and put together; values against NumPy, gradients against finite differences."""

from typing import Annotated, Any, Literal

import numpy as np
import pytest
from vecs import LARGE, SMALL, Ball, check_gradient, values

import rose
from rose import Bool, Index, Real, Vec, fn


@pytest.mark.parametrize("numbers", [SMALL, LARGE], ids=["small", "large"])
def test_updates(numbers: list[float]) -> None:
    n = len(numbers)

    @fn
    def updated(
        v: Annotated[Vec, n], i: Annotated[Index, n], x: Real
    ) -> tuple[Annotated[Vec, n], Annotated[Vec, n], Annotated[Vec, n], Annotated[Vec, n]]:
        return v.at[i].set(x), v.at[-1].set(x * x), v.at[i].add(x), v.at[0].add(1).at[i].add(x)

    def put(place: int, x: float, start: Any = numbers) -> Any:
        array = np.array(start)
        array[place] = x
        return array

    def added(place: int, x: float, start: Any = numbers) -> Any:
        return put(place, start[place] + x, start)

    parts = (put(1, 0.7), put(-1, 0.49), added(1, 0.7), added(1, 0.7, added(0, 1.0)))
    assert values(updated, numbers, 1, 0.7) == pytest.approx(np.concatenate(parts).tolist())

    @fn
    def form(v: Annotated[Vec, n], x: Real, i: Annotated[Index, n]) -> Real:
        w = v.at[i].set(x * v[0]).at[1].add(v[i] * v[i]).at[(i + 1) % n].set(v[i])
        found: Real = w @ w + (w @ w) * w[i]
        return found

    for i in range(n):
        check_gradient(form, numbers, 0.7, i)


def test_updates_of_rows_structures_and_nested_places() -> None:
    ball = Ball(9.0, [8.0, 7.0])
    balls = [Ball(1.0 * k, [10.0 + k, 20.0 + k]) for k in range(6)]

    @fn
    def updated(
        m: Vec[Literal[6], Vec[Literal[5]]],
        balls: Vec[Literal[6], Ball],
        ball: Ball,
        i: Index[Literal[6]],
        j: Index[Literal[5]],
    ) -> tuple[
        Vec[Literal[6], Vec[Literal[5]]],
        Vec[Literal[6], Vec[Literal[5]]],
        Vec[Literal[6], Vec[Literal[5]]],
        Vec[Literal[6], Ball],
        Vec[Literal[6], Ball],
    ]:
        return (
            m.at[i].set(m[0] * 2),
            m.at[i, j].set(-1),
            m.at[2, j].add(0.5).at[i].add([1, 2, 3, 4, 5]),
            balls.at[i].set(ball),
            balls.at[2].add(ball).at[i].set((1.0, [2, 3])),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        )

    m = np.arange(30.0).reshape(6, 5)
    row, place, both = m.copy(), m.copy(), m.copy()
    row[3], place[3, 4] = m[0] * 2, -1
    both[2, 4] += 0.5
    both[3] += [1, 2, 3, 4, 5]
    got = updated(m.tolist(), balls, ball, 3, 4)
    assert got[:3] == (row.tolist(), place.tolist(), both.tolist())
    assert got[3] == [*balls[:3], ball, *balls[4:]]
    more = Ball(2.0 + 9.0, [12.0 + 8.0, 22.0 + 7.0])
    assert got[4] == [*balls[:2], more, Ball(1.0, [2.0, 3.0]), *balls[4:]]
    values(updated, m.tolist(), balls, ball, 3, 4)


def test_updates_of_indices_and_bools() -> None:
    @fn
    def updated(
        order: Vec[Literal[5], Index[Literal[9]]],
        seen: Vec[Literal[5], Bool],
        i: Index[Literal[5]],
        b: Bool,
    ) -> tuple[Vec[Literal[5], Index[Literal[9]]], Vec[Literal[5], Bool]]:
        return order.at[i].set(i).at[0].set(8), seen.at[i].set(b).at[0].set(True)

    assert values(updated, [1, 2, 3, 4, 5], [False] * 5, 3, True) == [
        *[8, 2, 3, 3, 5],
        *[True, False, False, True, False],
    ]


def test_a_sieve_updates_the_vec_that_it_carries() -> None:
    @fn
    def counts(v: Vec[Literal[8], Index[Literal[5]]]) -> Vec[Literal[5]]:
        start: Any = [0.0] * 5  # to checkers a list is no Vec
        return rose.loop(8, start, lambda t, found: found.at[v[t]].add(1))

    assert values(counts, [1, 4, 1, 0, 4, 4, 2, 1]) == [1, 3, 1, 0, 3]


def test_concatenation() -> None:
    @fn
    def joined(
        v: Vec[Literal[7]], x: Real
    ) -> tuple[Vec[Literal[3]], Vec[Literal[7]], Vec[Literal[12]], Vec[Literal[4]]]:
        parts = rose.concat(v[5:], v[::2], [x, 1], v[:4])
        return rose.concat([x], v[:2]), rose.concat(v[2:], v[:2]), parts, rose.concat([x] * 3, [2])

    v = np.array(LARGE)
    parts = np.concatenate([v[5:], v[::2], [0.5, 1], v[:4]])
    expected: list[Any] = [[0.5], v[:2], v[2:], v[:2], parts, [0.5, 0.5, 0.5, 2]]
    assert values(joined, LARGE, 0.5) == np.concatenate(expected).tolist()

    @fn
    def form(v: Vec[Literal[7]]) -> Real:
        return rose.concat(v[1:] * v[:-1], [v[0] ** 3], v) @ rose.concat(v, v * v)

    check_gradient(form, LARGE)


def test_concatenation_of_rows_and_structures() -> None:
    @fn
    def joined(
        m: Vec[Literal[4], Vec[Literal[3]]], balls: Vec[Literal[3], Ball]
    ) -> tuple[Vec[Literal[7], Vec[Literal[3]]], Vec[Literal[6], Ball]]:
        return rose.concat(m, m[:3]), rose.concat(balls[::-1], balls)

    m = np.arange(12.0).reshape(4, 3).tolist()
    balls = [Ball(1.0 * k, [10.0 + k, 20.0 + k]) for k in range(3)]
    assert joined(m, balls) == (m + m[:3], balls[::-1] + balls)
    values(joined, m, balls)
