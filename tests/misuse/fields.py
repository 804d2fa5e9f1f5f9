"""Structures where lists, numbers and functions are meant, and fields that there are not."""

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import rose
from misuse import N, P, misuse
from rose import Real, Vec, fn


class Keys(TypedDict):
    x: Real


@dataclass(frozen=True)
class Frozen:
    x: Real


def first(o: Any) -> Any:
    return o.inner[0]  # structure_that_another_one_holds is here


def first_of_first(v: Any) -> Any:
    return v[0][0]  # element_of_a_vec_of_structures is here


@misuse(
    rose.ArgumentError,
    "P is made of its fields, and Python says: missing 1 required positional argument: 'y'; write P(x=..., y=...)",
)
def structure_made_of_too_little() -> None:
    @fn
    def f(x: Real) -> P:
        return P(x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "N is made of its fields, and Python says: takes 3 positional arguments but 4 were given; write N(x=..., y=...)",
)
def structure_made_of_too_much() -> None:
    @fn
    def f(x: Real) -> N:
        return N(x, x, x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "P is made of its fields, and Python says: got an unexpected keyword argument 'z'; write P(x=..., y=...)",
)
def structure_made_of_another_field() -> None:
    @fn
    def f(x: Real) -> P:
        return P(x=x, y=x, z=x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "Python says: 'P' object is not iterable. But P is a structure: take its fields by name, as in p.x; it has x and y",
)
def iteration_over_the_fields() -> None:
    @fn
    def f(p: P) -> Real:
        for _ in p:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]  # here
            pass
        return p.x

    f(P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "Python says: cannot unpack non-iterable P object. But P is a structure: take its fields by name, as in p.x; it has x and y",
)
def fields_unpacked() -> None:
    @fn
    def f(p: P) -> Real:
        x, _ = p  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]  # here
        return x  # type: ignore[has-type, no-any-return]  # pyright: ignore[reportUnknownVariableType]

    f(P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "Python says: 'P' object is not subscriptable. But P is a structure: take its fields by name, as in p.x; it has x and y",
)
def field_by_its_place() -> None:
    @fn
    def f(p: P) -> Real:
        return p[0]  # type: ignore[index, no-any-return]  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]  # here

    f(P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "Python says: object of type 'P' has no len(). But P is a structure: take its fields by name, as in p.x; it has x and y",
)
def number_of_fields() -> None:
    @fn
    def f(p: P) -> Real:
        return len(p) * p.x  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "Python says: 'P' object is not callable. But P is a structure: take its fields by name, as in p.x; it has x and y",
)
def structure_called() -> None:
    @fn
    def f(p: P) -> Real:
        return p(1)  # type: ignore[no-any-return, operator]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    f(P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "Python says: float() argument must be a string or a real number, not 'P'. But P is a structure: take its fields by name, as in p.x; it has x and y",
)
def float_of_a_structure() -> None:
    @fn
    def f(p: P) -> Real:
        return float(p)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "Python says: 'P' object is not iterable. But P is a structure: take its fields by name, as in p.x; it has x and y",
)
def structure_in_an_inner_function() -> None:
    @fn
    def inner(p: P) -> Real:
        return sum(p)  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]  # here

    @fn
    def f(p: P) -> Real:
        return inner(p)

    f(P(1, 2))


@misuse(
    rose.NoAttributeError,
    "the structure P has no field 'z'; it has x and y",
)
def field_that_there_is_not() -> None:
    @fn
    def f(p: P) -> Real:
        return p.z  # type: ignore[attr-defined, no-any-return]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(P(1, 2))


@misuse(
    rose.NoAttributeError,
    "the structure Square has no field 'sides'; it has side",
)
def field_that_there_is_not_in_a_method() -> None:
    @dataclass
    class Square:
        side: Real

        def area(self) -> Any:
            return self.sides**2  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    fn([Square])(lambda s: s.area())(Square(1))


@misuse(
    rose.TypeMismatchError,
    "a frozen structure does not change: make another one, as in dataclasses.replace(p, x=...)",
)
def frozen_structure_changed() -> None:
    @fn
    def f(p: Frozen) -> Real:
        p.x = 2.0  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # here
        return p.x

    f(Frozen(1))


@misuse(
    rose.TypeMismatchError,
    "a NamedTuple does not change: make another one, as in p._replace(x=...)",
)
def named_tuple_changed() -> None:
    @fn
    def f(p: N) -> Real:
        p.x = 2.0  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # here
        return p.x

    f(N(1, 2))


@misuse(
    rose.NoAttributeError,
    "a dict has no key 'y'; it has x",
)
def key_that_there_is_not() -> None:
    @fn
    def f(d: Keys) -> Real:
        return d["y"]  # type: ignore[no-any-return, typeddict-item]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]  # here

    f({"x": 1})


@misuse(
    rose.NoAttributeError,
    "a dict has no attribute 'x'; write d['x']",
)
def key_as_an_attribute() -> None:
    @fn
    def f(d: Keys) -> Real:
        return d.x  # type: ignore[attr-defined, no-any-return]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f({"x": 1})


@misuse(
    rose.TypeMismatchError,
    "Python says: 'Inner' object is not subscriptable. But Inner is a structure: take its fields by name, as in p.x; it has x",
)
def structure_that_another_one_holds() -> None:
    def traced() -> Any:
        @dataclass
        class Inner:
            x: Real

        @dataclass
        class Outer:
            inner: Inner

        return fn([Outer])(first), Outer(Inner(1.0))

    f, given = traced()
    f(given)


@misuse(
    rose.TypeMismatchError,
    "Python says: 'Inner' object is not subscriptable. But Inner is a structure: take its fields by name, as in p.x; it has x",
)
def element_of_a_vec_of_structures() -> None:
    def traced() -> Any:
        @dataclass
        class Inner:
            x: Real

        return fn([Vec[Literal[2], Inner]])(first_of_first)  # type: ignore[misc]

    traced()([{"x": 1}, {"x": 2}])
