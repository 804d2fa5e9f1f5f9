"""What a primitive is, and the registry of all of them.

The language has an open set of primitives: pure operations that know nothing of control flow. Each is one
`Primitive` with all of its rules; the interpreter, the checker, the derivatives, the lowering and the docs
read the rules from here, so that a new primitive is one block in `rose/primitives`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from rose.ir.record import record
from rose.ir.types import Type

if TYPE_CHECKING:
    from rose.ir.builder import Var

TypeRule: TypeAlias = Callable[[Sequence[Type], tuple[Any, ...]], Type]
# Of a few operands and attrs, so that the parameters of a lambda have a type to checkers: Any.
EvalRule: TypeAlias = (
    Callable[[Any], Any]
    | Callable[[Any, Any], Any]
    | Callable[[Any, Any, Any], Any]
    | Callable[[Any, Any, Any, Any], Any]
)
JvpRule: TypeAlias = (
    "Callable[[Sequence[Var], Sequence[Var | None], Var, tuple[Any, ...]], Var | None]"
)


class Give(Protocol):
    """Adds `value`, or with `minus` its opposite, to the cotangent of operand `k`.

    If that is an array, at element `at` of it, or with `start` to its scalars from that number on.
    """

    def __call__(
        self,
        k: int,
        value: Var,
        at: Sequence[Var] = (),
        *,
        start: int | None = None,
        minus: bool = False,
    ) -> None: ...


# (y_bar, operands, which operands are linear, attrs, give). Of a linear operand there is the type, and no value.
TransposeRule: TypeAlias = (
    "Callable[[Var, Sequence[Var], Sequence[bool], tuple[Any, ...], Give], None]"
)


@record(slots=False)
class Opcodes:
    """Push the operands in `order` (by default as they come), then run these instructions.

    With `push_attr`, the first attr is pushed after the operands as an i32 constant. An int among the names is
    pushed as one, too.
    """

    names: tuple[str | int, ...]
    order: tuple[int, ...] | None = None
    push_attr: bool = False

    @cached_property
    def ops(self) -> tuple[tuple[str | int, ...], ...]:
        """The instructions with their immediates."""
        return tuple([("i32.const", n) if isinstance(n, int) else (n,) for n in self.names])


@record(slots=False)
class MathCall:
    """Push the operands, then call this function of `rose.wasm.math`."""

    name: str


@record(slots=False)
class Inline:
    """Instructions with their immediates, and numbers of operands, which are pushed there as often as they stand there."""

    steps: tuple[int | tuple[str | float, ...], ...]

    @cached_property
    def names(self) -> tuple[str | float, ...]:
        """The names of the instructions; `call` is of a function of `rose.wasm.math`, whose name comes behind it."""
        return tuple([step[0] for step in self.steps if not isinstance(step, int)])


@record(slots=False)
class Memory:
    """Reads or writes memory: `rose.wasm.arrays` has a method for it by name."""


@record(slots=False)
class HostCall:
    """Push the operands, then call the function that the first attr names, which the module imports."""


WasmRule: TypeAlias = Opcodes | MathCall | Inline | Memory | HostCall


@record(eq=False)
class Primitive:
    """One operation and its rules.

    Attributes:
        name: unique; also its name in the text form.
        attrs: names of its static data, in order.
        type_rule: operand types and attrs -> result type; raises ValueError where they do not fit.
        evaluate: Python values of the operands, then attrs -> Python value (the reference meaning).
        jvp: operands, their tangents (None is zero), the result, attrs -> tangent of the result.
            None where the result never has a tangent.
        transpose: where linear in some operands: gives the result's cotangent on to them.
        wasm: how it is lowered.
        domain: per Real operand the interval that tests draw from.
        cheap: recomputing it in the backward pass costs less than a store and a load.
        is_multiple: whether it is its first operand times what it gives for 1 in that place, to the last bit: jvp rules use it
            for 1, and `rose.ad.multiples` for others.
        summary: one line for the table of primitives in the docs.
    """

    name: str
    attrs: tuple[str, ...]
    type_rule: TypeRule
    evaluate: Callable[..., Any]
    jvp: JvpRule | None
    transpose: TransposeRule | None
    wasm: WasmRule
    domain: tuple[tuple[float, float], ...]
    cheap: bool
    summary: str
    is_multiple: bool = False

    def __repr__(self) -> str:
        return self.name

    @property
    def calls_math(self) -> bool:
        """Whether a function of `rose.wasm.math` is called."""
        rule = self.wasm
        return isinstance(rule, MathCall) or (isinstance(rule, Inline) and "call" in rule.names)


REGISTRY: dict[str, Primitive] = {}


def register(primitive: Primitive) -> Primitive:
    """Add a primitive; its name must be new."""
    assert primitive.name not in REGISTRY, f"primitive {primitive.name} is registered twice"
    REGISTRY[primitive.name] = primitive
    return primitive
