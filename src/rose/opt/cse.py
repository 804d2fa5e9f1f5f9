"""cse: within its scope, no primitive is applied twice to the same values."""

from __future__ import annotations

from typing import Any

from rose.ir.func import Apply, Func
from rose.opt.rename import Renaming


def cse(func: Func) -> Func:
    """No primitive is applied to the same operands and attrs where an equal one is in scope."""
    scopes: list[dict[Any, int]] = []

    def rewrite(instr: Apply) -> int | None:
        key = (instr.prim, instr.operands, _exact(instr.attrs))
        for scope in scopes:
            if key in scope:
                return scope[key]
        scopes[-1][key] = instr.results[0]
        return None

    return Renaming(func, rewrite, lambda: scopes.append({}), scopes.pop).run()


def _exact(attrs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Attrs such that 0.0 and -0.0, and 1 and 1.0 and True, are told apart."""
    return tuple([repr(a) if isinstance(a, int | float | tuple) else a for a in attrs])
