"""Functions of the host: what a compiled function calls outside of its module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rose.errors import DerivativeError
from rose.ir.builder import Var
from rose.ir.primitive import HostCall, Primitive, register
from rose.ir.types import REAL, Real, Type


def _type(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
    if not types or not all(isinstance(type, Real) for type in types):
        raise ValueError("takes Reals, at least one")
    return REAL


def _jvp(
    xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
) -> Var | None:
    (host,) = attrs
    builder = y.builder
    if host.rule is None:
        raise DerivativeError(
            f"the opaque function {host.name} has no derivative rule; write @{host.name}.defjvp above one, or "
            "rose.stop_gradient around its arguments",
            builder.loc,
        )
    zero = builder.zeros(REAL)
    tangents = [zero if dot is None else dot.id for dot in dots]
    _, dot = builder.call(host.rule, [*[x.id for x in xs], *tangents])
    return builder.var(dot)


def _eval(*args: Any) -> Any:
    *numbers, host = args
    return host.call(*numbers)


opaque = register(
    Primitive(
        "opaque",
        ("host",),
        _type,
        _eval,
        _jvp,
        None,
        HostCall(),
        (),
        cheap=False,
        summary="what a function of the host gives for Reals",
    )
)
