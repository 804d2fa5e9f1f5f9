"""Constants and arrays. Their lowering reads and writes memory, so it lives in rose/wasm/arrays.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import prod
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import REGISTRY, Give, JvpRule, Memory, Primitive, register
from rose.ir.types import BOOL, Array, Bool, Index, Real, Ref, Scalar, Type

Vars = Sequence[Var]
Dots = Sequence[Var | None]
Attrs = tuple[Any, ...]


def nested(flat: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Row-major scalars as nested lists; shape () gives the scalar."""
    if not shape:
        return flat[0]
    step = prod(shape[1:])
    return [nested(flat[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])]


# --- const and zeros --------------------------------------------------------------------------------------


def _const_type(types: Sequence[Type], attrs: Attrs) -> Type:
    value, type = attrs
    if types or isinstance(type, Ref):
        raise ValueError("takes no operands and has a type that is not a reference")
    elem = type.elem if isinstance(type, Array) else type
    values = value if isinstance(type, Array) else (value,)
    if isinstance(type, Array) and (not isinstance(value, tuple) or len(value) != type.count):
        raise ValueError(f"needs a tuple of {type.count} values")
    if not all([_is_a(x, elem) for x in values]):
        raise ValueError(f"has a value that is no {elem}")
    return type  # type: ignore[no-any-return]


def _is_a(value: Any, type: Scalar) -> bool:
    """Whether a Python value is one of a scalar type."""
    match type:
        case Real():
            return value.__class__ is float
        case Bool():
            return value.__class__ is bool
        case Index(size):
            return value.__class__ is int and 0 <= value < size


def _const_value(value: Any, type: Type) -> Any:
    return nested(value, type.shape) if isinstance(type, Array) else value


const = register(
    Primitive(
        "const",
        ("value", "type"),
        _const_type,
        _const_value,
        None,
        None,
        Memory(),
        (),
        True,
        "a number, Bool or index, or a tuple of them in row-major order for an array",
    )
)


def _zeros_type(types: Sequence[Type], attrs: Attrs) -> Type:
    (type,) = attrs
    if types or not isinstance(type, Array):
        raise ValueError("takes no operands and has an array type")
    return type


def _zero(type: Scalar) -> float | bool | int:
    if isinstance(type, Bool):
        return False
    return 0.0 if isinstance(type, Real) else 0


def _zeros_eval(type: Array) -> Any:
    return nested([_zero(type.elem)] * type.count, type.shape)


zeros = register(
    Primitive(
        "zeros",
        ("type",),
        _zeros_type,
        _zeros_eval,
        None,
        lambda y_bar, xs, linear, attrs, give: None,
        Memory(),
        (),
        True,
        "an array of zeros",
    )
)


def _unread_eval(type: Array) -> Any:
    return nested([math.nan] * type.count, type.shape)


unread = register(
    Primitive(
        "unread",
        ("type",),
        _zeros_type,
        _unread_eval,
        None,
        lambda y_bar, xs, linear, attrs, give: None,
        Memory(),
        (),
        True,
        "an array that nobody reads, such as what the side of a cond that did not run would keep",
    )
)


# --- index: y = a[i, j, …], an element or a row -----------------------------------------------------------


def _index_type(types: Sequence[Type], attrs: Attrs) -> Type:
    array, indices = types[0] if types else None, types[1:]
    if not isinstance(array, Array) or not 1 <= len(indices) <= len(array.shape):
        raise ValueError(f"takes (array, index, ...), given ({', '.join(map(str, types))})")
    for k, (index, size) in enumerate(zip(indices, array.shape, strict=False)):
        if not isinstance(index, Index) or index.size > size:
            raise ValueError(f"index {k} of {array} must be an index[{size}], given {index}")
    return array.at(len(indices))


def _index_eval(array: Any, *indices: int) -> Any:
    for i in indices:
        array = array[i]
    return array


def _index_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    return None if dots[0] is None else op("index", dots[0], *xs[1:])


def _index_transpose(
    y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give
) -> None:
    give(0, y_bar, at=xs[1:])


index = register(
    Primitive(
        "index",
        (),
        _index_type,
        _index_eval,
        _index_jvp,
        _index_transpose,
        Memory(),
        (),
        True,
        "the element a[i, j, …], or the row, if there are fewer indices than dimensions",
    )
)


# --- any: whether one of many Bools is true ---------------------------------------------------------------


def _any_type(types: Sequence[Type], attrs: Attrs) -> Type:
    if len(types) != 1 or not isinstance(types[0], Array) or not isinstance(types[0].elem, Bool):
        raise ValueError(f"takes (bool[...]), given ({', '.join(map(str, types))})")
    return BOOL


