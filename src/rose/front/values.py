"""Traced scalars: what the user's function computes with while it runs once to be traced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from rose.errors import IndexRangeError, TracedValueError, TypeMismatchError
from rose.front.tracer import Home, Tracer, current
from rose.front.tree import BOOL_TREE, NAMED_TREES, REAL_TREE, IndexTree, describe, index_tree
from rose.ir.types import BOOL, REAL
from rose.ir.types import Index as IndexType


class Traced:
    """A scalar that is known only as a value of the Func being built."""

    __slots__ = ("home", "id")

    kind: ClassVar[str] = "value"

    def __init__(self, tracer: Tracer, id: int) -> None:
        self.home = Home(tracer)
        self.id = id

    def enter(self) -> Tracer:
        return self.home.enter(self.kind)

    def _refuse(self, needs: str, instead: str) -> NoReturn:
        raise TracedValueError(
            f"Python needs {needs}, but this {self.kind} is traced: it has no value until the "
            f"compiled function runs; {instead}"
        )

    def __float__(self) -> NoReturn:
        self._refuse("a float", "use the functions of rose instead of those of math")

    def __int__(self) -> NoReturn:
        self._refuse("an int", "indices are of type Index[n]")

    def __index__(self) -> NoReturn:
        self._refuse("an int", "a Vec is indexed by traced indices, a Python list is not")

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<traced {self.kind} %{self.id} of {self.home.tracer.owner}>"


def _binary(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Real | Index, other: Any) -> Any:
        return arithmetic(name, self, other)

    return method


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Real | Index, other: Any) -> Any:
        return arithmetic(name, other, self)

    return method


def _compare(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Real, other: Any) -> Any:
        if not is_number(other):
            return NotImplemented
        return Bool(current(), emit(name, to_real(self), to_real(other)))

    return method


class Real(Traced):
    """A real number: a 64-bit float. As an annotation, `x: Real`."""

    __slots__ = ()
    kind = "Real"

    __add__, __radd__ = _binary("add"), _reflected("add")
    __sub__, __rsub__ = _binary("sub"), _reflected("sub")
    __mul__, __rmul__ = _binary("mul"), _reflected("mul")
    __truediv__, __rtruediv__ = _binary("div"), _reflected("div")
    __lt__, __le__ = _compare("lt"), _compare("le")
    __gt__, __ge__ = _compare("gt"), _compare("ge")
    __eq__, __ne__ = _compare("eq"), _compare("ne")  # type: ignore[assignment]
    __hash__ = Traced.__hash__

    def __neg__(self) -> Real:
        return Real(self.enter(), emit("neg", self.id))

    def __pos__(self) -> Real:
        return self

    def __abs__(self) -> Real:
        return Real(self.enter(), emit("abs", self.id))

    def __pow__(self, power: Any) -> Any:
        return raise_to(self, power)

    def __rpow__(self, base: Any) -> Any:
        return raise_to(base, self)

    def __bool__(self) -> NoReturn:
        self._refuse("a truth value", "compare it: rose.where(x > 0, a, b)")


class Bool(Traced):
    """True or false. As an annotation, `b: Bool`. Combined by `&`, `|`, `^` and `~`."""

    __slots__ = ()
    kind = "Bool"

    def __and__(self, other: Any) -> Bool:
        return Bool(self.enter(), emit("and", self.id, to_bool(other)))

    def __or__(self, other: Any) -> Bool:
        return Bool(self.enter(), emit("or", self.id, to_bool(other)))

    def __xor__(self, other: Any) -> Bool:
        return Bool(self.enter(), emit("xor", self.id, to_bool(other)))

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Bool:
        return Bool(self.enter(), emit("not", self.id))

    def __eq__(self, other: object) -> Bool:  # type: ignore[override]
        return ~(self ^ other)

    def __ne__(self, other: object) -> Bool:  # type: ignore[override]
        return self ^ other

    __hash__ = Traced.__hash__

    def __bool__(self) -> NoReturn:
        self._refuse(
            "a truth value (for `if`, `while`, `and`, `or` or `not`)",
            "write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run "
            "one side only, and & | ~ instead of `and or not`",
        )


class Index(Traced):
    """An integer i with 0 <= i < size. As an annotation, `i: Index[5]`."""

    __slots__ = ("size",)
    kind = "Index"

    def __init__(self, tracer: Tracer, id: int) -> None:
        super().__init__(tracer, id)
        type = tracer.builder.types[id]
        assert isinstance(type, IndexType), "an Index wraps a value of index type"
        self.size = type.size

    def __class_getitem__(cls, size: int) -> IndexTree:
        return index_tree(size)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Index) or (is_int(other) and other >= 0):
            id, _ = to_index(other)
            return Index(self.enter(), emit("index_add", self.id, id))
        return arithmetic("add", self, other)

    __radd__ = __add__
    __sub__, __rsub__ = _binary("sub"), _reflected("sub")
    __mul__, __rmul__ = _binary("mul"), _reflected("mul")
    __truediv__, __rtruediv__ = _binary("div"), _reflected("div")

    def __mod__(self, size: Any) -> Index:
        if not is_int(size) or size < 1:
            raise TypeMismatchError(
                f"an Index is taken modulo a positive int, given {describe(size)}"
            )
        tracer = self.enter()
        return Index(tracer, tracer.emit("index_mod", (self.id,), (int(size),)))

    def __eq__(self, other: object) -> Bool:  # type: ignore[override]
        return self._compared(other, lambda i, j: emit("index_eq", i, j))

    def __ne__(self, other: object) -> Bool:  # type: ignore[override]
        return self._compared(other, lambda i, j: emit("not", emit("index_eq", i, j)))

    def __lt__(self, other: Any) -> Bool:
        return self._compared(other, lambda i, j: emit("index_lt", i, j))

    def __gt__(self, other: Any) -> Bool:
        return self._compared(other, lambda i, j: emit("index_lt", j, i))

    def __le__(self, other: Any) -> Bool:
        return self._compared(other, lambda i, j: emit("not", emit("index_lt", j, i)))

    def __ge__(self, other: Any) -> Bool:
        return self._compared(other, lambda i, j: emit("not", emit("index_lt", i, j)))

    def _compared(self, other: Any, compare: Callable[[int, int], int]) -> Bool:
        id, _ = to_index(other)
        return Bool(self.enter(), compare(self.id, id))

    __hash__ = Traced.__hash__

    def __bool__(self) -> NoReturn:
        self._refuse("a truth value", "compare it: rose.where(i == 0, a, b)")


NAMED_TREES[Real] = REAL_TREE
NAMED_TREES[Bool] = BOOL_TREE


# --- numbers ----------------------------------------------------------------------------------------------


def emit(name: str, *operands: int) -> int:
    """Append a primitive to the trace under way."""
    return current().emit(name, operands)


def is_int(value: Any) -> bool:
    """Whether it is a concrete integer: a Python or NumPy int, but no bool and no traced value."""
    return hasattr(value, "__index__") and not isinstance(value, bool | Traced)


def is_number(value: Any) -> bool:
    """Whether arithmetic may take it: a traced Real or Index, or a concrete number, but no bool."""
    if isinstance(value, Traced):
        return not isinstance(value, Bool)
    return isinstance(value, int | float) and not isinstance(value, bool) or _is_numpy_number(value)


def _is_numpy_number(value: Any) -> bool:
    return hasattr(value, "dtype") and getattr(value, "shape", None) == () and value.dtype != bool


def to_real(value: Any) -> int:
    """The IR value of a Real; a constant for a number, a conversion for an Index."""
    if isinstance(value, Real):
        value.enter()
        return value.id
    if isinstance(value, Index):
        return value.enter().emit("index_to_real", (value.id,))
    if is_number(value):
        return current().const(float(value), REAL)
    raise TypeMismatchError(f"expected a Real, given {what_is(value)}")


def to_bool(value: Any) -> int:
    """The IR value of a Bool; a constant for True and False."""
    if isinstance(value, Bool):
        value.enter()
        return value.id
    if isinstance(value, bool) or (hasattr(value, "dtype") and value.dtype == bool):
        return current().const(bool(value), BOOL)
    raise TypeMismatchError(f"expected a Bool, given {what_is(value)}")


def to_index(value: Any, size: int | None = None) -> tuple[int, int]:
    """The IR value and size of an Index; a constant for an int.

    Raises:
        IndexRangeError: if it may be `size` or more.
        TypeMismatchError: if it is neither an Index nor an int.
    """
    if isinstance(value, Index):
        value.enter()
        if size is not None and value.size > size:
            raise IndexRangeError(
                f"expected an Index[{size}], given an Index[{value.size}], which may be larger; "
                f"take it modulo the size: i % {size}"
            )
        return value.id, value.size
    if not is_int(value):
        raise TypeMismatchError(f"expected an Index or an int, given {what_is(value)}")
    if value < 0 or (size is not None and value >= size):
        raise IndexRangeError(
            f"index {value} is outside 0 to {'any size' if size is None else size - 1}"
        )
    size = size or int(value) + 1
    return current().const(int(value), IndexType(size)), size


def what_is(value: Any) -> str:
    """A value in words, for errors."""
    if hasattr(value, "tree"):
        return f"a {value.tree}"
    return f"a {value.kind}" if isinstance(value, Traced) else describe(value)


def arithmetic(name: str, a: Any, b: Any) -> Any:
    """a ∘ b of two numbers, at least one of them traced; NotImplemented if one is no number."""
    if not (is_number(a) and is_number(b)):
        if isinstance(a, Bool) or isinstance(b, Bool):
            raise TypeMismatchError("a Bool is no number; write rose.where(b, 1.0, 0.0)")
        return NotImplemented
    return Real(current(), emit(name, to_real(a), to_real(b)))


MAX_UNROLLED_POWER = 64


def raise_to(x: Any, power: Any) -> Any:
    """x ** power: by repeated multiplication for a small constant integer power, else by `pow`."""
    if not (is_number(x) and is_number(power)):
        return NotImplemented
    if not isinstance(power, Traced) and power == int(power) and abs(power) <= MAX_UNROLLED_POWER:
        return _integer_power(x, int(power))
    return Real(current(), emit("pow", to_real(x), to_real(power)))


def _integer_power(x: Any, n: int) -> Any:
    """x^n by squaring; x^-n is 1 / x^n; x^0 is 1."""
    if n < 0:
        return 1.0 / _integer_power(x, -n)
    result: Any = None
    square = x
    while n:
        if n & 1:
            result = square if result is None else result * square
        n >>= 1
        if n:
            square = square * square
    return Real(current(), to_real(1.0 if result is None else result))
