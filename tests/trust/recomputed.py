"""What reverse mode computes again is what was computed before, to the last bit.

In u · w, the cotangent of w is u, as the backward pass has it: for a function that is `remat`, or a loop with checkpoints, that is
computed again. So a program is given a w for each of its Reals, and the gradient with respect to these shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from math import sqrt
from typing import Any

from flat import flatten, is_list
from trust.derivatives import pullback
from trust.generate import Case
from trust.hosts import Wasmtime
from trust.properties import Seen
from trust.reference import meaning

from rose.ad.checkpoints import KEPT
from rose.errors import DerivativeError
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.primitive import REGISTRY
from rose.ir.record import replace
from rose.ir.types import REAL, Array, Index, is_real

STEPS = 4
MOST = 6  # Reals of a program that are looked at


def computed_again_as_before(case: Case, program: Func, seen: Seen) -> None:
    """Under one policy, which depends on the program, with respect to the w alone and to all that there is."""
    seen_by = _with_weights(program)
    if seen_by is None:
        return
    func, reals = seen_by
    checkpoint = len(func.types) % 3 + 1
    whole = _called(func) if checkpoint == KEPT else _looped(func, checkpoint)
    weights = [_of(() if checkpoint == KEPT else (STEPS,), 1.0) for _ in range(reals)]
    args = [*_rough(case.mild), *weights]
    _same_again(whole, args, meaning(whole, args)[-reals:], seen)


def _same_again(whole: Func, args: Sequence[Any], before: Sequence[Any], seen: Seen) -> None:
    reals = len(before)
    others = [is_real(t) for t in whole.param_types[:-reals]]
    for mask in ([False] * len(others), others):
        try:
            pull = pullback(whole, (*mask, *[True] * reals))
        except DerivativeError:  # a while loop
            continue
        wanted = pull.param_types[len(args) :]
        carried = len(wanted) - reals
        seeds = [
            _of(t.shape if isinstance(t, Array) else (), float(k >= carried))
            for k, t in enumerate(wanted)
        ]
        for run in (meaning, _in_wasmtime):
            again = run(pull, [*args, *seeds])[-reals:]
            for a, b in zip(flatten(again), flatten(list(before)), strict=True):
                assert a == b or (a != a and b != b), f"computed again: {a} is not {b}"
        seen.counts["values computed again"] += len(flatten(list(before)))


def _rough(args: Sequence[Any]) -> list[Any]:
    """Arguments of whose sums every bit says in which order they were added up."""
    places = count(1)

    def rough(x: Any) -> Any:
        if is_list(x):
            return [rough(y) for y in x]
        return x + 0.1 * sqrt(next(places)) if isinstance(x, float) else x

    return [rough(x) for x in args]


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


def _called(func: Func) -> Func:
    """A call of the program, which is run again in reverse."""
    builder = Builder("called")
    params = [builder.param(t) for t in func.param_types]
    return builder.finish(builder.call(replace(func, remat=True, memo={}), params))


def _looped(func: Func, checkpoint: int) -> Func:
    """The program in a loop that carries its first Real, and takes it as its first param of Reals if it has one; a w for each step."""
    reals = len(func.result_types) - 1
    builder = Builder("looped")
    own = [builder.param(t) for t in func.param_types[:-reals]]
    weights = [builder.param(Array(REAL, (STEPS,))) for _ in range(reals)]
    moving = next((k for k, v in enumerate(own) if builder.types[v] == REAL), None)
    start = builder.const(0.3, REAL) if moving is None else own[moving]
    with builder.block([Index(STEPS), REAL]) as block:
        t, carried = block.params
        given = list(own)
        if moving is not None:
            given[moving] = carried
        at = [builder.apply(REGISTRY["index"], (w, t)) for w in weights]
        first, *rows = builder.call(func, [*given, *at])
    closed = block.close([first, *rows])
    results = builder.loop(STEPS, [start], closed, checkpoint=checkpoint)
    return builder.finish(results)


def _of(shape: Sequence[int], x: float) -> Any:
    return [_of(shape[1:], x) for _ in range(shape[0])] if shape else x
