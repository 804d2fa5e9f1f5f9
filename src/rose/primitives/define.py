"""Short ways to write the blocks in this folder: the shapes that most primitives share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import (
    EvalRule,
    Give,
    Inline,
    JvpRule,
    MathCall,
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

# Steps of `Inline`.
Step = tuple[str | float, ...]
LT, GT, EQ, NE = ("f64.lt",), ("f64.gt",), ("f64.eq",), ("f64.ne",)
ADD, SUB, MUL, DIV = ("f64.add",), ("f64.sub",), ("f64.mul",), ("f64.div",)
SELECT = ("select",)


def constant(value: float) -> Step:
    """The step that pushes a number."""
    return ("f64.const", value)


ZERO, ONE = constant(0.0), constant(1.0)


def scalars(result: Type, *operands: Type) -> TypeRule:
    """The type rule of a primitive that takes exactly these types and gives that one."""

    def rule(types: Sequence[Type], attrs: tuple[Any, ...]) -> Type:
        if tuple(types) != operands:
            expected, given = ", ".join(map(str, operands)), ", ".join(map(str, types))
            raise ValueError(f"takes ({expected}), given ({given})")
        return result

    return rule


def added(terms: Iterable[Var | None]) -> Var | None:
    """The sum of the terms of a tangent, in order; None, which is zero, for a term or if there is none."""
    total: Var | None = None
    for term in terms:
        if term is not None:
            total = term if total is None else total + term
    return total


# ∂y/∂x of a function of one Real, of x and y; of several, of all operands and y.
Slope = Callable[[Var, Var], Var | float]
Partial = (
    Slope | Callable[[Var, Var, Var], Var | float] | Callable[[Var, Var, Var, Var], Var | float]
)


def partials(*rules: Partial | None) -> JvpRule:
    """y_dot = Σ ∂y/∂x_k · x_k_dot. Rule k gets (*operands, y) and gives ∂y/∂x_k; None is zero."""

    def jvp(
        xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
    ) -> Var | None:
        def term(rule: Callable[..., Var | float] | None, dot: Var | None) -> Var | None:
            return None if rule is None or dot is None else dot * rule(*xs, y)

        return added(term(rule, dot) for rule, dot in zip(rules, dots, strict=True))

    return jvp


def opposite(rule: JvpRule) -> JvpRule:
    """-y_dot, for the y_dot of a rule: in reverse mode the minus waits until it meets a sum."""

    def jvp(
        xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
    ) -> Var | None:
        y_dot = rule(xs, dots, y, attrs)
        return None if y_dot is None else -y_dot

    return jvp


def in_first(name: str) -> TransposeRule:
    """The transpose of a primitive that is linear in its first operand: the same primitive of the cotangent."""

    def transpose(
        y_bar: Var,
        xs: Sequence[Var],
        linear: Sequence[bool],
        attrs: tuple[Any, ...],
        give: Give,
    ) -> None:
        give(0, op(name, y_bar, *xs[1:]))

    return transpose


def multiple(
    name: str,
    factor: EvalRule,
    steps: Sequence[int | Step],
    summary: str,
    *,
    jvp: JvpRule,
    domain: Sequence[Interval],
    cheap: bool = False,
) -> Primitive:
    """Register a primitive that is its first operand times a factor, as `rose.ad.multiples` says.

    Args:
        name, summary, cheap: as in `real`.
        factor: of the other operands.
        steps: what pushes the factor; operands have the numbers of the primitive's.
        jvp: the rule, of all operands, where the first one has no tangent.
        domain: of all operands but the first.
    """

    def evaluate(x: float, *others: float) -> Any:
        return x * factor(*others)

    return real(
        name,
        evaluate,
        Inline((*steps, 0, MUL)),
        summary,
        jvp=jvp,
        transpose=in_first(name),
        domain=(ANY, *domain),
        cheap=cheap,
        is_multiple=True,
    )


def quotient(below: Callable[[Var, Var], Var]) -> JvpRule:
    """y_dot = x_dot / below(x, y), for a function of one operand."""

    def jvp(
        xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
    ) -> Var | None:
        (x,), (x_dot,) = xs, dots
        return None if x_dot is None else x_dot / below(x, y)

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
    is_multiple: bool = False,
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
            is_multiple,
        )
    )


def unary(
    name: str, evaluate: EvalRule, derivative: Slope, domain: Interval, summary: str
) -> Primitive:
    """A function of one Real; `derivative` gets x and y."""
    return real(
        name,
        evaluate,
        MathCall(name),
        summary,
        jvp=partials(derivative),
        domain=(domain,),
    )


def slope(
    name: str,
    evaluate: EvalRule,
    steps: Sequence[int | Step],
    summary: str,
    *,
    derivative: Slope,
    domain: Interval,
) -> Primitive:
    """The derivative of a function of one Real, where it takes more than one operation; `derivative` is the next one.

    As a primitive of its own it is one instruction, however often it is kept, moved or computed again.
    """
    return real(
        name,
        evaluate,
        Inline(tuple(steps)),
        summary,
        jvp=partials(derivative),
        domain=(domain,),
        cheap=True,
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
