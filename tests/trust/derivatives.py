"""What holds for the derivatives of every program: each mode is the other's counterpart, at every order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from flat import flatten
from trust.generate import Case
from trust.hosts import Script
from trust.properties import Seen, hosts_agree, passes_keep_results, reads_back
from trust.reference import FAR, LAST, Dual, UnclearError, derivative, dual, meaning, same
from trust.rules import TRUE

from rose.ad.jvp import jvp
from rose.ad.reverse import value_and_grad, vjp
from rose.errors import DerivativeError
from rose.ir.builder import Builder
from rose.ir.check import check
from rose.ir.func import Func
from rose.ir.types import REAL, Array, Type, is_real
from rose.opt import optimize


@dataclass
class Derived:
    """A program and derivatives of it.

    Attributes:
        push: from the params and the tangents of those that are active, to the results and their tangents.
        pull: from the params and the cotangents of the results that are active, to the results and the cotangents
            of the params; None if the program has no reverse derivative.
    """

    func: Func
    params: tuple[bool, ...]
    results: tuple[bool, ...]
    push: Func
    pull: Func | None


Clean = Callable[[Func], Func]


def derived(func: Func, mask: Sequence[bool], clean: Clean = check) -> Derived:
    """The derivatives, taken after `clean`."""
    before = clean(func)
    dual_form = jvp(before, tuple(mask))
    check(dual_form.func)
    try:
        pull = pullback(before, tuple(mask))
    except DerivativeError as error:
        if "while" not in str(error):
            raise
        pull = None
    return Derived(func, dual_form.params, dual_form.results, dual_form.func, pull)


def pullback(func: Func, mask: tuple[bool, ...]) -> Func:
    """Both halves of the reverse derivative as one program."""
    halves = vjp(func, mask, optimize)
    check(halves.forward)
    check(halves.backward)
    builder = Builder(f"{func.name}.pull")
    params = [builder.param(t) for t in func.param_types]
    bars = [builder.param(t) for t, on in zip(func.result_types, halves.results, strict=True) if on]
    out = builder.call(halves.forward, params)
    count = len(func.result_types)
    return check(
        builder.finish([*out[:count], *builder.call(halves.backward, [*out[count:], *bars])])
    )


class Numbers:
    """Tangents and cotangents, from a few numbers."""

    def __init__(self, numbers: Sequence[float]) -> None:
        self.numbers = cycle([*numbers, 0.7, -0.3, 0.45])

    def of(self, type: Type) -> Any:
        if isinstance(type, Array):
            return [self.of(type.at(1)) for _ in range(type.shape[0])]
        return next(self.numbers)


def chosen(items: Sequence[Any], mask: Sequence[bool]) -> list[Any]:
    return [x for x, on in zip(items, mask, strict=True) if on]


def inner(xs: Sequence[Any], ys: Sequence[Any]) -> float:
    return math.fsum(x * y for x, y in zip(flatten(list(xs)), flatten(list(ys)), strict=True))


def close(found: float, expected: float, size: float, what: str) -> None:
    if math.isnan(found) and LAST.met_pole:
        raise UnclearError("a pole, times zero")
    assert abs(found - expected) <= 1e-6 * size + 1e-9, (
        f"{what}: {found} is not {expected}, of {size}"
    )


@dataclass
class Direction:
    """A direction in which to differentiate at some arguments.

    Attributes:
        dots: a tangent per param; None where there is none.
        seeds: a cotangent per active result.
    """

    args: list[Any]
    dots: list[Any]
    seeds: list[Any]


def first_order(d: Derived, at: Direction, seen: Seen) -> None:
    """jvp is the difference quotient, and the transpose of itself."""
    reference = derivative(d.func, at.args, at.dots)
    wanted = [dual(x) for x in flatten(chosen(reference, d.results))]
    sizes_of = [x.size for x in wanted]
    seen.counts["derivatives of primitives judged"] += LAST.judged
    seen.counts["derivatives of primitives not judged"] += LAST.not_judged
    if not all(x < FAR for x in sizes_of):
        raise UnclearError("far out")
    seeds = flatten(at.seeds)
    expected = math.fsum(x.dot * w for x, w in zip(wanted, seeds, strict=True))
    size = math.fsum(s * abs(w) for s, w in zip(sizes_of, seeds, strict=True))

    dots = chosen(at.dots, d.params)
    out = meaning(d.push, [*at.args, *dots])
    count = len(d.func.result_types)
    for found, x in zip(flatten(out[count:]), wanted, strict=True):
        close(found, x.dot, x.size, "jvp")
    seen.counts["jvps"] += 1
    for inactive, on in zip(reference, d.results, strict=True):
        assert on or not any(
            isinstance(x, Dual) and abs(x.dot) > 1e-6 * x.size for x in flatten([inactive])
        ), "a result is taken for inactive"
    if d.pull is None:
        return
    back = meaning(d.pull, [*at.args, *at.seeds])
    assert same(back[:count], out[:count]), "the reverse derivative gives another value"
    close(inner(back[count:], dots), expected, size, "transpose")
    seen.counts["transposes"] += 1


def gradient_of_first(d: Derived, at: Direction, seen: Seen) -> None:
    """The value and gradient, which is a program of its own kind, is the jvp as well."""
    func = d.func
    if d.pull is None or func.result_types[0] != REAL or not d.results[0]:
        return
    both = check(value_and_grad(func, d.params, optimize))
    count = len(func.result_types)
    found = meaning(both, at.args)
    assert same(found[:count], meaning(func, at.args)), "value_and_grad gives another value"
    wanted = dual(derivative(func, at.args, at.dots)[0])
    along = inner(found[count:], chosen(at.dots, d.params))
    close(along, wanted.dot, wanted.size, "value_and_grad")
    seen.counts["gradients"] += 1


def derivatives_agree(case: Case, func: Func, scripts: Sequence[Script], seen: Seen) -> None:
    """First and second order, in every order of the modes; third order, in one, where functions are fixed.

    In half of the cases derivatives are taken of what is optimised, as those of users are.

    Args:
        case: what the program comes from.
        func: the program, with what is fixed.
    """
    args = case.mild
    mask = [is_real(t) for t in func.param_types]
    d = derived(func, mask, optimize if case.directions[0] < 0 else check)
    if not any(d.params) or not any(d.results):
        return
    numbers = Numbers(case.directions)
    dots = [numbers.of(t) if on else None for t, on in zip(func.param_types, d.params, strict=True)]
    seeds = [numbers.of(t) for t in chosen(func.result_types, d.results)]
    funcs = {"push": d.push}
    inputs = {"push": [*args, *chosen(dots, d.params)]}
    if d.pull is not None:
        funcs["pull"] = d.pull
        inputs["pull"] = [*args, *seeds]
    for name, f in funcs.items():
        passes_keep_results(f, [inputs[name]], seen)
        reads_back(f)
    hosts_agree(funcs, inputs, scripts, seen)
    try:
        at = Direction(args, dots, seeds)
        first_order(d, at, seen)
        own_rules = all(TRUE.issuperset(mark.split()) for mark in case.marks.values())
        if case.marks and own_rules:
            as_without_rules(d, case.func, at, seen)
        gradient_of_first(d, at, seen)
        seconds = second_order(d, at, numbers, seen, symmetric=own_rules)
        if case.marks:
            third_order(seconds, numbers, seen)
    except (UnclearError, OverflowError):
        seen.counts["derivatives left out"] += 1


def as_without_rules(d: Derived, plain: Func, at: Direction, seen: Seen) -> None:
    """A program whose rules are the functions' own derivatives has those of the program without rules."""
    with_rules = flatten(derivative(d.func, at.args, at.dots))
    for x, y in zip(with_rules, flatten(derivative(plain, at.args, at.dots)), strict=True):
        if isinstance(x, Dual | float):
            found, expected = dual(x), dual(y)
            close(found.dot, expected.dot, found.size + expected.size, "own rules")
    seen.counts["derivatives by own rules"] += 1


