"""quiet: a loop that does something only in iterations that a stored Bool chooses is not run where none of them is true.

The reverse sweep over pairs of which few met is such a loop. The Bools are looked at eight at a time.
"""

from __future__ import annotations

from operator import is_

from rose.ir.func import Apply, Block, Cond, Func, Instr, Loop, instrs_of
from rose.ir.primitive import REGISTRY, HostCall
from rose.ir.stages import stage
from rose.ir.types import BOOL, Array, Type

LEAST = 4  # iterations


@stage("quiet")
def quiet(func: Func) -> Func:
    """Every loop whose iterations change nothing where a row of Bools is false is in a cond on whether one of them is true."""
    if not any(isinstance(i, Loop) and _selector(i) is not None for i in instrs_of(func.body)):
        return func
    types = list(func.types)
    body = _block(func.body, types)
    return Func(func.name, tuple(types), body)


def _block(block: Block, types: list[Type]) -> Block:
    """The same block if it has no such loop."""
    instrs: list[Instr] = []
    for old in block.instrs:
        blocks = tuple([_block(inner, types) for inner in old.blocks])
        same = all(map(is_, blocks, old.blocks))
        instr = old if same else old.rebuilt(old.operands, old.results, blocks)
        instrs += _guarded(instr, types) if isinstance(instr, Loop) else [instr]
    if all(map(is_, instrs, block.instrs)):
        return block
    return Block(block.params, tuple(instrs), block.results)


def _guarded(loop: Loop, types: list[Type]) -> list[Instr]:
    """A loop, in a cond if it may have nothing to do."""
    read = _selector(loop)
    if read is None:
        return [loop]
    array, *before, _ = read.operands
    whole = types[array]
    assert isinstance(whole, Array), "an element is read from an array"
    if whole.elem != BOOL:  # a switch by stored indices
        return [loop]
    if len(before) + 1 != len(whole.shape) or whole.shape[-1] != loop.size:
        return [loop]

    def fresh(type: Type) -> int:
        types.append(type)
        return len(types) - 1

    row, some = array, fresh(BOOL)
    instrs: list[Instr] = []
    if before:
        row = fresh(Array(BOOL, whole.shape[-1:]))
        instrs.append(Apply(REGISTRY["index"], (array, *before), (row,), (), loop.loc))
    instrs.append(Apply(REGISTRY["any_of"], (row,), (some,), (), loop.loc))
    inner = tuple([fresh(types[v]) for v in loop.results])
    run = Block((), (loop.rebuilt(loop.operands, inner, loop.blocks),), inner)
    stay = Block((), (), loop.operands)
    return [*instrs, Cond((some,), (stay, run), loop.results, loop.loc)]


def _selector(loop: Loop) -> Apply | None:
    """What reads the Bool without which an iteration changes nothing, if there is such a one."""
    body = loop.body
    conds = [instr for instr in body.instrs if not isinstance(instr, Apply)]
    if loop.size < LEAST or len(conds) != 1 or len(loop.results) != loop.carries:
        return None
    (cond,) = conds
    if not isinstance(cond, Cond) or any(map(_is_host_call, body.instrs)):
        return None
    read = next((i for i in body.instrs if i.results == cond.operands), None)
    if not isinstance(read, Apply) or read.prim.name != "index":
        return None
    inside = {*body.params, *[v for instr in body.instrs for v in instr.results]}
    _, *before, last = read.operands
    if last != body.params[0] or not inside.isdisjoint((read.operands[0], *before)):
        return None
    return read if _is_idle(cond, body) else None


def _is_idle(cond: Cond, body: Block) -> bool:
    """Whether the first side of a cond leaves all that a loop carries as it is."""
    branch = cond.branches[0]
    if not all(isinstance(instr, Apply) for instr in branch.instrs):
        return False
    given = dict(zip(cond.results, branch.results, strict=True))
    return all(given.get(v, v) == p for p, v in zip(body.params[1:], body.results, strict=True))


def _is_host_call(instr: Instr) -> bool:
    return isinstance(instr, Apply) and isinstance(instr.prim.wasm, HostCall)
