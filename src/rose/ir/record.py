"""`record`: classes of fields, as dataclasses are, but quick to make, and so are their objects.

Every import makes dozens of such classes, and `dataclasses`, which compiles five methods for each and imports `inspect`, takes as long
for it as all else together; a program makes millions of the objects, and a frozen dataclass takes three times as long for one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


class _Field:
    """What there is to know of a field but its name."""

    def __init__(self, default: Any, factory: Any, *, compare: bool, shown: bool) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.shown = shown


_REQUIRED: Any = object()  # in place of a default


def field(
    *,
    default: Any = _REQUIRED,
    default_factory: Callable[[], Any] | None = None,
    compare: bool = True,
    repr: bool = True,  # noqa: A002 (type checkers know it by this name)
) -> Any:
    """As for dataclasses."""
    return _Field(default, default_factory, compare=compare, shown=repr)


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(
    *, frozen: bool = True, eq: bool = True, slots: bool = True, guarded: bool = False
) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(
    cls: type[Any] | None = None,
    /,
    *,
    frozen: bool = True,  # noqa: ARG001 (it is for type checkers)
    eq: bool = True,
    slots: bool = True,
    guarded: bool = False,
) -> Any:
    """A class with `__init__`, `__repr__` and what patterns need, of the fields that are annotated in it.

    Args:
        cls: the class. Methods that it has stay its own; fields of a base come first.
        frozen: whether fields may not be set, to type checkers; at run time nobody looks, unless
        guarded: it is a class that users have objects of: to set a field is refused, and making one takes longer.
        eq: whether those with equal fields are equal, and may be keys; otherwise each is equal to itself only.
        slots: whether it has slots, and so no other attributes.
    """
    if cls is None:
        return partial(_made, eq=eq, slots=slots, guarded=guarded)
    return _made(cls, eq=eq, slots=slots, guarded=guarded)


def replace(value: T, **changes: Any) -> T:
    """The same record with other values in some fields."""
    names: tuple[str, ...] = type(value).__match_args__  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    return type(value)(**{name: getattr(value, name) for name in names} | changes)


def _made(cls: type[Any], *, eq: bool, slots: bool, guarded: bool) -> type[Any]:
    contents = dict(vars(cls))
    own = {
        name: _as_field(contents.pop(name, _REQUIRED))
        for name, annotation in cls.__annotations__.items()
        if not str(annotation).startswith("ClassVar")
    }
    fields: dict[str, _Field] = {**getattr(cls, "__record__", {}), **own}
    methods = _methods(fields, eq=eq)
    methods["__init__"] = _init(fields, checked=hasattr(cls, "__post_init__"), guarded=guarded)
    if guarded:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    if eq and contents.get("__hash__") is None:
        contents.pop("__hash__", None)  # what Python puts beside an `__eq__` of one's own
    if slots:
        for name in ("__dict__", "__weakref__"):
            contents.pop(name, None)
        methods["__slots__"] = tuple(own)
        made: type[Any] = type(cls.__name__, cls.__bases__, methods | contents)
        return made
    for name in own:
        if name in vars(cls):
            delattr(cls, name)
    for name, method in methods.items():
        if name not in contents:
            setattr(cls, name, method)
    return cls


def _as_field(default: Any) -> _Field:
    if isinstance(default, _Field):
        return default
    return _Field(default, None, compare=True, shown=True)


def _methods(fields: dict[str, _Field], *, eq: bool) -> dict[str, Any]:
    """What a class of these fields gets, but for what it has itself."""
    compared = [name for name, field in fields.items() if field.compare]
    shown = [name for name, field in fields.items() if field.shown]
    # attrgetter gives a tuple of two and more, and tuples compare what is in them by identity first, as dataclasses do.
    one_is_enough = [*compared, *compared] if len(compared) == 1 else compared
    key: Callable[[Any], Any] = attrgetter(*one_is_enough) if compared else lambda _: None

    def is_equal(self: Any, other: object) -> bool:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(key(self))

    def shown_as(self: Any) -> str:
        fields = [f"{name}={getattr(self, name)!r}" for name in shown]
        return f"{self.__class__.__qualname__}({', '.join(fields)})"

    methods: dict[str, Any] = {
        "__record__": fields,
        "__match_args__": tuple(fields),
        "__repr__": shown_as,
    }
    return methods | {"__eq__": is_equal, "__hash__": hashed} if eq else methods


def _refuse(self: Any, name: str, *_: Any) -> None:
    """What a guarded class has in place of `object.__setattr__`."""
    raise AttributeError(
        f"{type(self).__name__} objects do not change, so {name} cannot be set; make another one"
    )


def _init(fields: dict[str, _Field], *, checked: bool, guarded: bool) -> Any:
    """The `__init__`, compiled, since loops over names would take three times as long."""
    names: dict[str, Any] = {"required": _REQUIRED, "_set": object.__setattr__}
    params: list[str] = []
    lines: list[str] = []
    for name, field in fields.items():
        value = name
        if field.factory is not None:
            names[f"make_{name}"] = field.factory
            value = f"make_{name}() if {name} is required else {name}"
            params.append(f"{name}=required")
        elif field.default is _REQUIRED:
            params.append(name)
        else:
            names[f"default_{name}"] = field.default
            params.append(f"{name}=default_{name}")
        lines.append(
            f"    _set(self, {name!r}, {value})" if guarded else f"    self.{name} = {value}"
        )
    lines.append("    self.__post_init__()" if checked else "    return")
    text = "\n".join([f"def __init__({', '.join(['self', *params])}):", *lines])
    exec(text, names)  # noqa: S102 (it is of our own words only)
    return names["__init__"]
