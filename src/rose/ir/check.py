"""The checker: after it, a Func is single-assignment, in scope, well typed, and uses accumulators rightly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from rose.errors import NOWHERE, CheckError
from rose.ir.func import (
    Accum,
    Add,
    Apply,
    Block,
    Call,
    Cond,
    Func,
    Instr,
    Loop,
    Resolve,
    While,
    callees_first,
)
from rose.ir.printer import print_instr
from rose.ir.types import BOOL, REAL, Bool, Index, Ref, Type, stacked

AROUND = 3  # lines shown before a fault


def check(root: Func) -> Func:
    """Check a Func and all it calls; gives it back, so that it can stand around an expression.

    Raises:
        CheckError: with the offending instruction and those before it.
    """
    for func in callees_first([root]):
        if "checked" not in func.memo:
            _Checker(func).check_func()
            func.memo["checked"] = True
    return root


class _Checker:
    def __init__(self, func: Func) -> None:
        self.func = func
        self.types = func.types
        self.assigned = [False] * len(func.types)  # once, anywhere in the function
        self.defined = [False] * len(func.types)  # and in scope here
        self.resolved = [False] * len(func.types)
        self.home: dict[int, Block] = {}  # the block that opened each accumulator

    def check_func(self) -> None:
        self.check_block(self.func.body, self.func.param_types, None)
        if any(isinstance(t, Ref) for t in self.func.result_types):
            self.fail("a function cannot give back an accumulator")

    def fail(self, message: str, block: Block | None = None, at: Instr | None = None) -> None:
        text = [f"in {self.func.name}: {message}"]
        if block is not None and at is not None:
            position = next(k for k, i in enumerate(block.instrs) if i is at)
            for instr in block.instrs[max(0, position - AROUND) : position]:
                text += ["    " + line for line in print_instr(self.func, instr)[:1]]
            text += ["  > " + print_instr(self.func, at)[0]]
        raise CheckError("\n".join(text), NOWHERE if at is None else at.loc)

    def define(self, v: int, block: Block, at: Instr | None) -> None:
        if self.assigned[v]:
            self.fail(f"%{v} is defined twice", block, at)
        self.assigned[v] = self.defined[v] = True

    def use(self, v: int, block: Block, at: Instr | None) -> Type:
        if not 0 <= v < len(self.types) or not self.defined[v]:
            self.fail(f"%{v} is used where it is not defined", block, at)
        if self.resolved[v]:
            self.fail(f"accumulator %{v} is used after it was resolved", block, at)
        return self.types[v]

    def check_block(self, block: Block, params: Sequence[Type], at: Instr | None) -> list[Type]:
        """Check a block whose params must have these types; gives the types of its results."""
        if tuple(self.types[v] for v in block.params) != tuple(params):
            self.fail(f"a block's params must be ({', '.join(map(str, params))})", None, at)
        for v in block.params:
            self.define(v, block, at)
        for instr in block.instrs:
            operands = [self.use(v, block, instr) for v in instr.operands]
            given = self.check_instr(block, instr, operands)
            declared = [self.types[v] for v in instr.results]
            if list(given) != declared:
                self.fail(f"gives ({_list(given)}), declared as ({_list(declared)})", block, instr)
            for v in instr.results:
                self.define(v, block, instr)
        results = [self.use(v, block, None) for v in block.results]
        for instr in block.instrs:  # what a block defines is out of scope after it
            for v in instr.results:
                self.defined[v] = block is self.func.body
        for v in block.params:
            self.defined[v] = block is self.func.body
        return results

    def check_instr(self, block: Block, instr: Instr, operands: list[Type]) -> Sequence[Type]:
        match instr:
            case Apply():
                try:
                    return [instr.prim.type_rule(operands, instr.attrs)]
                except ValueError as error:
                    self.fail(f"{instr.prim.name} {error}", block, instr)
                    return []
            case Call(func=callee):
                if tuple(operands) != callee.param_types:
                    wanted = _list(callee.param_types)
                    self.fail(
                        f"{callee.name} takes ({wanted}), given ({_list(operands)})", block, instr
                    )
                return callee.result_types
            case Loop():
                return self.check_loop(block, instr, operands)
            case While():
                return self.check_while(block, instr, operands)
            case Cond():
                return self.check_cond(block, instr, operands)
            case Accum(results=(ref,)):
                type = self.types[ref]
                if not isinstance(type, Ref) or type.array.elem != REAL:
                    self.fail("an accumulator is a reference to an array of Reals", block, instr)
                    return []
                if operands and operands != [type.array]:
                    self.fail(f"starts as {operands[0]}, not {type.array}", block, instr)
                self.home[ref] = block
                return [type]
            case Accum():
                self.fail("opens one accumulator", block, instr)
                return []
            case Add():
                self.check_add(block, instr, operands)
                return []
            case Resolve():
                return self.check_resolve(block, instr, operands)
            case _:
                assert_never(instr)

    def check_loop(self, block: Block, instr: Loop, operands: list[Type]) -> Sequence[Type]:
        if instr.size < 1:
            self.fail("a loop runs at least once", block, instr)
        if not 0 <= instr.checkpoint <= instr.size:
            self.fail("a checkpoint is every k-th iteration, for k up to the size", block, instr)
        results = self.check_block(instr.body, [Index(instr.size), *operands], instr)
        carried, rows = results[: instr.carries], results[instr.carries :]
        if carried != operands:
            self.fail(f"carries ({_list(operands)}), hands on ({_list(carried)})", block, instr)
        if any(isinstance(t, Ref) for t in results):
            self.fail("accumulators cannot be carried or stacked", block, instr)
        return [*carried, *[stacked(instr.size, t) for t in rows]]

    def check_while(self, block: Block, instr: While, operands: list[Type]) -> Sequence[Type]:
        tested = self.check_block(instr.test, operands, instr)
        if tested != [BOOL]:
            self.fail(f"the test gives ({_list(tested)}), not (bool)", block, instr)
        carried = self.check_block(instr.body, operands, instr)
        if carried != operands:
            self.fail(f"carries ({_list(operands)}), hands on ({_list(carried)})", block, instr)
        if any(isinstance(t, Ref) for t in carried):
            self.fail("accumulators cannot be carried", block, instr)
        return carried

    def check_cond(self, block: Block, instr: Cond, operands: list[Type]) -> Sequence[Type]:
        sides = [self.check_block(branch, (), instr) for branch in instr.branches]
        match operands:
            case [Bool()] if len(sides) == 2:
                pass
            case [Index(size)] if len(sides) == size:
                pass
            case _:
                self.fail(f"{len(sides)} branches do not fit ({_list(operands)})", block, instr)
        if any(side != sides[0] for side in sides):
            self.fail("the branches give different types", block, instr)
        if any(isinstance(t, Ref) for t in sides[0]):
            self.fail("accumulators cannot leave a branch", block, instr)
        return sides[0]

    def check_add(self, block: Block, instr: Add, operands: list[Type]) -> None:
        match operands:
            case [Ref(array), *indices, value] if len(indices) <= len(array.shape):
                for index, size in zip(indices, array.shape, strict=False):
                    if not isinstance(index, Index) or index.size > size:
                        self.fail(f"{index} does not index a dimension of {size}", block, instr)
                if value != array.at(len(indices)):
                    self.fail(f"adds {value} to {array.at(len(indices))}", block, instr)
            case _:
                self.fail("takes (ref, index, ..., value)", block, instr)

    def check_resolve(self, block: Block, instr: Resolve, operands: list[Type]) -> Sequence[Type]:
        match operands:
            case [Ref(array)] if self.home.get(instr.operands[0]) is block:
                self.resolved[instr.operands[0]] = True
                return [array]
            case _:
                self.fail("resolves an accumulator opened in the same block", block, instr)
                return []


def _list(types: Sequence[Type]) -> str:
    return ", ".join(map(str, types))
