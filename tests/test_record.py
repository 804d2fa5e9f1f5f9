"""Records: what they have of dataclasses, in less time."""

from __future__ import annotations

import math

import pytest

import rose
from rose.ir.record import field, record, replace


@record
class One:
    x: float


@record
class Two:
    x: float
    seen: list[int] = field(default_factory=list, compare=False, repr=False)


@record(eq=False)
class Checked:
    x: float

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("below 0")


@record(eq=False)
class Derived(Checked):
    y: float = 2.0


def test_equality_is_that_of_dataclasses() -> None:
    nan = math.nan
    assert One(nan) == One(nan)  # the same object, as in a tuple
    assert One(nan) != One(float("nan"))
    assert len({One(nan), One(nan), One(1), One(1.0)}) == 2
    assert Two(1, [2]) == Two(1, [3])
    assert Checked(1) != Checked(1)


def test_defaults_text_patterns_and_replacement() -> None:
    assert Two(1).seen is not Two(1).seen
    assert repr(Two(1)) == "Two(x=1)"
    match Derived(1):
        case Derived(x, y):
            assert (x, y) == (1, 2)
    assert replace(Derived(1), x=3).x == 3


def test_a_check_is_inherited() -> None:
    with pytest.raises(ValueError, match="below 0"):
        Checked(-1)
    with pytest.raises(ValueError, match="below 0"):
        Derived(-1)


def test_what_users_have_is_guarded() -> None:
    range = rose.Range(0, 1)
    with pytest.raises(AttributeError, match="do not change, so low cannot be set"):
        range.low = 5  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(AttributeError, match="do not change, so low cannot be set"):
        del range.low  # pyright: ignore[reportAttributeAccessIssue]
    assert range == rose.Range(0, 1)
