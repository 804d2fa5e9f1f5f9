"""Lines of a user's function, for errors, and what can be seen where the user calls us."""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from rose.errors import PACKAGE, Location, is_users
from rose.lazy import Lazy

if TYPE_CHECKING:
    import dis
    import linecache
else:
    dis = Lazy("dis")
    linecache = Lazy("linecache")


def definition_line(code: CodeType) -> Location:
    """The line of a function's `def`, or of its `lambda`; the code of a `def` begins with the decorators above it."""
    file, line = code.co_filename, code.co_firstlineno
    if code.co_name == "<lambda>":
        return Location(file, line)
    for offset, text in enumerate(linecache.getlines(file)[line - 1 :]):
        if text.lstrip().startswith(("def ", "async def ")):
            return Location(file, line + offset)
        if not text.strip() or offset > LONGEST_DECORATION:
            break
    return Location(file, line)


LONGEST_DECORATION = 50  # lines


def result_line(code: CodeType, located: Location) -> Location:
    """The line of a function's only `return`; that of its `def` if it has more of them, or is the library's: a decorator made it."""
    if not is_users(code.co_filename):
        return located
    lines = {
        position.lineno
        for instruction in dis.get_instructions(code)
        if instruction.opname.startswith("RETURN_") and instruction.opname != "RETURN_GENERATOR"
        if (position := instruction.positions) is not None
    }
    only = lines.pop() if len(lines) == 1 else None
    return located if only is None else Location(code.co_filename, only)


def names_in_scope() -> dict[str, Any]:
    """The local variables where this package is called."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return {} if frame is None else frame.f_locals
