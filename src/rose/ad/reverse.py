"""Reverse mode as jvp, linearize and transpose one after the other: `vjp` and `value_and_grad` of a Func."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rose.ad.activity import Mask
from rose.ad.jvp import jvp
from rose.ad.linearize import linearize
from rose.ad.transpose import Transposed, transpose
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.types import REAL, Array, Type

# What is done to a whole program between the steps; results stay the same.
Clean: TypeAlias = Callable[[Func], Func]


@dataclass(frozen=True)
class Vjp:
    """A forward Func and a backward one.

    Attributes:
        forward: takes the params; gives the results, then the residuals.
        backward: takes the residuals, then a cotangent per active result; gives a cotangent per active param.
        params: which params are active.
        results: which results are active.
        residuals: types of the residuals.
    """

    forward: Func
    backward: Func
    params: Mask
    results: Mask
    residuals: tuple[Type, ...]


def vjp(func: Func, params: Mask, clean: Clean) -> Vjp:
    """Split the reverse derivative of `func`, with respect to the params chosen, at its middle."""
    dual = jvp(func, params)
    tangents = sum(dual.params)
    mask = (False,) * len(params) + (True,) * tangents
    split = linearize(clean(dual.func), mask)
    inputs = len(split.needed) + len(split.residuals)
    # A tangent that turned out to be a constant zero is not a linear result.
    flags = split.results[len(func.body.results) :]
    turned = transpose(
        clean(split.linear), (False,) * inputs + (True,) * tangents, (True,) * sum(flags)
    )

    types = func.param_types
    forward = Builder(f"{func.name}.forward")
    operands = [forward.param(t) for t in types]
    outputs = forward.call(split.forward, operands)
    results = outputs[: len(func.body.results)]
    kept = outputs[len(outputs) - len(split.residuals) :] if split.residuals else ()
    residuals = [*[operands[k] for k in split.needed], *kept]
    residual_types = tuple(forward.types[v] for v in residuals)

    backward = Builder(f"{func.name}.backward")
    inner = [backward.param(t) for t in residual_types]
    active_types = [t for t, on in zip(func.result_types, dual.results, strict=True) if on]
    bars = [backward.param(t) for t in active_types]
    seeds = [bar for bar, given in zip(bars, flags, strict=True) if given]
    wanted = [t for t, on in zip(types, dual.params, strict=True) if on]
    cotangents = pull(backward, turned, [*inner, *seeds], wanted)
    return Vjp(
        forward.finish([*results, *residuals]),
        backward.finish(cotangents),
        dual.params,
        dual.results,
        residual_types,
    )


def pull(
    builder: Builder, turned: Transposed, operands: Sequence[int], types: Sequence[Type]
) -> list[int]:
    """Call a transposed Func with fresh accumulators; gives a cotangent per linear param of these types."""
    refs = [builder.accum(t) for t in types if isinstance(t, Array)]
    scalars = iter(builder.call(turned.func, [*operands, *refs]))
    arrays = iter([builder.resolve(ref) for ref in refs])
    return [next(arrays) if isinstance(t, Array) else next(scalars) for t in types]


def value_and_grad(func: Func, params: Mask, clean: Clean) -> Func:
    """A Func that gives the one Real result of `func`, then its gradient for the params chosen."""
    assert func.result_types[:1] == (REAL,), "only a Real has a gradient"
    assert len(func.result_types) == 1, "only one Real has a gradient"
    split = vjp(func, params, clean)
    builder = Builder(f"{func.name}.value_and_grad")
    operands = [builder.param(t) for t in func.param_types]
    value, *residuals = builder.call(split.forward, operands)
    if split.results == (True,):
        grads = list(builder.call(split.backward, [*residuals, builder.const(1.0, REAL)]))
    else:  # the value does not depend on these params
        active = [t for t, on in zip(func.param_types, split.params, strict=True) if on]
        grads = [builder.zeros(t) for t in active]
    return builder.finish([value, *grads])
