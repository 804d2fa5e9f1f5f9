"""cse: within its scope, no primitive is applied twice to the same values."""

from __future__ import annotations

from typing import Any

from rose.ir.func import Apply, exact


class CommonSubexpressions:
    """Which applications of primitives are in scope.

    Attributes:
        result: what they give.
        keys: those of the scopes inside the outermost one, in the order in which they came.
        marks: per open scope how many keys there were when it was opened.
    """

    def __init__(self) -> None:
        self.result: dict[Any, int] = {}
        self.keys: list[Any] = []
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
        prim, operands, attrs = instr.prim, instr.operands, instr.attrs
        key = (prim, operands, exact(attrs)) if attrs else (prim, operands)
        (v,) = instr.results
        known = self.result.setdefault(key, v)
        if known != v:
            return known
        if len(self.marks) > 1:
            self.keys.append(key)
        return None