# A derivative, where it is judged, and which of its params come from the program.
Second = tuple[Derived, Direction, tuple[bool, ...]]


def third_order(seconds: Sequence[Second], numbers: Numbers, seen: Seen) -> None:
    """Both modes over one of the derivatives of second order, which one depends on the program."""
    choices: list[tuple[Func, list[Any], tuple[bool, ...]]] = []
    for d, at, own in seconds:
        choices.append((d.push, [*at.args, *chosen(at.dots, d.params)], own))
        if d.pull is not None:
            choices.append((d.pull, [*at.args, *at.seeds], own))
    if not choices:
        return
    func, args, own = choices[len(seconds[0][0].func.types) % len(choices)]
    rest = len(args) - len(own)
    third = derived(func, [*own, *[False] * rest])
    dots = [
        numbers.of(t) if on else None
        for t, on in zip(func.param_types[: len(own)], third.params, strict=False)
    ]
    seeds = [numbers.of(t) for t in chosen(func.result_types, third.results)]
    first_order(third, Direction(args, [*dots, *[None] * rest], seeds), seen)
    seen.counts["derivatives of third order"] += 1


def second_order(
    d: Derived, at: Direction, numbers: Numbers, seen: Seen, *, symmetric: bool
) -> list[Second]:
    """Forward over forward, reverse over forward, forward over reverse: the first two give the last one's numbers.

    Gives those that are judged. Hessians are symmetric, unless rules give something else than derivatives.
    """
    also = [
        numbers.of(t) if on else None for t, on in zip(d.func.param_types, d.params, strict=True)
    ]
    constant = [None] * sum(d.params)
    over = derived(d.push, [*d.params, *[False] * len(constant)])
    if not any(over.params):
        return []
    seeds = [numbers.of(t) for t in chosen(d.push.result_types, over.results)]
    arguments = [*at.args, *chosen(at.dots, d.params)]
    found: list[Second] = [(over, Direction(arguments, [*also, *constant], seeds), d.params)]
    first_order(*found[0][:2], seen)

    if d.pull is None or over.pull is None:
        return found
    # seeds of one are those of `pull` for tangents, and zero for values
    reverse = derived(d.pull, [*d.params, *[False] * sum(d.results)])
    if any(reverse.params):
        seeds = [numbers.of(t) for t in chosen(d.pull.result_types, reverse.results)]
        there = Direction([*at.args, *at.seeds], [*also, *[None] * sum(d.results)], seeds)
        found.append((reverse, there, d.params))
        first_order(reverse, there, seen)
    if symmetric:
        modes_agree(d, over, reverse, at, also, seen)
    return found


