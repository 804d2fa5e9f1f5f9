"""`grad` and `value_and_grad`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar, overload

from rose.api import shown
from rose.api.argnums import Argnums, argnums_of, expect_fn, is_several, mask_of, real_count
from rose.api.functions import Fn
from rose.errors import DerivativeError, user_location
from rose.front.captures import with_captures_of
from rose.front.checks import check_flag
from rose.front.families import DerivedFamily
from rose.front.signature import Signature
from rose.front.tree import REAL_TREE, Tree, TupleTree, tangent_tree
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose import opt
    from rose.ad import reverse
    from rose.api.functions import Derivable, Unknown
else:
    opt = Lazy("rose.opt")
    reverse = Lazy("rose.ad.reverse")

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@overload
def value_and_grad(f: Unknown[float], argnums: Argnums = 0) -> Fn[..., tuple[float, Any]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Concatenate[A, Q], float], argnums: Literal[0] = 0
) -> Fn[P, tuple[float, A]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Concatenate[A, B, Q], float], argnums: Literal[1]
) -> Fn[P, tuple[float, B]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Concatenate[A, B, C, Q], float], argnums: Literal[2]
) -> Fn[P, tuple[float, C]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Concatenate[A, Q], float], argnums: tuple[Literal[0]]
) -> Fn[P, tuple[float, tuple[A]]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Concatenate[A, B, Q], float], argnums: tuple[Literal[0], Literal[1]]
) -> Fn[P, tuple[float, tuple[A, B]]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Concatenate[A, B, C, Q], float],
    argnums: tuple[Literal[0], Literal[1], Literal[2]],
) -> Fn[P, tuple[float, tuple[A, B, C]]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Q, float], argnums: tuple[int, ...]
) -> Fn[P, tuple[float, tuple[Any, ...]]]: ...


@overload
def value_and_grad(f: Derivable[P, Q, float], argnums: Argnums = 0) -> Fn[P, tuple[float, Any]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Concatenate[A, Q], tuple[float, R]],
    argnums: Literal[0] = 0,
    *,
    has_aux: Literal[True],
) -> Fn[P, tuple[tuple[float, R], A]]: ...


@overload
def value_and_grad(
    f: Derivable[P, Q, tuple[float, R]], argnums: Argnums = 0, *, has_aux: Literal[True]
) -> Fn[P, tuple[tuple[float, R], Any]]: ...


def value_and_grad(f: Any, argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """A function that gives f's value and its gradient, as `(value, gradient)`.

    Args:
        f: gives one Real; with `has_aux`, a pair of one and anything else.
        argnums: the parameter, or parameters, to differentiate by. The gradient has the structure of the
            parameter, with None in place of Bools and indices; for a tuple of numbers it is a tuple.
        has_aux: whether f gives `(value, aux)`. The result is then `((value, aux), gradient)`, and aux, whatever it
            depends on, counts as a constant.

    Raises:
        DerivativeError: when first used, if f does not give one Real, or a pair that begins with one, or a parameter
            holds none.
        ArgumentError: when first used, if argnums names no parameter.

    Example:
        >>> rose.value_and_grad(fn([Real])(lambda x: x**3))(2)
        (8.0, 12.0)
        >>> rose.value_and_grad(fn([Real])(lambda x: (x**3, x + 1)), has_aux=True)(2)
        ((8.0, 3.0), 12.0)
    """
    expect_fn("value_and_grad", f)
    return _gradient("value_and_grad", f, argnums, has_aux=has_aux)


@overload
def grad(f: Unknown[float], argnums: Argnums = 0) -> Fn[..., Any]: ...


@overload
def grad(f: Derivable[P, Concatenate[A, Q], float], argnums: Literal[0] = 0) -> Fn[P, A]: ...


@overload
def grad(f: Derivable[P, Concatenate[A, B, Q], float], argnums: Literal[1]) -> Fn[P, B]: ...


@overload
def grad(f: Derivable[P, Concatenate[A, B, C, Q], float], argnums: Literal[2]) -> Fn[P, C]: ...


@overload
def grad(
    f: Derivable[P, Concatenate[A, Q], float], argnums: tuple[Literal[0]]
) -> Fn[P, tuple[A]]: ...


@overload
def grad(
    f: Derivable[P, Concatenate[A, B, Q], float], argnums: tuple[Literal[0], Literal[1]]
) -> Fn[P, tuple[A, B]]: ...


@overload
def grad(
    f: Derivable[P, Concatenate[A, B, C, Q], float],
    argnums: tuple[Literal[0], Literal[1], Literal[2]],
) -> Fn[P, tuple[A, B, C]]: ...


@overload
def grad(f: Derivable[P, Q, float], argnums: tuple[int, ...]) -> Fn[P, tuple[Any, ...]]: ...


@overload
def grad(f: Derivable[P, Q, float], argnums: Argnums = 0) -> Fn[P, Any]: ...


@overload
def grad(
    f: Derivable[P, Concatenate[A, Q], tuple[float, R]],
    argnums: Literal[0] = 0,
    *,
    has_aux: Literal[True],
) -> Fn[P, tuple[A, R]]: ...


@overload
def grad(
    f: Derivable[P, Q, tuple[float, R]], argnums: Argnums = 0, *, has_aux: Literal[True]
) -> Fn[P, tuple[Any, R]]: ...


def grad(f: Any, argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """A function that gives the gradient of f. Arguments and errors as for `value_and_grad`.

    With `has_aux`, f gives `(value, aux)`, and the result is `(gradient, aux)`.

    Example:
        >>> rose.grad(fn([Vec[2]])(lambda v: v[0] * v[1]))([3, 4])
        [4.0, 3.0]
    """
    expect_fn("grad", f)
    return _gradient("grad", f, argnums, has_aux=has_aux)


def _expect_value(name: str, f: Fn[..., Any], *, has_aux: bool) -> None:
    """Refuse to take the gradient of what is not a Real, or a pair that begins with one."""
    result = f.signature.result
    pair = result.items if isinstance(result, TupleTree) else ()
    is_pair = len(pair) == 2 and pair[0] == REAL_TREE
    if has_aux:
        if not is_pair:
            raise DerivativeError(
                f"rose.{name} with has_aux needs a function that gives a pair, one Real and anything else; "
                f"{f.__name__} gives {result}; give (value, aux), or leave has_aux out"
            )
    elif result != REAL_TREE:
        raise DerivativeError(
            f"rose.{name} needs a function that gives one Real; {f.__name__} gives {result}; "
            + (
                "write has_aux=True for the gradient of the first item"
                if is_pair
                else "write rose.jacobian or rose.vjp for others"
            )
        )


def _gradient(name: str, f: Fn[..., Any], argnums: Argnums, *, has_aux: bool) -> Fn[..., Any]:
    check_flag(f"has_aux of rose.{name}", has_aux)
    made: Fn[..., Any] = Fn(
        f"{name}_{f.__name__}",
        lambda: _signature_of(name, f, argnums, has_aux=has_aux),
        lambda: _func_of(name, f, argnums),
        user_location(),
        DerivedFamily(f, lambda g: _gradient(name, g, argnums, has_aux=has_aux)),
    )
    what = "The value and the gradient" if name == "value_and_grad" else "The gradient"
    doc = f"{what} of {f.__name__}." + (f" {f.__doc__}" if f.__doc__ else "")
    return made.shown_as(shown.taking(f), doc).made_by(
        f"{name} {argnums!r}" + " with aux" * has_aux, f
    )


def _signature_of(name: str, f: Fn[..., Any], argnums: Argnums, *, has_aux: bool) -> Signature:
    """What a gradient takes and gives."""
    inner = f.signature
    _expect_value(name, f, has_aux=has_aux)
    trees = tuple(tangent_tree(inner.params[k]) for k in argnums_of(name, f, argnums))
    result: Tree = TupleTree(trees) if is_several(argnums) else trees[0]
    if name == "value_and_grad":
        result = TupleTree((inner.result, result))
    elif has_aux:
        assert isinstance(inner.result, TupleTree), "it gives a pair"
        result = TupleTree((result, inner.result.items[1]))
    return inner.giving(result)


def _func_of(name: str, f: Fn[..., Any], argnums: Argnums) -> Func:
    """A gradient's Func: value and gradient in one go, of which grad gives the gradient and what is beside the value."""
    chosen = argnums_of(name, f, argnums)
    func = f.local_func
    whole = reverse.value_and_grad(opt.optimize(func), mask_of(f, func, chosen), opt.optimize)
    builder = Builder(f"{f.__name__}.{name}")
    outputs = builder.call(whole, [builder.param(t) for t in whole.param_types])
    count = len(func.body.results)
    (value, *aux), bars = outputs[:count], outputs[count:]
    ordered = _in_order(f.signature, chosen, bars)
    results = [value, *aux, *ordered] if name == "value_and_grad" else [*ordered, *aux]
    return with_captures_of(func, builder.finish(results))


def _in_order(signature: Signature, chosen: Sequence[int], bars: Sequence[int]) -> list[int]:
    """The cotangents of the chosen parameters in their order, given them in that of the parameters."""
    parts: dict[int, list[int]] = {}
    left = iter(bars)
    for k in sorted(chosen):
        parts[k] = list(islice(left, real_count(signature.params[k])))
    return [v for k in chosen for v in parts[k]]
