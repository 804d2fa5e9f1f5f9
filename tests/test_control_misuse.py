"""How misuse of choice and of loops ends."""
# What it looks like is not the point:
# ruff: noqa: ARG005

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any, Literal

import pytest
from flat import untyped

import rose
from rose import Index, Real, fn


def of_real(body: Callable[[Any], Any]) -> Callable[[], object]:
    @fn
    def f(x: Real) -> Real:
        found: Real = body(x)
        return found

    return lambda: f(1.0)


def of_index(body: Callable[[Any], Any]) -> Callable[[], object]:
    @fn
    def f(i: Index[Literal[3]]) -> Real:
        found: Real = body(i)
        return found

    return lambda: f(1)


def positive(y: Any) -> Any:
    return y > 0


def nothing(_: Any) -> None:
    pass


def of_two(t: Any, y: Any) -> Any:  # noqa: ARG001 (too many)
    return y


@fn
def halved(x: Real) -> Real:
    return rose.while_loop(lambda y: y > 1, lambda y: y / 2, x)  # here


MISUSES: list[tuple[type[rose.RoseError], str, Callable[[], object]]] = [
    (
        rose.IndexRangeError,
        "rose.switch has 2 branches, which need an Index[2], given an Index[3]; take it modulo their number: i % 2",
        of_index(lambda i: rose.switch(i, [lambda: 1, lambda: 2])),  # here
    ),
    (
        rose.IndexRangeError,
        "rose.switch has 4 branches, which need an Index[4], given an Index[3]; give as many branches as it has values",
        of_index(lambda i: rose.switch(i, [lambda: 1] * 4)),  # here
    ),
    (
        rose.IndexRangeError,
        "rose.switch has 1 branch, given the index 1",
        of_index(lambda i: rose.switch(1, [lambda: 1])),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.switch needs an Index, given a Real; write rose.to_index(x, 2)",
        of_real(lambda x: rose.switch(x, [lambda: 1, lambda: 2])),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.switch needs an Index, given a Bool; rose.cond takes a Bool",
        of_real(lambda x: rose.switch(x > 0, [lambda: 1, lambda: 2])),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.switch takes its branches as a list of functions, as in rose.switch(i, [f, g]), given list []",
        of_index(lambda i: untyped.switch(i, [])),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.switch takes a function, as in lambda: ..., given int 2",
        of_index(lambda i: untyped.switch(i, [lambda: 1, 2, 3])),  # here
    ),
    (
        rose.ArgumentError,
        "rose.switch calls its function with 1 argument, as in lambda x: ...; given <lambda>()",
        of_index(lambda i: untyped.switch(i, [lambda: 1] * 3, i)),  # here
    ),
    (
        rose.TypeMismatchError,
        "the sides of rose.switch are of different types: Real and None; does one of them lack a return?",
        of_index(lambda i: rose.switch(i, [lambda: 1, lambda: None, lambda: 1])),  # here
    ),
    (
        rose.TypeMismatchError,
        "the test of rose.while_loop gives a Bool made of its value, given a Real; compare it, as in x > 0",
        of_real(lambda x: rose.while_loop(lambda y: y, lambda y: y, x)),  # here
    ),
    (
        rose.TypeMismatchError,
        "the test of rose.while_loop gives a Bool made of its value, given bool True",
        of_real(lambda x: rose.while_loop(lambda y: True, lambda y: y, x, 9)),  # here
    ),
    (
        rose.TypeMismatchError,
        "the body of rose.while_loop gives None, and started with a Real; does it lack a return?",
        of_real(lambda x: untyped.while_loop(positive, nothing, x)),  # here
    ),
    (
        rose.TypeMismatchError,
        "the body of rose.while_loop gives another type than its start: expected a Real, given a Bool",
        of_real(lambda x: rose.while_loop(lambda y: y > 0, lambda y: y > 0, x, 3)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.while_loop needs a value that its test can look at, given None as its start",
        of_real(lambda x: rose.while_loop(lambda y: x > 0, lambda y: y, None)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.while_loop needs a max_steps of at least 0, given -1",
        of_real(lambda x: rose.while_loop(lambda y: y > 0, lambda y: y, x, -1)),  # here
    ),
    (
        rose.ArgumentError,
        "rose.while_loop calls its function with 1 argument, as in lambda value: ...; given of_two(t: 'Any', y: 'Any') -> 'Any'",
        of_real(lambda x: untyped.while_loop(positive, of_two, x)),  # here
    ),
    (
        rose.ArgumentError,
        "rose.map takes a function and one or more Vecs, given no Vec; write rose.map(f, v)",
        of_real(lambda x: untyped.map(positive)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.map takes Vecs after its function, given a Real",
        of_real(lambda x: rose.map(lambda y: y, x)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.map takes Vecs after its function, given range range(0, 3); write [*values]",
        of_real(lambda x: rose.map(lambda y: y * x, range(3))),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.map needs Vecs of one length, given a Vec[2] and a Vec[3]",
        of_real(lambda x: rose.map(lambda a, b: a, [x, x], [x, 1, 2])),  # here
    ),
    (
        rose.ArgumentError,
        "rose.map calls its function with 2 arguments, as in lambda x, y: ...; given positive(y: 'Any') -> 'Any'",
        of_real(lambda x: untyped.map(positive, [x], [x])),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.any takes Bools; the function gives Real; compare it, as in x > 0",
        of_real(lambda x: rose.any(3, lambda i: x)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.prod multiplies Reals; the function gives Bool; write rose.where(b, 1.0, 0.0)",
        of_real(lambda x: rose.prod(3, lambda i: x > 0)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.min compares Reals; the function gives None; does it return its value?",
        of_real(lambda x: rose.min(3, lambda i: None)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.all takes a Vec or a list, or a length and a function, given a Bool",
        of_real(lambda x: rose.all(x > 0)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.max needs its length as an int, given a Real; it is fixed when the function is compiled",
        of_real(lambda x: rose.max(x, lambda i: x)),  # here
    ),
    (
        rose.IndexRangeError,
        "a side of rose.where: index 3 is outside 0 to 2",
        of_index(lambda i: rose.where(i == 0, i, 3)),  # here
    ),
    (
        rose.DerivativeError,
        "a while_loop has no reverse-mode derivative, since nobody knows how many steps there are to remember; give a bound, while_loop(..., max_steps=n), or use jvp",
        lambda: rose.grad(halved)(3.0),
    ),
    (
        rose.TracedValueError,
        "rose.while_loop is called outside of an @fn; put it into a function decorated with @rose.fn, or use Python's own loops and conditions where nothing is to be compiled",
        lambda: rose.while_loop(lambda y: y > 0, lambda y: y, 1.0),  # here
    ),
]


@pytest.mark.parametrize(("kind", "message", "run"), MISUSES)
def test_misuse_ends_in_an_error_that_teaches(
    kind: type[rose.RoseError], message: str, run: Callable[[], object]
) -> None:
    with pytest.raises(rose.RoseError) as raised:
        run()
    error = raised.value
    assert (type(error), error.message) == (kind, message)
    assert error.location.file == __file__
    line = linecache.getline(__file__, error.location.line)
    assert line.rstrip().endswith("# here")
