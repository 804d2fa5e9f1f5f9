"""Multiples: primitives that are their first operand times a factor of the others, as `turn(x, a, b)` is.

The tangents that jvp rules give are products with factors, such as `turn(1, a, b)`, so that a pushforward or a pullback computes
each factor once for all directions, and keeps it. Of a primitive with tangents of two operands it keeps two. The way
back of a gradient is gone once: there each product and its factor are one instruction, and nothing is kept but the operands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from rose.ir.func import Apply, Block, Func, Instr, callees_first, instrs_of
from rose.ir.primitive import REGISTRY
from rose.ir.replace import with_callees
from rose.ir.stages import stage
from rose.ir.types import REAL, Type
from rose.ir.uses import Uses


@stage("join")
def joined(root: Func) -> Func:
    """No sum or difference is left of two products with factors that nothing else uses: each is one instruction with its factor."""
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        plain = with_callees(func, new)
        new[func] = plain if plain.is_fixed else _joined(plain)
    return new[root]


@stage("factor")
def factored(func: Func) -> Func:
    """Every multiple, but those of 1, is a product with a factor, which the tangent of its first operand needs as well."""
    if not _has_multiples(func):
        return func
    types = list(func.types)
    ones = _ones(func)

    def split(instr: Apply) -> Sequence[Instr]:
        if not instr.prim.is_multiple or instr.operands[0] in ones:
            return [instr]
        x, *others = instr.operands
        one, factor = len(types), len(types) + 1
        types.extend((REAL, REAL))
        return [
            Apply(REGISTRY["const"], (), (one,), (1.0, REAL), instr.loc),
            Apply(instr.prim, (one, *others), (factor,), (), instr.loc),
            Apply(REGISTRY["mul"], (x, factor), instr.results, (), instr.loc),
        ]

    return _rewritten(func, split, types)


def _joined(func: Func) -> Func:
    """The same with the factors left, for nobody to use."""
    if not _has_multiples(func):
        return func
    factor_of = dict(_products(func.body, Uses().of(func.body), _ones(func)))

    def join(instr: Apply) -> Sequence[Instr]:
        factor = factor_of.get(instr.results[0])
        if factor is None:
            return [instr]
        operands = (instr.operands[0], *factor.operands[1:])
        return [Apply(factor.prim, operands, instr.results, (), instr.loc)]

    return _rewritten(func, join, func.types)


def _products(block: Block, uses: Counter[int], ones: set[int]) -> Iterator[tuple[int, Apply]]:
    """The products that a sum or difference has two of, each with the instruction that makes its factor."""
    factors: dict[int, Apply] = {}
    products: dict[int, Apply] = {}
    for instr in block.instrs:
        for inner in instr.blocks:
            yield from _products(inner, uses, ones)
        if not isinstance(instr, Apply):
            continue
        (v,) = instr.results
        if instr.prim.is_multiple and instr.operands[0] in ones and uses[v] == 1:
            factors[v] = instr
        elif instr.prim.name == "mul" and instr.operands[1] in factors:
            products[v] = factors[instr.operands[1]]
        elif instr.prim.name in ("add", "sub") and products.keys() >= {*instr.operands}:
            yield from [(term, products[term]) for term in instr.operands]


def _has_multiples(func: Func) -> bool:
    return any([isinstance(i, Apply) and i.prim.is_multiple for i in instrs_of(func.body)])


def _ones(func: Func) -> set[int]:
    """The values that are the number 1."""
    consts = [i for i in instrs_of(func.body) if isinstance(i, Apply) and i.prim.name == "const"]
    return {i.results[0] for i in consts if i.attrs == (1.0, REAL)}


def _rewritten(
    func: Func, rewrite: Callable[[Apply], Sequence[Instr]], types: Sequence[Type]
) -> Func:
    """The Func with others in place of each primitive; `types` comes to have those of all values."""

    def block(old: Block) -> Block:
        instrs: list[Instr] = []
        for instr in old.instrs:
            if isinstance(instr, Apply):
                instrs += rewrite(instr)
            else:
                blocks = tuple(map(block, instr.blocks))
                instrs.append(instr.rebuilt(instr.operands, instr.results, blocks))
        return Block(old.params, tuple(instrs), old.results)

    body = block(func.body)
    return Func(func.name, tuple(types), body)
