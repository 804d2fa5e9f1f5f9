"""Traced indices, whose sizes follow from how they are computed, and differences of indices."""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from rose.errors import IndexRangeError, TypeMismatchError
from rose.front.absent_operators import refuse, refuse_elements, refuse_logic
from rose.front.annotations import LARGEST, index_tree
from rose.front.methods import METHODS
from rose.front.plain import describe_int, is_elementwise, is_int, is_plain_list
from rose.front.sizes import SIZED
from rose.front.traced import Traced
from rose.front.tracer import Tracer, current
from rose.front.tree import IndexTree
from rose.front.values import (
    Bool,
    Real,
    binary,
    compare_reals,
    emit,
    home_of,
    is_number,
    not_compared,
    power,
    reflected,
    to_real,
)
from rose.front.words import describe
from rose.ir.builder import OpenBlock
from rose.ir.types import Index as IndexType
from rose.ir.types import Type

# Comparisons of two indices by those that there are.
_INDEX_COMPARISONS: dict[str, Callable[[int, int], int]] = {
    "eq": lambda i, j: emit("index_eq", i, j),
    "ne": lambda i, j: emit("not", emit("index_eq", i, j)),
    "lt": lambda i, j: emit("index_lt", i, j),
    "gt": lambda i, j: emit("index_lt", j, i),
    "le": lambda i, j: emit("not", emit("index_lt", j, i)),
    "ge": lambda i, j: emit("not", emit("index_lt", i, j)),
}


def _compare_index(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Index, other: Any) -> Any:
        if isinstance(other, Index) or (is_int(other) and 0 <= other < LARGEST):
            tracer = self.enter()
            return Bool(tracer, _INDEX_COMPARISONS[name](self.id, to_index(other)[0]))
        if not is_number(other):
            if is_elementwise(other):
                return NotImplemented
            if is_plain_list(other):
                return METHODS["operator"](name, self, other)
            raise not_compared(name, self, other)
        return compare_reals(name, self, other)

    return method


# The operators of indices and ints that give indices, or differences of them.


def _whole_binary(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Index | Whole, other: Any) -> Any:
        whole = whole_arithmetic(name, self, other)
        return binary(name)(self, other) if whole is None else whole

    return method


def _whole_reflected(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Index | Whole, other: Any) -> Any:
        whole = whole_arithmetic(name, other, self)
        return reflected(name)(self, other) if whole is None else whole

    return method


class Index(Traced):
    """An integer i with 0 <= i < size. As an annotation, `i: Index[5]`.

    Example:
        >>> fn([Vec[3], Index[3]])(lambda v, i: v[(i + 1) % 3])([5, 6, 7], 2)
        5.0
    """

    __slots__ = ("size",)
    kind = "Index"

    def __init__(self, tracer: Tracer | None = None, id: int = -1, size: int | None = None) -> None:
        super().__init__(tracer, id)
        type = self.home.tracer.builder.types[id]
        assert isinstance(type, IndexType), "an Index wraps a value of index type"
        self.size = type.size if size is None else size

    def __class_getitem__(cls, size: int) -> IndexTree:
        return index_tree(size)

    def in_words(self) -> str:
        return f"an Index[{self.size}]"

    def as_real(self) -> int:
        return self.enter().emit("index_to_real", (self.id,))

    __add__, __radd__ = _whole_binary("add"), _whole_reflected("add")
    __sub__, __rsub__ = _whole_binary("sub"), _whole_reflected("sub")
    __mul__, __rmul__ = _whole_binary("mul"), _whole_reflected("mul")
    __truediv__, __rtruediv__ = binary("div"), reflected("div")
    __pow__, __rpow__ = power, reflected("pow")

    def __neg__(self) -> Any:
        return 0 - self

    def __pos__(self) -> Index:
        return self

    def __mod__(self, size: Any) -> Index:
        divisor = _divisor("taken modulo", size)
        if self.size <= divisor:
            return Index(self.enter(), to_index(self, divisor)[0], divisor)
        if not divisor:
            return never(0)
        return self.with_attr("index_mod", divisor)

    def __floordiv__(self, divisor: Any) -> Index:
        number = _divisor("divided by", divisor)
        return self.with_attr("index_div", number) if self.size and number else never(0)

    def __divmod__(self, divisor: Any) -> tuple[Index, Index]:
        return self // divisor, self % divisor

    def with_attr(self, name: str, attr: int) -> Index:
        """A primitive from an index to an index, with its attr."""
        tracer = self.enter()
        return Index(tracer, tracer.emit(name, (self.id,), (attr,)))

    __lt__, __le__ = _compare_index("lt"), _compare_index("le")
    __gt__, __ge__ = _compare_index("gt"), _compare_index("ge")
    __eq__, __ne__ = _compare_index("eq"), _compare_index("ne")
    __hash__ = Traced.__hash__

    def __bool__(self) -> NoReturn:
        self._refuse("a truth value", "compare it: rose.where(i == 0, a, b)")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        """NumPy asks an index for an array, when it is no int."""
        self._refuse("an int", "write rose.vec(array)[i] to index a NumPy array")


