"""How a user steers derivatives: `custom_jvp`, `custom_vjp`, `remat` and `stop_gradient`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar, overload

from rose.api import Fn, expect_fn, mark, shown
from rose.errors import DerivativeError, user_location
from rose.front import typed
from rose.front.arguments import checked
from rose.front.families import DerivedFamily
from rose.front.flatten import infer, passed
from rose.front.lines import names_in_scope
from rose.front.tracer import current, tracing
from rose.front.vec import wrap_passed
from rose.ir.func import Func, Rule
from rose.ir.record import replace
from rose.ir.types import Array, Index, is_real
from rose.rules import jvp_rule, vjp_rule

if TYPE_CHECKING:
    from rose.api.functions import Unknown

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
X = TypeVar("X")


# Of a function with one signature, the Func of its jvp.
TraceRule: TypeAlias = Callable[[Fn[..., Any]], Func]


class _WithRule(Fn[P, R_co]):
    """A function whose derivatives follow from a rule that is given after it is defined."""

    needs = ""

    def __init__(self, function: Callable[P, R_co]) -> None:
        self._plain = mark(function, names_in_scope())
        self._trace_rule: TraceRule | None = None
        # What it is, unless it is specialised.
        self._single = self._with_rule(self._plain)
        super().__init__(
            self._plain.__name__,
            lambda: self._plain.signature,
            lambda: self._single.func,
            self._plain.located,
            DerivedFamily(self._plain, self._with_rule),
        )
        self.written_as(function)

    def _with_rule(self, plain: Fn[..., Any]) -> Fn[..., Any]:
        """The function for some static arguments and types, whose rule is traced for these."""
        rule = Rule()

        def build() -> Func:
            if self._trace_rule is None:
                raise DerivativeError(
                    f"{plain.__name__} has no derivative rule yet; write @{plain.__name__}.{self.needs}",
                    plain.located,
                )
            made._func = replace(plain.func, rule=rule, memo={})  # in the rule, it has the rule too
            try:
                rule.func = self._trace_rule(made)
            except BaseException:
                made._func = None
                raise
            return made._func

        made: Fn[..., Any] = Fn(plain.__name__, lambda: plain.signature, build, plain.located)
        return made

    def _take(self, trace_rule: TraceRule) -> None:
        """Take a rule. It is traced now, unless the function is specialised."""
        before, self._trace_rule, self._func = self._trace_rule, trace_rule, None
        self._single = self._with_rule(self._plain)
        self._family = DerivedFamily(self._plain, self._with_rule)
        if self.is_open:
            return
        try:
            self._single.func  # noqa: B018 (it is traced)
        except BaseException:
            self._trace_rule, self._func = before, None
            raise


class custom_jvp(_WithRule[P, R_co]):  # noqa: N801 (a decorator, named as in JAX)
    """Mark a function whose forward derivative is given by `defjvp`; the reverse one is its transpose.

        @rose.custom_jvp
        def f(x: Real) -> Real:
            return rose.log(1 + rose.exp(x))

        @f.defjvp
        def f_jvp(primals, tangents):
            (x,), (x_dot,) = primals, tangents
            return f(x), x_dot * rose.sigmoid(x)

    Args:
        function: annotated as for @rose.fn. If it has static parameters, or some without annotation, the rule is traced
            for each choice of these, when that is first used; a static argument is among the primals as it is, and its
            tangent is None.

    Raises:
        DerivativeError: when first used, if no rule was given.

    Example:
        >>> @rose.custom_jvp
        ... def square(x: Real) -> Real:
        ...     return x * x
        >>> @square.defjvp
        ... def square_jvp(primals, tangents):
        ...     (x,), (x_dot,) = primals, tangents
        ...     return square(x), 2 * x * x_dot
        >>> rose.grad(square)(3.0)
        6.0
    """

    needs = "defjvp above its rule"

    @checked("f.defjvp")
    def defjvp(self, rule: Callable[[Any, Any], X]) -> Callable[[Any, Any], X]:
        """Give the rule: from a tuple of arguments and one of their tangents to the result and its tangent.

        Raises:
            DerivativeError: if the tangent it gives is not linear in the tangents it takes.
            TypeMismatchError: if it gives other types.

        Example:
            >>> def square_of(x: Real) -> Real:
            ...     return x * x
            >>> square = rose.custom_jvp(square_of)
            >>> _ = square.defjvp(
            ...     lambda primals, tangents: (square(*primals), 2 * primals[0] * tangents[0])
            ... )
            >>> rose.grad(square)(3.0)
            6.0
        """
        self._take(lambda f: jvp_rule(f, rule))
        return rule


class custom_vjp(_WithRule[P, R_co]):  # noqa: N801 (a decorator, named as in JAX)
    """Mark a function whose reverse derivative is given by `defvjp`; the forward one is its transpose.

        @rose.custom_vjp
        def clipped(x: Real) -> Real:
            return x

        def forward(x):
            return x, x                      # the result, and what the backward pass needs

        def backward(residuals, bar):
            return (rose.min(rose.max(residuals, -1.0), 1.0) * bar,)

        clipped.defvjp(forward, backward)

    Raises:
        DerivativeError: when first used, if no rule was given.

    Example:
        >>> @rose.custom_vjp
        ... def square(x: Real) -> Real:
        ...     return x * x
        >>> square.defvjp(lambda x: (x * x, x), lambda x, bar: (2 * x * bar,))
        >>> rose.grad(square)(3.0)
        6.0
    """

    needs = "defvjp(forward, backward)"

    @checked("f.defvjp")
    def defvjp(self, forward: typed.Function[Any], backward: typed.Function[Any]) -> None:
        """Give both halves of the rule.

        Args:
            forward: from the arguments to a pair, the result and the residuals, which may be any structure.
            backward: from the residuals and the result's cotangent to a tuple with a cotangent per argument, None
                for an argument without Reals. Static arguments come first: `backward(n, residuals, bar)`.

        Raises:
            DerivativeError: if what backward gives is not linear in the cotangent.
            TypeMismatchError: if either gives other types.

        Example:
            >>> def square_of(x: Real) -> Real:
            ...     return x * x
            >>> square = rose.custom_vjp(square_of)
            >>> square.defvjp(lambda x: (x * x, x), lambda x, bar: (2 * x * bar,))
            >>> rose.grad(square)(3.0)
            6.0
        """
        self._take(lambda f: vjp_rule(f, forward, backward))


# --- remat ------------------------------------------------------------------------------------------------


@overload
def remat(f: Unknown[R]) -> Fn[..., R]: ...


@overload
def remat(f: Fn[P, R]) -> Fn[P, R]: ...


def remat(f: Any) -> Any:
    """The same function, of whose calls reverse mode keeps the arguments only and computes the inside again.

    It trades time for memory: a call costs its forward part twice, and keeps none of its intermediate values.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.

    Example:
        >>> rose.grad(rose.remat(fn([Real])(lambda x: x**3)))(2.0)
        12.0
    """
    expect_fn("remat", f)
    made: Fn[..., Any] = Fn(
        f.__name__,
        lambda: f.signature,
        lambda: replace(f.func, remat=True, memo={}),
        user_location(),
        DerivedFamily(f, remat),
    )
    return made.shown_as(shown.like(f), f.__doc__)


# --- stop_gradient ----------------------------------------------------------------------------------------


def stop_gradient(x: R) -> R:
    """The same value, whose derivative is taken to be zero, as in `rose.stop_gradient(x) * x`.

    Args:
        x: a Real, a Vec or a structure, traced; outside of an @fn it is given back as it is.

    Raises:
        TypeMismatchError: if it is no value of the language.

    Example:
        >>> rose.grad(fn([Real])(lambda x: x * rose.stop_gradient(x)))(3.0)
        3.0
    """
    if not tracing():
        return x
    tree = infer(x, "the argument of rose.stop_gradient")
    values = passed(tree, x, "the argument of rose.stop_gradient")
    return wrap_passed(tree, [_stopped(v) for v in values])  # type: ignore[no-any-return]


def _stopped(v: int) -> int:
    tracer = current()
    builder = tracer.builder
    type = builder.types[v]
    if not is_real(type):
        return v
    if not isinstance(type, Array):
        return tracer.emit("stop_gradient", (v,))
    size = type.shape[0]
    with builder.block([Index(size)]) as block:
        row = _stopped(tracer.emit("index", (v, block.params[0])))
    (result,) = builder.loop(size, (), block.close([row]))
    return result
