"""What is marked with @fn: its parameters, and how it is marked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import rose
from misuse import misuse
from rose import Real, Vec, fn


@misuse(
    rose.TypeMismatchError,
    "argument x of f: expected numbers, Vecs or structures of them, given str 'one'; for a Python value that is known while tracing annotate the parameter rose.Static[...]",
)
def text_without_annotation() -> None:

    @fn
    def f(x) -> Any:  # type: ignore[no-untyped-def]  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType]
        return 1.0

    f("one")  # here


@misuse(
    rose.ArgumentError,
    "f(x, n: int) is another function for each x and n, which are not given; call it with all of its arguments, or write f.specialized(x=..., n=...); or annotate x, for example x: Real",
)
def built_without_arguments() -> None:

    @fn
    def f(x, n: int) -> Any:  # type: ignore[no-untyped-def]  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType]
        return 1.0 * n

    rose.compile({"f": f})  # pyright: ignore[reportUnknownArgumentType]  # here


@misuse(rose.TypeMismatchError, "f returns None; write a return at its end")
def result_without_annotation() -> None:

    @fn
    def f(x: Real):  # type: ignore[no-untyped-def]
        return print(end="")  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "argument x of f: expected a str that is known while tracing, given int 1",
)
def number_for_a_static_str() -> None:

    @fn
    def f(x: str) -> Real:
        return 1.0

    f(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "argument n of f: expected an int that is known while tracing, given a Real; annotate it Real or Index[n] if it is not",
)
def traced_for_a_static_int() -> None:

    @fn
    def f(n: int) -> Real:
        return n

    @fn
    def g(x: Real) -> Real:
        return f(x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    g(1)


@misuse(rose.TypeMismatchError, "argument x of f: expected a Vec, given int 1")
def number_for_a_vec_of_any_size() -> None:

    @fn
    def f(x: Vec) -> Real:
        return x[0]

    f(1)  # here


@misuse(rose.SignatureError, "f takes *x; name each parameter, or take a Vec or a tuple")
def any_number_of_arguments() -> None:

    @fn
    def f(*x: Real) -> Real:  # here
        return x[0]

    f(1)


@misuse(rose.SignatureError, "f takes **x; name each parameter, or take a Vec or a tuple")
def any_names() -> None:

    @fn
    def f(**x: Real) -> Real:  # here
        return 1.0

    f(x=1)


@misuse(
    rose.SignatureError,
    "f takes self; @rose.fn marks functions, not methods: define it outside of its class",
)
def method() -> None:

    class A:
        @fn
        def f(self, x: Real) -> Real:  # here
            return x

    print(A().f(1))  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue, reportUnknownArgumentType]


@misuse(
    rose.SignatureError,
    "f is a coroutine (an async def); @rose.fn marks a plain function that returns its result",
)
def coroutine() -> None:

    @fn
    async def f(x: Real) -> Real:  # here
        return x

    print(f(1))


@misuse(
    rose.SignatureError,
    "f is a generator (it has a yield); @rose.fn marks a plain function that returns its result",
)
def generator() -> None:

    @fn
    def f(x: Real) -> Real:  # type: ignore[misc]  # pyright: ignore[reportInvalidTypeForm]  # here
        yield x  # pyright: ignore[reportReturnType]

    print(f(1))


@misuse(
    rose.SignatureError, "@rose.fn marks a Python function, given the @fn f; it is marked already"
)
def marked_twice() -> None:

    @fn
    def f(x: Real) -> Real:
        return x

    g = fn(f)  # here
    print(g(1))


@misuse(
    rose.SignatureError,
    "@rose.fn marks a Python function, given int 3; write def and @rose.fn above it",
)
def number_marked() -> None:
    fn(3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.SignatureError,
    "@rose.fn marks a Python function, given the class A; write def and @rose.fn above it",
)
def class_marked() -> None:

    @fn  # here
    class A:
        pass


@misuse(
    rose.ArgumentError,
    "rose.fn is called with nothing; write @rose.fn without parentheses, or @rose.fn([Real, Vec[3]], Real) with the types",
)
def parentheses_with_nothing() -> None:
    rose.fn()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.TypeMismatchError,
    "argument mode of f: expected 'up' or 'down' that is known while tracing, given str 'left'",
)
def value_that_is_none_of_the_static_ones() -> None:
    @fn
    def f(x: Real, mode: Literal["up", "down"]) -> Real:
        return x if mode == "up" else -x

    f(1, "left")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "argument n of f: expected an int or None that is known while tracing, given float 2.5",
)
def static_value_of_no_class_of_a_choice() -> None:
    @fn
    def f(x: Real, n: int | None = None) -> Real:
        return x if n is None else x * n

    f(1, 2.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.SignatureError,
    "a value has one type, given a choice of Vec[3] and Real; leave the annotation out, and each type of argument makes a function of its own",
)
def parameter_of_a_choice_of_types_of_values() -> None:
    @fn
    def f(x: Real | Vec[Literal[3]]) -> Real:  # here
        return x  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    f(1)


@misuse(
    rose.SignatureError,
    "parameter g of f is annotated Callable[[float], float], which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those; or rose.Static[Callable[[float], float]] for a Python value that is known while tracing",
)
def parameter_that_is_a_function() -> None:
    @fn
    def f(g: Callable[[float], float], x: Real) -> Real:  # here
        return g(x)

    f(rose.sin, 1)


@misuse(
    rose.SignatureError,
    "field x of U is annotated Real | None, which is a choice of types, and a value has one: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those",
)
def field_of_a_choice_of_types() -> None:
    @dataclass
    class U:
        x: Real | None

    @fn
    def f(u: U) -> Real:  # here
        return 1.0

    f(U(1))


@misuse(
    rose.SignatureError,
    "the result of f is annotated Real | None, which is a choice of types, and a value has one: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those",
)
def result_of_a_choice_of_types() -> None:
    @fn
    def f(x: Real) -> Real | None:  # here
        return x

    f(1)
