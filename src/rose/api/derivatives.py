"""The transformations as users call them: structures, argnums and captures around those of `rose.ad`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Never,
    ParamSpec,
    TypeVar,
    overload,
)

from rose.api import shown
from rose.api.argnums import expect_fn, mask_of
from rose.api.functions import Fn
from rose.errors import ArgumentError, user_location
from rose.front.absent_operators import COMPUTING, ELEMENTS, refuse
from rose.front.arguments import checked
from rose.front.captures import captures_of, with_captures_of
from rose.front.families import DerivedFamily, first_argument
from rose.front.signature import Signature
from rose.front.tree import (
    RawTree,
    TupleTree,
    passed_types,
    tangent_tree,
)
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.types import is_real
from rose.lazy import Lazy

if TYPE_CHECKING:
    from rose import opt
    from rose.ad import jvp as forward
    from rose.ad import reverse
    from rose.ad.activity import Mask
    from rose.api.functions import Derivable, Unknown
else:
    opt = Lazy("rose.opt")
    forward = Lazy("rose.ad.jvp")
    reverse = Lazy("rose.ad.reverse")

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
L = TypeVar("L")  # the linear function that a split gives: a pullback or a pushforward


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
        mask = mask_of(f, func)
        dual = forward.jvp(opt.optimize(func), mask)
        builder = Builder(f"{f.__name__}.jvp")
        count, types = len(mask), dual.func.param_types
        primals = [builder.param(t) for t in types[: count - captured]]
        duals = [builder.param(t) for t in types[count:]]
        held = [builder.param(t) for t in types[count - captured : count]]
        results = builder.call(dual.func, [*primals, *held, *duals])
        count = len(dual.results)
        given = iter(results[count:])
        tangents: list[int] = []
        for v, active in zip(results[:count], dual.results, strict=True):
            type = builder.types[v]
            if is_real(type):
                tangents.append(next(given) if active else builder.zeros(type))
        return with_captures_of(func, builder.finish([*results[:count], *tangents]))

    family = DerivedFamily(f, jvp, first_argument)
    made: Fn[..., Any] = Fn(f"jvp_{f.__name__}", signature, build, user_location(), family)
    doc = f"The result of {f.__name__} and its tangent, from primals and tangents."
    return made.shown_as(shown.of("primals", "tangents"), doc).made_by("jvp", f)


class _Parts(Generic[P, R, L]):
    """What `vjp` and `linearize` give: call it with f's arguments to get f's result and a linear function.

    Attributes:
        forward: the Fn from f's arguments to its result and residuals.
        linear: the Fn from residuals and what the linear function takes, to what that gives.
    """

    __signature__ = shown.Shown()
    instead = "call it in an @fn, and give that"  # where a transformation is given it
    _how = ""  # the transformation's name
    _linear_name = ""  # what the linear function is called in names of Funcs

    def __init__(self, f: Fn[P, R]) -> None:
        self.function = f
        self._shown = shown.taking(f)
        self._members: dict[Fn[P, R], _Parts[P, R, L]] = {}
        located = user_location()
        self.forward: Fn[..., Any] = Fn(
            f"{f.__name__}_forward",
            self._forward_signature,
            lambda: with_captures_of(self._inner, self._split.forward),
            located,
        )
        self.linear: Fn[..., Any] = Fn(
            f"{f.__name__}_{self._linear_name}",
            self._linear_signature,
            self._linear_func,
            located,
        )

    def __bool__(self) -> bool:
        return True  # Python would ask for its length, which it refuses to have

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"rose.{self._how}({self.function.__name__})"

    @cached_property
    def _inner(self) -> Func:
        return self.function.local_func

    @property
    def _mask(self) -> Mask:
        return mask_of(self.function, self._inner)

    @cached_property
    def _split(self) -> Any:
        """Both parts as Funcs."""
        raise NotImplementedError

    def _linear_signature(self) -> Signature:
        raise NotImplementedError

    def _linear_func(self) -> Func:
        raise NotImplementedError

    def _applied(self, residuals: Any) -> L:
        """The linear function at the point where these are the residuals."""
        raise NotImplementedError

    @cached_property
    def _residuals(self) -> TupleTree:
        return TupleTree(tuple(RawTree(type) for type in self._split.residuals))

    def _forward_signature(self) -> Signature:
        inner = self.function.signature
        result = TupleTree((inner.result, self._residuals))
        return inner.giving(result)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> tuple[R, L]:
        """f's result, and the linear function."""
        if self.function.is_open:
            member = self.function.specialized(*args, **kwargs)
            if member not in self._members:
                self._members[member] = type(self)(member)
            return self._members[member](*args, **kwargs)
        if self._inner is not self.function.local_func:  # what it closes over has changed
            return type(self)(self.function)._run(args, kwargs)
        return self._run(args, kwargs)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[R, L]:
        value, residuals = self.forward(*args, **kwargs)
        return value, self._applied(residuals)


