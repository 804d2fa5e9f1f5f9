"""What a generated program has to give: its meaning by the interpreter, and its derivatives by the chain rule.

Both run the program with other primitives in place of its own, so that control flow is the interpreter's. The derivative of each
primitive is what its own rule gives, which is held against difference quotients wherever these are able to judge it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import getitem
from typing import Any

from flat import flatten, is_list, is_sequence
from trust.hosts import Wasmtime
from trust.vocabulary import is_exact

from rose.ad.jvp import jvp
from rose.ir.builder import Builder
from rose.ir.func import Apply, Block, Call, Func, Instr, callees_first
from rose.ir.primitive import REGISTRY, Primitive
from rose.ir.record import replace
from rose.ir.types import BOOL, REAL, Index, Type, is_real
from rose.run.interp import interpret

# How far Python's functions and ours may be apart, in units of the last place. `tests/wasm/test_math.py` holds ours to
# less; the rest is Python's, or the condition of the function near its zeros.
ULPS = 16
MOST_TURNS = (
    1e3  # of what sine and the like are asked for, so that differences are small beside a turn
)
FAR = 1e100  # numbers beyond may overflow when derivatives are put together
NEAR_ZERO = 4e-14  # as much, absolutely, near a zero of lgamma and digamma


def with_primitives(
    root: Func,
    new: Callable[[Primitive], Primitive],
    by_rule: Callable[[Func], Func] | None = None,
) -> Func:
    """The program with other primitives; where a function has a derivative rule, with what `by_rule` makes of it."""
    made: dict[Func, Func] = {}

    def block(old: Block) -> Block:
        return Block(old.params, tuple(map(instr, old.instrs)), old.results)

    def instr(old: Instr) -> Instr:
        match old:
            case Apply(prim=prim):
                return replace(old, prim=new(prim))
            case Call(func=func):
                return replace(old, func=made[func])
            case _:
                return old.rebuilt(old.operands, old.results, tuple(map(block, old.blocks)))

    for func in callees_first([root]):
        if by_rule is not None and func.rule is not None:
            made[func] = by_rule(func)
        else:
            made[func] = Func(func.name, func.types, block(func.body))
    return made[root]


# --- values -----------------------------------------------------------------------------------------------


@cache
def _of_module(prim: Primitive) -> Primitive:
    """A primitive that computes as the module does, and sees to it that this is close to what Python computes."""
    if is_exact(prim):
        return prim
    builder = Builder(prim.name)
    params = [builder.param(REAL) for _ in prim.domain]
    runner = Wasmtime({"f": builder.finish([builder.apply(prim, params)])})

    def evaluate(*args: float) -> float:
        value: float
        ((value,),) = [runner.run("f", list(args))]
        assert is_close(prim, value, prim.evaluate(*args)), (prim.name, args)
        return value

    return replace(prim, evaluate=evaluate)


def is_close(prim: Primitive, found: float, expected: float) -> bool:
    """Whether a result of one primitive is within a few units of the last place."""
    if math.isnan(expected) or math.isinf(expected) or math.isinf(found):
        return same(found, expected)
    near_zero = NEAR_ZERO if prim.name in ("lgamma", "digamma") else 0.0
    return abs(found - expected) <= ULPS * math.ulp(max(abs(expected), 2.0**-1022)) + near_zero


def same(a: Any, b: Any) -> bool:
    """Equal to the last bit, but for the payloads of NaNs."""
    if is_sequence(a):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return a == b and math.copysign(1, a) == math.copysign(1, b)
    return type(a) is type(b) and a == b


def meaning(func: Func, args: Sequence[Any]) -> list[Any]:
    """What a program gives: the interpreter's results, with the module's own transcendental functions."""
    return interpret(_with_those_of_module(func), args)


@lru_cache(maxsize=100)
def _with_those_of_module(func: Func) -> Func:
    return with_primitives(func, _of_module)


# --- derivatives ------------------------------------------------------------------------------------------


class UnclearError(Exception):
    """A derivative is not known: of differences at a kink, a pole, or far out; of a program if it is not finite."""


@dataclass(frozen=True, slots=True)
class Dual:
    """A number, its derivative in a direction, and the sum of the sizes of all that the derivative is made of.

    Rounding changes a derivative by a multiple of `size`, whatever the order in which it is computed.
    """

    value: float
    dot: float
    size: float

    def __add__(self, other: Dual | float) -> Dual:
        b = dual(other)
        return Dual(self.value + b.value, self.dot + b.dot, self.size + b.size)

    __radd__ = __add__


def dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(x, 0.0, 0.0)


def partial(prim: Primitive, args: list[Any], k: int) -> float:
    """∂/∂x_k by five-point differences with two steps, which have to agree.

    Raises:
        UnclearError: if they do not.
    """
    x = args[k]
    if prim.name in ("mod", "fmod") and abs(args[1]) < 0.1 * (abs(x) + 1e-2):
        raise UnclearError(f"{prim.name} jumps between the differences")
    if prim.name in STEPS and not abs(args[0]) < 100 * abs([*args, 1.0][1]):
        raise UnclearError(f"{prim.name} takes many steps between the differences")
    if not is_exact(prim) and abs(x) > MOST_TURNS:
        raise UnclearError(f"{prim.name} may turn many times between the differences")
    if prim.name == "pow_by_exponent" and args[1] == 0:
        # The power is 0 for a zero nearby, too.
        raise UnclearError("pow_by_exponent is 0 with its derivatives where the power is 0")
    if any(isinstance(a, float) and 0 < abs(a) < 1e-12 for a in args):
        raise UnclearError(f"{prim.name} is smooth on a smaller scale than the differences")
    found: list[float] = []
    for step in (1e-3, 0.37e-3):
        h = step * max(abs(x), 1e-2)

        def at(j: int, h: float = h) -> float:
            return float(prim.evaluate(*args[:k], x + j * h, *args[k + 1 :]))

        found.append((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h))
        noise = math.ulp(float(prim.evaluate(*args))) / h
        if not noise <= 1e-9 * (abs(found[-1]) + 1e-2):
            raise UnclearError(f"{prim.name} is rounded to more than the differences")
        bend = abs(at(1) - 2 * at(0) + at(-1)) / h
        if not bend <= 0.03 * (abs(found[-1]) + 1e-2) and not _at_kink(prim, args):
            raise UnclearError(prim.name)
    first, second = found
    if not abs(first - second) <= 1e-7 * (abs(second) + 1e-2) or abs(second) > 1e6:
        raise UnclearError(prim.name)
    return second


def _at_kink(prim: Primitive, args: list[float]) -> bool:
    """Whether it is exactly where two smooth pieces meet: the central difference is what docs/language.md promises."""
    return (
        prim.name in ("abs", "min", "max")
        and len({*map(abs, args), *[0.0] * (len(args) == 1)}) == 1
    )


@cache
def _push(prim: Primitive, types: tuple[Type, ...], attrs: tuple[Any, ...], k: int) -> Func | None:
    """The derivative of one primitive by its own rule, with respect to operand k; None if it has none."""
    builder = Builder(prim.name)
    params = [builder.param(t) for t in types]
    func = builder.finish([builder.apply(REGISTRY[prim.name], params, attrs)])
    dual_form = jvp(func, tuple(j == k for j in range(len(types))))
    return with_primitives(dual_form.func, _of_module) if any(dual_form.results) else None


def own_partial(prim: Primitive, args: Sequence[Any], attrs: Sequence[Any], k: int) -> float:
    """∂/∂x_k by the primitive's own rule."""
    types = tuple([_type_of(x) for x in args])
    push = _push(prim, types, tuple(attrs), k)
    return 0.0 if push is None else float(interpret(push, [*args, 1.0])[-1])


