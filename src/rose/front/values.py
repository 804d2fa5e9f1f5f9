"""Traced scalars: what the user's function computes with while it runs once to be traced."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any, NoReturn

from rose.errors import TypeMismatchError
from rose.front.absent_operators import NUMERIC, refuse, refuse_elements, refuse_logic
from rose.front.annotations import NAMED_TREES
from rose.front.methods import METHODS
from rose.front.plain import is_elementwise, is_numpy, is_plain_list, is_structure, to_float
from rose.front.traced import Traced
from rose.front.tracer import Tracer, current
from rose.front.tree import BOOL_TREE, REAL_TREE
from rose.front.words import STRUCTURES, describe
from rose.ir.types import BOOL, REAL


def binary(name: str) -> Callable[[Any, Any], Any]:
    """The method of an operator."""

    def method(self: Traced, other: Any) -> Any:
        home = self.home
        if other.__class__ is self.__class__ is Real and other.home is home and home.is_open():
            tracer = (
                home.tracer
            )  # in which both were made, in the block that is open: what is most frequent
            return Real(tracer, tracer.emit(name, (self._id, other._id)))
        if not is_number(other) and _may_handle(name, other):
            return NotImplemented
        return arithmetic(name, self, other)

    return method


def power(self: Traced, other: Any, modulus: Any = None) -> Any:
    """The method of `**`, which Python's `pow` calls too."""
    if modulus is not None:
        raise TypeMismatchError("pow(x, y, z) is for ints; write x**y % z")
    return _raised(self, other)


def reflected(name: str) -> Callable[[Any, Any], Any]:
    """The method by which Python asks the right operand of an operator."""

    def method(self: Traced, other: Any) -> Any:
        return arithmetic(name, other, self)

    return method


_raised = binary("pow")


def _compare(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Real, other: Any) -> Any:
        if not is_number(other):
            if is_elementwise(other):
                return NotImplemented
            if is_plain_list(other):
                return METHODS["operator"](name, self, other)
            raise not_compared(name, self, other)
        return compare_reals(name, self, other)

    return method


class Real(Traced):
    """A real number: a 64-bit float. As an annotation, `x: Real`.

    Example:
        >>> fn([Real, Real])(lambda x, y: (x + y) ** 2)(1, 2)
        9.0
    """

    __slots__ = ()
    kind = "Real"

    def as_real(self) -> int:
        return self.home.entered("Real", self._id)

    __add__, __radd__ = binary("add"), reflected("add")
    __sub__, __rsub__ = binary("sub"), reflected("sub")
    __mul__, __rmul__ = binary("mul"), reflected("mul")
    __truediv__, __rtruediv__ = binary("div"), reflected("div")
    __pow__, __rpow__ = power, reflected("pow")
    __floordiv__, __rfloordiv__ = binary("floor_divide"), reflected("floor_divide")
    __mod__, __rmod__ = binary("mod"), reflected("mod")
    __lt__, __le__ = _compare("lt"), _compare("le")
    __gt__, __ge__ = _compare("gt"), _compare("ge")
    __eq__, __ne__ = _compare("eq"), _compare("ne")
    __hash__ = Traced.__hash__

    def __neg__(self) -> Real:
        return Real(self.enter(), emit("neg", self.id))

    def __pos__(self) -> Real:
        return self

    def __abs__(self) -> Real:
        return Real(self.enter(), emit("abs", self.id))

    def __bool__(self) -> NoReturn:
        self._refuse("a truth value", "compare it: rose.where(x > 0, a, b)")


def _logic(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Bool, other: Any) -> Bool:
        if not is_bool(other):
            if is_elementwise(other):
                return NotImplemented  # type: ignore[no-any-return]
            raise TypeMismatchError(
                f"& | ^ == and != of a Bool take another Bool, given {describe(other)}"
            )
        return Bool(self.enter(), emit(name, self.id, to_bool(other)))

    return method


class Bool(Traced):
    """True or false. As an annotation, `b: Bool`. Combined by `&`, `|`, `^` and `~`.

    Example:
        >>> fn([Real])(lambda x: (x > 0) & ~(x > 1))(0.5)
        True
    """

    __slots__ = ()
    kind = "Bool"

    __and__ = __rand__ = _logic("and")
    __or__ = __ror__ = _logic("or")
    __xor__ = __rxor__ = __ne__ = _logic("xor")

    def __invert__(self) -> Bool:
        return Bool(self.enter(), emit("not", self.id))

    def __eq__(self, other: object) -> Any:
        return NotImplemented if is_elementwise(other) else ~(self ^ other)

    __hash__ = Traced.__hash__

    def __bool__(self) -> NoReturn:
        self._refuse(
            "a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in)",
            "write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run "
            "one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, "
            "and rose.max and rose.min instead of Python's",
        )


NAMED_TREES[Real] = REAL_TREE
NAMED_TREES[Bool] = BOOL_TREE


