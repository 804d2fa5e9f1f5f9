"""What holds for every program, whoever wrote it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle
from typing import Any

import pytest
from flat import flatten
from trust.generate import Case
from trust.hosts import Script, Wasmtime
from trust.reference import Dual, UnclearError, derivative, dual, meaning, met_pole, same

from rose import opt
from rose.ad.jvp import jvp
from rose.ad.reverse import vjp
from rose.errors import DerivativeError
from rose.ir.builder import Builder
from rose.ir.check import check
from rose.ir.func import Func
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.ir.types import Array, Type, is_real
from rose.opt import PASSES, PROGRAM_PASSES, finish, optimize

Pass = Callable[[Func], Func]

# Every module of rose.opt has the pass that it is named for; `inline` needs to know more and runs inside of `local`.
EACH: dict[str, Pass] = {
    name: f
    for name, f in vars(opt).items()
    if getattr(f, "__module__", "") == f"rose.opt.{name}" and name != "inline"
}
WHOLE: dict[str, Pass] = {"optimize": optimize, "finish": finish, "local": PROGRAM_PASSES["local"]}

# Sizes from which on the compiler does something else: tests have them small, so that small programs get there.
SIZES = {
    "rose.opt.split.MOST": 8,
    "rose.opt.split.LEAST": 3,
    "rose.opt.split.FEWEST": 2,
    "rose.opt.split.SINGLE_RESULTS": 2,
    "rose.opt.split.SINGLE_PARAMS": 2,
    "rose.opt.split.MOST_ARRAYS": 2,
    "rose.opt.inline.SMALL": 0,
    "rose.opt.inline.LARGEST": 5,
    "rose.ad.plan.MOST_RESIDUALS": 1,
    "rose.ad.linearize.MOST_SCALARS": 1,
    "rose.ad.checkpoints.MOST_KEPT": 1,
    "rose.wasm.arrays.UNROLLED": 1,
}


@contextmanager
def sizes(chosen: Sequence[str]) -> Generator[None]:
    """Have some of `SIZES` small."""
    with pytest.MonkeyPatch.context() as patch:
        for name in chosen:
            module, _, attribute = name.rpartition(".")
            assert hasattr(import_module(module), attribute), f"{name} is gone"
            patch.setattr(import_module(module), attribute, SIZES[name])
        yield


@dataclass
class Seen:
    """What was done."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))


# --- the program itself -----------------------------------------------------------------------------------


def reads_back(func: Func) -> None:
    text = print_program(func)
    again = parse(text)
    assert print_program(again) == text
    assert again.param_types == func.param_types
    assert again.result_types == func.result_types


def passes_keep_results(
    func: Func, args: Sequence[Any], expected: Sequence[Any], seen: Seen
) -> None:
    """Each pass alone, and all of them one after the other; the checker after each."""
    for name, single in {**EACH, **WHOLE}.items():
        after = check(single(func))
        assert same(meaning(after, args), expected), f"{name} changes a result"
        seen.counts["passes"] += 1
    so_far = PROGRAM_PASSES["local"](func)
    for name, single in {**PASSES, **EACH}.items():
        so_far = check(single(so_far))
        assert same(meaning(so_far, args), expected), f"{name} changes a result after the others"
        seen.counts["passes"] += 1


def hosts_agree(
    funcs: dict[str, Func], args: dict[str, Sequence[Any]], scripts: Sequence[Script], seen: Seen
) -> None:
    """wasmtime gives the interpreter's bits, and JavaScript wasmtime's."""
    for module in (Wasmtime(funcs), Wasmtime(funcs, finished=True)):
        expected = {name: meaning(func, args[name]) for name, func in funcs.items()}
        for _ in range(2):  # the second run finds what the first one left in memory
            for name in funcs:
                assert same(module.run(name, args[name]), expected[name]), f"wasmtime, {name}"
                seen.counts["runs in wasmtime"] += 1
    for script in scripts:
        found = script.run(module, [(name, args[name]) for name in funcs])
        for name, result in zip(funcs, found, strict=True):
            assert same(result, expected[name]), f"{type(script).__name__}, {name}"
            seen.counts[f"runs in {type(script).__name__}"] += 1


# --- derivatives ------------------------------------------------------------------------------------------


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


def derived(func: Func, mask: Sequence[bool]) -> Derived:
    dual_form = jvp(func, tuple(mask))
    check(dual_form.func)
    try:
        pull = pullback(func, tuple(mask))
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
    if math.isnan(found) and met_pole():
        raise UnclearError
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
    if not all(x < 1e8 for x in sizes_of):
        raise UnclearError
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


def derivatives_agree(case: Case, scripts: Sequence[Script], seen: Seen) -> None:
    """First and second order, in every order of the modes."""
    func, args = case.func, case.mild
    mask = [is_real(t) for t in func.param_types]
    d = derived(func, mask)
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
        passes_keep_results(f, inputs[name], meaning(f, inputs[name]), seen)
        reads_back(f)
    hosts_agree(funcs, inputs, scripts, seen)  # type: ignore[arg-type]
    try:
        first_order(d, Direction(args, dots, seeds), seen)
        second_order(d, Direction(args, dots, seeds), numbers, seen)
    except (UnclearError, OverflowError):
        seen.counts["derivatives not known well"] += 1


def second_order(d: Derived, at: Direction, numbers: Numbers, seen: Seen) -> None:
    """Forward over forward, reverse over forward, forward over reverse: the first two give the last one's numbers."""
    count = len(d.func.result_types)
    also = [
        numbers.of(t) if on else None for t, on in zip(d.func.param_types, d.params, strict=True)
    ]
    constant = [None] * sum(d.params)
    over = derived(d.push, [*d.params, *[False] * len(constant)])
    if not any(over.params):
        return
    seeds = [numbers.of(t) for t in chosen(d.push.result_types, over.results)]
    arguments = [*at.args, *chosen(at.dots, d.params)]
    first_order(over, Direction(arguments, [*also, *constant], seeds), seen)

    if d.pull is None or over.pull is None:
        return
    # seeds of one are those of `pull` for tangents, and zero for values
    reverse = derived(d.pull, [*d.params, *[False] * sum(d.results)])
    if any(reverse.params):
        seeds = [numbers.of(t) for t in chosen(d.pull.result_types, reverse.results)]
        arguments = [*at.args, *at.seeds]
        first_order(reverse, Direction(arguments, [*also, *[None] * sum(d.results)], seeds), seen)
    modes_agree(d, over, reverse, Direction(at.args, at.dots, at.seeds), also, seen)
    assert count


def modes_agree(
    d: Derived, over: Derived, reverse: Derived, at: Direction, also: list[Any], seen: Seen
) -> None:
    """⟨H u, z⟩ by reverse over forward and by forward over reverse, H being the Hessian of ⟨w, f⟩."""
    assert over.pull is not None
    count = len(d.func.result_types)
    tangent_seeds = iter(at.seeds)
    seeds = []
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
    dots = iter(pushed[len(d.pull.result_types) :])  # type: ignore[union-attr]
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


def everything(case: Case, scripts: Sequence[Script], seen: Seen) -> None:
    """All that holds for a program."""
    reads_back(case.func)
    for args in (case.wild, case.mild):
        expected = meaning(case.func, args)
        passes_keep_results(case.func, args, expected, seen)
        hosts_agree({"main": case.func}, {"main": args}, scripts, seen)
    derivatives_agree(case, scripts, seen)
    seen.counts["programs"] += 1