def _type_of(x: Any) -> Type:
    if isinstance(x, float):
        return REAL
    return BOOL if isinstance(x, bool) else Index(x + 1)


def _dual_rule(prim: Primitive, is_real: bool) -> Callable[..., Any]:
    def evaluate(*operands: Any) -> Any:
        count = len(operands) - len(prim.attrs)
        xs, attrs = operands[:count], operands[count:]
        plain = [x.value if isinstance(x, Dual) else x for x in xs]
        active = [k for k, x in enumerate(xs) if isinstance(x, Dual) and x.size]
        if not is_real or not active:
            if is_real:
                LAST.met_pole |= not all(_is_tame(prim, plain, attrs, k) for k in range(count))
            return prim.evaluate(*plain, *attrs)
        value = prim.evaluate(*plain, *attrs)
        if prim.name == "stop_gradient":
            return value
        if not abs(value) < FAR:
            raise UnclearError(f"{prim.name} gives {value}")
        partials = {k: _partial_of(prim, plain, attrs, k) for k in active}
        LAST.met_pole |= not all(
            _is_tame(prim, plain, attrs, k) for k in range(count) if k not in active
        )
        floor = 1e-6 * (1 + abs(value))
        return Dual(
            value,
            sum(partials[k] * xs[k].dot for k in active),
            sum((abs(partials[k]) + floor) * xs[k].size for k in active),
        )

    return evaluate


def _partial_of(prim: Primitive, args: list[Any], attrs: Sequence[Any], k: int) -> float:
    """∂/∂x_k by the primitive's own rule, which is held against differences where these can judge.

    Raises:
        UnclearError: if it is not finite.
    """
    own = own_partial(prim, args, attrs, k)

    def evaluate(*xs: float) -> float:
        return float(prim.evaluate(*xs, *attrs))

    plain = replace(prim, evaluate=evaluate) if attrs else prim
    try:
        judged = partial(plain, args, k)
    except UnclearError:
        LAST.not_judged += 1
        if not abs(own) < FAR:
            raise
        return own
    LAST.judged += 1
    assert abs(own - judged) <= 1e-6 * (abs(judged) + 1e-2), (prim.name, args, k, own, judged)
    return own


