"""Passes from a program to an equal, better one. Results never change, not even in the last bit.

A pass over one function is `Func -> Func`; `PASSES` lists them in the order in which they run on each function,
callees before callers. A pass over a program is given the root and rebuilds what it reaches.
"""

from __future__ import annotations

from collections.abc import Callable

from rose.ir.func import PASSED, Func, callees_first
from rose.ir.replace import set_free, with_callees
from rose.opt.absorb import absorb
from rose.opt.branch import branch
from rose.opt.choose import choose
from rose.opt.early import early
from rose.opt.fuse import fuse
from rose.opt.hoist import hoist
from rose.opt.inline import absorbed_functions, inline
from rose.opt.jam import jam
from rose.opt.places import places
from rose.opt.prune import prune
from rose.opt.quiet import quiet
from rose.opt.roll import roll
from rose.opt.roots import roots
from rose.opt.rows import rows
from rose.opt.settle import settle
from rose.opt.share import share, share_all
from rose.opt.simplify import simplify
from rose.opt.sink import sink
from rose.opt.split import split
from rose.opt.tabulate import tabulate

# Name -> pass over one function, in order.
PASSES: dict[str, Callable[[Func], Func]] = {
    "settle": settle,
    "simplify": simplify,
    "hoist": hoist,
    "sink": sink,
}
# Name -> pass over a program. `local` stands for all of PASSES, after inlining.
PIPELINE = ("local", "prune", "local", "prune", "share")


def optimize(root: Func) -> Func:
    """The program in its best form; memoised, and a program that is optimised already stays as it is."""
    if "optimized" not in root.memo:
        func = root
        left_as_it_is: dict[str, Func] = {}
        for step in PIPELINE:
            before = func
            if left_as_it_is.get(step) is not before:
                func = PROGRAM_PASSES[step](before)
            if func is before:
                left_as_it_is[step] = func
        func.memo["optimized"] = func
        root.memo["optimized"] = func
    return root.memo["optimized"]  # type: ignore[no-any-return]


def finish(root: Func) -> Func:
    """The optimised program in the form to lower, of which no derivative will be taken.

    Loops are fused, conds on conjunctions branch twice, reads come before updates, and large functions are split. Derivatives are
    better made of the simpler form, and the linear part of one must be: a transposed loop cannot compute what carries on in the other direction.
    """
    if "finished" not in root.memo:
        func = optimize(set_free(root))
        fused = _each(func, fuse)
        if fused is not func:
            fused = prune(local(fused))
        func = _each(fused, _finished)
        root.memo["finished"] = share(prune(func))
    return root.memo["finished"]  # type: ignore[no-any-return]


def finish_all(roots: list[Func]) -> list[Func]:
    """The programs in the form to lower. No two functions of all of them have equal bodies."""
    return share_all([finish(root) for root in roots])


# For a program of which no derivative will be taken, in order.
LAST_PASSES: tuple[Callable[[Func], Func], ...] = (
    places,
    roots,
    choose,
    absorb,
    branch,
    sink,
    tabulate,
    jam,
    quiet,
    sink,
    roll,
    rows,
    early,
    split,
)


def _finished(func: Func) -> Func:
    for single in LAST_PASSES:
        func = single(func)
    return func


def _each(root: Func, single: Callable[[Func], Func]) -> Func:
    """The program after a pass over each of its functions."""
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        new[func] = single(with_callees(func, new))
    return new[root]


def local(root: Func) -> Func:
    """Every function has small callees, and those with one call, inlined, and has gone through `PASSES`."""
    absorbed = absorbed_functions(root)
    new: dict[Func, Func] = {}
    parts: set[Func] = set()  # what has been made of those that are absorbed
    for func in callees_first([root]):
        if func.is_fixed:
            new[func] = func
            continue
        better = inline(with_callees(func, new), parts)
        # What is absorbed goes through the passes as part of its caller.
        if func not in absorbed:
            better = _through_passes(better)
        new[func] = better
        if func in absorbed:
            parts.add(better)
    return new[root]


def _through_passes(func: Func) -> Func:
    """What `PASSES` make of a function, which is marked if they would make no more of it."""
    if PASSED in func.memo:
        return func
    better = func
    for single in PASSES.values():
        better = single(better)
    straight = not any(instr.blocks for instr in better.body.instrs)
    if straight or better is func:
        better.memo[PASSED] = True
    return better


PROGRAM_PASSES: dict[str, Callable[[Func], Func]] = {
    "local": local,
    "prune": prune,
    "share": share,
}
