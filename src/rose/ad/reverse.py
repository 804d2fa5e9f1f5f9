"""Reverse mode as jvp, linearize and transpose one after the other: `vjp` and `value_and_grad` of a Func."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from rose.ad.activity import Mask
from rose.ad.direction import forwards
from rose.ad.jvp import Jvp, jvp
from rose.ad.linearize import linearize
from rose.ad.multiples import joined
from rose.ad.retrace import retrace
from rose.ad.transpose import gradient, transpose
from rose.ir.builder import Builder
from rose.ir.copy import Env, copy_instr, inline_call
from rose.ir.func import Block, Call, Func, is_straight
from rose.ir.record import record, replace
from rose.ir.types import REAL, Type

# What is done to a whole program between the steps; results stay the same.
Clean: TypeAlias = Callable[[Func], Func]


@record
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


@record
class Halves:
    """A jvp split at its middle.

    Attributes:
        forward: takes the params; gives the results, then the residuals.
        linear: takes the residuals and the tangents of the active params; gives those of the results in `given`.
        params: which params are active.
        results: which results are active.
        given: per active result, whether its tangent is more than a constant zero.
        residuals: types of the residuals.
    """

    forward: Func
    linear: Func
    params: Mask
    results: Mask
    given: Mask
    residuals: tuple[Type, ...]


def halves(func: Func, params: Mask, clean: Clean, *, first_only: bool = False) -> Halves:
    """Split the derivative of `func`, with respect to the params chosen, into its values and its linear part.

    With `first_only`, that of its first result, whose tangent is asked for once; the others count as constants.
    """
    dual = jvp(func, params)
    if first_only and len(func.body.results) > 1:
        dual = _of_first(dual, len(func.body.results))
    mask = (False,) * len(params) + (True,) * sum(dual.params)
    whole = clean(dual.func)
    split = linearize(joined(whole) if first_only else whole, mask)
    builder = Builder(f"{func.name}.forward")
    operands = [builder.param(t) for t in func.param_types]
    outputs = builder.call(split.forward, operands)
    results = outputs[: len(func.body.results)]
    kept = outputs[len(outputs) - len(split.residuals) :] if split.residuals else ()
    residuals = [*[operands[k] for k in split.needed], *kept]
    types = tuple(builder.types[v] for v in residuals)
    return Halves(
        builder.finish([*results, *residuals]),
        clean(split.linear),
        dual.params,
        dual.results,
        split.results[len(func.body.results) :],
        types,
    )


def _of_first(dual: Jvp, count: int) -> Jvp:
    """The jvp without the tangents of results but the first; `count` is how many results there are."""
    body = dual.func.body
    results = body.results[: count + dual.results[0]]
    func = replace(dual.func, body=Block(body.params, body.instrs, results), memo={})
    return replace(dual, func=func, results=(dual.results[0],) + (False,) * (count - 1))


def linearization(func: Func, params: Mask, clean: Clean) -> Halves:
    """The same with a linear part that gives the tangents of all active results, constant zeros included."""
    split = halves(func, params, clean)
    builder = Builder(f"{func.name}.pushforward")
    given = iter(builder.call(split.linear, [builder.param(t) for t in split.linear.param_types]))
    types = [t for t, on in zip(func.result_types, split.results, strict=True) if on]
    tangents = [
        next(given) if is_given else builder.zeros(t)
        for t, is_given in zip(types, split.given, strict=True)
    ]
    return replace(split, linear=builder.finish(tangents), given=(True,) * len(types))


def vjp(func: Func, params: Mask, clean: Clean, *, first_only: bool = False) -> Vjp:
    """Split the reverse derivative of `func`, with respect to the params chosen, at its middle; see `halves`."""
    split = halves(func, params, clean, first_only=first_only)
    inputs, tangents = len(split.residuals), sum(split.params)
    mask = (False,) * inputs + (True,) * tangents
    turned = transpose(split.linear, mask, (True,) * sum(split.given))
    if not is_straight(
        turned.func
    ):  # else there is no loop, and it is cleaned as a part of the whole
        turned = replace(turned, func=forwards(clean(turned.func)))

    backward = Builder(f"{func.name}.backward")
    residuals = [backward.param(t) for t in split.residuals]
    active_types = [t for t, on in zip(func.result_types, split.results, strict=True) if on]
    bars = [backward.param(t) for t in active_types]
    seeds = [bar for bar, given in zip(bars, split.given, strict=True) if given]
    cotangents = backward.call(turned.func, [*residuals, *seeds])
    return Vjp(
        split.forward, backward.finish(cotangents), split.params, split.results, split.residuals
    )


def value_and_grad(func: Func, params: Mask, clean: Clean) -> Func:
    """A Func that gives the results of `func`, then the gradient of the first, a Real, for the params chosen.

    Both halves become a part of it, so that residuals are values, and no arrays that are filled and read.
    """
    assert func.result_types[:1] == (REAL,), "only a Real has a gradient"
    dual = jvp(func, params)
    whole = clean(dual.func)
    if is_straight(whole) and dual.results[0]:
        tangents = (False,) * len(params) + (True,) * sum(dual.params)
        return gradient(joined(whole), tangents, len(func.body.results))
    split = vjp(func, params, clean, first_only=True)
    builder = Builder(f"{func.name}.value_and_grad")
    operands = [builder.param(t) for t in func.param_types]
    outputs = _inlined(builder, split.forward, operands)
    count = len(func.body.results)
    results, residuals = outputs[:count], outputs[count:]
    if split.results[0]:
        grads = _inlined(builder, split.backward, [*residuals, builder.const(1.0, REAL)])
    else:  # the value does not depend on these params
        active = [t for t, on in zip(func.param_types, split.params, strict=True) if on]
        grads = [builder.zeros(t) for t in active]
    return retrace(clean(builder.finish([*results, *grads])))


def _inlined(builder: Builder, half: Func, operands: Sequence[int]) -> list[int]:
    """Append a half of a derivative, and the function that it is made of; gives its results."""
    env: Env = dict(zip(half.body.params, operands, strict=True))
    for instr in half.body.instrs:
        if isinstance(instr, Call):
            results = inline_call(builder, instr.func, [env[v] for v in instr.operands])
            env.update(zip(instr.results, results, strict=True))
        else:
            copy_instr(builder, half.types, instr, env)
    return [env[v] for v in half.body.results]
