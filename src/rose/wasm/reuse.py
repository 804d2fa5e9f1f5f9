"""Which arrays are built over others: updates in place, carried arrays with one buffer.

Arrays are immutable values, so an update is a copy. Where nothing reads the old array any more, and its memory
belongs to the block that updates it, the new one may take its place, and the copy is gone. What follows from an
array in this way is a *chain*: an update, an accumulator that starts from it, a loop that carries it, a cond that
hands it on. A loop whose carried array is at the end of an iteration on the chain that began as its param needs one
buffer for it. A function's result that is on the chain of a param takes the param's place: its caller passes an array that
nobody reads any more, or a copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rose.ir.func import Accum, Apply, Block, Call, Cond, Func, Instr, Loop, Resolve, While
from rose.ir.order import is_read, may_update, updated_arrays
from rose.ir.record import field, record
from rose.ir.types import Array, Ref, Type
from rose.ir.uses import free_values


@record(frozen=False)
class Reuse:
    """What is built over what.

    Attributes:
        over: array or accumulator -> what it is built over; nothing reads that any more.
        in_place: params of loops' bodies, carried arrays that have one buffer.
        late: results of branches that are built elsewhere and copied when the branch ends, since the array that
            they replace may be read until then.
        overwritten: arrays that others are built over, and rows and parts of them: they are read where the reads stand.
        rows: rows and parts of arrays that are copied, since the array is updated while they are still read.
        replaced: of a function, number of a result -> number of the param whose place it takes.
    """

    over: dict[int, int] = field(default_factory=dict)
    in_place: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    overwritten: set[int] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    replaced: dict[int, int] = field(default_factory=dict)

    def include(self, other: Reuse) -> None:
        """Add what was found in a nested block."""
        self.over |= other.over
        self.in_place |= other.in_place
        self.late |= other.late
        self.overwritten |= other.overwritten
        self.rows |= other.rows

    def put_over(self, v: int, old: int) -> None:
        self.over[v] = old
        self.overwritten.add(old)

    def start(self, v: int) -> int:
        """Where the chain of an array begins."""
        while v in self.over:
            v = self.over[v]
        return v


def find_reuse(func: Func) -> Reuse:
    """The reuse of memory in a Func, memoised; that of its callees must have been found."""
    if "reuse" not in func.memo:
        func.memo["reuse"] = _found(func)
    return func.memo["reuse"]  # type: ignore[no-any-return]


def _found(func: Func) -> Reuse:
    if not any(map(may_update, func.body.instrs)):  # accumulators are then all there is
        resolved = [i for i in func.body.instrs if isinstance(i, Resolve)]
        return Reuse({i.results[0]: i.operands[0] for i in resolved})
    return _Search(func.types).func(func)


class _Search:
    """State of the search.

    Attributes:
        part_of: a row, a part or another name of an array -> that array.
        free: per block (by id) what it uses from outside.
    """

    def __init__(self, types: Sequence[Type]) -> None:
        self.types = types
        self.part_of: dict[int, int] = {}
        self.free: dict[int, dict[int, None]] = {}

    def whole(self, v: int) -> int:
        """The array whose memory an array is in."""
        while v in self.part_of:
            v = self.part_of[v]
        return v

    def used(self, instr: Instr) -> Iterator[int]:
        """What an instruction uses, in its blocks too."""
        yield from instr.operands
        for block in instr.blocks:
            if id(block) not in self.free:
                self.free[id(block)] = free_values(block)
            yield from self.free[id(block)]

    def func(self, func: Func) -> Reuse:
        """What a function builds over its array params, and over those that it makes itself."""
        body = func.body
        candidates = {v for v in body.params if isinstance(self.types[v], Array)}
        while True:
            found = self.block(body, candidates)
            ends = {found.start(v): k for k, v in enumerate(body.results) if v not in candidates}
            kept = candidates & ends.keys()
            if not found.overwritten & (candidates - kept):
                break
            candidates = kept  # the others are still the caller's
        found.replaced = {ends[v]: k for k, v in enumerate(body.params) if v in kept}
        found.overwritten |= {v for v in self.part_of if self.whole(v) in found.overwritten}
        return found

    def block(self, block: Block, owned: set[int]) -> Reuse:
        """What a block builds over the arrays `owned`, and over those that it makes itself."""
        found = Reuse()
        self.rows_to_copy(block, found)
        for instr in block.instrs:
            if isinstance(instr, Loop | While):
                self.carried(instr, found)
            self.name_parts(instr, found)
        last = {self.whole(v): k for k, instr in enumerate(block.instrs) for v in self.used(instr)}
        last |= dict.fromkeys(map(self.whole, block.results), len(block.instrs))
        owned = set(owned)
        for place, instr in enumerate(block.instrs):
            dying = {v for v in self.used(instr) if v in owned and last[v] == place}
            match instr:
                case Apply(prim=prim, operands=(array, *_), results=(v,)):
                    if prim.name == "update" and array in dying:
                        found.put_over(v, array)
                case Accum(operands=(start,), results=(ref,)):
                    if start in dying:
                        found.put_over(ref, start)
                case Resolve(operands=(ref,), results=(v,)):
                    found.over[v] = ref
                case Call():
                    self.call(instr, found, dying)
                case Loop() | While():
                    self.continue_chains(instr, found, dying)
                case Cond():
                    self.cond(instr, found, dying)
                case _:
                    pass
            owned.update(v for v in instr.results if self.is_own(instr, v))
        return found

    def rows_to_copy(self, block: Block, found: Reuse) -> None:
        """Find the rows and parts that are read after an update of their array, which could not be in place otherwise."""
        rows: dict[int, list[int]] = {}  # array -> rows and parts of it, read before
        last = {v: k for k, instr in enumerate(block.instrs) for v in self.used(instr)}
        last |= dict.fromkeys(block.results, len(block.instrs))
        for place, instr in enumerate(block.instrs):
            for array in updated_arrays(instr):
                for v in rows.pop(array, ()):
                    late = last.get(v, 0) > place or (last.get(v) == place and instr.blocks)
                    if late:
                        found.rows.add(v)
            match instr:
                case Apply(operands=(array, *_), results=(v,)) if is_read(instr):
                    if isinstance(self.types[v], Array):
                        rows.setdefault(array, []).append(v)
                case _:
                    pass

    def name_parts(self, instr: Instr, found: Reuse) -> None:
        """Note which results are in the memory of an operand."""
        match instr:
            case Apply(operands=(array, *_), results=(v,)) if is_read(instr):
                if isinstance(self.types[v], Array) and v not in found.rows:
                    self.part_of[v] = array
            case Loop() | While():
                for v, p, after, result in _carried(instr):
                    same = isinstance(instr, While) or p == after  # a While may take no step
                    if isinstance(self.types[v], Array) and same and p not in found.in_place:
                        self.part_of[result] = v
            case _:
                pass

    def is_own(self, instr: Instr, v: int) -> bool:
        """Whether a result is an array in memory of its own, that may be written to."""
        if v in self.part_of or not isinstance(self.types[v], Array | Ref):
            return False
        return not (isinstance(instr, Apply) and instr.prim.name in ("const", "unread"))

    def carried(self, instr: Loop | While, found: Reuse) -> None:
        """Find which arrays that a loop carries need one buffer, and what its blocks build over others."""
        *tests, body = instr.blocks
        for test in tests:
            found.include(self.block(test, set()))
        nexts = {p: after for _, p, after, _ in _carried(instr) if p != after}
        candidates = {p for p in nexts if isinstance(self.types[p], Array)}
        while True:
            inside = self.block(body, candidates)
            kept = {p for p in candidates if inside.start(nexts[p]) == p}
            if not inside.overwritten & (candidates - kept):
                break
            candidates = kept  # the others may begin as an array that is not the loop's own
        found.include(inside)
        found.in_place |= kept

    def call(self, instr: Call, found: Reuse, dying: set[int]) -> None:
        """A result that takes the place of a param goes on from the operand, if nothing else is in its memory."""
        used = [self.whole(v) for v in instr.operands]
        for k, param in find_reuse(instr.func).replaced.items():
            v = instr.operands[param]
            if v in dying and used.count(v) == 1:
                found.put_over(instr.results[k], v)

    def continue_chains(self, instr: Loop | While, found: Reuse, dying: set[int]) -> None:
        """A carried array that has one buffer begins where its start is, if that is not used otherwise."""
        inside = {v for block in instr.blocks for v in self.free[id(block)]}
        inside = set(map(self.whole, inside))
        starts = [self.whole(v) for v in instr.operands]
        for v, p, _, result in _carried(instr):
            if p in found.in_place and v in dying and v not in inside and starts.count(v) == 1:
                found.put_over(result, v)

    def cond(self, instr: Cond, found: Reuse, dying: set[int]) -> None:
        """Find which results of a cond go on from arrays that only its branches use."""
        sides = [self.block(branch, dying) for branch in instr.branches]
        for side in sides:
            found.include(side)
        pairs = list(zip(sides, instr.branches, strict=True))
        ends = [[side.start(v) for v in branch.results] for side, branch in pairs]
        within = [[self.memory(side, v) for v in branch.results] for side, branch in pairs]
        taken: set[int] = set()
        for k, result in enumerate(instr.results):
            for start in [end[k] for end in ends]:
                if start not in dying or start in taken or _is_elsewhere(start, k, within):
                    continue
                taken.add(start)
                found.put_over(result, start)
                for end, branch in zip(ends, instr.branches, strict=True):
                    made = {v for i in branch.instrs for v in i.results}
                    if end[k] != start and branch.results[k] in made:
                        found.late.add(branch.results[k])
                break

    def memory(self, found: Reuse, v: int) -> int:
        """The array in whose memory another one is, after all that was built over it or is a part of it."""
        while v in found.over or v in self.part_of:
            v = found.over[v] if v in found.over else self.part_of[v]
        return v


def _is_elsewhere(start: int, k: int, within: Sequence[Sequence[int]]) -> bool:
    """Whether a branch gives what is in the memory of an array as another result than number k."""
    return any(v == start for side in within for j, v in enumerate(side) if j != k)


def _carried(instr: Loop | While) -> Iterator[tuple[int, int, int, int]]:
    """Start, param, next value and result of everything that a loop carries."""
    body = instr.blocks[-1]
    params = body.params[1:] if isinstance(instr, Loop) else body.params
    count = len(instr.operands)
    return zip(instr.operands, params, body.results[:count], instr.results[:count], strict=True)
