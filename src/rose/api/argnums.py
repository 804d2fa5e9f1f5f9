"""What transformations are given: a function marked with @rose.fn, and by which of its parameters to derive."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from rose.api.functions import Fn
from rose.errors import ArgumentError, DerivativeError
from rose.front.captures import captures_of
from rose.front.fn import Traceable
from rose.front.plain import is_int
from rose.front.traced import Traced
from rose.front.tree import Tree, leaf_types, passed_types, tangent_tree
from rose.front.words import counted, describe
from rose.ir.func import Func
from rose.ir.types import is_real
from rose.lazy import Lazy

if TYPE_CHECKING:
    import inspect

    from rose.ad.activity import Mask
else:
    inspect = Lazy("inspect")

Argnums: TypeAlias = int | tuple[int, ...]


def expect_fn(name: str, f: Any, others: tuple[Any, ...] = ()) -> None:
    """Refuse what is no Fn, and what is given beside it, for the transformation of this name."""
    if others:
        raise ArgumentError(
            f"rose.{name} takes the function alone, given {counted(1 + len(others), 'argument')}; "
            f"write rose.{name}(f){_APPLIED[name]}"
        )
    if not isinstance(f, Fn):
        raise DerivativeError(
            f"rose.{name} takes a function marked with @rose.fn, given {describe(f)}; {_instead(name, f)}"
        )


def _instead(name: str, f: Any) -> str:
    """What to give to a transformation in place of what is no Fn."""
    of_ours: str | None = getattr(type(f), "instead", None)
    if of_ours is not None:
        return of_ours.format(name)
    if not callable(f):
        return "give the function itself, not what it gives"
    if not isinstance(f, FunctionType) or f.__module__ != "rose":
        return "mark it, with annotations"
    if list(inspect.signature(f).parameters) == ["x"]:
        return f"write rose.fn([Real])(rose.{f.__name__})"
    return "mark a function that calls it, as in rose.fn([Real, Real])(lambda x, y: rose.max(x, y))"


# How what these transformations give is called.
_APPLIED = {"jvp": "((x, y), (x_dot, y_dot))", "vjp": "(x, y)", "linearize": "(x, y)"}


def is_several(argnums: Argnums) -> TypeGuard[tuple[int, ...]]:
    """Whether what is by these parameters is a tuple, be it of one."""
    return isinstance(argnums, tuple | list)


def argnums_of(name: str, f: Traceable, argnums: Argnums) -> tuple[int, ...]:
    """The parameters chosen, checked."""
    count = len(f.signature.names)
    chosen: tuple[Any, ...] = tuple(argnums) if is_several(argnums) else (argnums,)
    fit = all(is_int(k) and -count <= operator.index(k) < count for k in chosen)
    if not (chosen and fit):
        numbered = f"are numbered 0 to {count - 1}" if count else "are none"
        raise ArgumentError(
            f"rose.{name}: argnums {argnums!r} does not fit {f.__name__}{f.signature}, "
            f"whose parameters {numbered}{_instead_of_argnums(name, chosen)}"
        )
    chosen = tuple(operator.index(k) % count for k in chosen)
    if len(set(chosen)) != len(chosen):
        raise ArgumentError(f"rose.{name}: argnums {argnums} names a parameter twice")
    for k in chosen:
        if not leaf_types(tangent_tree(f.signature.params[k])):
            raise DerivativeError(
                f"rose.{name}: parameter {f.signature.names[k]} of {f.__name__} is "
                f"{f.signature.params[k]}, which has no Reals to differentiate by"
            )
    return chosen


def _instead_of_argnums(name: str, given: tuple[Any, ...]) -> str:
    """What to write where arguments are given in place of their numbers."""
    if not any([isinstance(k, float | list | Traced) for k in given]):
        return ""
    return f"; arguments go into a call of what it gives, as in rose.{name}(f)(x)"


def mask_of(f: Traceable, func: Func, chosen: Sequence[int] | None = None) -> Mask:
    """Which params of f's Func hold Reals of the parameters chosen, or of all; captures count as constants."""
    mask: list[bool] = []
    for k, tree in enumerate(f.signature.params):
        is_chosen = chosen is None or k in chosen
        mask += [is_chosen and is_real(type) for type in passed_types(tree)]
    return (*mask, *[False] * len(captures_of(func)))


def real_count(tree: Tree) -> int:
    """How many IR values the Reals of a tree are passed as."""
    return len(passed_types(tangent_tree(tree)))
