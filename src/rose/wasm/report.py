"""What a module's bytes and memory go to, as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rose.ir.func import Func
from rose.ir.record import record
from rose.ir.types import scalar_bytes
from rose.wasm.encode import function_sizes
from rose.wasm.layout import Buffer
from rose.wasm.module import Function
from rose.wasm.program import Program

# What derivatives are called; see rose/ad.
_DERIVATIVE = (
    ".jvp",
    ".forward",
    ".linear",
    ".transpose",
    ".backward",
    "grad",
    ".pushforward",
    ".rule",
)


def kind_of(program: Program, function: Function) -> str:
    """Which part of a module a function belongs to: entry, math, derivative or primal."""
    if function in program.module.exports.values():
        return "entry"
    if function not in program.functions.values():
        return "math"
    return "derivative" if any(word in function.name for word in _DERIVATIVE) else "primal"


@record
class FunctionCost:
    """What one function of a module takes.

    Attributes:
        func: what it was made of; None of entries and math functions.
        bytes: of its code.
        frame: bytes of its frame in memory.
        kind: see `kind_of`.
    """

    name: str
    func: Func | None
    bytes: int
    frame: int
    kind: str


def function_costs(program: Program) -> list[FunctionCost]:
    """What the functions of a program take, those with most bytes first."""
    made_of = {function: func for func, function in program.functions.items()}
    costs: list[FunctionCost] = []
    for function, size in function_sizes(program.module).items():
        func = made_of.get(function)
        start, end = program.frames[func] if func else (0, 0)
        kind = kind_of(program, function)
        costs.append(FunctionCost(function.name, func, size, end - start, kind))
    return sorted(costs, key=lambda cost: (-cost.bytes, cost.kind, cost.name))


def size_report(program: Program, total: int) -> str:
    """Bytes per function, largest first, with the part each belongs to; then bytes per part.

    A function that was inlined counts where it went.

    Args:
        program: the lowered program.
        total: bytes of the whole module.
    """
    rows = _functions(program)
    parts: dict[str, int] = {}
    for size, kind, _ in rows:
        parts[kind] = parts.get(kind, 0) + size
    parts["sections, types, exports, constants"] = total - sum(size for size, _, _ in rows)
    lines = table(("bytes", "part", "function"), rows)
    summary = sorted(((size, kind) for kind, size in parts.items()), reverse=True)
    lines += ["", *table(("bytes", "part"), [*summary, (total, "in all")])]
    return "\n".join(lines) + "\n"


def largest_functions(program: Program, count: int) -> str:
    """The first so many rows of the size report, under its head."""
    return "\n".join(table(("bytes", "part", "function"), _functions(program)[:count]))


def _functions(program: Program) -> list[tuple[int, str, str]]:
    """Bytes, part and name of every function, the largest first."""
    sizes = function_sizes(program.module)
    return sorted(((size, kind_of(program, f), f.name) for f, size in sizes.items()), reverse=True)


def memory_report(program: Program) -> str:
    """Bytes of the buffers of every export, and of the frame of every function that has one, with addresses.

    Frames of functions that are never active at once lie at the same addresses.
    """
    rows: list[tuple[int, int, str]] = []
    for name, interface in program.interfaces.items():
        rows += [_row(buffer, f"argument of {name}") for buffer in interface.args]
        rows += [_row(buffer, f"result of {name}") for buffer in interface.results]
    rows += [
        (start, end - start, f"frame of {program.functions[func].name}")
        for func, (start, end) in program.frames.items()
        if end > start
    ]
    lines = table(("address", "bytes", "what"), sorted(rows))
    return "\n".join([*lines, "", f"{program.frames_end} bytes in all"]) + "\n"


def _row(buffer: Buffer, what: str) -> tuple[int, int, str]:
    return buffer.address, buffer.count * scalar_bytes(buffer.elem), what


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of a table: columns of numbers to the right, of text to the left."""
    cells = [list(head), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[k]) for row in cells) for k in range(len(head))]
    numeric = [
        all(not row[k] or row[k][0].isdigit() for row in cells[1:]) for k in range(len(head))
    ]
    return [
        "  ".join(
            cell.rjust(width) if numeric[k] else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
