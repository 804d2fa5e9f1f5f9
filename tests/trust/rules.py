"""Functions that their users fix: that have derivative rules of their own, or are run again in reverse mode.

A case has plain functions and, by name, a mark for each that is fixed. So it is printed, read and made small as any other, and its rules
are those of the functions that it has then. A mark is one of these words, or several:

- `remat`: reverse mode computes the inside again;
- `jvp`: the function has its own derivative as a rule, by way of `custom_jvp`; `vjp`: the same in two halves, by way of `custom_vjp`;
- `direct`: the rule computes the value, too; else it calls the function for it;
- one of `TWISTS`: the rule is another linear one;
- one of `SPOILS`, or `mutant:3:1:4`: something is done to the rule that makes it not linear, or a mutant may. Such rules are not used:
  `refusals.py` sees what becomes of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice, product
from typing import Any

from trust.twists import MUTANT, SPOILS, TWISTS, Part, mutated

from rose import Fn
from rose.ad.jvp import jvp
from rose.ad.reverse import vjp
from rose.errors import NOWHERE, DerivativeError
from rose.front.signature import Signature
from rose.front.tree import BoolTree, IndexTree, RealTree, Tree, TupleTree, VecTree, passed_types
from rose.ir.builder import Builder
from rose.ir.check import check
from rose.ir.func import Func, Rule, callees_first
from rose.ir.primitive import REGISTRY
from rose.ir.record import record, replace
from rose.ir.replace import with_callees
from rose.ir.types import Array, Bool, Index, Real, Ref, Type, is_real
from rose.opt import optimize
from rose.rules import jvp_rule, vjp_rule

TRUE = {"remat", "jvp", "vjp", "direct"}  # what changes no derivative


def fixed(root: Func, marks: Mapping[str, str]) -> Func:
    """The program with its marked functions fixed. A function whose rule is to be refused is not."""
    made: dict[Func, Func] = {}
    for func in callees_first([root]):
        made[func] = _fixed(with_callees(func, made), marks.get(func.name, "").split())
    return made[root]


def marked(root: Func, marks: Mapping[str, str]) -> list[tuple[Func, list[str]]]:
    """The functions whose rules are to be refused, with what they call fixed, and the words of their marks."""
    found: list[tuple[Func, list[str]]] = []
    made: dict[Func, Func] = {}
    for func in callees_first([root]):
        words = marks.get(func.name, "").split()
        plain = with_callees(func, made)
        made[func] = _fixed(plain, words)
        if is_spoiled(words):
            found.append((plain, words))
    return found


def is_spoiled(words: Sequence[str]) -> bool:
    """Whether these words are of a rule that is to be refused."""
    return any(word in SPOILS or word.startswith(MUTANT) for word in words)


def _fixed(plain: Func, words: Sequence[str]) -> Func:
    if not words or is_spoiled(words):
        return plain
    func = with_rule(plain, words) if {"jvp", "vjp"} & {*words} else plain
    return replace(func, remat=True, memo={}) if "remat" in words else func


def with_rule(plain: Func, words: Sequence[str]) -> Func:
    """The function with the rule that its mark says, given as users give it.

    Raises:
        DerivativeError: if the rule is refused.
    """
    rule = Rule()
    func = replace(plain, rule=rule, memo={})
    made = _by_halves(func, plain, words) or _by_jvp(func, plain, words)
    reals = [[t for t in types if is_real(t)] for types in (plain.param_types, plain.result_types)]
    rule.func = _gathered(made, [*plain.param_types, *reals[0]], [*plain.result_types, *reals[1]])
    return func


# --- rules ------------------------------------------------------------------------------------------------


@record
class Linear:
    """What users write of a rule.

    Attributes:
        func: is to be linear in its params of Reals from number `first` on.
        first: the number of the first tangent or cotangent.
        values: how many results come before those that are to be linear.
        forward: of a rule in two halves, the first one, whose results are the function's and then the residuals.
    """

    func: Func
    first: int
    values: int
    forward: Func | None = None


def linear_of(plain: Func, words: Sequence[str]) -> Linear:
    """The part of a rule that is to be linear; of a function with while loops there are no halves."""
    found = _backward(plain) if "vjp" in words else None
    return _twisted(found or _own_jvp(plain), words)


@cache
def _own_jvp(plain: Func) -> Linear:
    """From the params and the tangents of all that are Reals to the results and the tangents of all that are."""
    dual = jvp(plain, tuple(map(is_real, plain.param_types)))
    builder = Builder(f"{plain.name}.own")
    params = [builder.param(t) for t in dual.func.param_types]
    out = builder.call(dual.func, params)
    count = len(plain.result_types)
    dots = iter(out[count:])
    tangents = [
        next(dots) if on else builder.zeros(t)
        for t, on in zip(plain.result_types, dual.results, strict=True)
        if is_real(t)
    ]
    func = builder.finish([*out[:count], *tangents])
    return Linear(func, len(plain.param_types), count)


@cache
def _backward(plain: Func) -> Linear | None:
    """From residuals and the cotangents of all results of Reals to the cotangents of all params that are."""
    try:
        split = vjp(plain, tuple(map(is_real, plain.param_types)), optimize)
    except DerivativeError as error:
        if "while" not in str(error):
            raise
        return None
    builder = Builder(f"{plain.name}.back")
    residuals = [builder.param(t) for t in split.residuals]
    bars = [builder.param(t) if is_real(t) else -1 for t in plain.result_types]
    given = [bar for bar, on in zip(bars, split.results, strict=True) if on]
    func = builder.finish(builder.call(split.backward, [*residuals, *given]))
    return Linear(func, len(residuals), 0, split.forward)


def _twisted(linear: Linear, words: Sequence[str]) -> Linear:
    """With what a mark does to its results, or to an operand somewhere in it."""
    func = linear.func
    for word in words:
        if word in TWISTS or word in SPOILS:
            builder = Builder(func.name)
            params = [builder.param(t) for t in func.param_types]
            out = builder.call(func, params)
            part = Part(builder, params[: linear.first], list(out[linear.values :]))
            {**TWISTS, **SPOILS}[word](part)
            func = check(builder.finish([*out[: linear.values], *part.linear]))
        elif word.startswith(MUTANT):
            func = mutated(func, [int(n) for n in word.split(":")[1:]])
    return replace(linear, func=func)


def _by_jvp(func: Func, plain: Func, words: Sequence[str]) -> Func:
    """What `defjvp` makes of a function's own derivative."""
    linear = linear_of(plain, [word for word in words if word != "vjp"])
    f, own = fn_of(func), fn_of(linear.func)
    count, reals = linear.values, [is_real(t) for t in plain.result_types]

    def rule(primals: Any, tangents: Any) -> Any:
        out = own(*primals, *[t for t in tangents if t is not None])
        values = out[:count] if "direct" in words else f(*primals)
        return tuple(values), _where(reals, out[count:])

    return jvp_rule(f, rule)


