"""What a function takes and gives: read from its annotations, or given with the mark."""

from __future__ import annotations

import enum
import inspect
import operator
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias, TypeVar

from rose.errors import ArgumentError, Location, RoseError, SignatureError
from rose.front.annotations import to_tree
from rose.front.flatten import infer
from rose.front.sizes import ANYTHING, OpenVec, unwrapped
from rose.front.statics import static_tree
from rose.front.tree import StaticTree, Tree, VecTree
from rose.front.values import is_int, is_number
from rose.front.vec import Vec
from rose.front.words import counted, describe, mismatch

T = TypeVar("T")

MISSING: Any = inspect.Parameter.empty


@dataclass(frozen=True)
class Signature:
    """What a function takes and gives.

    Attributes:
        names: of the parameters, in order.
        params: their trees.
        result: the tree of the result.
        defaults: values for parameters that may be left out.
        by_name: how many parameters, the last ones, calls give by name only.
    """

    names: tuple[str, ...]
    params: tuple[Tree, ...]
    result: Tree
    defaults: dict[str, Any] = field(default_factory=dict)
    by_name: int = 0

    def __str__(self) -> str:
        params = [f"{n}: {t}" for n, t in zip(self.names, self.params, strict=True)]
        return f"({', '.join(_starred(params, self.by_name))}) -> {self.result}"

    def call(self, function: Callable[..., Any], values: Sequence[Any]) -> Any:
        """Call a function of this signature with a value per parameter."""
        count = len(self.names) - self.by_name
        return function(
            *values[:count], **dict(zip(self.names[count:], values[count:], strict=True))
        )

    def bind(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
        """One value per parameter, from a call's arguments.

        Raises:
            ArgumentError: if there are too few, too many or unknown ones.
        """
        given = _given(name, self, args, kwargs)
        late = self.names[len(self.names) - self.by_name : len(args)]
        if late:
            raise ArgumentError(
                f"{name} takes {' and '.join(late)} by name, given by place; write "
                f"{name}(..., {', '.join(f'{n}=...' for n in late)})"
            )
        missing = [n for n in self.names if n not in given]
        if missing:
            raise ArgumentError(
                f"{name} is called without {' and '.join(missing)}; it is {name}{self}"
            )
        return [given[n] for n in self.names]


def _starred(params: list[str], by_name: int) -> list[str]:
    """The parameters as they are written, with the star in front of those that are given by name."""
    count = len(params) - by_name
    return [*params[:count], *["*"] * bool(by_name), *params[count:]]


def _given(
    name: str, shape: Signature | Template, args: Sequence[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The arguments of a call, and the defaults, by the names of the parameters."""
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


# --- parameters that are known when the function is called ------------------------------------------------


class _StaticMark:
    """What `Static` puts into an annotation."""

    def __repr__(self) -> str:
        return "static"


_MARK = _StaticMark()

# `n: Static[T]` is a T that is known while tracing. Type checkers see a T.
Static: TypeAlias = Annotated[T, _MARK]


@dataclass(frozen=True)
class Blank:
    """A parameter whose tree depends on what is given for it.

    Attributes:
        text: how it is written behind the parameter's name; "" for nothing.
        static: the class of the Python values that it takes; None if it takes values of the language.
        vec: if it takes Vecs only, what is known of them.
    """

    text: str
    static: type | None = None
    vec: OpenVec | None = None

    def fill(self, value: Any, what: str) -> Tree:
        """The tree of what is given, which may be a tree itself.

        Raises:
            TypeMismatchError: if it is no value of the language, or not of this class; `what` names it.
        """
        if self.static is not None:
            return static_tree(self._static_value(value, what), what)
        is_type = isinstance(value, Tree | type) or typing.get_origin(value) is Annotated
        if not is_type and (callable(value) or isinstance(value, str | bytes)):
            raise mismatch(
                f"{what}: expected numbers, Vecs or structures of them, given {describe(value)}; "
                "for a Python value that is known while tracing annotate the parameter rose.Static[...]"
            )
        tree = to_tree(value, what) if is_type else infer(value, what)
        return self.completed(tree, value, what)

    def completed(self, tree: Tree, value: Any, what: str) -> Tree:
        """The tree of a value, with the elements that are written here.

        Raises:
            TypeMismatchError: if it takes Vecs, and this is none; `what` names it.
        """
        if self.vec is None:
            return tree
        if not isinstance(tree, VecTree):
            raise mismatch(f"{what}: expected a Vec, given {describe(value)}")
        if self.vec.elem is ANYTHING:
            return tree
        elem = unwrapped(self.vec.elem)
        if elem is Any:
            return tree
        inner = _open_vec(elem)
        if inner is None:
            return VecTree(tree.size, to_tree(elem, "the element of a Vec"))
        return VecTree(tree.size, Blank("", vec=inner).completed(tree.elem, tree.elem, what))

    def _static_value(self, value: Any, what: str) -> Any:
        assert self.static is not None, "only static parameters have static values"
        if self.static is int and is_int(value) and not hasattr(value, "home"):
            return operator.index(value)
        is_traced = hasattr(value, "home")
        if self.static is float and is_number(value) and not is_traced:
            return float(value)
        is_truth = isinstance(value, bool) and self.static is int
        if is_traced or is_truth or not isinstance(value, self.static):
            name = self.static.__name__
            wanted = "a value" if self.static is object else f"{_article(name)} {name}"
            hint = "; annotate it Real or Index[n] if it is not" if is_traced else ""
            raise mismatch(
                f"{what}: expected {wanted} that is known while tracing, given {describe(value)}{hint}"
            )
        return value

    def __str__(self) -> str:
        return self.text


def _article(name: str) -> str:
    return "an" if name[0] in "aeioAEIO" else "a"


@dataclass(frozen=True)
class Template:
    """What is known of a function's signature before it is called.

    Attributes:
        names: of the parameters, in order.
        params: their trees, or blanks.
        result: the tree of the result, or a blank if it is to be inferred.
        defaults: values for parameters that may be left out.
        by_name: how many parameters, the last ones, calls give by name only.
    """

    names: tuple[str, ...]
    params: tuple[Tree | Blank, ...]
    result: Tree | Blank
    defaults: dict[str, Any] = field(default_factory=dict)
    by_name: int = 0

    def __str__(self) -> str:
        pairs = zip(self.names, map(str, self.params), strict=True)
        params = [f"{n}: {t}" if t else n for n, t in pairs]
        result = str(self.result)
        return f"({', '.join(_starred(params, self.by_name))})" + (
            f" -> {result}" if result else ""
        )

    @property
    def is_open(self) -> bool:
        """Whether parameters are known only when it is called."""
        return any(isinstance(param, Blank) for param in self.params)

    @property
    def missing(self) -> list[str]:
        """The parameters that are known only when it is called, and have no default."""
        pairs = zip(self.names, self.params, strict=True)
        return [n for n, p in pairs if isinstance(p, Blank) and n not in self.defaults]

    def _hint(self, missing: Sequence[str]) -> str:
        """What to write if a parameter lacks its annotation by mistake."""
        pairs = zip(self.names, self.params, strict=True)
        bare = [n for n, p in pairs if n in missing and isinstance(p, Blank) and p.text == ""]
        return f"; or annotate {' and '.join(bare)}, for example {bare[0]}: Real" if bare else ""

    def fill(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Tree, ...]:
        """The trees of the parameters in a call; only blanks need arguments.

        Raises:
            ArgumentError: if a blank is left, or there are too many or unknown arguments.
            TypeMismatchError: if an argument does not fit its blank.
        """
        given = _given(name, self, args, kwargs)
        pairs = list(zip(self.names, self.params, strict=True))
        missing = [n for n in self.missing if n not in given]
        if missing:
            raise ArgumentError(
                f"{name}{self} is another function for each {' and '.join(missing)}, which "
                f"{'is' if len(missing) == 1 else 'are'} not given; call it with all of its arguments, or write "
                f"{name}.specialized({', '.join(f'{n}=...' for n in missing)})"
                f"{self._hint(missing)}"
            )
        return tuple(
            param.fill(given[n], f"argument {n} of {name}") if isinstance(param, Blank) else param
            for n, param in pairs
        )

    def signature(self, params: tuple[Tree, ...], result: Tree) -> Signature:
        """The signature with these trees. Static values are defaults, so that they may be left out."""
        values = {
            n: tree.value
            for n, tree in zip(self.names, params, strict=True)
            if isinstance(tree, StaticTree)
        }
        return Signature(
            self.names, params, result, {**self.defaults, **values}, by_name=self.by_name
        )


# --- annotations ------------------------------------------------------------------------------------------


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
    kind = next((what for test, what in _NOT_TRACED.items() if test(function)), None)
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
    names, params, defaults = [], [], {}
    for parameter in parameters:
        _check_parameter(parameter, hints, name, located)
        names.append(parameter.name)
        hint = hints.get(parameter.name, MISSING)
        params.append(_param(hint, f"parameter {parameter.name} of {name}", located))
        if parameter.default is not MISSING:
            defaults[parameter.name] = parameter.default
    result = _result(hints.get("return", MISSING), name, located)
    by_name = [p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    return Template(tuple(names), tuple(params), result, defaults, len(by_name))


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
    stars = _STARS.get(parameter.kind)
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


_STARS: dict[Any, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def _is_static(annotation: Any) -> bool:
    """Whether it is a `Static[T]`."""
    return typing.get_origin(annotation) is Annotated and _MARK in annotation.__metadata__


def _has_instances(cls: type) -> bool:
    """Whether Python can tell its instances; it cannot for `Any` and for protocols."""
    try:
        isinstance(None, cls)
    except TypeError:
        return False
    return True


def _param(annotation: Any, what: str, located: Location) -> Tree | Blank:
    """The tree of a parameter, or its blank."""
    if _is_static(annotation):
        (of, *_) = typing.get_args(annotation)
        cls = typing.get_origin(of) or of
        if not isinstance(cls, type) or not _has_instances(cls):
            return Blank("Static", object)
        return Blank(f"Static[{cls.__name__}]", cls)
    plain = unwrapped(annotation)
    blank = _blank(plain)
    if blank is not None:
        return blank
    if plain is not bool and inspect.isclass(plain) and issubclass(plain, _STATIC):
        return Blank(plain.__name__, plain)
    return _tree(annotation, what, located)


def _result(annotation: Any, name: str, located: Location) -> Tree | Blank:
    """The tree of a result, or its blank."""
    blank = _blank(unwrapped(annotation))
    return _tree(annotation, f"the result of {name}", located) if blank is None else blank


def _blank(annotation: Any) -> Blank | None:
    """What is left open by no annotation, by Any, and by Vecs of any size; None if it is something else."""
    if annotation is MISSING or annotation is Any:
        return Blank("")
    vec = _open_vec(annotation)
    return None if vec is None else Blank(str(vec), vec=vec)


def _open_vec(annotation: Any) -> OpenVec | None:
    """What an annotation says of Vecs of any size; None if it is something else."""
    if annotation is Vec:
        return OpenVec(ANYTHING)
    return annotation if isinstance(annotation, OpenVec) else None


# Classes whose values are static without more words.
_STATIC = (int, str, enum.Enum)


def _tree(annotation: Any, what: str, located: Location) -> Tree:
    return at_line(lambda: to_tree(annotation, what), located)


def at_line(make: Callable[[], T], location: Location) -> T:
    """What `make` gives; an error of ours that it raises is said to be at this line instead."""
    try:
        return make()
    except RoseError as error:
        raise type(error)(error.message, location) from None
