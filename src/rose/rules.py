"""Derivative rules of users': they are traced, checked to be linear, and made into the Func of a jvp."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rose.api import Fn
from rose.errors import ArgumentError, DerivativeError, EscapedValueError, Location
from rose.front.captures import captures_of
from rose.front.checks import check_callable
from rose.front.lines import definition_line
from rose.front.signature import Signature
from rose.front.trace import trace, trace_inferred
from rose.front.tree import StaticTree, Tree, TupleTree, passed_types, tangent_tree
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.types import is_real
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose.ad import linear
    from rose.ad import linearize as splitting
    from rose.ad import transpose as transposing
    from rose.ir import printer
else:
    linear = Lazy("rose.ad.linear")
    printer = Lazy("rose.ir.printer")
    splitting = Lazy("rose.ad.linearize")
    transposing = Lazy("rose.ad.transpose")


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


def vjp_rule(f: Fn[..., Any], forward: Callable[..., Any], backward: Callable[..., Any]) -> Func:
    """The Func of the jvp that a vjp rule of f means; errors as for `custom_vjp.defvjp`."""
    first, residuals = _forward_half(f, forward)
    second = _backward_half(f, backward, residuals)
    return _jvp_of_halves(f.__name__, first, second, len(passed_types(residuals)))


def _forward_half(f: Fn[..., Any], forward: Callable[..., Any]) -> tuple[Func, Tree]:
    """The Func of a forward half, and the tree of the residuals that it gives behind the result."""
    inner = f.signature
    names = ", ".join(inner.names)
    check_callable(f"{f.__name__}.defvjp", forward, len(inner.names), f"lambda {names}: ...")
    located = definition_line(forward.__code__)
    func, pair = trace_inferred(forward, inner.params, None, located)
    _closed(func, forward)
    if not isinstance(pair, TupleTree) or len(pair.items) != 2 or pair.items[0] != inner.result:
        raise ArgumentError(
            f"the forward half of {f.__name__}'s rule gives {pair}; it gives a pair, the result, which is "
            f"{inner.result}, and the residuals",
            located,
        )
    return func, pair.items[1]


def _backward_half(f: Fn[..., Any], backward: Callable[..., Any], residuals: Tree) -> Func:
    """The Func of a backward half, from residuals and the result's cotangent to cotangents."""
    inner = f.signature
    statics = {
        name: tree
        for name, tree in zip(inner.names, inner.params, strict=True)
        if isinstance(tree, StaticTree)
    }
    names = (*statics, "residuals", "cotangent")
    check_callable(f"{f.__name__}.defvjp", backward, len(names), f"lambda {', '.join(names)}: ...")
    located = definition_line(backward.__code__)
    params = (*statics.values(), residuals, tangent_tree(inner.result))
    func = _closed(trace(backward, Signature(names, params, _tangents(f)), located), backward)
    what = f"the backward half of {f.__name__}'s rule"
    first = len(passed_types(residuals))
    kinds = _linear_kinds(func, first, f"{what} depends on the cotangent", located)
    _refuse_constant(kinds, f"{what} gives what", "cotangent", located)
    return func


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
    mask = (False,) * len(given) + (True,) * len(backward.param_types[kept:])
    turned = transposing.transpose(split.linear, mask, (True,) * sum(split.results))
    dots = [t for t, on in zip(tangents, split.results, strict=True) if on]
    return builder.finish([*results, *builder.call(turned.func, [*given, *dots])])


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
