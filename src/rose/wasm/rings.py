"""Arrays that a loop carries and that change places, as in `a, b = b, step(a, b)`: their buffers take turns, and nothing is copied.

Each array of a ring is, in the next iteration, what the one before it was, but for the first one, which is built anew. So there
is one buffer more than there are arrays, and every array goes once through all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from rose.ir.func import Loop
from rose.ir.record import record
from rose.ir.types import Array
from rose.wasm.carried import CarriedArray
from rose.wasm.code import Address

if TYPE_CHECKING:
    from rose.wasm.lower import Lowering


@record
class Ring:
    """The arrays of a ring, while their loop is lowered.

    Attributes:
        members: numbers of the carried arrays, in order.
        current: per member, the local that says where it is; at first that is its start, which is only read.
        buffers: locals with the places of the buffers, in the order in which arrays are built there, the next one first.
        final: per member, where it ends up.
    """

    members: tuple[int, ...]
    current: tuple[int, ...]
    buffers: tuple[int, ...]
    final: tuple[Address, ...]


def start_rings(s: Lowering, loop: Loop) -> list[Ring]:
    """Find the rings of a loop, and take what they need, before anything else that it carries is started."""
    params = enumerate(loop.body.params[1:])
    arrays = [k for k, v in params if isinstance(s.types[v], Array) and v not in s.reuse.in_place]
    return [_start_ring(s, loop, members) for members in find_rings(loop, arrays)]


def find_rings(loop: Loop, numbers: Collection[int]) -> list[tuple[int, ...]]:
    """The members of each ring among the carried arrays with these numbers."""
    body = loop.body
    number = dict(zip(body.params[1:], range(loop.carries), strict=True))
    comes_from = {k: number.get(body.results[k]) for k in numbers}
    follower: dict[int, int] = {}  # number of an array -> that of one that is then what it is now
    for k, before in comes_from.items():
        if before in comes_from and before != k:
            follower.setdefault(before, k)
    rings: list[tuple[int, ...]] = []
    for first in [k for k, before in comes_from.items() if before is None]:
        members = [first]
        while members[-1] in follower:
            members.append(follower[members[-1]])
        if 1 < len(members) <= loop.size:
            rings.append(tuple(members))
    return rings


def _start_ring(s: Lowering, loop: Loop, members: tuple[int, ...]) -> Ring:
    """Take the locals and the buffers of a ring, and begin with its starts.

    The last array is built where the first result is wanted, the one before it where the second is, and so on.
    """
    final = [s.place(loop.results[k]) for k in members]
    spare = s.allocate(s.types[loop.results[members[0]]])
    places = [spare] * (len(members) + 1)
    for k, place in enumerate(final):
        places[(loop.size - 1 - k) % len(places)] = place
    current = tuple([_local(s, s.address[loop.operands[k]]) for k in members])
    for k, local in zip(members, current, strict=True):
        s.address[loop.body.params[1 + k]] = Address(("local.get", local), 0)
    return Ring(members, current, tuple([_local(s, place) for place in places]), tuple(final))


def _local(s: Lowering, address: Address) -> int:
    local = s.code.take_local("i32")
    s.code.push_address(address)
    s.code.set(local)
    return local


def of_ring(ring: Ring) -> Iterator[tuple[int, CarriedArray]]:
    """The number and the array of each member, of which the first is built in the next buffer."""
    following: int | None = ring.buffers[0]
    for k, current, final in zip(ring.members, ring.current, ring.final, strict=True):
        yield k, CarriedArray(current, following, None, final, is_built=following is not None)
        following = None


def turn(s: Lowering, ring: Ring) -> None:
    """Hand on all at once: the array that was built is the first, and the next buffer is the one that nobody reads any more."""
    first, *others = ring.buffers
    sources = [first, *ring.current[:-1], *others, first]
    for local in sources:
        s.code.emit("local.get", local)
    for local in reversed([*ring.current, *ring.buffers]):
        s.code.set(local)


def end(s: Lowering, ring: Ring) -> None:
    """Free the locals that no member has."""
    for local in ring.buffers[1:]:
        s.code.give_local("i32", local)
