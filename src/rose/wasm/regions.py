"""Lowering of loops, while loops and conds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rose.ir.func import Cond, Loop, While
from rose.ir.types import Array, Bool, Scalar, scalar_bytes
from rose.wasm import arrays, lanes, pairs, rings
from rose.wasm.carried import CarriedArray, start_array, start_while_array
from rose.wasm.code import Address
from rose.wasm.layout import store_op, strides, valtype
from rose.wasm.rings import Ring, of_ring

if TYPE_CHECKING:
    from rose.wasm.lower import Lowering


def lower_loop(s: Lowering, instr: Loop) -> None:
    """A loop, two iterations at a time if that can be."""
    if lanes.is_elementwise(s, instr):
        pairs.lower_elementwise(s, instr)
    else:
        _lower_iterations(s, instr)


def _lower_iterations(s: Lowering, instr: Loop) -> None:
    """A do-while loop: there is at least one iteration."""
    for v in instr.results[instr.carries :]:
        if isinstance(s.types[v], Array):
            s.address[v] = s.place(v)
    turning = rings.start_rings(s, instr)
    carried = _start_carries(s, instr, turning)
    counter = s.code.take_local("i32")
    outer_top = s.top
    s.loops.append([])
    _open_loop(s, instr, counter)
    _lower_body(s, instr, carried, counter)
    for ring in turning:
        rings.turn(s, ring)
    _close_loop(s, instr, counter)
    for type, local in s.loops.pop():
        s.code.give_local(valtype(type), local)
    s.code.give_local("i32", counter)
    s.top = outer_top
    _end_carries(s, instr, carried)
    for ring in turning:
        rings.end(s, ring)


def _open_loop(s: Lowering, instr: Loop, counter: int) -> None:
    """Begin the loop, with the counter at the iteration that runs."""
    code = s.code
    code.emit("i32.const", instr.size if instr.reverse else 0)
    code.set(counter)
    code.emit("loop", None)
    if instr.reverse:
        code.emit("local.get", counter)
        code.emit("i32.const", 1)
        code.emit("i32.sub")
        code.set(counter)


def _lower_body(
    s: Lowering, instr: Loop, carried: Sequence[CarriedArray | None], counter: int
) -> None:
    """One iteration: rows are stored, and the carried values are those of the next one."""
    body, count = instr.body, instr.carries
    s.bind(body.params[0], counter)
    s.uses[body.params[0]] += 1  # the loop itself reads it at its end
    rows = zip(instr.results[count:], body.results[count:], strict=True)
    row_places = [_row_place(s, v, row, counter) for v, row in rows]
    places: list[Address | None] = [None if array is None else array.place for array in carried]
    s.lower_block(body, [*places, *row_places])
    _store_rows(s, instr, counter)
    _next_carries(s, body.params[1:], body.results, carried)


def _close_loop(s: Lowering, instr: Loop, counter: int) -> None:
    """Go on with the next iteration, if there is one."""
    code = s.code
    code.emit("local.get", counter)
    if not instr.reverse:
        code.emit("i32.const", 1)
        code.emit("i32.add")
        code.emit("local.tee", counter)
        code.emit("i32.const", instr.size)
        code.emit("i32.lt_u")
    code.emit("br_if", 0)
    code.emit("end")


def _start_carries(s: Lowering, instr: Loop, turning: Sequence[Ring]) -> list[CarriedArray | None]:
    """Set the carried values to their start; gives the arrays among them, of which those of rings have begun."""
    code, carried = s.code, list[CarriedArray | None]()
    params = instr.body.params[1:]
    begun = {k: array for ring in turning for k, array in of_ring(ring)}
    for k, (v, param) in enumerate(zip(instr.operands, params, strict=True)):
        type = s.types[v]
        if isinstance(type, Array):
            carried.append(begun[k] if k in begun else start_array(s, instr, k))
            continue
        carried.append(None)
        local = code.take_local(valtype(type))
        s.push(v)
        code.set(local)
        s.bind(param, local)
        s.uses[param] += 1  # the loop itself sets it at its end, so it is never free inside
    return carried


def _row_place(s: Lowering, stack: int, row: int, counter: int) -> Address | None:
    """Where an iteration's row of a stack is to be built, if it is an array."""
    if not isinstance(s.types[row], Array):
        return None
    type = s.types[stack]
    assert isinstance(type, Array), "a stack is an array"
    return _moved(s, s.address[stack], counter, strides(type)[0])


def _moved(s: Lowering, address: Address, counter: int, stride: int) -> Address:
    """`address` + counter · stride, in a local of its own."""
    code = s.code
    if address.base is not None:
        code.push_base(address)
    code.get(counter)
    code.scale(stride)
    if address.base is not None:
        code.emit("i32.add")
    local = code.function.new_local("i32")
    code.set(local)
    return Address(("local.get", local), address.offset)


def _store_rows(s: Lowering, instr: Loop, counter: int) -> None:
    """Store the scalar rows of an iteration."""
    code = s.code
    pairs = zip(instr.results[instr.carries :], instr.body.results[instr.carries :], strict=True)
    for stack, row in pairs:
        type = s.types[row]
        if not isinstance(type, Scalar):
            continue
        address = s.address[stack]
        if address.base is not None:
            code.push_base(address)
        code.get(counter)
        code.scale(scalar_bytes(type))
        if address.base is not None:
            code.emit("i32.add")
        s.push(row)
        code.emit(store_op(type), address.offset)


