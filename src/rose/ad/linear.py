"""Whether a Func is linear in some of its parameters: what a user's derivative rule must be in the tangents."""

from __future__ import annotations

from collections.abc import Sequence

from rose.ad.activity import Mask, activity
from rose.ir.func import Apply, Block, Call, Func, Instr
from rose.ir.types import is_real


def nonlinear_instr(func: Func, params: Mask) -> Instr | None:
    """An instruction that is not linear in the params chosen, or None if there is no such instruction.

    Zeros aside, what does not depend on the params must not be added to what does; that part is not looked at here:
    the transpose drops it, and `check_grads` finds it.
    """
    linear = activity(func, params).values
    return _in_block(func.body, linear)


def _in_block(block: Block, linear: Sequence[bool]) -> Instr | None:
    for instr in block.instrs:
        if not _is_linear(instr, linear):
            return instr
        for inner in instr.blocks:
            found = _in_block(inner, linear)
            if found is not None:
                return found
    return None


def _is_linear(instr: Instr, linear: Sequence[bool]) -> bool:
    on = [linear[v] for v in instr.operands]
    if not any(on):
        return True
    match instr:
        case Apply(prim=prim):
            # A comparison or a rounding depends on a tangent, but not linearly.
            if prim.jvp is None:
                return False
            if prim.name == "mul":
                return not all(on)
            if prim.name == "div":
                return not on[1]
            return prim.transpose is not None
        case Call(func=callee):
            # A function with a rule is known by its rule alone, which does not say that it is linear.
            return callee.rule is None and nonlinear_instr(callee, tuple(on)) is None
        case _:
            return True


def real_mask(func: Func, first: int) -> Mask:
    """The params of Reals from number `first` on."""
    return tuple(k >= first and is_real(t) for k, t in enumerate(func.param_types))
