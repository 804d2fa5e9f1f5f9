"""The transformations as users call them: structures, argnums and captures around those of `rose.ad`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    Never,
    ParamSpec,
    TypeAlias,
    TypeVar,
    overload,
)

from rose.api.functions import Derivable, Fn
from rose.errors import ArgumentError, DerivativeError, user_location
from rose.front.arguments import checked
from rose.front.checks import check_flag
from rose.front.fn import (
    DerivedFamily,
    Traceable,
    captures_of,
    first_argument,
    with_captures_of,
)
from rose.front.signature import Signature
from rose.front.tree import (
    REAL_TREE,
    RawTree,
    Tree,
    TupleTree,
    leaf_types,
    passed_types,
    tangent_tree,
)
from rose.front.values import is_int
from rose.front.words import counted, describe
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.types import is_real
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose import opt
    from rose.ad import jvp as forward
    from rose.ad import reverse
    from rose.ad.activity import Mask
    from rose.ad.reverse import Halves
else:
    opt = Lazy("rose.opt")
    forward = Lazy("rose.ad.jvp")
    reverse = Lazy("rose.ad.reverse")

if TYPE_CHECKING:
    from rose.api.functions import Derived, Unknown

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
L = TypeVar("L")  # the linear function that a split gives: a pullback or a pushforward

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
            f"rose.{name} takes a function marked with @rose.fn, given {describe(f)}; mark it, with annotations"
        )


# How what these transformations give is called.
_APPLIED = {"jvp": "((x, y), (x_dot, y_dot))", "vjp": "(x, y)", "linearize": "(x, y)"}


def argnums_of(name: str, f: Traceable, argnums: Argnums) -> tuple[int, ...]:
    """The parameters chosen, checked."""
    count = len(f.signature.names)
    chosen: tuple[Any, ...] = tuple(argnums) if isinstance(argnums, tuple | list) else (argnums,)
    fit = all(is_int(k) and -count <= operator.index(k) < count for k in chosen)
    if not (chosen and fit):
        numbered = f"are numbered 0 to {count - 1}" if count else "are none"
        raise ArgumentError(
            f"rose.{name}: argnums {argnums!r} does not fit {f.__name__}{f.signature}, "
            f"whose parameters {numbered}"
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


def _mask(signature: Signature, chosen: Sequence[int]) -> Mask:
    """Which IR params hold Reals of the parameters chosen."""
    mask: list[bool] = []
    for k, tree in enumerate(signature.params):
        mask += [k in chosen and is_real(type) for type in passed_types(tree)]
    return tuple(mask)


def _real_count(tree: Tree) -> int:
    """How many IR values the Reals of a tree are passed as."""
    return len(passed_types(tangent_tree(tree)))


@overload
def value_and_grad(  # type: ignore[overload-overlap]  # of a function of seven known parameters too
    f: Unknown[float], argnums: Argnums = 0
) -> Fn[..., tuple[float, Any]]: ...


@overload
def value_and_grad(
    f: Derivable[Concatenate[A, P], float], argnums: Literal[0] = 0
) -> Derived[Concatenate[A, P], tuple[float, A]]: ...


@overload
def value_and_grad(
    f: Derivable[Concatenate[A, B, P], float], argnums: Literal[1]
) -> Derived[Concatenate[A, B, P], tuple[float, B]]: ...


@overload
def value_and_grad(
    f: Derivable[Concatenate[A, B, C, P], float], argnums: Literal[2]
) -> Derived[Concatenate[A, B, C, P], tuple[float, C]]: ...


@overload
def value_and_grad(
    f: Derivable[Concatenate[A, P], float], argnums: tuple[Literal[0]]
) -> Derived[Concatenate[A, P], tuple[float, tuple[A]]]: ...


@overload
def value_and_grad(
    f: Derivable[Concatenate[A, B, P], float], argnums: tuple[Literal[0], Literal[1]]
) -> Derived[Concatenate[A, B, P], tuple[float, tuple[A, B]]]: ...


@overload
def value_and_grad(
    f: Derivable[Concatenate[A, B, C, P], float], argnums: tuple[Literal[0], Literal[1], Literal[2]]
) -> Derived[Concatenate[A, B, C, P], tuple[float, tuple[A, B, C]]]: ...


@overload
def value_and_grad(f: Derivable[P, float], argnums: Argnums = 0) -> Fn[P, tuple[float, Any]]: ...


@overload
def value_and_grad(
    f: Derivable[P, tuple[float, R]], argnums: Argnums = 0, *, has_aux: Literal[True]
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
def grad(  # type: ignore[overload-overlap]  # of a function of seven known parameters too
    f: Unknown[float], argnums: Argnums = 0
) -> Fn[..., Any]: ...


@overload
def grad(
    f: Derivable[Concatenate[A, P], float], argnums: Literal[0] = 0
) -> Derived[Concatenate[A, P], A]: ...


@overload
def grad(
    f: Derivable[Concatenate[A, B, P], float], argnums: Literal[1]
) -> Derived[Concatenate[A, B, P], B]: ...


@overload
def grad(
    f: Derivable[Concatenate[A, B, C, P], float], argnums: Literal[2]
) -> Derived[Concatenate[A, B, C, P], C]: ...


@overload
def grad(
    f: Derivable[Concatenate[A, P], float], argnums: tuple[Literal[0]]
) -> Derived[Concatenate[A, P], tuple[A]]: ...


@overload
def grad(
    f: Derivable[Concatenate[A, B, P], float], argnums: tuple[Literal[0], Literal[1]]
) -> Derived[Concatenate[A, B, P], tuple[A, B]]: ...


@overload
def grad(
    f: Derivable[Concatenate[A, B, C, P], float], argnums: tuple[Literal[0], Literal[1], Literal[2]]
) -> Derived[Concatenate[A, B, C, P], tuple[A, B, C]]: ...


@overload
def grad(f: Derivable[P, float], argnums: Argnums = 0) -> Fn[P, Any]: ...


@overload
def grad(
    f: Derivable[P, tuple[float, R]], argnums: Argnums = 0, *, has_aux: Literal[True]
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
    if has_aux:
        pair = isinstance(result, TupleTree) and len(result.items) == 2
        if not pair or result.items[0] != REAL_TREE:  # type: ignore[union-attr]
            raise DerivativeError(
                f"rose.{name} with has_aux needs a function that gives a pair, one Real and anything else; "
                f"{f.__name__} gives {result}; give (value, aux), or leave has_aux out"
            )
    elif result != REAL_TREE:
        raise DerivativeError(
            f"rose.{name} needs a function that gives one Real; {f.__name__} gives {result}; "
            "write rose.vjp for others"
        )


def _gradient(name: str, f: Fn[..., Any], argnums: Argnums, *, has_aux: bool) -> Fn[..., Any]:
    check_flag(f"has_aux of rose.{name}", has_aux)
    with_value = name == "value_and_grad"

    def signature() -> Signature:
        inner = f.signature
        _expect_value(name, f, has_aux=has_aux)
        trees = tuple(tangent_tree(inner.params[k]) for k in argnums_of(name, f, argnums))
        result: Tree = trees[0] if not isinstance(argnums, tuple | list) else TupleTree(trees)
        if with_value:
            result = TupleTree((inner.result, result))
        elif has_aux:
            result = TupleTree((result, inner.result.items[1]))  # type: ignore[union-attr]
        return Signature(inner.names, inner.params, result, inner.defaults)

    def build() -> Func:
        chosen = argnums_of(name, f, argnums)
        func = f.local_func
        mask = _mask(f.signature, chosen) + (False,) * len(captures_of(func))
        whole = reverse.value_and_grad(opt.optimize(func), mask, opt.optimize)
        builder = Builder(f"{f.__name__}.{name}")
        outputs = builder.call(whole, [builder.param(t) for t in whole.param_types])
        count = len(func.body.results)
        (value, *aux), grads = outputs[:count], outputs[count:]
        parts, start = {}, 0
        for k in sorted(chosen):
            stop = start + _real_count(f.signature.params[k])
            parts[k] = grads[start:stop]
            start = stop
        ordered = [v for k in chosen for v in parts[k]]
        results = [value, *aux, *ordered] if with_value else [*ordered, *aux]
        return with_captures_of(func, builder.finish(results))

    family = DerivedFamily(f, lambda g: _gradient(name, g, argnums, has_aux=has_aux))
    made: Fn[..., Any] = Fn(f"{name}_{f.__name__}", signature, build, user_location(), family)
    what = "The value and the gradient" if with_value else "The gradient"
    made.__doc__ = f"{what} of {f.__name__}." + (f" {f.__doc__}" if f.__doc__ else "")
    return made.made_by(f"{name} {argnums!r}" + " with aux" * has_aux, f)


def jvp(f: Fn[..., R], *others: Never) -> Fn[[tuple[Any, ...], tuple[Any, ...]], tuple[R, R]]:
    """A function of primals and tangents that gives f's result and its tangent.

    `jvp(f)((x, y), (x_dot, y_dot))` gives `(result, result_dot)`. Tangents have the structure of what they belong
    to, with None in place of Bools and indices.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.

    Example:
        >>> rose.jvp(fn([Real, Real])(lambda x, y: x * y))((3, 4), (1, 0))
        (12.0, 4.0)
    """
    expect_fn("jvp", f, others)

    def signature() -> Signature:
        inner = f.signature
        primals = TupleTree(inner.params)
        tangents = TupleTree(tuple(map(tangent_tree, inner.params)))
        result = TupleTree((inner.result, tangent_tree(inner.result)))
        return Signature(("primals", "tangents"), (primals, tangents), result)

    def build() -> Func:
        func = f.local_func
        captured = len(captures_of(func))
        mask = _mask(f.signature, range(len(f.signature.params))) + (False,) * captured
        dual = forward.jvp(opt.optimize(func), mask)
        builder = Builder(f"{f.__name__}.jvp")
        count, types = len(mask), dual.func.param_types
        primals = [builder.param(t) for t in types[: count - captured]]
        duals = [builder.param(t) for t in types[count:]]
        held = [builder.param(t) for t in types[count - captured : count]]
        results = builder.call(dual.func, [*primals, *held, *duals])
        count = len(dual.results)
        given = iter(results[count:])
        tangents = []
        for v, active in zip(results[:count], dual.results, strict=True):
            type = builder.types[v]
            if is_real(type):
                tangents.append(next(given) if active else builder.zeros(type))
        return with_captures_of(func, builder.finish([*results[:count], *tangents]))

    family = DerivedFamily(f, jvp, first_argument)
    made: Fn[..., Any] = Fn(f"jvp_{f.__name__}", signature, build, user_location(), family)
    made.__doc__ = f"The result of {f.__name__} and its tangent, from primals and tangents."
    return made.made_by("jvp", f)


class Vjp(Generic[P, R, L]):
    """What `vjp` gives: call it with f's arguments to get f's result and the pullback.

    Attributes:
        forward: the Fn from f's arguments to its result and residuals.
        backward: the Fn from residuals and the cotangent of f's result to a tuple of cotangents of the arguments.
    """

    def __init__(self, f: Fn[P, R]) -> None:
        self.function = f
        self._members: dict[Fn[P, R], Vjp[P, R, L]] = {}
        located = user_location()
        self.forward: Fn[..., Any] = Fn(
            f"{f.__name__}_forward",
            self._forward_signature,
            lambda: with_captures_of(self._inner, self._split.forward),
            located,
        )
        self.backward: Fn[..., Any] = Fn(
            f"{f.__name__}_backward", self._backward_signature, self._backward, located
        )

    @cached_property
    def _inner(self) -> Func:
        return self.function.local_func

    @cached_property
    def _split(self) -> Any:
        f, func = self.function, self._inner
        mask = _mask(f.signature, range(len(f.signature.params)))
        return reverse.vjp(
            opt.optimize(func), mask + (False,) * len(captures_of(func)), opt.optimize
        )

    @cached_property
    def _residuals(self) -> TupleTree:
        return TupleTree(tuple(RawTree(type) for type in self._split.residuals))

    def _forward_signature(self) -> Signature:
        inner = self.function.signature
        result = TupleTree((inner.result, self._residuals))
        return Signature(inner.names, inner.params, result, inner.defaults)

    def _backward_signature(self) -> Signature:
        inner = self.function.signature
        params = (self._residuals, tangent_tree(inner.result))
        result = TupleTree(tuple(map(tangent_tree, inner.params)))
        return Signature(("residuals", "cotangent"), params, result)

    def _backward(self) -> Func:
        split = self._split
        builder = Builder(f"{self.function.__name__}.backward")
        residuals = [builder.param(t) for t in split.residuals]
        types = zip(passed_types(self.function.signature.result), split.results, strict=True)
        bars = [(builder.param(t), active) for t, active in types if is_real(t)]
        operands = [*residuals, *[bar for bar, active in bars if active]]
        return builder.finish(builder.call(split.backward, operands))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> tuple[R, L]:
        """f's result, and the pullback: from its cotangent to a tuple of cotangents of the arguments."""
        if self.function.is_open:
            member = self.function.specialized(*args, **kwargs)
            if member not in self._members:
                self._members[member] = type(self)(member)
            return self._members[member](*args, **kwargs)
        if self._inner is not self.function.local_func:  # what it closes over has changed
            return type(self)(self.function)._apply(args, kwargs)  # type: ignore[no-any-return]
        return self._apply(args, kwargs)  # type: ignore[no-any-return]

    def _apply(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        value, residuals = self.forward(*args, **kwargs)

        def pullback(*cotangents: Any) -> Any:
            """Takes one cotangent; may be called many times."""
            if len(cotangents) != 1:
                raise ArgumentError(
                    f"the pullback of {self.function.__name__} takes the cotangent of its result, "
                    f"{self.function.signature.result}, as one argument, given {len(cotangents)}"
                )
            return self.backward(residuals, *cotangents)

        return value, checked(f"the pullback of {self.function.__name__}")(pullback)


@overload
def vjp(f: Unknown[R], *others: Never) -> Vjp[..., R, Callable[[R], tuple[Any, ...]]]: ...


@overload
def vjp(
    f: Derivable[[A, B, C], R], *others: Never
) -> DerivedVjp[[A, B, C], R, Callable[[R], tuple[A, B, C]]]: ...


@overload
def vjp(
    f: Derivable[[A, B], R], *others: Never
) -> DerivedVjp[[A, B], R, Callable[[R], tuple[A, B]]]: ...


@overload
def vjp(f: Derivable[[A], R], *others: Never) -> DerivedVjp[[A], R, Callable[[R], tuple[A]]]: ...


@overload
def vjp(f: Fn[P, R], *others: Never) -> Vjp[P, R, Callable[[R], tuple[Any, ...]]]: ...


def vjp(f: Any, *others: Never) -> Any:
    """Give f's result and the pullback, the transpose of f's derivative there.

    It is used as `value, pullback = vjp(f)(*args)`.

    `pullback(cotangent)` takes a cotangent of the structure of f's result and gives a tuple with a cotangent per
    argument. It may be called many times; the forward part is not run again.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.

    Example:
        >>> value, pullback = rose.vjp(fn([Vec[2]])(lambda v: v * v))([3, 4])
        >>> value, pullback([1, 0]), pullback([0, 1])
        ([9.0, 16.0], ([6.0, 0.0],), ([0.0, 8.0],))
    """
    expect_fn("vjp", f, others)
    return Vjp(f)


if TYPE_CHECKING:

    class DerivedVjp(Vjp[P, R, L]):
        """A Vjp whose parameters have lost their names, for type checkers, and may be given by name still."""

        @overload
        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> tuple[R, L]: ...
        @overload
        def __call__(self, *args: Any, **kwargs: Any) -> tuple[R, L]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


class Linearization(Vjp[P, R, L]):
    """What `linearize` gives: call it with f's arguments to get f's result and the pushforward.

    Attributes:
        forward: the Fn from f's arguments to its result and residuals.
        backward: the Fn from residuals and tangents of the arguments to the tangent of f's result.
    """

    @cached_property
    def _split(self) -> Halves:
        f, func = self.function, self._inner
        mask = _mask(f.signature, range(len(f.signature.params)))
        return reverse.linearization(
            opt.optimize(func), mask + (False,) * len(captures_of(func)), opt.optimize
        )

    def _backward_signature(self) -> Signature:
        inner = self.function.signature
        tangents = TupleTree(tuple(map(tangent_tree, inner.params)))
        return Signature(
            ("residuals", "tangents"), (self._residuals, tangents), tangent_tree(inner.result)
        )

    def _backward(self) -> Func:
        split = self._split
        builder = Builder(f"{self.function.__name__}.pushforward")
        dots = iter(
            builder.call(split.linear, [builder.param(t) for t in split.linear.param_types])
        )
        types = zip(passed_types(self.function.signature.result), split.results, strict=True)
        tangents = [next(dots) if on else builder.zeros(t) for t, on in types if is_real(t)]
        return builder.finish(tangents)

    def _apply(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        value, residuals = self.forward(*args, **kwargs)

        def pushforward(*tangents: Any) -> Any:
            """Takes a tangent per argument; may be called many times."""
            if len(tangents) != len(self.function.signature.params):
                raise ArgumentError(
                    f"the pushforward of {self.function.__name__} takes a tangent per argument, "
                    f"{len(self.function.signature.params)}, given {len(tangents)}"
                )
            return self.backward(residuals, tangents)

        return value, checked(f"the pushforward of {self.function.__name__}")(pushforward)


@overload
def linearize(f: Unknown[R], *others: Never) -> Linearization[..., R, Callable[..., R]]: ...


@overload
def linearize(f: Fn[P, R], *others: Never) -> Linearization[P, R, Callable[..., R]]: ...


def linearize(f: Any, *others: Never) -> Any:
    """Give f's result and the pushforward, the linear map that is f's derivative there.

    It is used as `value, pushforward = linearize(f)(*args)`; `pushforward(*tangents)` takes a tangent per argument and
    gives the tangent of the result, without running f again.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.

    Example:
        >>> value, pushforward = rose.linearize(fn([Real])(lambda x: x**3))(2)
        >>> value, pushforward(1), pushforward(10)
        (8.0, 12.0, 120.0)
    """
    expect_fn("linearize", f, others)
    return Linearization(f)
