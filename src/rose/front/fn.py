"""`Traceable`: a function with a signature, whose Func is made when it is first wanted."""

from __future__ import annotations

import dis
import inspect
import linecache
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, TypeVar

from rose.errors import (
    ArgumentError,
    Location,
    RecursiveCallError,
    RoseError,
    SignatureError,
    TypeMismatchError,
    user_location,
)
from rose.front.tracer import Tracer, current, trace_into, under_way
from rose.front.tree import NONE_TREE, Tree, counted, passed_types, to_tree
from rose.front.vec import passed, wrap_passed
from rose.ir.func import Func

T = TypeVar("T")

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
                f"{name} takes {counted(len(self.names), 'argument')}, given {len(args)}; it is {expected}"
            )
        given = dict(zip(self.names, args, strict=False))
        for key, value in kwargs.items():
            if key not in self.names:
                raise ArgumentError(f"{name} has no parameter {key!r}; it is {expected}")
            if key in given:
                raise ArgumentError(
                    f"{name} is given its parameter {key!r} twice, by place and by name; it is {expected}"
                )
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
    kind = next((what for test, what in _NOT_TRACED.items() if test(function)), None)
    if kind is not None:
        raise SignatureError(
            f"{name} is {kind}; @rose.fn marks a plain function that returns its result", located
        )
    hints = _hints(function, located, names_in_scope)
    parameters = inspect.signature(function).parameters
    names, trees, defaults = [], [], {}
    for parameter in parameters.values():
        _check_parameter(parameter, hints, name, located)
        names.append(parameter.name)
        trees.append(_tree(hints[parameter.name], f"parameter {parameter.name} of {name}", located))
        if parameter.default is not _MISSING:
            defaults[parameter.name] = parameter.default
    if "return" not in hints:
        raise SignatureError(
            f"the result of {name} has no annotation; write it, for example -> Real", located
        )
    result = _tree(hints["return"], f"the result of {name}", located)
    return Signature(tuple(names), tuple(trees), result, defaults)


_NOT_TRACED: dict[Callable[[object], bool], str] = {
    inspect.isgeneratorfunction: "a generator (it has a yield)",
    inspect.iscoroutinefunction: "a coroutine (an async def)",
    inspect.isasyncgenfunction: "an asynchronous generator",
}


def _hints(
    function: Callable[..., Any], located: Location, names_in_scope: Mapping[str, Any]
) -> dict[str, Any]:
    """The annotations of a function, evaluated."""
    name = function.__name__
    try:
        return _located(
            lambda: typing.get_type_hints(function, localns=dict(names_in_scope)), located
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
    """Refuse a parameter that is not one of a known number, or has no annotation."""
    stars = _STARS.get(parameter.kind)
    if stars is not None:
        raise SignatureError(
            f"{name} takes {stars}{parameter.name}; name each parameter, or take a Vec or a tuple",
            located,
        )
    if parameter.name in hints:
        return
    if parameter.name in ("self", "cls"):
        raise SignatureError(
            f"{name} takes {parameter.name}; @rose.fn marks functions, not methods: "
            "define it outside of its class",
            located,
        )
    raise SignatureError(
        f"parameter {parameter.name} of {name} has no annotation; write what it is, "
        f"for example {parameter.name}: Real",
        located,
    )


_STARS: dict[Any, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def _tree(annotation: Any, what: str, located: Location) -> Tree:
    return _located(lambda: to_tree(annotation, what), located)


def _located(make: Callable[[], T], location: Location) -> T:
    """What `make` gives; an error of ours that it raises is said to be at this line instead."""
    try:
        return make()
    except RoseError as error:
        raise type(error)(error.message, location) from None


def definition_line(code: CodeType) -> Location:
    """The line of a function's `def`; its code begins with the decorators above it."""
    file, line = code.co_filename, code.co_firstlineno
    for offset, text in enumerate(linecache.getlines(file)[line - 1 :]):
        if text.lstrip().startswith(("def ", "async def ")):
            return Location(file, line + offset)
        if not text.strip() or offset > LONGEST_DECORATION:
            break
    return Location(file, line)


LONGEST_DECORATION = 50  # lines


def _result_line(code: CodeType, located: Location) -> Location:
    """The line of a function's only `return`; that of its `def` if it has more of them."""
    lines = {
        position.lineno
        for instruction in dis.get_instructions(code)
        if instruction.opname.startswith("RETURN_") and instruction.opname != "RETURN_GENERATOR"
        if (position := instruction.positions) is not None
    }
    only = lines.pop() if len(lines) == 1 else None
    return located if only is None else Location(code.co_filename, only)


def trace(function: Callable[..., Any], signature: Signature, located: Location) -> Func:
    """Run a Python function once on traced values and give the Func of what it did.

    Raises:
        RecursiveCallError: if the function is being traced already.
        TypeMismatchError: if it gives something else than its signature says, or None.
        IndexRangeError: if it gives an index that may be larger than its signature says.
        EscapedValueError: if it gives a value of another trace, or of a block that has ended.
    """
    name = function.__name__
    if any(t.function is function for t in under_way()):
        chain = " → ".join([*[t.owner for t in under_way()], name])
        raise RecursiveCallError(
            f"{name} calls itself ({chain}); a traced function cannot, since it would never end: "
            "write rose.loop, or recurse in a plain Python function on plain Python values"
        )
    with trace_into(Tracer(function, located)) as tracer:
        args = []
        for tree in signature.params:
            ids = [tracer.builder.param(type) for type in passed_types(tree)]
            args.append(wrap_passed(tree, ids))
        count = len(args) - function.__code__.co_kwonlyargcount
        by_name = dict(zip(signature.names[count:], args[count:], strict=True))
        value = function(*args[:count], **by_name)
        line = _result_line(function.__code__, located)
        if value is None and signature.result != NONE_TREE:
            raise TypeMismatchError(
                f"{name} returns None, and its result is annotated {signature.result}; "
                "write a return at its end",
                line,
            )
        results = _located(lambda: passed(signature.result, value, f"the result of {name}"), line)
        return tracer.builder.finish(results)
