"""Where the arrays are that loops carry: in buffers that take turns, or in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rose.ir.func import Loop
from rose.ir.record import record
from rose.wasm import arrays
from rose.wasm.code import Address

if TYPE_CHECKING:
    from rose.wasm.lower import Lowering


@record(frozen=False)
class CarriedArray:
    """An array that a loop carries: each iteration reads it at `current` and builds the next one at `next`.

    The two buffers take turns; `both` is the sum of their addresses, so that each follows from the other. The first
    iteration reads the start where it is, without a copy. A loop of known length writes last to `final`; a while loop
    ends with its array at `current`. An array that is handed on as it is has no buffers, and `both` is None; nor has one of a
    ring (`rings.py`), in which only the first is built. One that is updated in place is at `final` all the time, and has neither
    `current` nor `next`.
    """

    current: int | None
    next: int | None
    both: Address | None
    final: Address
    is_built: bool = True

    @property
    def place(self) -> Address | None:
        """Where an iteration builds the next one, if it does."""
        if not self.is_built:
            return None
        return self.final if self.next is None else Address(("local.get", self.next), 0)


def start_array(s: Lowering, instr: Loop, k: int) -> CarriedArray:
    """Take the locals and the buffers of a carried array that is in no ring, and begin with its start."""
    v, param, result = instr.operands[k], instr.body.params[1 + k], instr.results[k]
    code = s.code
    if param in s.reuse.in_place:
        return _start_in_place(s, v, result, (param,))
    current, following = code.take_local("i32"), code.take_local("i32")
    s.address[param] = Address(("local.get", current), 0)
    code.push_address(s.address[v])
    code.set(current)
    if instr.body.results[k] == param:
        return CarriedArray(current, following, None, s.address[v], is_built=False)
    final = s.place(result)
    if instr.size == 1:
        code.push_address(final)
        code.set(following)
        return CarriedArray(current, following, None, final)
    other = s.allocate(s.types[v])
    both = other.plus(final.offset) if final.base is None else final.plus(other.offset)
    code.push_address(final if instr.size % 2 else other)
    code.set(following)
    return CarriedArray(current, following, both, final)


def _start_in_place(s: Lowering, v: int, result: int, params: Sequence[int]) -> CarriedArray:
    """Put the start where the array is going to be, if it is not there."""
    final = s.place(result)
    arrays.copy(s, v, final)
    s.address.update(dict.fromkeys(params, final))
    return CarriedArray(None, None, None, final)


def start_while_array(s: Lowering, v: int, result: int, params: Sequence[int]) -> CarriedArray:
    """The same in a while loop, for the params of its test and its body."""
    if params[-1] in s.reuse.in_place:
        return _start_in_place(s, v, result, params)
    code = s.code
    current, following = code.take_local("i32"), code.take_local("i32")
    s.address.update(dict.fromkeys(params, Address(("local.get", current), 0)))
    one, other = s.allocate(s.types[v]), s.allocate(s.types[v])
    code.push_address(s.address[v])
    code.set(current)
    code.push_address(one)
    code.set(following)
    return CarriedArray(current, following, one.plus(other.offset), one)
