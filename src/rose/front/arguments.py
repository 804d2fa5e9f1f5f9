"""The arguments of a call: which parameter each is for, and what is wrong with them, in our words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rose.errors import ArgumentError, RoseError
from rose.front.tracebacks import shorten
from rose.front.words import counted
from rose.ir.record import record
from rose.lazy import Lazy

if TYPE_CHECKING:
    import inspect
else:
    inspect = Lazy("inspect")

F = TypeVar("F", bound=Callable[..., Any])


class Shape(Protocol):
    """What calls have to know of a function; as text it is what stands behind the function's name."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        ...

    @property
    def defaults(self) -> dict[str, Any]:
        """Values for parameters that may be left out."""
        ...

    @property
    def by_name(self) -> int:
        """How many parameters, the last ones, are given by name only."""
        ...


def bound(name: str, shape: Shape, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
    """One value per parameter, from a call's arguments.

    Raises:
        ArgumentError: if there are too few, too many or unknown ones.
    """
    given = by_names(name, shape, args, kwargs)
    late = shape.names[len(shape.names) - shape.by_name : len(args)]
    if late:
        raise ArgumentError(
            f"{name} takes {' and '.join(late)} by name, given by place; write "
            f"{name}(..., {', '.join(f'{n}=...' for n in late)}); it is {name}{shape}"
        )
    missing = [n for n in shape.names if n not in given]
    if missing:
        raise ArgumentError(
            f"{name} is called without {' and '.join(missing)}; it is {name}{shape}"
        )
    return [given[n] for n in shape.names]


def by_names(
    name: str, shape: Shape, args: Sequence[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The arguments of a call, and the defaults, by the names of the parameters.

    Raises:
        ArgumentError: if there are too many or unknown ones.
    """
    expected = f"{name}{shape}"
    if len(args) > len(shape.names):
        raise ArgumentError(
            f"{name} takes {counted(len(shape.names), 'argument')}, given {len(args)}; it is {expected}"
        )
    given = dict(zip(shape.names, args, strict=False))
    for key, value in kwargs.items():
        if key not in shape.names:
            raise ArgumentError(f"{name} has no parameter {key!r}; it is {expected}")
        if key in given:
            raise ArgumentError(
                f"{name} is given its parameter {key!r} twice, by place and by name; it is {expected}"
            )
        given[key] = value
    return {**shape.defaults, **given}


LONGEST_DEFAULT = 40


def default_text(default: Any) -> str:
    """A default as it is written; "..." for a long one, and for one that only says that nothing was given."""
    text = repr(default)
    return "..." if text.startswith("<") or len(text) > LONGEST_DEFAULT else text


def starred(params: Sequence[str], by_name: int) -> list[str]:
    """The parameters as they are written, with the star in front of those that are given by name."""
    count = len(params) - by_name
    return [*params[:count], *["*"] * bool(by_name), *params[count:]]


# --- functions of ours ------------------------------------------------------------------------------------


def checked(name: str) -> Callable[[F], F]:
    """Mark a function of ours: calls with wrong arguments end in an error of ours, not in Python's.

    Nothing is looked at before Python has refused the arguments, so that a call costs no more.

    Args:
        name: how users write the function. A parameter `self` is none of theirs.
    """

    def mark(function: F) -> F:
        @wraps(function, assigned=("__doc__", "__annotations__"))
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except RoseError as error:
                shorten(error)
                raise
            except TypeError:
                try:
                    _refuse_unfit(function, name, args, kwargs)
                except RoseError as error:
                    shorten(error)
                    error.__suppress_context__ = True  # it says what Python's error says, and more
                    raise
                raise

        call.__module__, _, call.__name__ = name.rpartition(".")
        call.__qualname__ = call.__name__
        return call  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # it has the signature of what it wraps

    return mark


@record
class _Parameters:
    """The Shape of a Python function."""

    names: tuple[str, ...]
    defaults: dict[str, Any]
    by_name: int
    others: str

    def __str__(self) -> str:
        params = [
            f"{n}={default_text(self.defaults[n])}" if n in self.defaults else n for n in self.names
        ]
        count = len(params) - self.by_name
        if self.others:
            return f"({', '.join([*params[:count], self.others, *params[count:]])})"
        return f"({', '.join(starred(params, self.by_name))})"


def _refuse_unfit(
    function: Callable[..., Any], name: str, args: Sequence[Any], kwargs: dict[str, Any]
) -> None:
    """Refuse arguments that do not fit a Python function; errors as for `bound`."""
    parameters = dict(inspect.signature(function).parameters)
    if parameters.pop("self", None) is not None:
        args = args[1:]
    # Those annotated Never are taken to be refused.
    others = [
        f"*{p.name}"
        for p in parameters.values()
        if p.kind is p.VAR_POSITIONAL
        if p.annotation != "Never"
    ]
    named = [p for p in parameters.values() if p.kind is not p.VAR_POSITIONAL]
    if "axis" in kwargs:
        raise ArgumentError(
            f"{name} takes no axis: of a nested Vec it goes over the first dimension; "
            f"write {name}(m.T) for the second, and rose.map for the rows"
        )
    for p in named:
        if p.kind is p.POSITIONAL_ONLY and p.name in kwargs:
            raise ArgumentError(
                f"{name} takes {p.name} by place, given by name; write {name}({p.name})"
            )
    by_name = sum(p.kind is p.KEYWORD_ONLY for p in named)
    shape = _Parameters(
        tuple(p.name for p in named),
        {p.name: p.default for p in named if p.default is not p.empty},
        by_name,
        "".join(others),
    )
    bound(name, shape, args[: len(named) - by_name] if others else args, kwargs)
