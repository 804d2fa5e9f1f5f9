"""Operators that there are not, of traced values and of functions, types and modules: each raises what there is to write instead."""

from __future__ import annotations

from typing import Any, NoReturn

from rose.errors import TypeMismatchError
from rose.front.words import describe

SHIFTS = "lshift rlshift rshift rrshift"
DIVISIONS = "floordiv rfloordiv divmod rdivmod"
REMAINDERS = "mod rmod"
LOGIC = "and rand or ror invert"
NUMERIC = (
    "add radd sub rsub mul rmul truediv rtruediv pow rpow neg pos abs lt le gt ge "
    f"{DIVISIONS} {REMAINDERS}"
)
COMPUTING = f"{NUMERIC} {SHIFTS} {LOGIC} xor rxor matmul rmatmul float int"
ELEMENTS = "getitem setitem delitem iter contains len"
_OF_SCALARS = ELEMENTS.removeprefix("getitem ")  # with it NumPy would take them for sequences


def refuse(cls: type, why: str, operators: str) -> None:
    """Let operators of a class (the names of their methods, without underscores) raise `why`, where {} is what it is."""

    def method(self: Any, *_: Any) -> NoReturn:
        home = getattr(self, "home", None)
        if home is not None:  # a traced value
            home.enter(cls.__name__)
        raise TypeMismatchError(why.replace("{}", describe(self)))

    for name in operators.split():
        setattr(cls, f"__{name}__", method)


def refuse_elements(cls: type, name: str) -> None:
    """Scalars have no elements."""
    refuse(cls, f"{name} has no elements; n values of a type T are a Vec[n, T]", _OF_SCALARS)
    refuse(cls, f"{name} has no @; write rose.dot(v, w), of two Vecs", "matmul rmatmul")
    refuse(cls, f"{name} has no << and >>; write x * 2**n, or i // 2**n of an Index", SHIFTS)


def refuse_logic(cls: type, name: str, also: str = "") -> None:
    """Numbers are no Bools; `also` is what else to write."""
    refuse(
        cls,
        f"& | ^ ~ are for Bools, and this is {name}; compare it first, in parentheses: "
        f"(x > 0) & (x < 1){also}",
        LOGIC,
    )
    refuse(
        cls,
        f"^ is for Bools, and this is {name}; write x**2 for a power",
        "xor rxor",
    )
