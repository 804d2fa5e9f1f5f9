"""How a user steers derivatives: `custom_jvp`, `custom_vjp`, `remat` and `stop_gradient`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar, overload

from rose.api import Fn, expect_fn, mark, shown
from rose.errors import (
    ArgumentError,
    DerivativeError,
    EscapedValueError,
    Location,
    user_location,
)
from rose.front import typed
from rose.front.arguments import checked
from rose.front.captures import captures_of
from rose.front.checks import check_callable
from rose.front.families import DerivedFamily
from rose.front.flatten import infer, passed
from rose.front.lines import definition_line, names_in_scope
from rose.front.signature import Signature
from rose.front.trace import trace, trace_inferred
from rose.front.tracer import current, tracing
from rose.front.tree import StaticTree, TupleTree, passed_types, tangent_tree
from rose.front.vec import wrap_passed
from rose.ir.builder import Builder
from rose.ir.func import Func, Rule
from rose.ir.record import replace
from rose.ir.types import Array, Index, is_real
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose.ad import linear, reverse
    from rose.ad import linearize as splitting
    from rose.ad import transpose as transposing
    from rose.api.functions import Unknown
    from rose.ir import printer
else:
    linear = Lazy("rose.ad.linear")
    printer = Lazy("rose.ir.printer")
    reverse = Lazy("rose.ad.reverse")
    splitting = Lazy("rose.ad.linearize")
    transposing = Lazy("rose.ad.transpose")

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


def _linear_kinds(func: Func, first: int, what: str, located: Location) -> linear.Kinds:
    """What the results of a rule are to its params from number `first` on.

    Raises:
        DerivativeError: with the first instruction that is not linear in them.
    """
    try:
        return linear.kinds_of(func, first)
    except linear.NotLinearError as found:
        line = printer.print_instr(found.func, found.instr)[0].strip()
        raise DerivativeError(
            f"{what}, but it is not linear in it: {line}; a derivative rule may multiply it by values that do not "
            "depend on it, and add such products",
            found.instr.loc if found.instr.loc.file else located,
        ) from None


def _refuse_constant(kinds: linear.Kinds, what: str, of: str, located: Location) -> None:
    """Refuse a derivative that does not depend on the tangent or cotangent, unless it is 0."""
    if linear.Kind.FREE in kinds:
        raise DerivativeError(
            f"{what} is not 0 for a {of} of 0, as derivatives are; multiply it by the {of} that the rule takes, or "
            "write 0.0 where there is no derivative",
            located,
        )


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


def _tangents(f: Fn[..., Any]) -> TupleTree:
    """The tree of the tangents of all arguments."""
    return TupleTree(tuple(map(tangent_tree, f.signature.params)))


def jvp_rule(f: Fn[..., Any], rule: Callable[[Any, Any], Any]) -> Func:
    """The Func of a jvp rule of f; errors as for `custom_jvp.defjvp`."""
    check_callable(f"{f.__name__}.defjvp", rule, 2, "lambda primals, tangents: ...")
    located = definition_line(rule.__code__)
    inner = f.signature
    result = TupleTree((inner.result, tangent_tree(inner.result)))
    primals = TupleTree(inner.params)
    signature = Signature(("primals", "tangents"), (primals, _tangents(f)), result)
    func = _closed(trace(rule, signature, located), rule)
    what = f"the jvp rule of {f.__name__} gives a tangent that"
    kinds = _linear_kinds(
        func, len(passed_types(primals)), f"{what} depends on the tangents", located
    )
    values = len(passed_types(inner.result))
    if linear.Kind.LINEAR in kinds[:values]:
        raise DerivativeError(
            f"the jvp rule of {f.__name__} gives a result that depends on the tangents; its first item is the result, "
            "which is made of the primals alone",
            located,
        )
    _refuse_constant(kinds[values:], what, "tangent", located)
    return func


def _closed(func: Func, rule: Callable[..., Any]) -> Func:
    """The Func of a rule, which must not use values of a trace around it.

    Raises:
        EscapedValueError: if it does.
    """
    for tracer, _ in captures_of(func):
        raise EscapedValueError(
            f"the rule {rule.__name__} uses a traced value of {tracer.owner}; a rule computes with its arguments "
            "only: pass the value to the function that it is a rule of"
        )
    return func


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


def vjp_rule(f: Fn[..., Any], forward: Callable[..., Any], backward: Callable[..., Any]) -> Func:
    """The jvp that a vjp rule of f means; errors as for `custom_vjp.defvjp`."""
    inner = f.signature
    caller = f"{f.__name__}.defvjp"
    check_callable(caller, forward, len(inner.names), f"lambda {', '.join(inner.names)}: ...")
    statics = {
        name: tree
        for name, tree in zip(inner.names, inner.params, strict=True)
        if isinstance(tree, StaticTree)
    }
    names = (*statics, "residuals", "cotangent")
    check_callable(caller, backward, len(names), f"lambda {', '.join(names)}: ...")
    there = definition_line(forward.__code__)
    first, pair = trace_inferred(forward, inner.params, None, there)
    _closed(first, forward)
    if not isinstance(pair, TupleTree) or len(pair.items) != 2 or pair.items[0] != inner.result:
        raise ArgumentError(
            f"the forward half of {f.__name__}'s rule gives {pair}; it gives a pair, the result, which is "
            f"{inner.result}, and the residuals",
            there,
        )
    residuals, bar = pair.items[1], tangent_tree(inner.result)
    located = definition_line(backward.__code__)
    signature = Signature(names, (*statics.values(), residuals, bar), _tangents(f))
    second = _closed(trace(backward, signature, located), backward)
    kept = len(passed_types(residuals))
    what = f"the backward half of {f.__name__}'s rule"
    kinds = _linear_kinds(second, kept, f"{what} depends on the cotangent", located)
    _refuse_constant(kinds, f"{what} gives what", "cotangent", located)
    return _jvp_of_halves(f.__name__, first, second, kept)


def _jvp_of_halves(name: str, forward: Func, backward: Func, kept: int) -> Func:
    """The jvp that a vjp rule means: what forward gives, and the transpose of backward applied to the tangents.

    Reverse mode transposes that again, and is back at what the user wrote. Calls and regions of backward may have values in
    them that do not depend on the cotangent, so it is split first.
    """
    builder = Builder(f"{name}.rule")
    primals = [builder.param(t) for t in forward.param_types]
    tangents = [builder.param(t) for t in forward.param_types if is_real(t)]
    outputs = builder.call(forward, primals)
    results, residuals = outputs[: len(outputs) - kept], outputs[len(outputs) - kept :]
    split = splitting.linearize(backward, linear.real_mask(backward, kept))
    outputs = builder.call(split.forward, residuals)
    saved = outputs[len(outputs) - len(split.residuals) :]
    given = [*[residuals[k] for k in split.needed], *saved]
    types = backward.param_types[kept:]
    mask = (False,) * len(given) + (True,) * len(types)
    turned = transposing.transpose(split.linear, mask, (True,) * sum(split.results))
    dots = [t for t, on in zip(tangents, split.results, strict=True) if on]
    return builder.finish([*results, *reverse.pull(builder, turned, [*given, *dots], types)])


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
