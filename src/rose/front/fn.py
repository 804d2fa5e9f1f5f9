"""`Traceable`: a function with a signature, whose Func is made when it is first wanted."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rose.errors import (
    ArgumentError,
    Location,
    RecursionError_,
    SignatureError,
    TypeMismatchError,
    user_location,
)
from rose.front.tracer import Tracer, current, trace_into, under_way
from rose.front.tree import Tree, passed_types, to_tree
from rose.front.vec import passed, wrap_passed
from rose.ir.func import Func

_MISSING = inspect.Parameter.empty


@dataclass(frozen=True)
class Signature:
    """What a function takes and gives.

    Attributes:
        names: of the parameters, in order.
        params: their trees.
        result: the tree of the result.
        defaults: values for parameters that may be left out.
    """

    names: tuple[str, ...]
    params: tuple[Tree, ...]
    result: Tree
    defaults: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        params = ", ".join(f"{n}: {t}" for n, t in zip(self.names, self.params, strict=True))
        return f"({params}) -> {self.result}"

    def bind(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
        """One value per parameter, from a call's arguments.

        Raises:
            ArgumentError: if there are too few, too many or unknown ones.
        """
        expected = f"{name}{self}"
        if len(args) > len(self.names):
            raise ArgumentError(
                f"{name} takes {len(self.names)} arguments, given {len(args)}; it is {expected}"
            )
        given = dict(zip(self.names, args, strict=False))
        for key, value in kwargs.items():
            if key not in self.names:
                raise ArgumentError(f"{name} has no parameter {key!r}; it is {expected}")
            if key in given:
                raise ArgumentError(f"{name} is given its parameter {key!r} twice")
            given[key] = value
        given = {**self.defaults, **given}
        missing = [n for n in self.names if n not in given]
        if missing:
            raise ArgumentError(
                f"{name} is called without {' and '.join(missing)}; it is {expected}"
            )
        return [given[n] for n in self.names]


class Traceable:
    """A function of the language: its signature, and its Func, both made when first asked for.

    Args:
        name: what it is called.
        signature: gives the signature.
        build: gives the Func, whose params and results are those of the signature, flattened.
        located: where the user wrote it.
    """

    def __init__(
        self,
        name: str,
        signature: Callable[[], Signature],
        build: Callable[[], Func],
        located: Location,
    ) -> None:
        self.__name__ = self.__qualname__ = name
        self._make_signature = signature
        self._build = build
        self._signature: Signature | None = None
        self._func: Func | None = None
        self.located = located

    @property
    def signature(self) -> Signature:
        """What it takes and gives."""
        if self._signature is None:
            self._signature = self._make_signature()
        return self._signature

    @property
    def func(self) -> Func:
        """Its IR."""
        if self._func is None:
            self._func = self._build()
        return self._func

    def call_traced(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Append a call to the trace under way."""
        signature = self.signature
        values = signature.bind(self.__name__, args, kwargs)
        func = self.func
        operands: list[int] = []
        for name, tree, value in zip(signature.names, signature.params, values, strict=True):
            operands += passed(tree, value, f"argument {name} of {self.__name__}")
        tracer = current()
        tracer.builder.loc = user_location()
        return wrap_passed(signature.result, tracer.builder.call(func, operands))


def python_signature(
    function: Callable[..., Any], located: Location, names_in_scope: Mapping[str, Any]
) -> Signature:
    """The Signature that a Python function's annotations give.

    Args:
        function: its annotations may be text, as `from __future__ import annotations` makes them.
        located: where it is defined.
        names_in_scope: what such text may name beside globals: the locals of where it is defined.

    Raises:
        SignatureError: if an annotation is missing or is no type of the language.
    """
    name = function.__name__
    try:
        hints = typing.get_type_hints(function, localns=dict(names_in_scope))
    except NameError as error:
        raise SignatureError(f"an annotation of {name} cannot be resolved: {error}", located) from None
    except TypeError as error:
        raise SignatureError(f"an annotation of {name} is no type: {error}", located) from None
    parameters = inspect.signature(function).parameters
    names, trees, defaults = [], [], {}
    for parameter in parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise SignatureError(
                f"{name} takes *{parameter.name}; name each parameter, or take a Vec or a tuple", located
            )
        if parameter.name not in hints:
            raise SignatureError(
                f"parameter {parameter.name} of {name} has no annotation; write what it is, "
                f"for example {parameter.name}: Real",
                located,
            )
        names.append(parameter.name)
        trees.append(_located(hints[parameter.name], f"parameter {parameter.name} of {name}", located))
        if parameter.default is not _MISSING:
            defaults[parameter.name] = parameter.default
    if "return" not in hints:
        raise SignatureError(
            f"the result of {name} has no annotation; write it, for example -> Real", located
        )
    result = _located(hints["return"], f"the result of {name}", located)
    return Signature(tuple(names), tuple(trees), result, defaults)


def _located(annotation: Any, what: str, located: Location) -> Tree:
    try:
        return to_tree(annotation, what)
    except SignatureError as error:
        raise SignatureError(error.message, located) from None


def trace(function: Callable[..., Any], signature: Signature, located: Location) -> Func:
    """Run a Python function once on traced values and give the Func of what it did.

    Raises:
        RecursionError_: if the function is being traced already.
        TypeMismatchError: if it gives something else than its signature says.
    """
    name = function.__name__
    if any(t.function is function for t in under_way()):
        raise RecursionError_(
            f"{name} calls itself; a traced function cannot, since it would never end: "
            "write rose.loop, or recurse in a plain Python function on plain Python values"
        )
    with trace_into(Tracer(function, located)) as tracer:
        args = []
        for tree in signature.params:
            ids = [tracer.builder.param(type) for type in passed_types(tree)]
            args.append(wrap_passed(tree, ids))
        value = function(*args)
        try:
            results = passed(signature.result, value, f"the result of {name}")
        except TypeMismatchError as error:
            raise type(error)(error.message, located) from None
        return tracer.builder.finish(results)
