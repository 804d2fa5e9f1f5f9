"""cse: within its scope, no primitive is applied twice to the same values."""

from __future__ import annotations

from typing import Any

from rose.ir.func import Apply, exact


class CommonSubexpressions:
    """Which applications of primitives are in scope."""

    def __init__(self) -> None:
        self.result: dict[Any, int] = {}
        self.keys: list[Any] = []  # in the order in which they came into scope
        self.marks: list[int] = []

    def enter(self) -> None:
        """Open a scope."""
        self.marks.append(len(self.keys))

    def leave(self) -> None:
        """Forget what has come since the scope was opened."""
        mark = self.marks.pop()
        for key in self.keys[mark:]:
            del self.result[key]
        del self.keys[mark:]

    def rewrite(self, instr: Apply) -> int | None:
        """The value that an equal application in scope has, or None, and from now on this one is in scope."""
        attrs = instr.attrs
        key = (instr.prim, instr.operands, exact(attrs) if attrs else ())
        known = self.result.get(key)
        if known is None:
            self.result[key] = instr.results[0]
            self.keys.append(key)
        return known
