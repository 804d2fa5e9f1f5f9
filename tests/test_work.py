"""The work of a gradient: at most five times that of its function, and linear in the lengths of loops.

It is counted in executed instructions of the IR, by the interpreter, and in what the module executes, where every eight
bytes that are copied or cleared count as several instructions.
"""

from __future__ import annotations

from typing import Any, Literal

import pytest
from flat import gradient
from growing import FAMILIES, deep, ends_early, numbers
from metering import fuel, instructions, second
from programs import PROGRAMS
from random_programs import arguments, program
from short_loops import SHORT
from test_primitives import REALS

import rose
from rose import Fn, Index, Real, Vec, fn
from rose.front import values

MOST = 5

CASES: dict[str, Any] = {
    **PROGRAMS,
    **{name: make(12) for name, make in FAMILIES.items()},
    **{f"random {seed}": (program(seed), arguments(seed)) for seed in range(20)},
    "deep": deep(8),
    "ends early": ends_early(12, "all"),
    "ends early, checkpoints": ends_early(12, "sqrt"),
}


@pytest.mark.parametrize("name", CASES)
def test_in_instructions_of_the_ir(name: str) -> None:
    f, args = CASES[name]
    assert instructions(gradient(f), args) <= MOST * instructions(f, args)


@pytest.mark.parametrize("name", CASES)
def test_in_what_the_module_executes(name: str) -> None:
    f, args = CASES[name]
    assert fuel(gradient(f), args) <= MOST * fuel(f, args)


@pytest.mark.parametrize("name", FAMILIES)
def test_it_grows_as_the_lengths_of_loops(name: str) -> None:
    """The function, its gradient, and reverse mode over that, from n to 4 n."""
    short, long = FAMILIES[name](80), FAMILIES[name](320)
    assert growth(short, long) <= 4.2
    assert growth(derived(short), derived(long)) <= 4.3
    assert growth(second(*short), second(*long)) <= 4.4


@pytest.mark.parametrize("checkpoint", ["all", "sqrt", 5])
def test_steps_that_are_not_taken_keep_nothing(checkpoint: Any) -> None:
    short, long = ends_early(80, checkpoint), ends_early(320, checkpoint)
    assert growth(derived(short), derived(long)) <= 4.3


def derived(case: tuple[Fn[..., Any], tuple[Any, ...]]) -> tuple[Fn[..., Any], tuple[Any, ...]]:
    return gradient(case[0]), case[1]


def growth(short: Any, long: Any) -> float:
    return fuel(*long) / fuel(*short)


def test_it_does_not_grow_with_the_depth_of_calls() -> None:
    """Each level keeps what it needs; it is run again once for every `MOST_RESIDUALS` scalars, and not at every level."""
    ratios = [fuel(gradient(f), args) / fuel(f, args) for f, args in map(deep, (2, 6, 10))]
    assert max(ratios) <= 3.5


# --- every primitive alone --------------------------------------------------------------------------------

# What derivatives are made of, and users have no name for.
PARTS = {
    *("share", "tied", "along", "turn", "mirror", "pow_by_base", "pow_by_exponent", "fmod_whole"),
    *("asin_slope", "acosh_slope", "atanh_slope", "erf_slope", "trigamma"),
    *("tan_slope", "tanh_slope", "cbrt_slope"),
}
ALONE = sorted(name for name in REALS if name not in PARTS)
Many = Vec[Literal[40]]


def applied(name: str, *xs: Any) -> Any:
    operands = map(values.to_real, xs)
    return values.Real(values.home_of(*xs), values.emit(name, *operands))


def carried(name: str, swapped: bool, checkpoint: Any = None) -> Fn[..., Any]:
    """A loop that applies a primitive of one operand to what it carries, of two also to an element."""

    @fn
    def unary(v: Many) -> Real:
        return rose.loop(40, v[0], lambda _, c: applied(name, c), checkpoint=checkpoint)

    @fn
    def binary(v: Many) -> Real:
        def step(t: Any, c: Any) -> Any:
            return applied(name, v[t], c) if swapped else applied(name, c, v[t])

        return rose.loop(40, v[0], step, checkpoint=checkpoint)

    return unary if len(REALS[name].domain) == 1 else binary


def summed(name: str, with_one: bool) -> Fn[..., Any]:
    """A sum over elements, of which binary primitives take two, or the same one each time."""

    @fn
    def f(v: Many, w: Many) -> Real:
        def term(i: Index) -> Real:
            others: tuple[Any, ...] = (
                (w[0] if with_one else w[i],) if len(REALS[name].domain) == 2 else ()
            )
            value: Real = applied(name, v[i], *others)
            return value

        return rose.sum(40, term)

    return f