refuse(
    _Parts,
    "{} is a function: call it first, as in value, pullback = rose.vjp(f)(x), or value, pushforward = rose.linearize(f)(x)",
    f"{COMPUTING} {ELEMENTS}",
)


class Vjp(_Parts[P, R, L]):
    """What `vjp` gives. Its linear function is the pullback, from a cotangent to a tuple of cotangents of the arguments."""

    _how = "vjp"
    _linear_name = "backward"

    @cached_property
    def _split(self) -> reverse.Vjp:
        return reverse.vjp(opt.optimize(self._inner), self._mask, opt.optimize)

    def _linear_signature(self) -> Signature:
        inner = self.function.signature
        params = (self._residuals, tangent_tree(inner.result))
        result = TupleTree(tuple(map(tangent_tree, inner.params)))
        return Signature(("residuals", "cotangent"), params, result)

    def _linear_func(self) -> Func:
        split = self._split
        builder = Builder(f"{self.function.__name__}.{self._linear_name}")
        residuals = [builder.param(t) for t in split.residuals]
        types = zip(passed_types(self.function.signature.result), split.results, strict=True)
        bars = [(builder.param(t), active) for t, active in types if is_real(t)]
        operands = [*residuals, *[bar for bar, active in bars if active]]
        return builder.finish(builder.call(split.backward, operands))

    def _applied(self, residuals: Any) -> Any:
        def pullback(*cotangents: Any) -> Any:
            """Takes one cotangent; may be called many times."""
            if len(cotangents) != 1:
                raise ArgumentError(
                    f"the pullback of {self.function.__name__} takes the cotangent of its result, "
                    f"{self.function.signature.result}, as one argument, given {len(cotangents)}"
                )
            return self.linear(residuals, *cotangents)

        return checked(f"the pullback of {self.function.__name__}")(pullback)


@overload
def vjp(f: Unknown[R], *others: Never) -> Vjp[..., R, Callable[[R], tuple[Any, ...]]]: ...


@overload
def vjp(
    f: Derivable[P, [A, B, C], R], *others: Never
) -> Vjp[P, R, Callable[[R], tuple[A, B, C]]]: ...


@overload
def vjp(f: Derivable[P, [A, B], R], *others: Never) -> Vjp[P, R, Callable[[R], tuple[A, B]]]: ...


@overload
def vjp(f: Derivable[P, [A], R], *others: Never) -> Vjp[P, R, Callable[[R], tuple[A]]]: ...


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


class Linearization(_Parts[P, R, L]):
    """What `linearize` gives. Its linear function is the pushforward, from a tangent per argument to that of the result."""

    _how = "linearize"
    _linear_name = "pushforward"

    @cached_property
    def _split(self) -> reverse.Halves:
        return reverse.linearization(opt.optimize(self._inner), self._mask, opt.optimize)

    def _linear_signature(self) -> Signature:
        inner = self.function.signature
        tangents = TupleTree(tuple(map(tangent_tree, inner.params)))
        return Signature(
            ("residuals", "tangents"), (self._residuals, tangents), tangent_tree(inner.result)
        )

    def _linear_func(self) -> Func:
        split = self._split
        builder = Builder(f"{self.function.__name__}.{self._linear_name}")
        dots = iter(
            builder.call(split.linear, [builder.param(t) for t in split.linear.param_types])
        )
        types = zip(passed_types(self.function.signature.result), split.results, strict=True)
        tangents = [next(dots) if on else builder.zeros(t) for t, on in types if is_real(t)]
        return builder.finish(tangents)

    def _applied(self, residuals: Any) -> Any:
        def pushforward(*tangents: Any) -> Any:
            """Takes a tangent per argument; may be called many times."""
            if len(tangents) != len(self.function.signature.params):
                raise ArgumentError(
                    f"the pushforward of {self.function.__name__} takes a tangent per argument, "
                    f"{len(self.function.signature.params)}, given {len(tangents)}"
                )
            return self.linear(residuals, tangents)

        return checked(f"the pushforward of {self.function.__name__}")(pushforward)


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