def _by_halves(func: Func, plain: Func, words: Sequence[str]) -> Func | None:
    """What `defvjp` makes of the two halves of it; None if there are none."""
    linear = linear_of(plain, words)
    if linear.forward is None:
        return None
    f, first, back = fn_of(func), fn_of(linear.forward), fn_of(linear.func)
    count, reals = len(plain.result_types), [is_real(t) for t in plain.param_types]

    def forward(*args: Any) -> Any:
        out = first(*args)
        return tuple(out[:count]) if "direct" in words else f(*args), tuple(out[count:])

    def backward(residuals: Any, bars: Any) -> Any:
        return _where(reals, back(*residuals, *[bar for bar in bars if bar is not None]))

    return vjp_rule(f, forward, backward)


def _where(mask: Sequence[bool], items: Sequence[Any]) -> tuple[Any, ...]:
    """The items in order where the mask says so, and None elsewhere."""
    given = iter(items)
    return tuple([next(given) if on else None for on in mask])


def fn_of(func: Func) -> Fn[..., Any]:
    """What users call: it takes its params one by one, and gives a tuple of its results."""
    names = tuple([f"x{k}" for k in range(len(func.param_types))])
    result = TupleTree(tuple(map(tree_of, func.result_types)))
    signature = Signature(names, tuple(map(tree_of, func.param_types)), result)
    spread = _spread(func)
    return Fn(func.name, lambda: signature, lambda: spread, NOWHERE)


# Small arrays are passed as their elements, wherever a user passes them.


def _spread(func: Func) -> Func:
    """The same function, whose small arrays are passed as users' functions pass them."""
    builder = Builder(func.name)
    params = [_packed(builder, t, _params(builder, t)) for t in func.param_types]
    return builder.finish([x for v in builder.call(func, params) for x in _elements(builder, v)])


def _gathered(func: Func, params: Sequence[Type], results: Sequence[Type]) -> Func:
    """The inverse of `_spread`, for such types."""
    builder = Builder(func.name)
    given = [x for t in params for x in _elements(builder, builder.param(t))]
    out = iter(builder.call(func, given))
    return builder.finish(
        [_packed(builder, t, list(islice(out, len(passed_types(tree_of(t)))))) for t in results]
    )


def _params(builder: Builder, type: Type) -> list[int]:
    return [builder.param(t) for t in passed_types(tree_of(type))]


def _packed(builder: Builder, type: Type, parts: Sequence[int]) -> int:
    if passed_types(tree_of(type)) == [type]:
        return parts[0]
    assert isinstance(type, Array), "only arrays have parts"
    return builder.apply(REGISTRY["pack"], parts, (type.shape,))


def _elements(builder: Builder, v: int) -> list[int]:
    type = builder.types[v]
    if passed_types(tree_of(type)) == [type]:
        return [v]
    assert isinstance(type, Array), "only arrays have elements"
    places = product(*map(range, type.shape))
    return [
        builder.apply(
            REGISTRY["index"],
            (v, *[builder.const(k, Index(n)) for k, n in zip(at, type.shape, strict=True)]),
        )
        for at in places
    ]


def tree_of(type: Type) -> Tree:
    """The type as users know it."""
    match type:
        case Real():
            return RealTree()
        case Bool():
            return BoolTree()
        case Index(size):
            return IndexTree(size)
        case Array():
            return VecTree(type.shape[0], tree_of(type.at(1)))
        case Ref():
            raise AssertionError("users have no accumulators")
