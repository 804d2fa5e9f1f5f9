"""cse: within its scope, no primitive is applied twice to the same values."""

from __future__ import annotations

from typing import Any

from rose.ir.func import Apply, Func, exact
from rose.opt.rename import Renaming


def cse(func: Func) -> Func:
    """No primitive is applied to the same operands and attrs where an equal one is in scope."""
    scopes: list[dict[Any, int]] = []

    def rewrite(instr: Apply) -> int | None:
        key = (instr.prim, instr.operands, exact(instr.attrs))
        for scope in scopes:
            if key in scope:
                return scope[key]
        scopes[-1][key] = instr.results[0]
        return None

    return Renaming(func, rewrite, lambda: scopes.append({}), scopes.pop).run()