def _is_tame(prim: Primitive, args: list[Any], attrs: Sequence[Any], k: int) -> bool:
    """Whether a tangent of zero gives one, as it does where the derivative is no infinity."""
    return not isinstance(args[k], float) or math.isfinite(own_partial(prim, args, attrs, k))


@dataclass
class Last:
    """What the last run of `derivative` has met.

    Attributes:
        met_pole: a pole of a derivative, times a tangent of zero: what is nan then may be zero.
        judged: derivatives of primitives that differences confirmed.
        not_judged: those that they cannot judge: at kinks, at poles, far out.
    """

    met_pole: bool = False
    judged: int = 0
    not_judged: int = 0


LAST = Last()


# From one whole number to the next.
STEPS = ("floor", "ceil", "trunc", "round", "floor_divide", "fmod_whole")
# What gives numbers as they are.
MOVES = ("const", "zeros", "unread", "index", "update", "pack", "part", "join", "select")


@cache
def _of_duals(prim: Primitive) -> Primitive:
    if prim.name in MOVES:
        return prim
    is_real = REGISTRY[prim.name].jvp is not None or prim.name in ("sign", *STEPS)
    return replace(prim, evaluate=_dual_rule(_of_module(prim), is_real))


def derivative(func: Func, args: Sequence[Any], dots: Sequence[Any]) -> list[Any]:
    """The results as Duals, along a direction with an entry per param; None for what has no tangent.

    Raises:
        UnclearError: if it is not known well.
    """
    LAST.met_pole, LAST.judged, LAST.not_judged = False, 0, 0
    seeded = [_seeded(a, d) for a, d in zip(args, dots, strict=True)]
    return interpret(_with_duals(func), seeded)


def _seeded(value: Any, dot: Any) -> Any:
    if dot is None:
        return value
    if is_list(value):
        return [_seeded(v, d) for v, d in zip(value, dot, strict=True)]
    return Dual(value, dot, abs(dot))


# --- functions with a derivative rule ---------------------------------------------------------------------


@lru_cache(maxsize=100)
def _with_duals(func: Func) -> Func:
    return with_primitives(func, _of_duals, _by_rule)


@lru_cache(maxsize=100)
def _by_rule(func: Func) -> Func:
    """A Func that gives what a function does to Duals, of which its rule gives the derivatives."""
    rule, plain = func.rule, replace(func, rule=None, memo={})
    assert rule is not None
    assert rule.func is not None

    def evaluate(*args: Any) -> list[Any]:
        if not any(isinstance(x, Dual) and x.size for x in flatten(list(args))):
            return interpret(_with_duals(plain), args)
        reals = [x for x, t in zip(args, func.param_types, strict=True) if is_real(t)]
        found = interpret(_with_duals(rule.func), [*map(_primal, args), *map(_tangent, reals)])
        dots = iter(found[len(func.result_types) :])
        pairs = zip(found, func.result_types, strict=False)
        return [_joined(x, next(dots)) if is_real(t) else x for x, t in pairs]

    count = len(func.body.params)
    whole = replace(REGISTRY["neg"], name=func.name, evaluate=evaluate)
    item = replace(REGISTRY["neg"], name="item", attrs=("k",), evaluate=getitem)
    results = tuple(range(count + 1, count + 1 + len(func.result_types)))
    items = [Apply(item, (count,), (v,), (k,)) for k, v in enumerate(results)]
    params = tuple(range(count))
    body = Block(params, (Apply(whole, params, (count,)), *items), results)
    return Func(func.name, (*func.param_types, REAL, *func.result_types), body)


def _primal(x: Any) -> Any:
    if is_list(x):
        return [_primal(y) for y in x]
    return x.value if isinstance(x, Dual) else x


def _tangent(x: Any) -> Any:
    """The tangent, as a value and as a direction of itself: a rule, which is linear, makes the same of both."""
    if is_list(x):
        return [_tangent(y) for y in x]
    return Dual(x.dot, x.dot, x.size) if isinstance(x, Dual) else 0.0


def _joined(x: Any, dot: Any) -> Any:
    if is_list(x):
        return [_joined(y, d) for y, d in zip(x, dot, strict=True)]
    x_dot = dual(dot)
    if not abs(x) < FAR or not abs(x_dot.value) < FAR:
        raise UnclearError(f"a rule gives {x} and {x_dot.value}")
    assert abs(x_dot.value - x_dot.dot) <= 1e-9 * x_dot.size, f"a rule is not linear: {x_dot}"
    return Dual(x, x_dot.dot, x_dot.size) if x_dot.size else x
