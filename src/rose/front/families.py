"""Families: functions that are specialised, with a member for the arguments of each call."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from types import CellType
from typing import Any

from rose.errors import NOWHERE, ArgumentError, Location, SignatureError, TypeMismatchError
from rose.front.blanks import Blank, at_line
from rose.front.captures import LOCAL, Local, captures_of
from rose.front.flatten import passed
from rose.front.fn import Traceable
from rose.front.signature import Signature, Template
from rose.front.trace import trace_inferred
from rose.front.tracer import Tracer, current, trace_into, tracing
from rose.front.tree import Tree, with_article
from rose.ir.func import Func


class PythonFamily:
    """The members of a Python function.

    Args:
        function: what is traced.
        template: gives what its annotations say.
        located: where it is defined.
        make: makes a member: a Traceable, of a name, a signature, a Func and a location.
        accepts: whether a call from Python takes a value for a parameter of this tree, as calls in traces may not.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        template: Callable[[], Template],
        located: Location,
        make: Callable[..., Traceable],
        accepts: Callable[[Tree, Any], bool],
    ) -> None:
        self._function = function
        self._accepts = accepts
        self._template = cache(lambda: self._with_defaults(template()))
        self._located = located
        self._make = make
        self._members: dict[tuple[Tree, ...], Traceable] = {}
        self._home = current() if tracing() and function.__closure__ is not None else None

    def is_open(self) -> bool:
        return self._template().is_open

    def has_default(self) -> bool:
        return not self._template().missing

    def check(self) -> None:
        """Look at the defaults, if the annotations can be read already.

        Raises:
            TypeMismatchError: if a default is no value of its parameter's type.
            IndexRangeError: if it is an index out of range.
        """
        # An annotation that names what is not defined yet, or is no type, is said when the function is used.
        with suppress(SignatureError):
            self._template()

    def _with_defaults(self, template: Template) -> Template:
        """The template, whose defaults fit; errors as for `check`."""
        name, located = self._function.__name__, self._located
        for parameter, param in zip(template.names, template.params, strict=True):
            if parameter not in template.defaults:
                continue
            default, what = template.defaults[parameter], f"the default of {parameter} of {name}"
            if isinstance(param, Blank):
                at_line(partial(param.fill, default, what), located)
                continue
            if not self._accepts(param, default):
                with trace_into(Tracer(self._function, located, ())):
                    at_line(partial(passed, param, default, what), located)
        return template

    def member(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Traceable:
        try:
            params = self._template().fill(self._function.__name__, args, kwargs)
        except ArgumentError as error:
            if error.location != NOWHERE:
                raise
            raise ArgumentError(
                error.message, self._located
            ) from None  # no line of the user's asks for it
        if params not in self._members:
            self._members[params] = self._new(params)
        return self._members[params]

    def _new(self, params: tuple[Tree, ...]) -> Traceable:
        template = self._template()
        kept: list[tuple[list[Any], tuple[Func, Tree]]] = []

        def traced() -> tuple[Func, Tree]:
            cells = self._closed_over()
            if kept and all(map(operator.is_, kept[0][0], cells)):
                return kept[0][1]
            known = None if isinstance(template.result, Blank) else template.result
            made = trace_inferred(self._function, params, known, self._located)
            self._check_result(made[1])
            if LOCAL not in made[0].memo:
                kept[:] = [(cells, made)]
            if self._home is not None:
                made[0].memo[LOCAL] = Local(self._home, captures_of(made[0]))
            return made

        def signature() -> Signature:
            known = template.result
            return template.signature(params, traced()[1] if isinstance(known, Blank) else known)

        name = self._function.__name__
        return self._make(name, signature, lambda: traced()[0], self._located)

    def _check_result(self, tree: Tree) -> None:
        """Refuse a result that is no Vec, or none of such elements, where the annotation says so."""
        known = self._template().result
        if not isinstance(known, Blank):
            return
        what = f"the result of {self._function.__name__}"
        expected = at_line(lambda: known.completed(tree, tree, what), self._located)
        if expected != tree:
            raise TypeMismatchError(
                f"{what}: expected {with_article(expected)}, given {with_article(tree)}",
                self._located,
            )

    def _closed_over(self) -> list[Any]:
        """What the variables of the functions around it are now: an inner function is traced anew when they change."""
        if self._home is None:
            return []
        return [_content(cell) for cell in self._function.__closure__ or ()]

    def __str__(self) -> str:
        return str(self._template())


def first_argument(*args: Any, **kwargs: Any) -> Sequence[Any]:
    """The arguments of a function that a transformation takes as one tuple, its first argument."""
    given = next(iter((*args, *kwargs.values())), ())
    return given if isinstance(given, tuple | list) else ()


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # the variable has no value yet
        return None


class DerivedFamily:
    """The members of what a transformation makes: it is applied to the members of its function.

    Args:
        of: the function that is transformed.
        transform: what is done with a member.
        arguments: the arguments for `of` among those of a call; by default they are the same.
    """

    def __init__(
        self,
        of: Traceable,
        transform: Callable[[Any], Traceable],
        arguments: Callable[..., Sequence[Any]] | None = None,
    ) -> None:
        self._of = of
        self._transform = cache(transform)
        self._arguments = arguments

    def is_open(self) -> bool:
        return self._of.is_open

    def has_default(self) -> bool:
        return self._of.has_signature

    def member(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Traceable:
        if self._arguments is None:
            return self._transform(self._of.specialized(*args, **kwargs))
        return self._transform(self._of.specialized(*self._arguments(*args, **kwargs)))

    def __str__(self) -> str:
        return f" of {self._of!r}"