refuse_elements(Real, "a Real")
refuse_elements(Bool, "a Bool")
refuse_logic(Real, "a Real")
refuse(Real, "a Real has no divmod; write x // y and x % y", "divmod rdivmod")
refuse(Bool, "a Bool is no number; write rose.where(b, 1.0, 0.0)", NUMERIC)


# --- numbers ----------------------------------------------------------------------------------------------


def emit(name: str, *operands: int) -> int:
    """Append a primitive to the trace under way."""
    return current().emit(name, operands)


def home_of(*operands: Any) -> Tracer:
    """The trace under way; an error if one of the operands does not belong to it."""
    for x in operands:
        if isinstance(x, Traced):
            x.enter()
    return current()


def is_number(value: Any) -> bool:
    """Whether arithmetic may take it: a traced Real or Index, or a concrete number, but no bool."""
    if value.__class__ is Real:
        return True
    if isinstance(value, Traced):
        return not isinstance(value, Bool)
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or is_numpy(
        value, "iuf"
    )


def is_bool(value: Any) -> bool:
    """Whether it is a traced Bool, or a concrete Python or NumPy bool."""
    return isinstance(value, bool | Bool) or is_numpy(value, "b")


def to_real(value: Any) -> int:
    """The IR value of a Real; a constant for a number, a conversion for an Index."""
    if isinstance(value, Traced):
        return value.as_real()
    if is_number(value):
        return current().const(to_float(value), REAL)
    raise TypeMismatchError(f"expected a Real, given {describe(value)}")


def to_bool(value: Any) -> int:
    """The IR value of a Bool; a constant for True and False."""
    if isinstance(value, Bool):
        value.enter()
        return value.id
    if is_bool(value):
        return current().const(bool(value), BOOL)
    raise TypeMismatchError(f"expected a Bool, given {describe(value)}")


# The primitives of arithmetic: their operators, and the methods by which Python asks the right operand.
_OPERATORS = {
    "add": ("+", "__radd__"),
    "sub": ("-", "__rsub__"),
    "mul": ("*", "__rmul__"),
    "div": ("/", "__rtruediv__"),
    "pow": ("**", "__rpow__"),
    "floor_divide": ("//", "__rfloordiv__"),
    "mod": ("%", "__rmod__"),
}
_COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _may_handle(name: str, other: Any) -> bool:
    """Whether the right operand of an operator, no number of ours, may know what to do."""
    if isinstance(other, numbers.Number | str | bytes | list | tuple):
        return False
    return hasattr(type(other), _OPERATORS[name][1])


def not_computed(name: str, a: Any, b: Any) -> TypeMismatchError:
    """The error for operands that arithmetic does not take."""
    hint = ""
    if is_bool(a) or is_bool(b):
        hint = "; a Bool is no number: write rose.where(b, 1.0, 0.0)"
    if is_structure(a) or is_structure(b):
        hint = f"; {STRUCTURES}"
    if callable(a) or callable(b):
        hint = "; call a function before you compute with it, as in f(x) + 1"
    left, right = [type(x).__name__ if is_structure(x) else describe(x) for x in (a, b)]
    return TypeMismatchError(f"cannot compute {left} {_OPERATORS[name][0]} {right}{hint}")


def not_compared(name: str, a: Any, b: Any) -> TypeMismatchError:
    """The error for operands that cannot be compared."""
    hint = "; write `is None`" if b is None else ""
    return TypeMismatchError(
        f"cannot compare {describe(a)} {_COMPARISONS[name]} {describe(b)}{hint}"
    )


def compare_reals(name: str, a: Any, b: Any) -> Bool:
    """A comparison of two numbers, at least one of them traced, as Reals."""
    tracer = home_of(a, b)
    return Bool(tracer, emit(name, to_real(a), to_real(b)))


def arithmetic(name: str, a: Any, b: Any) -> Any:
    """a ∘ b of two numbers, at least one of them traced; elementwise if one is a list.

    Raises:
        TypeMismatchError: if one is no number.
    """
    if not (is_number(a) and is_number(b)):
        home_of(a, b)
        if is_plain_list(a) or is_plain_list(b):
            return METHODS["operator"](name, a, b)
        raise not_computed(name, a, b)
    if name == "pow":
        home_of(a, b)
        return raise_to(a, b)
    operands = (to_real(a), to_real(b))
    tracer = current()
    return Real(tracer, tracer.emit(name, operands))


MAX_UNROLLED_POWER = 64


def raise_to(x: Any, power: Any) -> Any:
    """x ** power of two numbers: by repeated multiplication for a small constant integer power, else by `pow`."""
    if not isinstance(power, Traced):
        exponent = to_float(power)
        if exponent.is_integer() and abs(exponent) <= MAX_UNROLLED_POWER:
            return _integer_power(x, int(exponent))
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