def mapped(name: str) -> Fn[..., Any]:
    @fn
    def f(v: Many, w: Many) -> Real:
        def element(i: Any) -> Any:
            return applied(name, v[i], *([w[i]] if len(REALS[name].domain) == 2 else []))

        return rose.vec(40, element)[7]  # type: ignore[no-any-return]

    return f


BINARY = [name for name in ALONE if len(REALS[name].domain) == 2]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("name", BINARY)
def test_of_one_instruction_on_two_numbers(name: str, *, swapped: bool) -> None:
    """The most that there is: the number from outside has a cotangent that is carried, and the loop does nothing else."""

    @fn
    def f(x: Real, y: Real) -> Real:
        return rose.loop(
            40, x, lambda _, c: applied(name, y, c) if swapped else applied(name, c, y)
        )

    slopes = gradient(f)
    assert instructions(slopes, (0.7, 0.4)) <= MOST * instructions(f, (0.7, 0.4))
    assert fuel(slopes, (0.7, 0.4)) <= MOST * fuel(f, (0.7, 0.4))


def called_twice(name: str, length: int, *, swapped: bool = False) -> Fn[..., Any]:
    """A chain of one primitive in a function of its own: what that keeps goes through its results."""

    @fn
    def chain(x: Real, y: Real) -> Real:
        for _ in range(length):
            if name not in BINARY:
                x = applied(name, x)
            else:
                x = applied(name, y, x) if swapped else applied(name, x, y)
        return x

    return fn([Real, Real], Real)(lambda x, y: chain(x, y) * chain(y, x))


@pytest.mark.parametrize("length", [1, 2, 12, 16])
@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("name", ["atan2", "pow"])
def test_of_a_chain_of_one_instruction_on_two_numbers(
    name: str, length: int, *, swapped: bool
) -> None:
    f = called_twice(name, length, swapped=swapped)
    slopes = gradient(f)
    assert instructions(slopes, (0.7, 0.4)) <= MOST * instructions(f, (0.7, 0.4))
    assert fuel(slopes, (0.7, 0.4)) <= MOST * fuel(f, (0.7, 0.4))


@pytest.mark.parametrize("name", ALONE)
def test_of_a_long_chain(name: str) -> None:
    """More than can be handed out one by one: each is read from an array."""
    for length in (17, 24, 64, 200):
        f = called_twice(name, length)
        assert instructions(gradient(f), (0.7, 0.4)) <= MOST * instructions(f, (0.7, 0.4))


@pytest.mark.parametrize("checkpoint", ["sqrt", 5])
@pytest.mark.parametrize("n", [36, 40])
@pytest.mark.parametrize("name", SHORT)
def test_of_a_short_loop_with_checkpoints(name: str, n: int, checkpoint: Any) -> None:
    """Each instruction of a step runs once more, and none is there to say which step it is; with and without steps left."""
    f, args = SHORT[name](n, checkpoint)
    assert instructions(gradient(f), args) <= MOST * instructions(f, args)
    assert fuel(gradient(f), args) <= MOST * fuel(f, args)


@pytest.mark.parametrize("name", ALONE)
def test_of_a_primitive_alone(name: str) -> None:
    """In a loop, a sum and a map that do nothing else."""
    v, w = numbers(40), numbers(41)[:40]
    for f in (carried(name, False), carried(name, True)):
        assert instructions(gradient(f), (v,)) <= MOST * instructions(f, (v,))
    for f in (summed(name, False), summed(name, True), mapped(name)):
        assert instructions(gradient(f), (v, w)) <= MOST * instructions(f, (v, w))


@pytest.mark.parametrize("name", ALONE)
def test_checkpoints_of_a_primitive_alone(name: str) -> None:
    """A loop that carries one number keeps nothing. With an element it runs once more, and a segment takes much of so short a loop."""
    v = (numbers(40),)
    for swapped in (False, True):
        f, kept = carried(name, swapped, "sqrt"), carried(name, swapped)
        for count, run in ((instructions, 1.5), (fuel, 1.7)):
            assert count(gradient(f), v) <= count(gradient(kept), v) + run * count(f, v)
        for checkpoint in ("all", "sqrt", 5):
            f = carried(name, swapped, checkpoint)
            assert instructions(gradient(f), v) <= MOST * instructions(f, v)
