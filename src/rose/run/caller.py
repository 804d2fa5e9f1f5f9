"""Calling an export on Python values: the quick way for plain numbers, `marshal` for everything else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NoReturn, Protocol, TypeVar

from rose.errors import ArgumentError, LoadError, NoAttributeError, TypeMismatchError
from rose.front.absent_operators import COMPUTING, ELEMENTS, refuse
from rose.front.signature import Signature
from rose.front.tree import RealTree, StaticTree, StructTree, Tree, TupleTree, VecTree, leaf_types
from rose.front.words import describe
from rose.ir.types import Bool, Index, Real, Scalar, scalar_bytes
from rose.run import marshal
from rose.wasm.layout import Buffer, Interface

T = TypeVar("T")


class Instance(Protocol):
    """What runs entries; see `host.Instance`."""

    memory: memoryview
    doubles: Any

    def call(self, name: str) -> None: ...


class Pool(Protocol):
    """Where instances are taken from; see `host.Module`."""

    def take(self) -> Any: ...

    def put_back(self, instance: Any) -> None: ...


# Puts an argument into the memory, as a ctypes array of doubles, if it is plain; says whether it was.
Write = Callable[[Any, Any], bool]
# Makes the result of the memory.
Read = Callable[[Any], Any]


class Caller:
    """One export of a module, to be called on one Python value per parameter.

    Reals and Vecs of Reals, given as floats, ints, lists or tuples of those and NumPy arrays of doubles, are
    copied as they are. If there are other parameters, or an argument is something else, `marshal` looks closer.
    """

    def __init__(self, name: str, signature: Signature, interface: Interface, pool: Pool) -> None:
        self.name = name
        self.signature = signature
        self.interface = interface
        self._pool = pool
        self._count = len(signature.names)
        parts = _by_leaves(signature.params, interface.args)
        self._writers: list[Write] = [_refuse] * len(parts)
        self._array_writers = self._writers
        if all(_is_matrix(tree) for tree in signature.params):
            self._writers = [_writer(tree, *buffers) for tree, buffers in parts]
            self._array_writers = [
                _array_writer(write, *buffers)
                for write, (_, buffers) in zip(self._writers, parts, strict=True)
            ]
        self._read: Read = self._slow_reader(as_numpy=False)
        self._read_numpy: Read = self._slow_reader(as_numpy=True)
        if all(isinstance(buffer.elem, Real) for buffer in interface.results):
            addresses = [buffer.address // 8 for buffer in interface.results]
            self._read = _reader(signature.result, addresses, as_numpy=False) or self._read
            self._read_numpy = (
                _reader(signature.result, addresses, as_numpy=True) or self._read_numpy
            )

    def call(self, values: Sequence[Any]) -> Any:
        """The result as a new Python value.

        Raises:
            ArgumentError: if there are not as many values as parameters, and no defaults.
            TypeMismatchError: if a value is not of its type.
            IndexRangeError: if an index is out of range.
        """
        if not isinstance(values, list | tuple):
            raise ArgumentError(
                f"the arguments of {self.name} are given as a list, given {describe(values)}; "
                f"write module.call({self.name!r}, [x, y])"
            )
        if len(values) != self._count:
            values = self.signature.bind(self.name, values, {})
        pool = self._pool
        instance = pool.take()
        try:
            doubles = instance.doubles
            if _write(self._writers, doubles, values):
                instance.call(self.name)
                return self._read(doubles)
            as_numpy = _write(self._array_writers, doubles, values) or self._write_slowly(
                instance.memory, values
            )
            instance.call(self.name)
            return self._read_numpy(doubles) if as_numpy else self._read(doubles)
        finally:
            pool.put_back(instance)

    def _write_slowly(self, memory: memoryview, values: Sequence[Any]) -> bool:
        """Write anything; whether there was an array among it."""
        signature = self.signature
        marshal.write(
            memory,
            signature.params,
            signature.names,
            values,
            self.interface.args,
            function=self.name,
        )
        return marshal.has_numpy(values)

    def _slow_reader(self, *, as_numpy: bool) -> Read:
        tree, buffers = self.signature.result, self.interface.results
        return lambda doubles: marshal.read(memoryview(doubles).cast("B"), tree, buffers, as_numpy)


def _by_leaves(trees: Sequence[Tree], of_leaves: Sequence[T]) -> list[tuple[Tree, Sequence[T]]]:
    """Every tree with what belongs to its leaves."""
    found: list[tuple[Tree, Sequence[T]]] = []
    start = 0
    for tree in trees:
        stop = start + len(leaf_types(tree))
        found.append((tree, of_leaves[start:stop]))
        start = stop
    return found


def _is_matrix(tree: Tree) -> bool:
    """Whether it is a Vec of Reals, or of Vecs of Reals, and so on."""
    while isinstance(tree, VecTree):
        tree = tree.elem
    return isinstance(tree, RealTree)


def _write(writers: Sequence[Write], doubles: Any, values: Sequence[Any]) -> bool:
    try:
        for write, value in zip(writers, values):
            if not write(doubles, value):
                return False
    except OverflowError:  # an int that is too large for a Real, which marshal says
        return False
    return True


def _refuse(*_: Any) -> bool:
    return False


_NUMBERS = frozenset({float, int})


def _writer(tree: Tree, buffer: Buffer) -> Write:
    """What writes a Real or a Vec that is given as numbers, lists and tuples."""
    return _writer_at(tree, buffer.address // 8)


def _writer_at(tree: Tree, start: int) -> Write:
    match tree:
        case VecTree(size, RealTree()):
            return _row_writer(start, size)
        case VecTree(size, elem):
            count = leaf_types(elem)[0].count
            return _rows_writer([_writer_at(elem, start + k * count) for k in range(size)])
        case _:
            return _real_writer(start)


def _real_writer(start: int) -> Write:
    def write(doubles: Any, value: Any) -> bool:
        if value.__class__ not in _NUMBERS:
            return False
        doubles[start] = value
        return True

    return write


def _row_writer(start: int, size: int) -> Write:
    stop = start + size

    def write(doubles: Any, value: Any) -> bool:
        kind = value.__class__
        if (kind is not list and kind is not tuple) or len(value) != size:
            return False
        if not _NUMBERS.issuperset(map(type, value)):
            return False
        doubles[start:stop] = value
        return True

    return write


def _rows_writer(rows: Sequence[Write]) -> Write:
    def write(doubles: Any, value: Any) -> bool:
        kind = value.__class__
        if (kind is not list and kind is not tuple) or len(value) != len(rows):
            return False
        return _write(rows, doubles, value)

    return write


def _array_writer(write_plain: Write, buffer: Buffer) -> Write:
    """What writes NumPy's arrays of doubles too."""
    start, stop = buffer.address // 8, buffer.address // 8 + buffer.count

    def write(doubles: Any, value: Any) -> bool:
        numpy = sys.modules.get("numpy")
        if numpy is None or value.__class__ is not numpy.ndarray:
            return write_plain(doubles, value)
        if value.dtype != numpy.float64 or value.shape != buffer.shape:
            return False
        _view_of(doubles)[start:stop] = numpy.ascontiguousarray(value).ravel()
        return True

    return write


