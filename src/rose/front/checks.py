"""What all control flow asks of its lengths, of the functions it is given, and of where it is called."""

from __future__ import annotations

import operator
from math import isqrt
from typing import TYPE_CHECKING, Any

from rose.errors import ArgumentError, TracedValueError, TypeMismatchError
from rose.front.annotations import LARGEST
from rose.front.plain import is_int
from rose.front.traced import Traced
from rose.front.tracer import tracing
from rose.front.words import counted, describe
from rose.lazy import Lazy

if TYPE_CHECKING:
    import inspect
else:
    inspect = Lazy("inspect")


def trace_only(name: str) -> None:
    """Refuse to go on outside of an @fn."""
    if not tracing():
        raise TracedValueError(
            f"rose.{name} is called outside of an @fn; put it into a function decorated with @rose.fn, "
            "or use Python's own loops and conditions where nothing is to be compiled"
        )


def length(name: str, n: Any, what: str = "length") -> int:
    """A number of iterations or elements, called `what`, as an int of at least 0.

    Raises:
        TypeMismatchError: if it is none.
    """
    if not is_int(n):
        raise TypeMismatchError(
            f"rose.{name} needs its {what} as an int, given {describe(n)}{_instead_of_length(name, n)}"
        )
    size = operator.index(n)
    if size < 0:
        raise TypeMismatchError(f"rose.{name} needs a {what} of at least 0, given {n}")
    if size > LARGEST:
        raise TypeMismatchError(
            f"rose.{name} takes a {what} of at most {LARGEST}, given {describe(n)}"
        )
    return size


def _instead_of_length(name: str, n: Any) -> str:
    """What to write in place of a length that is no int."""
    if isinstance(n, Traced):
        return "; it is fixed when the function is compiled"
    if hasattr(type(n), "__len__") and not isinstance(n, str):
        return "; write len(v), and v[i] in the function that it is given"
    return f"; it comes first, as in rose.{name}(3, ...)" if callable(n) else ""


def steps_kept(name: str, checkpoint: Any, size: int) -> int:
    """What is given as `checkpoint=` to a loop of `size` steps, as `Loop.checkpoint` has it.

    Raises:
        TypeMismatchError: if it is none of None, "all", "sqrt" and the ints from 1 to size; any will do without steps.
    """
    if checkpoint is None or not size:
        return 0
    if isinstance(checkpoint, str):
        number = {"all": 1, "sqrt": isqrt(size - 1) + 1}.get(checkpoint, 0)
    else:
        number = operator.index(checkpoint) if is_int(checkpoint) else 0
    if 1 <= number <= size:
        return number
    given = checkpoint if is_int(checkpoint) else describe(checkpoint)
    raise TypeMismatchError(
        f'rose.{name} of {counted(size, "step")} takes checkpoint="all", "sqrt", None, or an int from 1 to {size}, '
        f"after how many steps the carried values are kept; given {given}"
    )


def check_flag(what: str, value: Any) -> None:
    """Check that a switch of ours is given True or False.

    Raises:
        TypeMismatchError: if it is neither.
    """
    if not isinstance(value, bool):
        raise TypeMismatchError(f"{what} is True or False, given {describe(value)}")


# How the functions given to control flow are to be written; `lambda i: ...` if it is not said here.
_BODIES = {
    "loop": "lambda t, value: ...",
    "scan": "lambda t, value: ...",
    "while_loop": "lambda value: ...",
    "cond": "lambda: ...",
    "switch": "lambda: ...",
    "map": "lambda: ...",
    "tree_map": "lambda: ...",
}


def check_function(name: str, function: Any, count: int) -> None:
    """Check that a function given to control flow can be called with so many arguments.

    Raises:
        TypeMismatchError: if it is no function.
        ArgumentError: if it takes another number of arguments.
    """
    written = _BODIES.get(name, "lambda i: ...")
    if written == "lambda: ..." and count:
        written = f"lambda {', '.join('xyzuvw'[:count])}: ..."
    check_callable(f"rose.{name}", function, count, written)


def check_callable(caller: str, function: Any, count: int, written: str) -> None:
    """Check that a function that `caller` is given, as in `written`, can be called with so many arguments.

    Raises:
        TypeMismatchError: if it is no function.
        ArgumentError: if it takes another number of arguments.
    """
    if not callable(function):
        raise TypeMismatchError(
            f"{caller} takes a function, as in {written}, given {describe(function)}"
        )
    try:
        signature = inspect.signature(function)
    except ValueError:  # some functions written in C do not say
        return
    try:
        signature.bind(*range(count))
    except TypeError:
        called = getattr(function, "__name__", type(function).__name__)
        raise ArgumentError(
            f"{caller} calls its function with {counted(count, 'argument')}, as in {written}; "
            f"given {called}{signature}"
        ) from None
