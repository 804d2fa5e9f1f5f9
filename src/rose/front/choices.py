"""Which Python values a static parameter takes, by its annotation."""

from __future__ import annotations

import enum
import operator
import types
import typing
from typing import Any, Literal

from rose.front.annotations import written
from rose.front.plain import is_int
from rose.front.values import is_number
from rose.front.words import describe, mismatch
from rose.ir.record import record

# Classes whose values are static without more words.
_STATIC = (int, str, enum.Enum)


@record
class Choice:
    """The Python values that a static parameter takes.

    Attributes:
        text: how it is annotated; "" for any value.
        classes: those of these classes,
        among: and these.
    """

    text: str
    classes: tuple[type, ...]
    among: tuple[Any, ...] = ()

    def value(self, given: Any, what: str) -> Any:
        """What is given, NumPy's numbers as Python's.

        Raises:
            TypeMismatchError: if it is none of the values; `what` names it.
        """
        is_traced = hasattr(given, "home")
        if not is_traced:
            given = self._plain(given)
        if is_traced or not self._takes(given):
            hint = "; annotate it Real or Index[n] if it is not" if is_traced else ""
            raise mismatch(
                f"{what}: expected {self} that is known while tracing, given {describe(given)}{hint}"
            )
        return given

    def _plain(self, given: Any) -> Any:
        if is_int(given) and (int in self.classes or any([type(x) is int for x in self.among])):
            return operator.index(given)
        return float(given) if float in self.classes and is_number(given) else given

    def _takes(self, given: Any) -> bool:
        if any([type(x) is type(given) and x == given for x in self.among]):
            return True
        is_truth = isinstance(given, bool) and not {bool, object} & {*self.classes}
        return isinstance(given, self.classes) and not is_truth

    def __str__(self) -> str:
        names = [_with_article(cls) for cls in self.classes]
        return " or ".join([*map(repr, self.among), *names])


def _with_article(cls: type) -> str:
    if cls is object:
        return "a value"
    if cls is types.NoneType:
        return "None"
    return f"{'an' if cls.__name__[0] in 'aeioAEIO' else 'a'} {cls.__name__}"


def static_choice(annotation: Any) -> Choice | None:
    """The values of a parameter that is static without more words; None if it is not."""
    choice = marked_choice(annotation)
    classes = [*choice.classes, *map(type, choice.among)]
    others = [cls for cls in classes if cls is not types.NoneType]
    is_static = [issubclass(cls, _STATIC) and cls is not bool for cls in others]
    return choice if others and all(is_static) else None


def marked_choice(annotation: Any) -> Choice:
    """The values of a parameter that is annotated Static[annotation]."""
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    classes, among = [], []
    for member in typing.get_args(annotation) if is_union else [annotation]:
        if typing.get_origin(member) is Literal:
            among += member.__args__
        else:
            classes.append(_class_of(member))
    return Choice("" if classes == [object] else written(annotation), tuple(classes), tuple(among))


def _class_of(annotation: Any) -> type:
    """A class, or that of typing's own kinds; object if Python cannot tell its instances, as those of `Any` and of protocols."""
    if annotation is None:
        return types.NoneType
    cls = typing.get_origin(annotation) or annotation
    try:
        isinstance(None, cls)
    except TypeError:
        return object
    return cls if isinstance(cls, type) else object