def _any_eval(array: Any) -> bool:
    return any(map(_any_eval, array)) if isinstance(array, Sequence) else array


any_of = register(
    Primitive(
        "any_of",
        (),
        _any_type,
        _any_eval,
        None,
        None,
        Memory(),
        (),
        True,
        "whether any Bool of an array is true",
    )
)


# --- update: y = a, but y[i, j, …] = x ---------------------------------------------------------------------


def _update_type(types: Sequence[Type], attrs: Attrs) -> Type:
    array, *indices, value = types
    if _index_type([array, *indices], ()) != value:
        raise ValueError(f"sets an element or row of {array} to {value}")
    return array


def _updated(array: Any, *args: Any) -> Any:
    """A copy with one element or row replaced; what does not change is shared."""
    i, *rest = args
    copy = list(array)
    copy[i] = rest[0] if len(rest) == 1 else _updated(copy[i], *rest)
    return copy


def _update_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    if dots[0] is None and dots[-1] is None:
        return None
    a_dot, x_dot = (
        x.builder.var(x.builder.zeros(x.type)) if dot is None else dot
        for x, dot in ((xs[0], dots[0]), (xs[-1], dots[-1]))
    )
    return op("update", a_dot, *xs[1:-1], x_dot)


def _update_transpose(
    y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give
) -> None:
    at = xs[1:-1]
    if linear[-1]:
        give(len(xs) - 1, _kept(op("index", y_bar, *at)) if linear[0] else op("index", y_bar, *at))
    if linear[0]:
        zero = y_bar.builder.zeros(_index_type([y_bar.type, *[i.type for i in at]], ()))
        give(0, op("update", y_bar, *at, y_bar.builder.var(zero)))


def _kept(row: Var) -> Var:
    """The same value, but not a part of the array that it was read from, which may then be updated in place."""
    type, builder = row.type, row.builder
    if not isinstance(type, Array):
        return row
    return builder.var(builder.resolve(builder.accum(type, row.id)))


update = register(
    Primitive(
        "update",
        (),
        _update_type,
        _updated,
        _update_jvp,
        _update_transpose,
        Memory(),
        (),
        False,
        "a copy of the array with the element or row [i, j, …] replaced",
    )
)


# --- pack: y = [x0, x1, …], reshaped ----------------------------------------------------------------------


def _pack_type(types: Sequence[Type], attrs: Attrs) -> Type:
    (shape,) = attrs
    if not types or any(t != types[0] or isinstance(t, Ref) for t in types):
        raise ValueError(f"takes operands of one type, given ({', '.join(map(str, types))})")
    if prod(shape) != len(types) or not shape:
        raise ValueError(f"shape {shape} does not hold {len(types)} operands")
    first = types[0]
    if isinstance(first, Array):
        return Array(first.elem, shape + first.shape)
    assert not isinstance(first, Ref), "checked above"
    return Array(first, shape)


def put_together_jvp(name: str) -> JvpRule:
    """The tangent of what a primitive puts together: those of its operands, put together."""

    def jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
        if all(dot is None for dot in dots):
            return None
        builder = y.builder
        pairs = zip(xs, dots, strict=True)
        filled = [builder.zeros(x.type) if dot is None else dot.id for x, dot in pairs]
        return builder.var(builder.apply(REGISTRY[name], filled, attrs))

    return jvp


def _pack_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    (shape,) = attrs
    for k in range(len(xs)):
        if linear[k]:
            give(k, op("index", y_bar, *position(y_bar, k, shape)))


def position(like: Var, k: int, shape: tuple[int, ...]) -> list[Var]:
    """Constant indices of the k-th element, in row-major order, of an array of this shape."""
    indices: list[Var] = []
    for size in reversed(shape):
        k, i = divmod(k, size)
        indices.append(op_const(like, i, Index(size)))
    return indices[::-1]


def op_const(like: Var, value: Any, type: Type) -> Var:
    """A constant in the Func that `like` belongs to."""
    return like.builder.var(like.builder.apply(REGISTRY["const"], (), (value, type)))


def _pack_eval(*args: Any) -> Any:
    *items, shape = args
    return nested(items, shape)


pack = register(
    Primitive(
        "pack",
        ("shape",),
        _pack_type,
        _pack_eval,
        put_together_jvp("pack"),
        _pack_transpose,
        Memory(),
        (),
        True,
        "scalars or equal arrays put together into an array, in row-major order",
    )
)
