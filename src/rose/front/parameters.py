"""What a Python function takes and gives, by its annotations or by types given with the mark."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rose.errors import Location, SignatureError
from rose.front.blanks import MISSING, Blank, at_line, param, result
from rose.front.signature import Template
from rose.front.tree import Tree
from rose.front.words import counted
from rose.lazy import Lazy

if TYPE_CHECKING:
    import inspect
else:
    inspect = Lazy("inspect")


def python_template(
    function: Callable[..., Any],
    located: Location,
    names_in_scope: Mapping[str, Any],
    explicit: tuple[Sequence[Any], Any] | None = None,
) -> Template:
    """The Template that a Python function's annotations give.

    Args:
        function: its annotations may be text, as `from __future__ import annotations` makes them.
        located: where it is defined.
        names_in_scope: what such text may name beside globals: the locals of where it is defined.
        explicit: the types of parameters and result, in place of annotations.

    Raises:
        SignatureError: if an annotation is no type of the language.
    """
    name = function.__name__
    kind = next(
        (what for test, what in _NOT_TRACED.items() if getattr(inspect, test)(function)), None
    )
    if kind is not None:
        raise SignatureError(
            f"{name} is {kind}; @rose.fn marks a plain function that returns its result", located
        )
    parameters = inspect.signature(function).parameters.values()
    hints = (
        _hints(function, located, names_in_scope)
        if explicit is None
        else _explicit(name, [p.name for p in parameters], explicit, located)
    )
    names: list[str] = []
    params: list[Tree | Blank] = []
    defaults: dict[str, Any] = {}
    for parameter in parameters:
        _check_parameter(parameter, hints, name, located)
        names.append(parameter.name)
        hint = hints.get(parameter.name, MISSING)
        params.append(param(hint, f"parameter {parameter.name} of {name}", located))
        if parameter.default is not parameter.empty:
            defaults[parameter.name] = parameter.default
    gives = result(hints.get("return", MISSING), name, located)
    by_name = [p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    return Template(tuple(names), tuple(params), gives, defaults, len(by_name))


def _explicit(
    name: str, names: Sequence[str], explicit: tuple[Sequence[Any], Any], located: Location
) -> dict[str, Any]:
    """Types that are given with the mark, by the names of the parameters."""
    types, result = explicit
    if len(types) != len(names):
        raise SignatureError(
            f"{name} takes {counted(len(names), 'parameter')}, and rose.fn is given "
            f"{counted(len(types), 'type')} for them",
            located,
        )
    return {**dict(zip(names, types, strict=True)), "return": result}


# By the name of the question in `inspect`.
_NOT_TRACED = {
    "isgeneratorfunction": "a generator (it has a yield)",
    "iscoroutinefunction": "a coroutine (an async def)",
    "isasyncgenfunction": "an asynchronous generator",
}


def _hints(
    function: Callable[..., Any], located: Location, names_in_scope: Mapping[str, Any]
) -> dict[str, Any]:
    """The annotations of a function, evaluated."""
    name = function.__name__
    try:
        scope = dict(names_in_scope)
        return at_line(
            lambda: typing.get_type_hints(function, localns=scope, include_extras=True), located
        )
    except SignatureError:
        raise
    except NameError as error:
        raise SignatureError(
            f"an annotation of {name} cannot be resolved: {error}; define it before {name}, "
            "or at the top of the module",
            located,
        ) from None
    except Exception as error:  # noqa: BLE001 (evaluating an annotation can raise anything)
        raise SignatureError(
            f"an annotation of {name} cannot be resolved: {type(error).__name__}: {error}", located
        ) from None


def _check_parameter(
    parameter: inspect.Parameter, hints: Mapping[str, Any], name: str, located: Location
) -> None:
    """Refuse a parameter that is not one of a known number, or that is no function's."""
    stars = _STARS.get(parameter.kind.name)
    if stars is not None:
        raise SignatureError(
            f"{name} takes {stars}{parameter.name}; name each parameter, or take a Vec or a tuple",
            located,
        )
    if parameter.name in ("self", "cls") and parameter.name not in hints:
        raise SignatureError(
            f"{name} takes {parameter.name}; @rose.fn marks functions, not methods: "
            "define it outside of its class",
            located,
        )


_STARS = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}  # by the name of the kind
