"""settle: a loop carries nothing that it does not change, and gives no row twice."""

from __future__ import annotations

from rose.ir.func import Block, Func, Instr, Loop, instrs_of
from rose.ir.stages import stage


@stage("settle")
def settle(func: Func) -> Func:
    """No loop hands a carried value on as it is, or stacks one twice: its start is used instead, or the first stack."""
    loops = [i for i in instrs_of(func.body) if isinstance(i, Loop)]
    if not any(_unchanged(loop) or _repeated(loop) for loop in loops):
        return func
    name: dict[int, int] = {}

    def block(old: Block) -> Block:
        instrs = tuple([instr(i) for i in old.instrs])
        return Block(old.params, instrs, tuple([name.get(v, v) for v in old.results]))

    def instr(old: Instr) -> Instr:
        operands = tuple([name.get(v, v) for v in old.operands])
        if isinstance(old, Loop):
            return loop(old, operands)
        return old.rebuilt(operands, old.results, tuple(map(block, old.blocks)))

    def loop(old: Loop, operands: tuple[int, ...]) -> Loop:
        gone = set(_unchanged(old))
        for k in gone:
            name[old.body.params[1 + k]] = operands[k]
            name[old.results[k]] = operands[k]
        repeated = _repeated(old)
        name.update({old.results[k]: old.results[first] for k, first in repeated.items()})
        gone.update(repeated)

        def kept(values: tuple[int, ...], first: int = 0) -> tuple[int, ...]:
            return tuple([v for k, v in enumerate(values) if k - first not in gone])

        inner = block(Block(kept(old.body.params, 1), old.body.instrs, kept(old.body.results)))
        return old.rebuilt(kept(operands), kept(old.results), (inner,))

    return Func(func.name, func.types, block(func.body))


def _unchanged(loop: Loop) -> list[int]:
    """Which carried values the body hands on as they are."""
    pairs = zip(loop.body.params[1:], loop.body.results, strict=False)
    return [k for k, (param, v) in enumerate(pairs) if param == v]


def _repeated(loop: Loop) -> dict[int, int]:
    """Which rows, by the numbers of their results, are the same as which before them."""
    first: dict[int, int] = {}
    rows = enumerate(loop.body.results[loop.carries :], start=loop.carries)
    return {k: first[v] for k, v in rows if first.setdefault(v, k) != k}
