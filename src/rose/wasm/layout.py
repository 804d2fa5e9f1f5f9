"""The only place that knows addresses: strides, and where an export's buffers lie."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from rose.errors import MemoryLimitError
from rose.ir.record import record
from rose.ir.types import Array, Bool, Index, Real, Scalar, Type, scalar_bytes
from rose.wasm.opcodes import ValType

ALIGNMENT = 8
MOST_PASSED = 1000  # params, and results, of a function in V8 and wasmtime


def check_passed(name: str, takes: int, gives: int) -> None:
    """Refuse a function that takes or gives more than engines pass.

    Raises:
        MemoryLimitError: with both numbers.
    """
    if max(takes, gives) > MOST_PASSED:
        raise MemoryLimitError(
            f"{name} takes {takes} and gives {gives} numbers one by one, and WebAssembly engines allow "
            f"{MOST_PASSED}; put numbers together in a Vec"
        )


def valtype(type: Type) -> ValType:
    """What a value of this type is on the operand stack; arrays are addresses."""
    return "f64" if isinstance(type, Real) else "i32"


def strides(type: Array) -> list[int]:
    """Bytes from one element to the next along each dimension."""
    size = scalar_bytes(type.elem)
    return [size * prod(type.shape[k + 1 :]) for k in range(len(type.shape))]


def aligned(address: int) -> int:
    """The next address, this one or above, where a Real may lie."""
    return -address % ALIGNMENT + address


def load_op(type: Scalar) -> str:
    """The instruction that loads such a scalar."""
    match type:
        case Real():
            return "f64.load"
        case Index():
            return "i32.load"
        case Bool():
            return "i32.load8_u"


def store_op(type: Scalar) -> str:
    """The instruction that stores such a scalar."""
    match type:
        case Real():
            return "f64.store"
        case Index():
            return "i32.store"
        case Bool():
            return "i32.store8"


@record
class Buffer:
    """Memory that a host fills or reads: row-major scalars; shape () is one scalar."""

    elem: Scalar
    shape: tuple[int, ...]
    address: int

    @property
    def count(self) -> int:
        return prod(self.shape)


@record
class Interface:
    """The buffers of one export, a leaf of the arguments or of the result each, in order."""

    args: tuple[Buffer, ...]
    results: tuple[Buffer, ...]


def place_buffers(
    leaves: Sequence[tuple[Scalar, tuple[int, ...]]], start: int
) -> tuple[tuple[Buffer, ...], int]:
    """Buffers for leaves (element type and shape), one after another; and the first address behind."""
    buffers: list[Buffer] = []
    for elem, shape in leaves:
        buffers.append(Buffer(elem, shape, start))
        start = aligned(start + prod(shape) * scalar_bytes(elem))
    return tuple(buffers), start
