"""Where an error of Python's came from in the user's code, and what can be seen there."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from rose.errors import Location, is_users
from rose.lazy import Lazy

if TYPE_CHECKING:
    import dis
else:
    dis = Lazy("dis")


# The instructions that load variables; a `LOAD_FAST` has relatives of longer names.
_LOADS = ("LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF")


def place_of(error: BaseException) -> TracebackType | None:
    """The innermost place of the user's that an error passed on its way."""
    found = None
    place = error.__traceback__
    while place is not None:
        if is_users(place.tb_frame.f_code.co_filename):
            found = place
        place = place.tb_next
    return found


def line_of(place: TracebackType) -> Location:
    """Its line."""
    return Location(place.tb_frame.f_code.co_filename, place.tb_lineno)


def values_at(place: TracebackType) -> Iterator[Any]:
    """The values of the variables in the expression at fault."""
    code, seen = place.tb_frame.f_code, _visible(place.tb_frame)
    where = _range(code, place.tb_lasti)
    for instruction in dis.get_instructions(code):
        if not instruction.opname.startswith(_LOADS):
            continue
        if where[0] <= _range(code, instruction.offset)[0] <= where[1]:
            names = instruction.argval  # some load two variables
            yield from [
                seen[x] for x in (names if isinstance(names, tuple) else [names]) if x in seen
            ]


def visible_at(place: TracebackType) -> list[Any]:
    """The values of all variables that can be seen where an error came from."""
    return list(_visible(place.tb_frame).values())


def _visible(frame: FrameType) -> dict[str, Any]:
    return {**frame.f_globals, **frame.f_locals}


def _range(code: CodeType, offset: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """From where to where in its file the expression goes that an instruction is for."""
    line, last_line, column, last_column = list(code.co_positions())[offset // 2]
    return (line or 0, column or 0), (last_line or 0, last_column or 0)