def _divisor(what: str, size: Any) -> int:
    if not is_int(size) or not (0 if current().never else 1) <= size <= LARGEST:
        raise TypeMismatchError(f"an Index is {what} a positive int, given {describe(size)}")
    return operator.index(size)


class Whole(Real):
    """A difference of indices, as i - 1: a Real, as it may be negative, that has `%`, which makes it an Index.

    Its value is that of `index` minus the constant `shift`, which is positive.
    """

    __slots__ = ("index", "shift")

    def __init__(self, index: Index, shift: int) -> None:
        super().__init__(index.enter(), emit("sub", to_real(index), to_real(shift)))
        self.index = index
        self.shift = shift

    __add__, __radd__ = _whole_binary("add"), _whole_reflected("add")
    __sub__, __rsub__ = _whole_binary("sub"), _whole_reflected("sub")
    __mul__, __rmul__ = _whole_binary("mul"), _whole_reflected("mul")

    def __neg__(self) -> Any:
        return 0 - self

    def __mod__(self, size: Any) -> Any:
        """The remainder that is not negative, as in Python: -1 % n is n - 1; an Index if n is an int."""
        if not is_int(size):
            return super().__mod__(size)
        divisor = _divisor("taken modulo", size)
        if not divisor:
            return never(0)
        return _raised(self.index, -self.shift % divisor) % divisor


def is_whole(value: Any) -> bool:
    """Whether arithmetic with indices keeps it whole: an Index, a difference of them, an int that an Index may be."""
    return isinstance(value, Index | Whole) or (is_int(value) and abs(value) < LARGEST)


def whole_arithmetic(name: str, a: Any, b: Any) -> Any:
    """a + b, a - b or a · b of indices, differences of them and ints: an Index if it cannot be negative, else a Whole.

    None if one of them is something else, or for the product of a difference and an index; that is a Real.

    Raises:
        IndexRangeError: if it may be larger than any index.
    """
    if not (is_whole(a) and is_whole(b)):
        return None
    home_of(a, b)
    if name == "mul":
        return _product(a, b)
    (i, shift), (j, other_shift) = _parts(a), _parts(b)
    if name == "sub":
        j, other_shift = (None, -other_shift) if j is None else _flipped(j, other_shift)
    parts = [k for k in (i, j) if k is not None]
    both = parts[0] if len(parts) == 1 else _combined("index_add", *parts)
    return _whole(both, shift + other_shift)


def _parts(value: Any) -> tuple[Index | None, int]:
    """An index, or None for zero, and a constant whose difference this is."""
    if isinstance(value, Whole):
        return value.index, value.shift
    if isinstance(value, Index):
        return value, 0
    return None, -operator.index(value)


def _constant(number: int) -> Index:
    return Index(current(), current().const(number, IndexType(number + 1)))


def _whole(index: Index, shift: int) -> Index | Whole:
    return Whole(index, shift) if shift > 0 else _raised(index, -shift)


