"""Functions of the host: `opaque`."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from rose.api import Fn, shown
from rose.errors import ArgumentError, Location, SignatureError, user_location
from rose.front import typed
from rose.front.arguments import checked
from rose.front.flatten import passed
from rose.front.signature import Signature
from rose.front.tracebacks import short
from rose.front.tracer import current
from rose.front.tree import REAL_TREE
from rose.front.values import Real
from rose.front.vec import wrap_passed
from rose.front.words import counted, describe
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.ir.host import Host
from rose.ir.types import REAL
from rose.lazy import Lazy
from rose.primitives import REGISTRY
from rose.rules import jvp_rule, vjp_rule

if TYPE_CHECKING:
    import inspect
else:
    inspect = Lazy("inspect")

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
X = TypeVar("X")

_JS_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(\.[A-Za-z_$][A-Za-z0-9_$]*)*")


class _Opaque(Fn[P, R_co]):
    """A function of the host; see `opaque`."""

    @short
    def __init__(self, function: Callable[P, R_co], js: str, params: Sequence[Any] | None) -> None:
        located = user_location()
        names = _names_of_reals(function, params, located)
        self.host = Host(function.__name__, js, len(names), function)
        signature = Signature(names, (REAL_TREE,) * len(names), REAL_TREE)
        super().__init__(self.host.name, lambda: signature, self._call, located)
        says = hasattr(
            function, "__code__"
        )  # some functions written in C do not say what they take
        self.shown_as(shown.like(function) if says else shown.of(*names), function.__doc__)

    def _call(self) -> Func:
        builder = Builder(self.host.name)
        builder.loc = self.located
        xs = [builder.param(REAL) for _ in range(self.host.count)]
        return builder.finish([builder.apply(REGISTRY["opaque"], xs, (self.host,))])

    def call_traced(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Append the instruction itself, so that it is the user's line that asks the host."""
        xs = self.signature.bind(self.__name__, args, kwargs)
        operands: list[int] = []
        for name, x in zip(self.signature.names, xs, strict=True):
            operands += passed(REAL_TREE, x, f"argument {name} of {self.__name__}")
        return wrap_passed(REAL_TREE, [current().emit("opaque", operands, (self.host,))])

    @checked("f.defjvp")
    def defjvp(self, rule: Callable[[Any, Any], X]) -> Callable[[Any, Any], X]:
        """Give the derivative, as for `custom_jvp`. The rule may call the function, which has the rule there too."""
        func = jvp_rule(self, rule)
        self.host.rule = func
        return rule

    @checked("f.defvjp")
    def defvjp(self, forward: typed.Function[Any], backward: Callable[[Any, Any], Any]) -> None:
        """Give the derivative in two halves, as for `custom_vjp`."""
        self.host.rule = vjp_rule(self, forward, backward)


@overload
def opaque(function: typed.Function[R], *, js: str, params: Sequence[Any]) -> _Opaque[..., R]: ...


@overload
def opaque(function: Callable[P, R], *, js: str, params: None = None) -> _Opaque[P, R]: ...


@overload
def opaque(
    *, js: str, params: Sequence[Any] | None = None
) -> Callable[[Callable[P, R]], _Opaque[P, R]]: ...


def opaque(
    function: Callable[..., Any] | None = None, *, js: Any, params: Sequence[Any] | None = None
) -> Any:
    """A function of Reals that is not compiled: the module calls Python's here, and JavaScript's in a page.

        hypot = rose.opaque(math.hypot, js="Math.hypot", params=[Real, Real])

        @hypot.defjvp
        def hypot_jvp(primals, tangents):
            (x, y), (x_dot, y_dot) = primals, tangents
            r = hypot(x, y)
            return r, (x * x_dot + y * y_dot) / r

    Without a rule it can be called, and not differentiated. It is taken to depend on its arguments alone: equal
    calls may be made once, and a call whose result is not used never. Also a decorator, `@rose.opaque(js="wind")`.
    Its bits are those of the host: nothing promises that Python and JavaScript agree in them.

    Args:
        function: takes floats and gives one. What it raises ends the run and comes out of the call.
        js: the name in JavaScript: looked up in the global scope, as `Math.hypot`, unless the page gives another
            function for it, `load(source, { imports: { "Math.hypot": … } })`.
        params: a Real per parameter; by default what its annotations say.

    Raises:
        SignatureError: if it is not callable, or a parameter is no Real.
        ArgumentError: if js is no name.
        DerivativeError: when a derivative is asked for and there is no rule.

    Example:
        >>> cosine = rose.opaque(math.cos, js="Math.cos", params=[Real])
        >>> cosine(0.0)
        1.0
    """
    if not _JS_NAME.fullmatch(js if isinstance(js, str) else ""):
        raise ArgumentError(
            f"js of rose.opaque is the name of a JavaScript function, given {js!r:.60}; write names joined by dots, "
            'as "Math.hypot"'
        )
    if function is None:
        return partial(_Opaque, js=js, params=params)
    return _Opaque(function, js, params)


def _check_takes(function: Callable[..., Any], count: int, located: Location) -> None:
    """Refuse a function that cannot be called with so many numbers, if Python can tell."""
    try:
        parameters = inspect.signature(function)
    except ValueError:  # some functions written in C do not say
        return
    try:
        parameters.bind(*range(count))
    except TypeError:
        raise SignatureError(
            f"{function.__name__}{parameters} cannot be called with {counted(count, 'Real')}, as params= and "
            "annotations say; write a Real for each parameter",
            located,
        ) from None


def _names_of_reals(
    function: Any, params: Sequence[Any] | None, located: Location
) -> tuple[str, ...]:
    """The names of the parameters, all of them Reals."""
    how = (
        "; an opaque function takes Reals and gives one: write params=[Real, Real], or annotations"
    )
    if not callable(function) or isinstance(function, Fn) or not hasattr(function, "__name__"):
        raise SignatureError(
            f"rose.opaque takes a Python callable, given {describe(function)}{how}", located
        )
    name = function.__name__
    if params is None:
        annotations = dict(typing.get_type_hints(function)) if hasattr(function, "__code__") else {}
        result = annotations.pop("return", None)
        params = [*annotations.values()] if result is Real else []
        names = tuple(annotations)
    elif not isinstance(params, list | tuple):
        raise SignatureError(f"{name} is given {describe(params)} as params{how}", located)
    else:
        names = tuple(f"x{k}" for k in range(len(params)))
    _check_takes(function, len(names), located)
    if not names or any(param is not Real for param in params):
        raise SignatureError(f"{name} has no Reals as its parameters and result{how}", located)
    return names
