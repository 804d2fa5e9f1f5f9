"""A WebAssembly module as data: what lowering builds, and what `encode` and `wat` read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from rose.ir.host import Host
from rose.ir.record import field, record
from rose.wasm.opcodes import ValType

# One instruction: its name in opcodes.OPCODES, then its immediates, e.g. ("f64.load", 16).
Op: TypeAlias = tuple[Any, ...]


@record(frozen=False, eq=False, slots=False)
class Function:
    """One function. `call` instructions hold the Function itself, so numbering happens once, in `encode`.

    Locals are numbered as in WebAssembly: first the parameters, then `locals`. The body has no final `end`.
    """

    name: str
    params: tuple[ValType, ...] = ()
    results: tuple[ValType, ...] = ()
    locals: list[ValType] = field(default_factory=list)
    body: list[Op] = field(default_factory=list)

    def new_local(self, valtype: ValType) -> int:
        """Add one local variable and return its number."""
        self.locals.append(valtype)
        return len(self.params) + len(self.locals) - 1


@record(frozen=False, eq=False, slots=False)
class Import(Function):
    """A function that the host has; it has no body here. `name` is what it is called there.

    Attributes:
        host: what it stands for.
    """

    host: Host | None = None


@record(frozen=False, eq=False, slots=False)
class Module:
    """Functions in order (callees anywhere), those that hosts call, and how much memory they use.

    Imports stand before the other functions, as their numbers do.

    `data_start` is the address where constant data (immediates of `data`) is placed; frames lie elsewhere.
    """

    functions: list[Function]
    exports: dict[str, Function]
    data_start: int = 0
    memory_bytes: int = 0

    @property
    def imports(self) -> list[Import]:
        """What the host has to supply."""
        return [function for function in self.functions if isinstance(function, Import)]

    @property
    def own(self) -> list[Function]:
        """The functions with a body."""
        return [function for function in self.functions if not isinstance(function, Import)]


def reachable(roots: Iterable[Function]) -> list[Function]:
    """All functions that `roots` call, directly or not, each once, in order of first mention, imports first."""
    seen: dict[Function, None] = {}
    todo = list(roots)[::-1]
    while todo:
        function = todo.pop()
        if function in seen:
            continue
        seen[function] = None
        todo.extend(op[1] for op in reversed(function.body) if op[0] == "call")
    return sorted(seen, key=lambda function: not isinstance(function, Import))
