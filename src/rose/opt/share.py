"""share: functions with equal bodies become one."""

from __future__ import annotations

from rose.ir.func import Func, callees_first
from rose.opt.replace import with_callees


def share(root: Func) -> Func:
    """No two functions of the program have the same types and instructions."""
    canonical: dict[object, Func] = {}
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        rebuilt = with_callees(func, new)
        new[func] = canonical.setdefault((rebuilt.types, rebuilt.body), rebuilt)
    return new[root]