def _view_of(doubles: Any) -> memoryview[Any]:
    """The same memory, as what takes and gives buffers."""
    return memoryview(doubles).cast("B").cast("d")


def _reader(tree: Tree, addresses: Sequence[int], *, as_numpy: bool) -> Read | None:
    """What makes a Real, a Vec of Reals or a tuple of such out of the doubles from these numbers on."""
    match tree:
        case RealTree():
            (start,) = addresses
            return lambda doubles: doubles[start]
        case VecTree() if _is_matrix(tree) and leaf_types(tree)[0].count:
            (start,) = addresses
            return _matrix_reader(tree, start, as_numpy=as_numpy)
        case TupleTree((first, second)):
            half = len(leaf_types(first))
            read_first = _reader(first, addresses[:half], as_numpy=as_numpy)
            read_second = _reader(second, addresses[half:], as_numpy=as_numpy)
            if read_first is None or read_second is None:
                return None
            return lambda doubles: (read_first(doubles), read_second(doubles))
        case _:
            return None


def _matrix_reader(tree: VecTree, start: int, *, as_numpy: bool) -> Read:
    (leaf,) = leaf_types(tree)
    stop = start + leaf.count
    if as_numpy:
        return lambda doubles: _array_of(_view_of(doubles)[start:stop], leaf.shape)
    if isinstance(tree.elem, RealTree):
        return lambda doubles: doubles[start:stop]
    rows = leaf.shape
    return lambda doubles: _view_of(doubles)[start:stop].cast("B").cast("d", rows).tolist()


