"""places: a scalar at a place of an array is read with an index for each dimension, as other elements are.

The passes behind, such as `roll`, then find one kind of instruction that reads elements.
"""

from __future__ import annotations

from math import prod

from rose.ir.func import Apply, Block, Func, Instr, instrs_of
from rose.ir.primitive import REGISTRY
from rose.ir.stages import stage
from rose.ir.types import Array, Index, Type


@stage("places")
def places(func: Func) -> Func:
    """No `part` is a scalar."""
    types = list(func.types)
    if not any(_is_scalar(instr, types) for instr in instrs_of(func.body)):
        return func
    body = _block(func.body, types)
    return Func(func.name, tuple(types), body)


def _is_scalar(instr: Instr, types: list[Type]) -> bool:
    return (
        isinstance(instr, Apply)
        and instr.prim.name == "part"
        and not isinstance(types[instr.results[0]], Array)
    )


def _block(old: Block, types: list[Type]) -> Block:
    instrs: list[Instr] = []
    for instr in old.instrs:
        if isinstance(instr, Apply):
            instrs += _read(instr, types) if _is_scalar(instr, types) else [instr]
        else:
            blocks = tuple([_block(block, types) for block in instr.blocks])
            instrs.append(instr.rebuilt(instr.operands, instr.results, blocks))
    return Block(old.params, tuple(instrs), old.results)


def _read(part: Apply, types: list[Type]) -> list[Instr]:
    """The same scalar by `index`, behind the constants for that."""
    (array,), start = part.operands, part.attrs[0]
    whole = types[array]
    assert isinstance(whole, Array), "only arrays have parts"
    consts: list[Instr] = []
    for k, size in enumerate(whole.shape):
        at = start // prod(whole.shape[k + 1 :]) % size
        consts.append(Apply(REGISTRY["const"], (), (len(types),), (at, Index(at + 1)), part.loc))
        types.append(Index(at + 1))
    operands = (array, *[v for const in consts for v in const.results])
    return [*consts, Apply(REGISTRY["index"], operands, part.results, (), part.loc)]
