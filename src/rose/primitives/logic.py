"""Comparisons, Bools, choice and indices. None of them has a derivative but `select`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import Give, Opcodes, Primitive, TypeRule, register
from rose.ir.types import BOOL, REAL, Bool, Index, Real, Type
from rose.primitives.define import ANY, discrete

# --- comparisons of Reals, as IEEE 754 has them: false if either side is nan, but `ne` true ---------------

for _name, _evaluate, _sign in (
    ("eq", operator.eq, "="),
    ("ne", operator.ne, "≠"),
    ("lt", operator.lt, "<"),
    ("le", operator.le, "≤"),
    ("gt", operator.gt, ">"),
    ("ge", operator.ge, "≥"),
):
    discrete(_name, (REAL, REAL), _evaluate, Opcodes((f"f64.{_name}",)), f"a {_sign} b")


# --- comparisons of indices, of any two sizes -------------------------------------------------------------


def two_indices(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    if len(types) != 2 or not all(isinstance(t, Index) for t in types):
        raise ValueError(f"takes (index, index), given ({', '.join(map(str, types))})")
    return BOOL


discrete("index_eq", two_indices, operator.eq, Opcodes(("i32.eq",)), "i = j")
discrete("index_lt", two_indices, operator.lt, Opcodes(("i32.lt_u",)), "i < j")

# --- Bools ------------------------------------------------------------------------------------------------

discrete("and", (BOOL, BOOL), operator.and_, Opcodes(("i32.and",)), "both")
discrete("or", (BOOL, BOOL), operator.or_, Opcodes(("i32.or",)), "either or both")
discrete("xor", (BOOL, BOOL), operator.xor, Opcodes(("i32.xor",)), "exactly one")
discrete("not", (BOOL,), operator.not_, Opcodes(("i32.eqz",)), "the opposite")


# --- select: y = a if c else b; both sides are computed ---------------------------------------------------


def _select_type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    if len(types) != 3 or types[0] != BOOL or types[1] != types[2]:
        raise ValueError(f"takes (bool, T, T), given ({', '.join(map(str, types))})")
    if not isinstance(types[1], Real | Bool | Index):
        raise ValueError(f"chooses between scalars, given {types[1]}")
    return types[1]


def _select_jvp(
    xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
) -> Var | None:
    _, a_dot, b_dot = dots
    if a_dot is None and b_dot is None:
        return None
    return op("select", xs[0], a_dot or 0.0, b_dot or 0.0)


def _select_transpose(
    y_bar: Var, xs: Sequence[Var], linear: Sequence[bool], attrs: tuple[Any, ...], give: Give
) -> None:
    if linear[1]:
        give(1, op("select", xs[0], y_bar, 0.0))
    if linear[2]:
        give(2, op("select", xs[0], 0.0, y_bar))


def _select_eval(c: bool, a: Any, b: Any) -> Any:
    return a if c else b


select = register(
    Primitive(
        "select",
        (),
        _select_type,
        _select_eval,
        _select_jvp,
        _select_transpose,
        Opcodes(("select",), order=(1, 2, 0)),
        (ANY, ANY, ANY),
        True,
        "a if c else b; both are computed",
    )
)


# --- indices ----------------------------------------------------------------------------------------------


def _index_to_real_type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    if len(types) != 1 or not isinstance(types[0], Index):
        raise ValueError(f"takes (index), given ({', '.join(map(str, types))})")
    return REAL


discrete(
    "index_to_real",
    _index_to_real_type,
    float,
    Opcodes(("f64.convert_i32_u",)),
    "the index as a Real",
)


# Sizes follow the values: i + j of sizes m and n has size m + n - 1, and mod brings it back.


def _sized(largest: Callable[[int, int], int]) -> TypeRule:
    """The type rule of an operation of two indices, from the largest values of both to that of the result."""

    def rule(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
        if len(types) != 2 or not (isinstance(types[0], Index) and isinstance(types[1], Index)):
            raise ValueError(f"takes (index, index), given ({', '.join(map(str, types))})")
        size = largest(types[0].size - 1, types[1].size - 1) + 1
        if size >= 2**31:
            raise ValueError(f"gives an index of size {size}, which no i32 holds")
        return Index(size)

    return rule


discrete("index_add", _sized(operator.add), operator.add, Opcodes(("i32.add",)), "i + j")
discrete("index_mul", _sized(operator.mul), operator.mul, Opcodes(("i32.mul",)), "i · j")


def _one_index(types: Sequence[Type], attr: int) -> int:
    """The size of the one operand."""
    if len(types) == 1 and isinstance(types[0], Index) and attr >= 0:
        return types[0].size
    raise ValueError(f"takes (index) and a size, given ({', '.join(map(str, types))}) and {attr}")


def _mod_type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    (size,) = attrs
    _one_index(types, size - 1)
    return Index(size)


discrete(
    "index_mod",
    _mod_type,
    operator.mod,
    Opcodes(("i32.rem_u",), push_attr=True),
    "i mod size",
    attrs=("size",),
)


def _div_type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    (divisor,) = attrs
    return Index((_one_index(types, divisor - 1) - 1) // divisor + 1)


discrete(
    "index_div",
    _div_type,
    operator.floordiv,
    Opcodes(("i32.div_u",), push_attr=True),
    "i / divisor, rounded down",
    attrs=("divisor",),
)


def _flip_type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    (last,) = attrs
    if _one_index(types, last) > last + 1:
        raise ValueError(f"{types[0]} may be larger than {last}")
    return Index(last + 1)


discrete(
    "index_flip",
    _flip_type,
    lambda i, last: last - i,
    Opcodes(("i32.sub", -1, "i32.mul"), push_attr=True),
    "last - i",
    attrs=("last",),
)


def _widen_type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    (size,) = attrs
    if _one_index(types, size) > size:
        raise ValueError(f"{types[0]} may be outside of index[{size}]")
    return Index(size)


discrete(
    "index_widen",
    _widen_type,
    lambda i, size: i,
    Opcodes(()),
    "the same index, of a larger size",
    attrs=("size",),
)


def _real_to_index_type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    (last,) = attrs
    if len(types) != 1 or types[0] != REAL or not 0 <= last < 2**31 - 1:
        raise ValueError(f"takes (real) and a largest index, given ({', '.join(map(str, types))})")
    return Index(last + 1)


discrete(
    "real_to_index",
    _real_to_index_type,
    lambda x, last: int(min(x, last)) if x > 0 else 0,
    Opcodes(("f64.convert_i32_u", "f64.min", "i32.trunc_sat_f64_u"), push_attr=True),
    "the Real rounded down, at least 0 and at most last; 0 for nan",
    attrs=("last",),
)
