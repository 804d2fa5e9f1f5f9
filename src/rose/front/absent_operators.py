"""Operators that traced values do not have: each raises what there is to write instead."""

from __future__ import annotations

from typing import Any, NoReturn

from rose.errors import TypeMismatchError


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


NUMERIC = (
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