def _array_of(view: memoryview[Any], shape: tuple[int, ...]) -> Any:
    return sys.modules["numpy"].array(view).reshape(shape)


# --- in place -------------------------------------------------------------------------------------------------


class Views(SimpleNamespace):
    """Views of buffers by the names of parameters or fields; they are filled, not replaced."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoAttributeError(
            f"there is no view {name!r}; there are {', '.join(vars(self)) or 'none'}"
        )

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise TypeMismatchError(
            f"{name} is a view of a buffer, which is filled in place; write {name}[:] = ..., or {name}[0] = ... for a number"
        )


class Prepared:
    """A function with buffers of its own, for calls that convert and allocate nothing.

    Fill the arguments in place, run, and look at the result::

        energy = downhill.prepared()
        energy.args.p[:] = points
        energy.run()
        energy.result

    Attributes:
        args: has a view per parameter, by its name. The view of a scalar has one element; a structure has a view
            per field, and a Vec of structures is a structure of views. Views are NumPy arrays of the Vec's
            shape if NumPy is installed, and flat memoryviews otherwise. They may be kept as long as one likes.
        result: the views of the result, in the same form.
    """

    def __init__(
        self, name: str, signature: Signature, interface: Interface, instance: Instance
    ) -> None:
        self._name = name
        self._instance = instance
        views = [_view(instance.memory, buffer) for buffer in interface.args]
        shapes = [_shaped(*part) for part in _by_leaves(signature.params, views)]
        self.args = Views(**dict(zip(signature.names, shapes, strict=True)))
        self.result = _shaped(
            signature.result, [_view(instance.memory, buffer) for buffer in interface.results]
        )

    def __reduce__(self) -> NoReturn:
        raise LoadError(
            f"the buffers of {self._name} are memory of this process, and are not copied or pickled; "
            "pickle the function, and call its prepared() there"
        )

    def __bool__(self) -> bool:
        return True  # Python would ask for its length, which it refuses to have

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"a prepared {self._name}"

    def run(self) -> None:
        """Compute the result of what the arguments hold. Indices are not checked here: keep them in range.

        Example:
            >>> double = fn([Real])(lambda x: 2 * x).prepared()
            >>> double.args.x[0] = 1.5
            >>> double.run()
            >>> float(double.result[0])
            3.0
        """
        self._instance.call(self._name)


refuse(
    Prepared,
    "{} is filled and run: write p.args.x[:] = ..., p.run(), and then p.result",
    f"{COMPUTING} {ELEMENTS} call",
)


def _view(memory: memoryview, buffer: Buffer) -> Any:
    end = buffer.address + buffer.count * scalar_bytes(buffer.elem)
    flat = _of_scalars(memory[buffer.address : end], buffer.elem)
    try:
        import numpy as np  # noqa: PLC0415 (only if it is installed)
    except ImportError:
        return flat
    return np.asarray(flat).reshape(buffer.shape or (1,))


def _of_scalars(memory: memoryview, elem: Scalar) -> Any:
    match elem:
        case Real():
            return memory.cast("d")
        case Index():
            return memory.cast("i")
        case Bool():
            return memory.cast("?")


def _shaped(tree: Tree, views: Sequence[Any]) -> Any:
    """The views of a type in the shape of its structures."""
    while isinstance(tree, VecTree):
        tree = tree.elem
    if not isinstance(tree, TupleTree | StructTree):
        return None if isinstance(tree, StaticTree) or not views else views[0]
    parts = [_shaped(*part) for part in _by_leaves(tree.items, views)]
    if isinstance(tree, TupleTree):
        return tuple(parts)
    return Views(**dict(zip(tree.names, parts, strict=True)))
