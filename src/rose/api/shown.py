"""What `help`, `inspect.signature` and editors that run a program show of a function: its parameters, as they are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rose.lazy import Lazy

if TYPE_CHECKING:
    import inspect
else:
    inspect = Lazy("inspect")


class Shown:
    """`__signature__` of objects whose `_shown` gives it; nothing is traced for it."""

    def __get__(self, made: Any, _: object) -> inspect.Signature:
        if made is None or made._shown is None:
            raise AttributeError("__signature__")  # then Python looks for itself
        shown: inspect.Signature = made._shown()
        return shown


def like(function: Callable[..., Any]) -> Callable[[], inspect.Signature]:
    """The signature of a function."""
    return lambda: inspect.signature(function)


def taking(function: Callable[..., Any]) -> Callable[[], inspect.Signature]:
    """The parameters of a function, and another result."""
    return lambda: inspect.signature(function).replace(return_annotation=inspect.Signature.empty)


def of(*names: str) -> Callable[[], inspect.Signature]:
    """Parameters of these names."""

    def signature() -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Signature([inspect.Parameter(name, kind) for name in names])

    return signature
