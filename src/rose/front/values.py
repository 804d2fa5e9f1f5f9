"""Traced scalars: what the user's function computes with while it runs once to be traced."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from rose.errors import NoAttributeError, SignatureError, TracedValueError, TypeMismatchError
from rose.front.annotations import NAMED_TREES
from rose.front.methods import METHODS
from rose.front.numpy_protocol import call_ufunc, refuse_function
from rose.front.structures import is_dataclass
from rose.front.tracer import Tracer, current
from rose.front.tree import BOOL_TREE, REAL_TREE
from rose.front.words import STRUCTURES, describe
from rose.ir.types import BOOL, REAL


class Traced:
    """A scalar that is known only as a value of the Func being built."""

    __slots__ = ("_id", "home")

    kind: ClassVar[str] = "value"

    def __init__(self, tracer: Tracer | None = None, id: int = -1) -> None:
        if not isinstance(tracer, Tracer):  # (users call it)
            raise TypeMismatchError(
                f"{self.kind} is for annotations, and makes no values of {describe(tracer)}; "
                "write the number, or True or False, as it is"
            )
        self.home = tracer.home
        self._id = id

    @property
    def id(self) -> int:
        """The IR value in the trace under way."""
        return self.home.local(self._id)

    def __class_getitem__(cls, parameters: Any) -> Any:
        raise SignatureError(
            f"{cls.kind} takes no parameters, given {describe(parameters)}; "
            f"write Vec[3, {cls.kind}] for 3 of them"
        )

    def enter(self) -> Tracer:
        """The trace under way; errors as for `Home.enter`."""
        return self.home.enter(self.kind)

    def as_real(self) -> int:
        """The IR value of a Real.

        Raises:
            TypeMismatchError: if it is no number.
        """
        raise TypeMismatchError(f"expected a Real, given {describe(self)}")

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"{'an' if self.kind == 'Index' else 'a'} {self.kind}"

    def _refuse(self, needs: str, instead: str) -> NoReturn:
        self.enter()
        raise TracedValueError(
            f"Python needs {needs}, but this {self.kind} is traced: it has no value until the "
            f"compiled function runs; {instead}"
        )

    def __float__(self) -> NoReturn:
        self._refuse(
            "a float",
            "use the functions of rose instead of those of math, and lists instead of NumPy arrays",
        )

    def __int__(self) -> NoReturn:
        self._refuse(
            "an int",
            "whole numbers are of type Index[n], and rose.to_index(x, n) makes one of a Real",
        )

    def __index__(self) -> NoReturn:
        self._refuse(
            "an int",
            "index a Vec instead of a list, and write rose.loop, rose.vec or rose.sum instead of range",
        )

    def __round__(self, digits: int | None = None) -> NoReturn:
        self._refuse("a number to round", "round what the function gives")

    def __trunc__(self) -> NoReturn:
        self.__round__()

    def __floor__(self) -> NoReturn:
        self.__round__()

    def __ceil__(self) -> NoReturn:
        self.__round__()

    def __format__(self, spec: str) -> str:
        if spec:
            self._refuse("a number to format", "print what the function gives")
        return repr(self)

    def __hash__(self) -> NoReturn:  # noqa: PLE0309 (it raises, to teach)
        self._refuse("a key (for a dict, a set or a cache)", "look things up in a Vec by an Index")

    __array_ufunc__ = call_ufunc
    __array_function__ = refuse_function

    def __copy__(self) -> Traced:
        return self

    def __reduce__(self) -> NoReturn:
        self._refuse("a number to pickle", "pickle what the function gives")

    def __deepcopy__(self, memo: Any) -> Traced:
        return self

    def __getattr__(self, name: str) -> Any:
        if name not in _NUMPY_METHODS:
            raise no_attribute(self, name)

        def refuse(*_: Any) -> NoReturn:
            ours = _ours(name)
            self._refuse(
                f"a number for numpy.{name}",
                f"write {ours}" if ours else "use the functions of rose instead of those of numpy",
            )

        return refuse

    def __repr__(self) -> str:
        return f"<traced {self.kind} %{self._id} of {self.home.tracer.owner}>"


# What to write in place of the attributes and methods of NumPy's arrays, of lists and of Python's numbers.
_ATTRIBUTES_INSTEAD = {
    "shape": "write len(v) for the length of a Vec, len(v[0]) for that of its rows",
    "size": "write len(v) for the length of a Vec, len(v[0]) for that of its rows",
    "ndim": "write len(v) for the length of a Vec, len(v[0]) for that of its rows",
    "dot": "write v @ w",
    "transpose": "write m.T",
    "append": "a Vec does not change: write rose.concat(v, [x])",
    "extend": "a Vec does not change: write rose.concat(v, w)",
    "copy": "a Vec does not change, so it needs no copy",
    "astype": "numbers are Reals, 64-bit floats",
    "std": "write rose.sqrt(((v - v.mean()) ** 2).mean())",
    "var": "write ((v - v.mean()) ** 2).mean()",
    "reshape": "write rose.vec(n, lambda i: rose.vec(m, lambda j: v[m * i + j])) for n rows of m",
    "flatten": "write rose.concat(*m) for the elements of all rows",
    "ravel": "write rose.concat(*m) for the elements of all rows",
    "is_integer": "write rose.floor(x) == x",
    "set": "write v.at[i].set(x)",
    "add": "write v.at[i].add(x)",
}


def no_attribute(value: Any, name: str) -> AttributeError:
    """The error for an attribute that a traced value does not have.

    Python and NumPy ask for some themselves, to find out what a value is, and want a plain error, soon.
    """
    if name == "dtype" or name.startswith("__"):
        return AttributeError(f"{value.in_words()} has no attribute {name!r}")
    ours = _ours(name)
    plain = f"write {ours}" if ours else "use the operators, and the functions of rose"
    instead = _ATTRIBUTES_INSTEAD.get(name, plain)
    return NoAttributeError(f"{value.in_words()} has no attribute {name!r}; {instead}")


# The functions that NumPy looks for as methods of the items of its object arrays.
_NUMPY_METHODS = frozenset(
    """
    sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh hypot
    exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2 sqrt cbrt fabs rint fmod
    degrees radians deg2rad rad2deg conjugate isnan isinf isfinite signbit copysign nextafter
    spacing modf frexp ldexp
    """.split()  # noqa: SIM905 (a list would be forty lines)
)


# Those of them, and what else users take for methods, that we have as functions, by another name or the same.
_RENAMED = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "fabs": "abs",
}
_SAME_NAME = frozenset(
    """
    sin cos tan sinh cosh tanh asin acos atan atan2 asinh acosh atanh hypot exp exp2 expm1 log log2 log10 log1p
    logaddexp sqrt cbrt fmod isnan isfinite copysign abs floor ceil trunc sign erf erfc sigmoid softplus
    """.split()  # noqa: SIM905 (a list would be forty lines)
)


_OF_TWO = frozenset({"atan2", "hypot", "fmod", "copysign", "logaddexp"})


def _ours(name: str) -> str | None:
    """The call of the function of rose that is meant by a method of this name."""
    known = _RENAMED.get(name, name)
    if known not in _SAME_NAME:
        return None
    return f"rose.{known}({'x, y' if known in _OF_TWO else 'x'})"


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


# --- operators that there are not -------------------------------------------------------------------------


def refuse(cls: type, why: str, operators: str) -> None:
    """Let operators of a class (the names of their methods, without underscores) raise `why`."""

    def method(self: Any, *_: Any) -> NoReturn:
        self.home.enter(cls.__name__)
        raise TypeMismatchError(why)

    for name in operators.split():
        setattr(cls, f"__{name}__", method)


SHIFTS = "lshift rlshift rshift rrshift"
DIVISIONS = "floordiv rfloordiv divmod rdivmod"
REMAINDERS = "mod rmod"
LOGIC = "and rand or ror invert"
_ELEMENTS = "setitem delitem iter contains len"  # with getitem NumPy would take it for a sequence
_NUMERIC = (
    "add radd sub rsub mul rmul truediv rtruediv pow rpow neg pos abs lt le gt ge "
    f"{DIVISIONS} {REMAINDERS}"
)


def refuse_elements(cls: type, name: str) -> None:
    """Scalars have no elements."""
    refuse(cls, f"{name} has no elements; n values of a type T are a Vec[n, T]", _ELEMENTS)
    refuse(cls, f"{name} has no @; write rose.dot(v, w), of two Vecs", "matmul rmatmul")
    refuse(cls, f"{name} has no << and >>; write x * 2**n, or i // 2**n of an Index", SHIFTS)


def refuse_logic(cls: type, name: str) -> None:
    """Numbers are no Bools."""
    refuse(
        cls,
        f"& | ^ ~ are for Bools, and this is {name}; compare it first, in parentheses: "
        "(x > 0) & (x < 1)",
        LOGIC,
    )
    refuse(
        cls,
        f"^ is for Bools, and this is {name}; write x**2 for a power",
        "xor rxor",
    )


refuse_elements(Real, "a Real")
refuse_elements(Bool, "a Bool")
refuse_logic(Real, "a Real")
refuse(Real, "a Real has no divmod; write x // y and x % y", "divmod rdivmod")
refuse(Bool, "a Bool is no number; write rose.where(b, 1.0, 0.0)", _NUMERIC)


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


def is_int(value: Any) -> bool:
    """Whether it is a concrete integer: a Python or NumPy int, but no bool and no traced value."""
    if hasattr(value, "dtype"):
        return _is_numpy(value, "iu")
    return hasattr(type(value), "__index__") and not isinstance(value, bool | Traced)


def is_list(value: Any) -> bool:
    """Whether it is a list, or a NumPy array with dimensions."""
    if isinstance(value, list):
        return True
    is_array = hasattr(type(value), "__array__") and not isinstance(value, Traced)
    return is_array and bool(value.shape)


def is_plain_list(value: Any) -> bool:
    """Whether it is a list, or a tuple with items, that counts as a Vec: it is no structure."""
    is_sequence = isinstance(value, list) or (isinstance(value, tuple) and bool(value))
    return is_sequence and not is_structure(value)


def is_structure(value: Any) -> bool:
    """Whether it is a dataclass, a NamedTuple or a dict."""
    is_class = isinstance(value, type)
    has_fields = is_dataclass(value) or hasattr(type(value), "_fields")
    return (has_fields and not is_class) or isinstance(value, dict)


def is_number(value: Any) -> bool:
    """Whether arithmetic may take it: a traced Real or Index, or a concrete number, but no bool."""
    if value.__class__ is Real:
        return True
    if isinstance(value, Traced):
        return not isinstance(value, Bool)
    return (isinstance(value, (int, float)) and not isinstance(value, bool)) or _is_numpy(
        value, "iuf"
    )


def is_bool(value: Any) -> bool:
    """Whether it is a traced Bool, or a concrete Python or NumPy bool."""
    return isinstance(value, bool | Bool) or _is_numpy(value, "b")


def _is_numpy(value: Any, kinds: str) -> bool:
    """Whether it is a NumPy scalar or array without dimensions, of one of these kinds."""
    dtype = getattr(value, "dtype", None)
    return getattr(dtype, "kind", "-") in kinds and getattr(value, "shape", None) == ()


def to_float(value: Any) -> float:
    """A concrete number as a float.

    Raises:
        TypeMismatchError: if it is an int too large for one.
    """
    try:
        return float(value)
    except OverflowError:
        raise TypeMismatchError(
            "expected a Real, a 64-bit float, given an int too large for one; write math.inf or a float"
        ) from None


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


def describe_int(number: int) -> str:
    """An int for errors; Python refuses to print those of more than 4300 digits."""
    return describe(number).removeprefix("int").strip() or "of thousands of digits"


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


def is_elementwise(other: Any) -> bool:
    """Whether the right operand of an operator is a Vec or a NumPy array, which go through their elements."""
    return hasattr(type(other), "__array_ufunc__") and (
        hasattr(type(other), "__len__") and not isinstance(other, Traced)
    )


def not_computed(name: str, a: Any, b: Any) -> TypeMismatchError:
    """The error for operands that arithmetic does not take."""
    hint = ""
    if is_bool(a) or is_bool(b):
        hint = "; a Bool is no number: write rose.where(b, 1.0, 0.0)"
    if is_structure(a) or is_structure(b):
        hint = f"; {STRUCTURES}"
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
