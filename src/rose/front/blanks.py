"""Parameters that are known when a function is called: static ones, and those without a type or a size."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

from rose.errors import Location, RoseError, SignatureError
from rose.front.annotations import to_tree
from rose.front.choices import Choice, marked_choice, static_choice
from rose.front.flatten import infer
from rose.front.sizes import ANYTHING, OpenVec, unwrapped
from rose.front.statics import static_tree
from rose.front.tree import REAL_TREE, Tree, TupleTree, VecTree
from rose.front.vec import Vec
from rose.front.words import describe, mismatch
from rose.ir.record import record

T = TypeVar("T")

MISSING: Any = object()  # in place of an annotation, or of an argument


class _StaticMark:
    """What `Static` puts into an annotation."""

    def __repr__(self) -> str:
        return "static"


_MARK = _StaticMark()

if TYPE_CHECKING:
    Static: TypeAlias = Annotated[T, _MARK]  # to checkers, a T
else:

    class Static:
        """`Static[T]` annotates a parameter whose argument is a Python value of class T, known while tracing.

        T is any class whose values are hashable; `Static` alone takes every such value. Each value makes another function, and
        has no derivative. Parameters annotated int, str or with an Enum are static without it.

        Raises:
            SignatureError: if T is a value, not a class.
            TypeMismatchError: at a call with a value of another class, or one that is not hashable.

        Example:
            >>> @fn
            ... def weighted(v: Vec[2], weights: rose.Static[tuple]) -> Real:
            ...     return rose.dot(v, weights)
            >>> weighted([3, 4], (1, 10)), rose.grad(weighted)([3, 4], (1, 10))
            (43.0, [1.0, 10.0])
        """

        def __new__(cls, *values):
            raise SignatureError(
                f"Static is for annotations, and makes no values of {describe(values[0]) if values else 'nothing'}; "
                "write n: Static[int], and give the number in the call"
            )

        def __class_getitem__(cls, of):
            if isinstance(of, int | float | tuple | list | dict | set | bytes):
                raise SignatureError(
                    f"Static takes the class of a Python value, given {describe(of)}; write Static[int], "
                    "and give the number in the call"
                )
            return Annotated[of, _MARK]


@record
class Blank:
    """A parameter whose tree depends on what is given for it.

    Attributes:
        text: how it is written behind the parameter's name; "" for nothing.
        static: the Python values that it takes; None if it takes values of the language.
        vec: if it takes Vecs only, what is known of them.
    """

    text: str
    static: Choice | None = None
    vec: OpenVec | None = None

    def fill(self, value: Any, what: str) -> Tree:
        """The tree of what is given, which may be a tree itself.

        Raises:
            TypeMismatchError: if it is no value of the language, or not of this class; `what` names it.
        """
        if self.static is not None:
            return static_tree(self.static.value(value, what), what)
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
        tree = _tuple_as_vec(tree)
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

    def __str__(self) -> str:
        return self.text


def _tuple_as_vec(tree: Tree) -> Tree:
    """Of a tuple whose items are of one type, the Vec that it fits as; anything else as it is."""
    if not isinstance(tree, TupleTree) or len(set(tree.items)) > 1:
        return tree
    return VecTree(len(tree.items), tree.items[0] if tree.items else REAL_TREE)


# --- annotations ---------------------------------------------------------------------------------------------


def _is_static(annotation: Any) -> bool:
    """Whether it is a `Static[T]`, or Static alone."""
    if annotation is Static:
        return True
    return typing.get_origin(annotation) is Annotated and _MARK in annotation.__metadata__


def param(annotation: Any, what: str, located: Location) -> Tree | Blank:
    """The tree of a parameter, or its blank."""
    if _is_static(annotation):
        of, *_ = typing.get_args(annotation) or (object,)
        marked = marked_choice(of)
        return Blank(f"Static[{marked.text}]" if marked.text else "Static", marked)
    plain = at_line(lambda: unwrapped(annotation), located)
    blank = _blank(plain)
    if blank is not None:
        return blank
    static = static_choice(plain)
    if static is not None:
        return Blank(static.text, static)
    return located_tree(annotation, what, located)


def result(annotation: Any, name: str, located: Location) -> Tree | Blank:
    """The tree of a result, or its blank."""
    blank = _blank(unwrapped(annotation))
    return located_tree(annotation, f"the result of {name}", located) if blank is None else blank


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


def located_tree(annotation: Any, what: str, located: Location) -> Tree:
    """The tree of an annotation; an error names this line."""
    return at_line(lambda: to_tree(annotation, what), located)


def at_line(make: Callable[[], T], location: Location) -> T:
    """What `make` gives; an error of ours that it raises is said to be at this line instead."""
    try:
        return make()
    except RoseError as error:
        raise type(error)(error.message, location) from None
