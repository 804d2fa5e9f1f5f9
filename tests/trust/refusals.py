"""Which rules are taken: whatever is taken is linear by its numbers, and what was made linear is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, cycle
from math import isfinite
from typing import Any

from flat import flatten, is_list
from trust.generate import Case
from trust.properties import Seen
from trust.reference import UnclearError, derivative, dual
from trust.rules import Linear, linear_of, marked, with_rule
from trust.shrink import ends

from rose.errors import DerivativeError
from rose.ir.func import Func, callees_first
from rose.ir.types import BOOL, REAL, Array, Type
from rose.run.interp import interpret

TRIES = 3


def rules_are_judged_rightly(case: Case, seen: Seen) -> None:
    """Rules that something was done to are refused, or are linear in spite of it."""
    for plain, words in marked(case.func, case.marks):
        linear = linear_of(plain, words)
        if not all(map(ends, callees_first([linear.func]))):
            continue
        refusal = _refusal(plain, words)
        if refusal:
            assert _is_told(refusal), refusal
            seen.counts["rules refused"] += 1
            continue
        numbers = _numbers(case.directions)
        for _ in range(TRIES):
            _linear_by_numbers(linear, numbers, seen)


def _refusal(plain: Func, words: Sequence[str]) -> str:
    """What the error says, if the rule is refused."""
    try:
        with_rule(plain, words)
    except DerivativeError as error:
        return str(error)
    return ""


def _is_told(message: str) -> bool:
    """Whether an error says what a rule has to be."""
    told = (
        "is not linear in it: ",
        "is not 0 for a ",
        "gives a result that depends on the tangents",
    )
    return any(words in message for words in told)


def _numbers(directions: list[float]) -> Iterator[float]:
    scale = count(1)
    return (x * (1 + 0.1 * next(scale)) for x in cycle([*directions, 0.7, -0.3, 0.45, -1.1]))


def _value(type: Type, numbers: Iterator[float]) -> Any:
    if isinstance(type, Array):
        return [_value(type.at(1), numbers) for _ in range(type.shape[0])]
    if type == REAL:
        return next(numbers)
    return next(numbers) > 0 if type == BOOL else 0


def _linear_by_numbers(linear: Linear, numbers: Iterator[float], seen: Seen) -> None:
    """A function is linear if its derivative is the same everywhere: its value for the direction; and 0 at 0."""
    func, first = linear.func, linear.first
    args = [_value(t, numbers) for t in func.param_types]
    free, at = args[:first], args[first:]
    along = [_value(t, numbers) for t in func.param_types[first:]]
    try:
        duals = derivative(func, args, [*[None] * first, *along])
        expected = interpret(func, [*free, *along])
        nothing = interpret(func, [*free, *_times(0.0, at)])
        doubled = interpret(func, [*free, *_times(2.0, at)])
    except (UnclearError, OverflowError):
        return
    rows = [flatten(x[linear.values :]) for x in (duals, expected, nothing, doubled)]
    for found, value, at_zero, twice in zip(*rows, strict=True):
        x = dual(found)
        if not all(map(isfinite, (x.value, x.size, value, twice))):
            continue
        assert at_zero == 0, f"a rule is taken, and is not 0 at 0: {at_zero}"
        assert abs(x.dot - value) <= 1e-6 * x.size + 1e-9, f"a rule is taken: {x.dot} for {value}"
        assert abs(twice - 2 * x.value) <= 1e-12 * abs(twice) + 1e-290, (
            f"a rule is taken, and doubles {x.value} to {twice}"
        )
        seen.counts["tangents of rules that are linear"] += 1


def _times(factor: float, value: Any) -> Any:
    return [_times(factor, x) for x in value] if is_list(value) else factor * value
