"""Structures."""

from collections import namedtuple
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

import rose
from misuse import V3, Node, P, misuse, px
from rose import Real, Vec, fn

T = TypeVar("T")


@dataclass
class G(Generic[T]):
    x: T


class Box(Generic[T]):
    x: T


@misuse(
    rose.SignatureError,
    "parameter u of f is annotated U, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those; or rose.Static[U] for a Python value that is known while tracing",
)
def class_that_is_no_structure() -> None:

    class U:
        pass

    @fn
    def f(u: U) -> Real:  # here
        return 1.0

    f(U())


@misuse(
    rose.SignatureError,
    "field a of U is annotated str, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those; a Python value that is known while tracing is a parameter of its own",
)
def field_of_text() -> None:

    @dataclass
    class U:
        a: str

    @fn
    def f(u: U) -> Real:  # here
        return 1.0

    f(U("a"))


@misuse(
    rose.SignatureError,
    "the fields of U cannot be resolved: name 'Nope' is not defined; structures used by @fn are defined where their annotations can be looked up, at the top of a module",
)
def field_of_unknown_type() -> None:

    @dataclass
    class U:
        a: "Nope"  # type: ignore[name-defined]  # pyright: ignore[reportUndefinedVariable]

    @fn
    def f(u: U) -> Real:  # here
        return 1.0

    f(U(1))


@misuse(
    rose.SignatureError,
    "field a of Q has no annotation; write a dataclass or a typing.NamedTuple, with the type of each field",
)
def fields_without_annotation() -> None:
    Q = namedtuple("Q", "a b")  # pyright: ignore[reportUntypedNamedTuple]

    @fn
    def f(u: Q) -> Real:  # here
        return 1.0

    f(Q(1, 2))


@misuse(
    rose.SignatureError,
    "Node contains itself, so that its size is not known; keep its parts in a Vec, and refer to one by an Index",
)
def structure_in_itself() -> None:

    @fn
    def f(n: Node) -> Real:  # here
        return n.x

    print(f.func)


@misuse(
    rose.SignatureError,
    "K cannot be made from its fields (a, b): got an unexpected keyword argument 'b'; let its constructor take each field, and nothing else",
)
def field_that_is_not_given() -> None:

    @dataclass
    class K:
        a: Real
        b: Real = field(init=False, default=2.0)

    @fn
    def f(u: K) -> Real:  # here
        return u.a

    print(f(K(a=1)))


@misuse(
    rose.TypeMismatchError,
    "argument p of px: expected a P with fields x, y, given those of dict {'x': 1}",
)
def dict_without_a_field() -> None:
    px({"x": 1})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.TypeMismatchError, "argument p of px: expected a P of 2 items, given 1")
def too_few_items() -> None:
    px([1])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.TypeMismatchError, "argument p of px: expected a P, given int 1")
def number_for_a_structure() -> None:
    px(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "argument p of px: expected a P, given Q another_structure.<locals>.Q(x=1, y=2)",
)
def another_structure() -> None:

    @dataclass
    class Q:
        x: Real
        y: Real

    px(Q(1, 2))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.TypeMismatchError, "argument p of px, field y: expected a Real, given str 'a'")
def field_of_another_type() -> None:
    px(P(1, "a"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "the result of the function given to rose.vec: expected numbers, Vecs or structures of them, given the class P; make a value of it, as in P(...)",
)
def class_for_an_instance() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[3], P]:
        return rose.vec(3, lambda i: P)  # here

    print(f(1))


@misuse(
    rose.TypeMismatchError,
    "a Vec[3, P] has no field x, but its elements have: write v[i].x, or rose.vec(3, lambda i: v[i].x) for all of them",
)
def field_of_a_vec() -> None:

    @fn
    def f(v: Vec[Literal[3], P]) -> Vec[Literal[3]]:
        return v.x  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f([P(1, 2)] * 3)


@misuse(
    rose.TypeMismatchError,
    "rose.tree_map goes through structures that are alike, given list [1.0, 2.0] and list [1.0] at one place",
)
def structures_of_two_lengths() -> None:
    rose.tree_map(lambda x, y: x + y, {"a": [1.0, 2.0]}, {"a": [1.0]})  # here


@misuse(
    rose.TypeMismatchError,
    "rose.tree_map goes through structures that are alike, given a Vec[3] and a Real at one place",
)
def number_beside_a_vec_in_structures() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Vec[Literal[3]]:
        return rose.tree_map(lambda a, b: a + b, v, x)  # here

    f([1, 2, 3], 1)


@misuse(
    rose.ArgumentError,
    "rose.tree_map calls its function with 2 arguments, as in lambda x, y: ...; given <lambda>(x)",
)
def structures_for_a_function_of_one() -> None:
    rose.tree_map(lambda x: x, [1.0], [2.0])  # here


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated T, which leaves a type open: write the type, as in G[Real] for a generic class G, or leave the annotation of a parameter out, which stands for any type",
)
def type_variable_of_a_parameter() -> None:
    @fn
    def f(x: T) -> Real:  # pyright: ignore[reportInvalidTypeVarUse]  # here
        return x  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    f(1)


@misuse(
    rose.SignatureError,
    "field x of G is annotated T, which leaves a type open: write the type, as in G[Real] for a generic class G, or leave the annotation of a parameter out, which stands for any type",
)
def generic_class_without_types() -> None:
    @fn
    def f(g: G) -> Real:  # type: ignore[type-arg]  # pyright: ignore[reportMissingTypeArgument, reportUnknownParameterType]  # here
        return g.x  # type: ignore[no-any-return]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    f(G(1))


@misuse(
    rose.SignatureError,
    "field x of G is annotated int, which is not a type of Rose: write Index[n] for a whole number below n, or Real",
)
def generic_class_of_what_is_no_type() -> None:
    @fn
    def f(g: G[int]) -> Real:  # here
        return g.x

    f(G(1))


@misuse(
    rose.SignatureError,
    "parameter g of f is annotated Box[Real], which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those; or rose.Static[Box[Real]] for a Python value that is known while tracing",
)
def generic_class_that_is_no_structure() -> None:
    @fn
    def f(g: Box[Real]) -> Real:  # here
        return g.x

    f(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@misuse(
    rose.SignatureError,
    "parameter v of f is annotated Vec[3, T], which leaves a type open: write the type, as in G[Real] for a generic class G, or leave the annotation of a parameter out, which stands for any type",
)
def type_variable_of_a_vec() -> None:
    @fn
    def f(v: Vec[Literal[3], T]) -> Real:  # here
        return v[0]  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "the sides of rose.where are of different types: G(x: Real) and G(x: Bool)",
)
def structures_of_one_generic_class() -> None:
    @fn
    def f(x: Real) -> G[Real]:
        return rose.where(x > 0, G(x), G(x > 1))  # here

    f(1)


@misuse(rose.TypeMismatchError, "argument s of f: expected an S, given float 1.0")
def class_of_one_letter() -> None:

    @dataclass
    class S:
        x: Real

    @fn
    def f(s: S) -> Real:
        return s.x

    f(1.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "argument e of f: expected an Energy with fields x, y, given those of dict {'y': 1.0}",
)
def fields_of_a_class_with_a_vowel() -> None:

    @dataclass
    class Energy:
        x: Real
        y: Real

    @fn
    def f(e: Energy) -> Real:
        return e.x

    f({"y": 1.0})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here
