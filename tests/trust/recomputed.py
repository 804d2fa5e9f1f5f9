"""What reverse mode computes again is what was computed before, to the last bit.

In u · w, the cotangent of w is u, as the backward pass has it: for a function that is `remat`, or a loop with checkpoints, that is
computed again. So a program is given a w for each of its Reals, and the gradient with respect to these shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flat import flatten
from trust.derivatives import pullback
from trust.generate import Case
from trust.hosts import Wasmtime
from trust.properties import Seen
from trust.reference import meaning

from rose.errors import DerivativeError
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.primitive import REGISTRY
from rose.ir.types import REAL, Array, Index, is_real

STEPS = 4
MOST = 6  # Reals of a program that are looked at


def computed_again_as_before(case: Case, seen: Seen) -> None:
    """Under every policy, with respect to the w alone and to all that there is."""
    seen_by = _with_weights(case.func)
    if seen_by is None:
        return
    func, count = seen_by
    for whole in (replace(func, remat=True, memo={}), _looped(func, 2), _looped(func, 3)):
        shape = () if whole.remat else (STEPS,)
        weights = [_of(shape, 1.0) for _ in range(count)]
        args = [*case.mild, *weights]
        before = meaning(whole, args)[-count:]
        _same_again(whole, args, before, seen)


def _same_again(whole: Func, args: Sequence[Any], before: Sequence[Any], seen: Seen) -> None:
    count = len(before)
    others = [is_real(t) for t in whole.param_types[:-count]]
    for mask in ([False] * len(others), others):
        try:
            pull = pullback(whole, (*mask, *[True] * count))
        except DerivativeError:  # a while loop
            continue
        wanted = pull.param_types[len(args) :]
        carried = len(wanted) - count
        seeds = [
            _of(t.shape if isinstance(t, Array) else (), float(k >= carried))
            for k, t in enumerate(wanted)
        ]
        for run in (meaning, _in_wasmtime):
            again = run(pull, [*args, *seeds])[-count:]
            for a, b in zip(flatten(again), flatten(list(before)), strict=True):
                assert a == b or (a != a and b != b), f"computed again: {a} is not {b}"
        seen.counts["values computed again"] += len(flatten(list(before)))


def _in_wasmtime(func: Func, args: Sequence[Any]) -> list[Any]:
    return Wasmtime({"f": func}, finished=True).run("f", args)


def _with_weights(func: Func) -> tuple[Func, int] | None:
    """A Func that takes a w more for each of so many Reals that the program gives, and gives the first of them, and u · w for each."""
    builder = Builder("weighted")
    params = [builder.param(t) for t in func.param_types]
    results = builder.call(func, params)
    reals = [u for v in results for u in _reals(builder, v)][:MOST]
    if not reals:
        return None
    weights = [builder.param(REAL) for _ in reals]
    given = [(builder.var(u) * builder.var(w)).id for u, w in zip(reals, weights, strict=True)]
    return builder.finish([reals[0], *given]), len(reals)


def _reals(builder: Builder, v: int) -> list[int]:
    """A Real, or the first and the last one of an array."""
    type = builder.types[v]
    if type == REAL:
        return [v]
    if not isinstance(type, Array) or type.elem != REAL:
        return []
    places = [[0] * len(type.shape), [n - 1 for n in type.shape]]
    return [
        builder.apply(
            REGISTRY["index"],
            (v, *[builder.const(k, Index(n)) for k, n in zip(at, type.shape, strict=True)]),
        )
        for at in places
    ]


def _looped(func: Func, checkpoint: int) -> Func:
    """The program in a loop, whose first Real goes on from step to step, with a w for each step."""
    count = len(func.result_types) - 1
    builder = Builder("looped")
    own = [builder.param(t) for t in func.param_types[:-count]]
    weights = [builder.param(Array(REAL, (STEPS,))) for _ in range(count)]
    moving = [k for k, v in enumerate(own) if builder.types[v] == REAL][:1]
    inits = [own[k] for k in moving]
    with builder.block([Index(STEPS), *[REAL for _ in inits]]) as block:
        t, *carried = block.params
        given = list(own)
        for k, v in zip(moving, carried, strict=True):
            given[k] = v
        at = [builder.apply(REGISTRY["index"], (w, t)) for w in weights]
        first, *rows = builder.call(func, [*given, *at])
        following = [first for _ in carried]
    closed = block.close([*following, *rows])
    results = builder.loop(STEPS, inits, closed, checkpoint=checkpoint)
    return builder.finish(results)


def _of(shape: Sequence[int], x: float) -> Any:
    return [_of(shape[1:], x) for _ in range(shape[0])] if shape else x
