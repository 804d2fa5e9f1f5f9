"""Ranges: between which numbers a Real is meant to lie, for the controls that tools make of a signature."""

from __future__ import annotations

import typing
from math import isfinite
from typing import Annotated, Any

from rose.errors import ArgumentError
from rose.ir.record import record


@record(guarded=True)
class Range:
    """Between which numbers a Real is meant to lie: `Annotated[Real, Range(0, 1)]`.

    In a Vec or structure, `Annotated[Vec[Literal[2]], Range(0, 1)]`, it holds for each Real inside that has no other. `rose dev` makes
    sliders of ranges. The compiled function does not depend on them: values outside are not refused.

    Args:
        low, high: the ends, finite, low below high.
        step: between neighbouring values of a slider, above 0; None for a fine one.

    Raises:
        ArgumentError: if they are not such numbers.

    Example:
        >>> from typing import Annotated
        >>> @fn
        ... def swing(angle: Annotated[Real, rose.Range(-3.14, 3.14)]) -> Real:
        ...     return rose.sin(angle)
        >>> swing(0.0)
        0.0
    """

    low: float
    high: float
    step: float | None = None

    def __post_init__(self) -> None:
        ends = _is_number(self.low) and _is_number(self.high) and self.low < self.high
        step = self.step is None or (_is_number(self.step) and self.step > 0)
        if not (ends and step):
            given = ", ".join(
                map(repr, (self.low, self.high, *[self.step] * (self.step is not None)))
            )
            raise ArgumentError(
                "a range has two finite numbers, the lower one first, and perhaps a step above 0; "
                f"given Range({given}); write Range(0, 1) or Range(0, 10, 0.5)"
            )


def _is_number(x: object) -> bool:
    return isinstance(x, int | float) and not isinstance(x, bool) and isfinite(x)


def range_of(annotation: Any) -> Range | None:
    """The range that an annotation gives, the outermost if there are several; None if there is none."""
    while hasattr(annotation, "__value__"):
        annotation = annotation.__value__
    if typing.get_origin(annotation) is not Annotated:
        return None
    given = [extra for extra in annotation.__metadata__ if isinstance(extra, Range)]
    return given[-1] if given else range_of(annotation.__origin__)