def _next_carries(
    s: Lowering,
    params: Sequence[int],
    results: Sequence[int],
    carried: Sequence[CarriedArray | None],
) -> None:
    """Hand on the carried values, all at once: every one is pushed before the first is set."""
    code = s.code
    moved: list[int] = []
    for param, v in zip(params, results, strict=False):
        if isinstance(s.types[v], Array):
            continue
        if s.is_in(v, s.local[param]):
            s.uses[v] -= 1
            continue
        s.push(v)
        moved.append(s.local[param])
    for local in reversed(moved):
        code.set(local)
    for array in carried:
        if array is None or array.both is None or array.next is None:
            continue
        code.push_address(array.both)
        code.get(array.next)
        code.emit("local.tee", array.current)
        code.emit("i32.sub")
        code.set(array.next)


def _end_carries(s: Lowering, instr: Loop, carried: list[CarriedArray | None]) -> None:
    """Give the results: the carried locals themselves, and the last buffers."""
    code = s.code
    for k, array in enumerate(carried):
        result, param = instr.results[k], instr.body.params[1 + k]
        if array is None:
            s.bind(result, s.local[param])
            if s.uses[result] == 0:
                s.release(result, s.local[param])
            continue
        for local in (array.current, array.next):
            if local is not None:
                code.give_local("i32", local)
        s.address[result] = array.final
        if instr.body.results[k] == param and result in s.wanted:
            arrays.copy(s, result, s.wanted[result])
            s.address[result] = s.wanted[result]


def lower_while(s: Lowering, instr: While) -> None:
    """Ask, leave if the answer is no, run the body, begin again."""
    code, test, body = s.code, instr.test, instr.body
    carried: list[CarriedArray | None] = []
    for v, asked, param, result in zip(
        instr.operands, test.params, body.params, instr.results, strict=True
    ):
        if isinstance(s.types[v], Array):
            carried.append(start_while_array(s, v, result, (asked, param)))
            continue
        carried.append(None)
        local = code.take_local(valtype(s.types[v]))
        s.push(v)
        code.set(local)
        for each in (asked, param):
            s.bind(each, local)
            s.uses[each] += 1  # as in a loop, never free inside
    outer_top = s.top
    s.loops.append([])
    code.emit("block", None)
    code.emit("loop", None)
    s.lower_block(test, [None])
    s.push(test.results[0])
    code.emit("i32.eqz")
    code.emit("br_if", 1)
    s.lower_block(
        body,
        [None if array is None else array.place for array in carried],
    )
    _next_carries(s, body.params, body.results, carried)
    code.emit("br", 0)
    code.emit("end")
    code.emit("end")
    for type, local in s.loops.pop():
        code.give_local(valtype(type), local)
    s.top = outer_top
    _end_while(s, instr, carried)


def _end_while(s: Lowering, instr: While, carried: Sequence[CarriedArray | None]) -> None:
    """Give the results: the carried locals themselves; an array is where `current` says, or copied from there."""
    for result, param, array in zip(instr.results, instr.body.params, carried, strict=True):
        if array is None:
            s.bind(result, s.local[param])
            if s.uses[result] == 0:
                s.release(result, s.local[param])
            continue
        if array.current is None:
            s.address[result] = array.final
            continue
        s.address[result] = Address(("local.get", array.current), 0)
        if result in s.wanted:
            arrays.copy(s, result, s.wanted[result])
            s.address[result] = s.wanted[result]


def lower_cond(s: Lowering, instr: Cond) -> None:
    """if/else for a Bool, a branch table for an index; results go through locals or wanted places."""
    code = s.code
    (selector,) = instr.operands
    locals_ = [
        None if isinstance(s.types[v], Array) else _result_local(s, v) for v in instr.results
    ]
    for v in instr.results:
        if isinstance(s.types[v], Array):
            s.address[v] = s.place(v)
    s.push(selector)
    if isinstance(s.types[selector], Bool):
        code.emit("if", None)
        _lower_branch(s, instr, 1, locals_)
        mark = len(code.ops)
        code.emit("else")
        _lower_branch(s, instr, 0, locals_)
        if len(code.ops) == mark + 1:
            code.ops.pop()
        code.emit("end")
    else:
        _lower_switch(s, instr, locals_)
    for v, local in zip(instr.results, locals_, strict=True):
        if local is not None:
            s.bind(v, local)
            if v in s.ties:
                s.uses[v] += 1  # it is the other value's local, and so never free here
            elif s.uses[v] == 0:
                s.release(v, local)


def _result_local(s: Lowering, v: int) -> int:
    """The local that a result of a cond is put into; what is tied to it finds it while the branches are lowered."""
    target = s.ties.get(v)
    s.local[v] = s.code.take_local(valtype(s.types[v])) if target is None else s.local[target]
    return s.local[v]


def _lower_switch(s: Lowering, instr: Cond, locals_: list[int | None]) -> None:
    """Blocks nested so that label k leads to branch k; the selector is on the stack."""
    code, count = s.code, len(instr.branches)
    selector = code.take_local("i32")
    code.set(selector)
    for _ in range(count + 1):
        code.emit("block", None)
    code.emit("local.get", selector)
    code.give_local("i32", selector)
    code.emit("br_table", tuple(range(count)))
    for k in range(count):
        code.emit("end")
        _lower_branch(s, instr, k, locals_)
        code.emit("br", count - 1 - k)
    code.emit("end")


def _lower_branch(s: Lowering, instr: Cond, k: int, locals_: list[int | None]) -> None:
    branch, top = instr.branches[k], s.top
    places = [s.address[v] if isinstance(s.types[v], Array) else None for v in instr.results]
    s.lower_block(branch, places)
    targets: list[int] = []
    for v, local in zip(branch.results, locals_, strict=True):
        if local is None:
            continue
        if s.is_in(v, local):
            s.uses[v] -= 1
            continue
        s.push(v)
        targets.append(local)
    for local in reversed(targets):
        s.code.set(local)
    s.top = top
