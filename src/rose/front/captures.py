"""Captures: the values of functions around it that an inner function uses."""

from __future__ import annotations

from rose.front.tracer import Tracer
from rose.ir.func import Func
from rose.ir.record import record


@record(slots=False)
class Local:
    """What ties a Func to traces under way, so that it is not kept for its function.

    Attributes:
        home: the trace whose variables it sees; None if it captures values only.
        captures: the values, by their trace and their number there, that its last params are.
    """

    home: Tracer | None
    captures: tuple[tuple[Tracer, int], ...] = ()


LOCAL = "local"  # the key of it in a Func's memo


def captures_of(func: Func) -> tuple[tuple[Tracer, int], ...]:
    """The values of traces under way that its last params are to be, which calls pass."""
    return func.memo[LOCAL].captures if LOCAL in func.memo else ()


def with_captures_of(inner: Func, made: Func) -> Func:
    """Say that what a transformation made of a Func has the same captures as its last params."""
    if LOCAL in inner.memo:
        made.memo[LOCAL] = inner.memo[LOCAL]
    return made
