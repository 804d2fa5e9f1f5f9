"""Short ways to write the blocks in this folder: the shapes that most primitives share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rose.ir.builder import Var
from rose.ir.primitive import (
    EvalRule,
    JvpRule,
    Primitive,
    TransposeRule,
    TypeRule,
    WasmRule,
    register,
)
from rose.ir.types import BOOL, REAL, Type

Interval = tuple[float, float]

ANY: Interval = (-1e3, 1e3)
POSITIVE: Interval = (1e-3, 1e3)


def scalars(result: Type, *operands: Type) -> TypeRule:
    """The type rule of a primitive that takes exactly these types and gives that one."""

    def rule(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
        if tuple(types) != operands:
            expected, given = ", ".join(map(str, operands)), ", ".join(map(str, types))
            raise ValueError(f"takes ({expected}), given ({given})")
        return result

    return rule


def partials(*rules: Callable[..., Var | float] | None) -> JvpRule:
    """y_dot = Σ ∂y/∂x_k · x_k_dot. Rule k gets (*operands, y) and gives ∂y/∂x_k; None is zero."""

    def jvp(
        xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
    ) -> Var | None:
        total: Var | None = None
        for rule, dot in zip(rules, dots, strict=True):
            if rule is not None and dot is not None:
                term = dot * rule(*xs, y)
                total = term if total is None else total + term
        return total

    return jvp


def real(
    name: str,
    evaluate: EvalRule,
    wasm: WasmRule,
    summary: str,
    *,
    jvp: JvpRule | None = None,
    transpose: TransposeRule | None = None,
    domain: Sequence[Interval] = (ANY,),
    cheap: bool = False,
) -> Primitive:
    """Register a primitive from as many Reals as `domain` has intervals to a Real."""
    return register(
        Primitive(
            name,
            (),
            scalars(REAL, *[REAL] * len(domain)),
            evaluate,
            jvp,
            transpose,
            wasm,
            tuple(domain),
            cheap,
            summary,
        )
    )


def discrete(
    name: str,
    operands: Sequence[Type] | TypeRule,
    evaluate: EvalRule,
    wasm: WasmRule,
    summary: str,
    *,
    result: Type = BOOL,
    attrs: tuple[str, ...] = (),
) -> Primitive:
    """Register a primitive whose result has no derivative: comparisons, Bools, indices."""
    rule = operands if callable(operands) else scalars(result, *operands)
    return register(
        Primitive(name, attrs, rule, evaluate, None, None, wasm, (ANY, ANY), True, summary)
    )