def modes_agree(
    d: Derived, over: Derived, reverse: Derived, at: Direction, also: list[Any], seen: Seen
) -> None:
    """⟨H u, z⟩ by reverse over forward and by forward over reverse, H being the Hessian of ⟨w, f⟩."""
    assert over.pull is not None
    count = len(d.func.result_types)
    tangent_seeds = iter(at.seeds)
    seeds: list[Any] = []
    for k, (type, on) in enumerate(zip(d.push.result_types, over.results, strict=True)):
        seed = next(tangent_seeds) if k >= count else None
        if on:
            seeds.append(_zero(type) if seed is None else seed)
    u, z = chosen(at.dots, d.params), chosen(also, d.params)
    pulled = meaning(over.pull, [*at.args, *u, *seeds])[len(d.push.result_types) :]
    z_there = [x for x, on in zip(also, over.params, strict=False) if on]
    by_reverse = inner(pulled, z_there)

    pushed = meaning(
        reverse.push, [*at.args, *at.seeds, *chosen(at.dots, reverse.params[: len(also)])]
    )
    assert d.pull is not None
    dots = iter(pushed[len(d.pull.result_types) :])
    total, position = 0.0, 0
    for k, on in enumerate(reverse.results):
        if not on:
            position += k >= count
            continue
        dot = next(dots)
        if k >= count:
            total += inner([dot], [z[position]])
            position += 1
    duals = derivative(d.push, [*at.args, *u], [*also, *[None] * len(u)])[count:]
    size = math.fsum(
        dual(x).size * abs(w) for x, w in zip(flatten(duals), flatten(at.seeds), strict=True)
    )
    close(by_reverse, total, size, "reverse over forward, forward over reverse")
    seen.counts["Hessians"] += 1


def _zero(type: Type) -> Any:
    return [_zero(type.at(1)) for _ in range(type.shape[0])] if isinstance(type, Array) else 0.0