def _raised(index: Index, by: int) -> Index:
    return _combined("index_add", index, _constant(by)) if by else index


def _flipped(index: Index, shift: int) -> tuple[Index, int]:
    """The parts of -(index - shift)."""
    last = index.size - 1
    return index.with_attr("index_flip", last) if index.size else index, last - shift


def _product(a: Any, b: Any) -> Index | Whole | None:
    if is_int(a):
        a, b = b, a
    index, shift = _parts(a)
    assert index is not None, "one of the operands is traced"
    if isinstance(b, Whole) or (shift and not is_int(b)):
        return None
    if isinstance(b, Index):
        return _combined("index_mul", index, b)
    factor = operator.index(b)
    if factor < 0:
        index, shift = _flipped(index, shift)
    return _whole(_combined("index_mul", index, _constant(abs(factor))), shift * abs(factor))


def _combined(name: str, i: Index, j: Index) -> Index:
    """i + j or i · j."""
    word, largest = _LARGEST_OF[name]
    size = largest(i.size - 1, j.size - 1) + 1
    if not (i.size and j.size):
        return never(max(size, 0) if name == "index_add" else 0)
    if size > LARGEST:
        raise IndexRangeError(
            f"the {word} of {describe(i)} and {describe(j)} may be larger than {LARGEST}; "
            "take them modulo their size first: i % 5"
        )
    return Index(current(), emit(name, i.id, j.id))


_LARGEST_OF: dict[str, tuple[str, Callable[[int, int], int]]] = {
    "index_add": ("sum", operator.add),
    "index_mul": ("product", operator.mul),
}


def to_index(value: Any, size: int | None = None) -> tuple[int, int]:
    """The IR value and size of an Index; a constant for an int.

    Raises:
        IndexRangeError: if it may be `size` or more.
        TypeMismatchError: if it is neither an Index nor an int.
    """
    if isinstance(value, Index):
        value.enter()
        if size is None or value.size == size:
            return value.id, value.size
        if value.size > size:
            raise IndexRangeError(
                f"expected an Index[{size}], given an Index[{value.size}], which may be larger; "
                f"take it modulo the size: i % {size}"
            )
        return value.with_attr("index_widen", size).id, size
    number = plain_index(value, LARGEST if size is None else size)
    size = size or number + 1
    return current().const(number, IndexType(size)), size


def plain_index(value: Any, size: int) -> int:
    """An int as one below `size`; errors as for `to_index`."""
    if not is_int(value):
        hint = "; take it modulo its size, as in (i - 1) % 5" if isinstance(value, Whole) else ""
        raise TypeMismatchError(f"expected an Index or an int, given {describe(value)}{hint}")
    number = operator.index(value)
    if not 0 <= number < size:
        raise IndexRangeError(f"index {describe_int(number)} is outside 0 to {size - 1}")
    return number


# --- counting ---------------------------------------------------------------------------------------------


def never(size: int) -> Index:
    """An Index where the trace never runs, of the size that it would have."""
    type = IndexTree(size).type
    return Index(current(), current().const(0, type), size)


@contextmanager
def iterations(
    size: int, types: Sequence[Type] = ()
) -> Generator[tuple[OpenBlock, Index], None, None]:
    """Open the body of a loop, whose first param is its counter; of `types` are the others.

    The body of a loop of no iterations is traced for what it gives, and closed for nobody: the IR has no such loops.
    """
    tracer = current()
    tracer.never += not size
    try:
        with tracer.builder.block([IndexTree(size).type, *types]) as block:
            yield block, Index(tracer, block.params[0], size)
    finally:
        tracer.never -= not size


SIZED[Index] = index_tree
refuse_elements(Index, "an Index")
refuse_logic(Index, "an Index", "; write i % 2 for i & 1, n - 1 - i for ~i")
refuse(
    Index,
    "an Index has + - *, and // and % by an int, as in (i - 1) % 5; other arithmetic makes it a Real",
    "rfloordiv rdivmod rmod abs",
)
