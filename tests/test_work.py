"""The work of a gradient: at most five times that of its function, and linear in the lengths of loops.

It is counted in executed instructions of the IR, by the interpreter, and in what the module executes, where every eight
bytes that are copied or cleared count as several instructions.
"""

from __future__ import annotations

from typing import Any

import pytest
from growing import FAMILIES, deep
from metering import fuel, gradient, instructions, second
from programs import PROGRAMS
from random_programs import arguments, program

from rose import Fn

MOST = 5
# Loops with checkpoints, and functions marked `remat`, run once more for every level of them.
RUNS_AGAIN = {"checkpointed": 2, "rules_of_the_users": 1}
MORE_IN_MODULE = (
    2  # an addition into an accumulator, of which functions have none, is eight instructions there
)

CASES: dict[str, Any] = {
    **PROGRAMS,
    **{name: make(12) for name, make in FAMILIES.items()},
    **{f"random {seed}": (program(seed), arguments(seed)) for seed in range(20)},
    "deep": deep(8),
}


def most(name: str) -> int:
    return MOST + RUNS_AGAIN.get(name, 0)


@pytest.mark.parametrize("name", CASES)
def test_in_instructions_of_the_ir(name: str) -> None:
    f, args = CASES[name]
    assert instructions(gradient(f), args) <= most(name) * instructions(f, args)


@pytest.mark.parametrize("name", CASES)
def test_in_what_the_module_executes(name: str) -> None:
    f, args = CASES[name]
    assert fuel(gradient(f), args) <= (most(name) + MORE_IN_MODULE) * fuel(f, args)


@pytest.mark.parametrize("name", FAMILIES)
def test_it_grows_as_the_lengths_of_loops(name: str) -> None:
    """The function, its gradient, and reverse mode over that, from n to 4 n."""
    short, long = FAMILIES[name](80), FAMILIES[name](320)
    assert growth(short, long) <= 4.2
    assert growth(derived(short), derived(long)) <= 4.3
    assert growth(second(*short), second(*long)) <= 4.4


def derived(case: tuple[Fn[..., Any], tuple[Any, ...]]) -> tuple[Fn[..., Any], tuple[Any, ...]]:
    return gradient(case[0]), case[1]


def growth(short: Any, long: Any) -> float:
    return fuel(*long) / fuel(*short)


def test_it_does_not_grow_with_the_depth_of_calls() -> None:
    """Each level keeps what it needs; it is run again once for every `MOST_RESIDUALS` scalars, and not at every level."""
    ratios = [fuel(gradient(f), args) / fuel(f, args) for f, args in map(deep, (2, 6, 10))]
    assert max(ratios) <= 3.5
