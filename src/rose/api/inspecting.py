"""Seeing inside: every stage of a function as text, and the line that makes the first NaN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from rose.api.argnums import expect_fn
from rose.api.derivatives import jvp, vjp
from rose.api.functions import Fn
from rose.errors import TracedValueError
from rose.front.tracebacks import short
from rose.front.tracer import tracing
from rose.front.tree import leaf_types, leaves_of_trees
from rose.lazy import Lazy
from rose.primitives.memory import nested

if TYPE_CHECKING:
    from rose import opt
    from rose.api.functions import Unknown
    from rose.ir import printer
    from rose.run import interp, marshal
    from rose.wasm import layout
else:
    opt = Lazy("rose.opt")
    interp = Lazy("rose.run.interp")
    printer = Lazy("rose.ir.printer")
    marshal = Lazy("rose.run.marshal")
    layout = Lazy("rose.wasm.layout")

P = ParamSpec("P")
R = TypeVar("R")


@overload
def debug_nans(f: Unknown[R]) -> Callable[..., R]: ...


@overload
def debug_nans(f: Fn[P, R]) -> Callable[P, R]: ...


def debug_nans(f: Any) -> Any:
    """A function that does what f does, and raises where f makes its first NaN.

    It runs the interpreter, some thousand times slower than the module, before the module itself. A gradient is a
    function too: `debug_nans(grad(f))(x)`.

    Raises:
        DerivativeError: if f is not marked with @rose.fn.
        NanError: when called, with the user's line, if an operation makes a NaN of operands that are none.
        TracedValueError: when called inside of an @fn, where there are no numbers.

    Example:
        >>> rose.debug_nans(fn([Real])(lambda x: rose.sqrt(x)))(-1.0)
        Traceback (most recent call last):
        rose.NanError: sqrt of (-1.0) is nan
          at ...
    """
    expect_fn("debug_nans", f)
    return _Watched(f)


class _Watched:
    """What `debug_nans` gives."""

    instead = "write rose.debug_nans(rose.{}(f))"  # where a transformation is given it
    __name__: str

    def __init__(self, function: Fn[..., Any]) -> None:
        self._function = function
        update_wrapper(self, function, updated=())

    @short
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if tracing():
            raise TracedValueError(
                f"{self.in_words()} looks at numbers, and is called inside of an @fn; call {self.__name__} there, "
                "and write rose.debug_nans(f)(x) of the function f around it"
            )
        f = self._function.specialized(*args, **kwargs)
        values = f.signature.bind(f.__name__, args, kwargs)
        interp.interpret(f.func, _interpreted(f, values), interp.NanWatch())
        return f(*args, **kwargs)

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"rose.debug_nans({self.__name__})"


def _interpreted(f: Fn[..., Any], values: Sequence[Any]) -> list[Any]:
    """The arguments as the interpreter takes them, by way of the bytes that a module would get."""
    trees = f.signature.params
    buffers, size = layout.place_buffers(leaves_of_trees(trees), 0)
    memory = bytearray(size)
    marshal.write(memory, trees, f.signature.names, values, buffers, function=f.__name__)
    leaf_of = zip([leaf for tree in trees for leaf in leaf_types(tree)], buffers, strict=True)
    given: list[Any] = []
    for leaf, buffer in leaf_of:
        scalars = marshal.scalars(memory, buffer)
        given += [nested(scalars, leaf.shape)] if leaf.is_passed_whole else scalars
    return given


# --- stages, for `rose show` ------------------------------------------------------------------------------


def _show_vjp(f: Fn[..., Any]) -> str:
    split = vjp(f)
    return f"{split.forward}\n{split.linear}"


# In the order data passes them.
STAGES: dict[str, Callable[[Fn[..., Any]], str]] = {
    "ir": str,
    "opt": lambda f: printer.print_program(opt.optimize(f.func), locations=True),
    "jvp": lambda f: str(jvp(f)),
    "vjp": _show_vjp,
    "wat": lambda f: f.compiled.wat,
}
