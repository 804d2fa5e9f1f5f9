"""What `@fn` and its static and unannotated parameters refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from families import (
    STATE,
    Partial,
    Shape,
    area,
    det,
    power,
    squares,
    step,
    twice,
)

import rose
from rose import Index, Real, Static, fn


@fn
def forever(x: Real, n: int) -> Real:
    return forever(x, n + 1)


@fn
def around(x: Real, n: int) -> Real:
    return around(x, n)


@fn
def traced_static(i: Index[Literal[3]]) -> Real:
    found: Real = power(1.0, i)
    return found


@fn
def prints_inner(x: Real) -> Real:
    inner = fn([Real], Real)(lambda y: x * y)
    return str(inner)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@fn
def returns_nothing(x: Any) -> Any:
    _ = x + 1


REFUSED: list[tuple[Callable[[], Any], type[rose.RoseError], str]] = [
    (
        lambda: fn(3, Real),  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownLambdaType]
        rose.SignatureError,
        "rose.fn takes a list of types and the type of the result, given int 3; write rose.fn([Real, Vec[3]], Real)",
    ),
    (
        lambda: fn([Real, Real], Real)(lambda x: x)(1.0),
        rose.SignatureError,
        "<lambda> takes 1 parameter, and rose.fn is given 2 types for them",
    ),
    (
        lambda: power(2.0, 2.5),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument n of power: expected an int that is known while tracing, given float 2.5",
    ),
    (
        lambda: power(2.0, True),
        rose.TypeMismatchError,
        "argument n of power: expected an int that is known while tracing, given bool True",
    ),
    (
        lambda: traced_static(1),
        rose.TypeMismatchError,
        "argument n of power: expected an int that is known while tracing, given an Index[3]; annotate it Real or Index[n] if it is not",
    ),
    (
        lambda: power.specialized(n=2)(2.0, 3),
        rose.TypeMismatchError,
        "argument n of power: expected 2, the static value that this function is for, given int 3",
    ),
    (
        lambda: twice([], 1.0),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument f of twice: expected a Callable that is known while tracing, given list []",
    ),
    (
        lambda: area(1.0, Shape.FLAT, name=3),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument name of area: expected a str that is known while tracing, given int 3",
    ),
    (
        lambda: fn([Static])(lambda k: k)([1]),
        rose.TypeMismatchError,
        "argument k of <lambda>: a static value is hashable, given list [1]; write a tuple in place of a list, and a frozen dataclass in place of an object that changes",
    ),
    (
        lambda: power(2.0, m=3),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownLambdaType]
        rose.ArgumentError,
        "power has no parameter 'm'; it is power(x: Real, n: int = 3)",
    ),
    (
        lambda: rose.grad(power, argnums=1)(2.0, 3),
        rose.DerivativeError,
        "rose.grad: parameter n of power is 3, which has no Reals to differentiate by",
    ),
    (
        lambda: squares("abc"),
        rose.TypeMismatchError,
        "argument v of squares: expected numbers, Vecs or structures of them, given str 'abc'; for a Python value that is known while tracing annotate the parameter rose.Static[...]",
    ),
    (
        lambda: squares.func,
        rose.ArgumentError,
        "squares(v) is another function for each v, which is not given; call it with all of its arguments, or write squares.specialized(v=...); or annotate v, for example v: Real",
    ),
    (
        lambda: det(1.0, 1),
        rose.TypeMismatchError,
        "argument m of det: expected a Vec, given float 1.0",
    ),
    (
        lambda: around(1.0, 3),
        rose.RecursiveCallError,
        "around calls itself (around → around); a traced function cannot, since it would never end: write rose.loop, or recurse in a plain Python function on plain Python values",
    ),
    (
        lambda: forever(1.0, 3),
        rose.RecursiveCallError,
        "forever calls itself with new types or static arguments each time, too many times; end it with a Python `if` on a static argument",
    ),
    (
        lambda: returns_nothing(1.0),
        rose.TypeMismatchError,
        "returns_nothing returns None; write a return at its end",
    ),
    (
        lambda: prints_inner(1.0),
        rose.EscapedValueError,
        "<lambda> uses a traced value of prints_inner, and so is a part of it; call it there, or pass the value to <lambda> as an argument",
    ),
    (
        lambda: step({"position": [1, 2]}, 1.0),  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument state of step: expected a dict with keys position, speed, on, given those of dict {'position': [1, 2]}",
    ),
    (
        lambda: step([[1, 2], 3.0, True], 1.0),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument state of step: expected a dict {position: Vec[2], speed: Real, on: Bool}, given list [[1, 2], 3.0, True]",
    ),
    (
        lambda: step({**STATE, "position": [1]}, 1.0),  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
        rose.TypeMismatchError,
        "argument state of step, key position: expected a Vec[2], given 1 element",
    ),
    (
        lambda: squares({1: 2.0}),
        rose.TypeMismatchError,
        "argument v of squares: the keys of a dict are strings, given int 1",
    ),
    (
        lambda: fn([Partial], Real)(lambda p: p["speed"]).signature,
        rose.SignatureError,
        "Partial may lack speed, and a dict of Rose has all of its keys; write it without NotRequired and total=False",
    ),
]


@pytest.mark.parametrize(("run", "kind", "message"), REFUSED)
def test_refusals_teach(run: Callable[[], Any], kind: type[rose.RoseError], message: str) -> None:
    with pytest.raises(kind) as raised:
        run()
    assert type(raised.value) is kind
    assert raised.value.message == message
    assert raised.value.location.file == __file__


def test_an_inner_function_is_no_function_outside() -> None:
    kept: list[Any] = []

    @fn
    def leak(x: Real) -> Real:
        kept.append(fn([Real], Real)(lambda y: x * y))
        found: Real = kept[0](2.0)
        return found

    leak(1.0)
    with pytest.raises(rose.EscapedValueError) as raised:
        kept[0](1.0)
    assert raised.value.message == (
        "a traced Real of leak is used after leak was traced; give it back as a result of the function "
        "instead of keeping it in a variable outside"
    )
