"""Writing the body of one wasm function: instructions, locals that are used again, addresses."""

from __future__ import annotations

from typing import Any

from rose.ir.record import record
from rose.wasm.module import Function, Op
from rose.wasm.opcodes import ValType


@record
class Address:
    """A place in memory: what `base` pushes (nothing: 0) plus a constant."""

    base: Op | None
    offset: int

    def plus(self, offset: int) -> Address:
        return Address(self.base, self.offset + offset)


class Code:
    """The body of a Function under construction."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.ops = function.body
        self.free: dict[ValType, list[int]] = {"i32": [], "i64": [], "f64": [], "v128": []}
        self.zero_pair: int | None = None

    def emit(self, name: str, *immediates: Any) -> None:
        self.ops.append((name, *immediates))

    def take_local(self, valtype: ValType) -> int:
        """A local that nobody uses now."""
        free = self.free[valtype]
        return free.pop() if free else self.function.new_local(valtype)

    def give_local(self, valtype: ValType, local: int) -> None:
        """Make a local available again."""
        self.free[valtype].append(local)

    def push_zero_pair(self) -> None:
        """Push a v128 of zeros: a local that is never set."""
        if self.zero_pair is None:
            self.zero_pair = self.function.new_local("v128")
        self.emit("local.get", self.zero_pair)

    def get(self, local: int) -> None:
        """Push a local; right after it was set, leave the value on the stack instead."""
        if self.ops and self.ops[-1] == ("local.set", local):
            self.ops[-1] = ("local.tee", local)
        else:
            self.ops.append(("local.get", local))

    def set(self, local: int) -> None:
        self.ops.append(("local.set", local))

    def push_base(self, address: Address) -> int:
        """Push what an access at this address needs; gives its constant offset."""
        if address.base is None:
            self.emit("i32.const", 0)
        elif address.base[0] == "local.get":
            self.get(address.base[1])
        else:
            self.ops.append(address.base)
        return address.offset

    def push_address(self, address: Address) -> None:
        """Push the address itself."""
        if address.base is None:
            self.emit("i32.const", address.offset)
            return
        self.push_base(address)
        if address.offset:
            self.emit("i32.const", address.offset)
            self.emit("i32.add")

    def scale(self, factor: int) -> None:
        """Multiply the index on the stack by a constant."""
        if factor == 1:
            return
        power = factor.bit_length() - 1
        if factor == 1 << power:
            self.emit("i32.const", power)
            self.emit("i32.shl")
        else:
            self.emit("i32.const", factor)
            self.emit("i32.mul")
