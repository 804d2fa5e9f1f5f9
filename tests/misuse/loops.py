"""Loops, Vecs made by functions, and sums."""

from typing import Any, Literal

import rose
from misuse import V3, misuse
from rose import Index, Real, Vec, fn


@misuse(
    rose.TypeMismatchError,
    "the body of rose.loop gives another type than its start: expected a Real, given a list of 2",
)
def body_of_another_type() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, x, lambda t, c: [c, c])  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the body of rose.loop gives None, and started with a Real; does it lack a return?",
)
def body_without_return() -> None:

    @fn
    def f(x: Real) -> Real:

        def body(t: Index, c: Real) -> None:
            pass

        return rose.loop(3, x, body)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.loop calls its function with 2 arguments, as in lambda t, value: ...; given <lambda>()",
)
def body_without_parameters() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, x, lambda: x)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.loop calls its function with 2 arguments, as in lambda t, value: ...; given <lambda>(t, a, b)",
)
def body_with_too_many_parameters() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, (x, x), lambda t, a, b: (a, b))  # type: ignore[arg-type, misc, return-value]  # pyright: ignore[reportArgumentType, reportReturnType, reportUnknownLambdaType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError, "rose.loop takes a function, as in lambda t, value: ..., given a Real"
)
def body_that_is_no_function() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, x, x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the start of rose.loop: expected numbers, Vecs or structures of them, given str 'a'",
)
def start_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, "a", lambda t, c: c)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.loop needs a length of at least 0, given -1")
def fewer_iterations_than_none() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(-1, x, lambda t, c: c)  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.loop needs its length as an int, given float 2.0")
def float_iterations() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(2.0, x, lambda t, c: c)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.loop needs its length as an int, given a Real; it is fixed when the function is compiled",
)
def traced_iterations() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(x, x, lambda t, c: c)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.loop takes a length of at most 2147483647, given int 1099511627776",
)
def too_many_iterations() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(2**40, x, lambda t, c: c)  # here

    print(len(str(f.compiled.wat)))


@misuse(
    rose.ArgumentError,
    "rose.vec calls its function with 1 argument, as in lambda i: ...; given <lambda>()",
)
def element_without_parameter() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[3]]:
        return rose.vec(3, lambda: x)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the result of the function given to rose.vec is None, of which there is no Vec; does it return its value?",
)
def element_that_is_none() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: None)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the result of the function given to rose.vec: the elements of a Vec are of one type, given Bool and Real",
)
def elements_of_two_types() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: [x, x > 0])  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.sum adds Reals; the function gives Bool; write rose.where(b, 1.0, 0.0)",
)
def sum_of_bools() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sum(3, lambda i: x > 0)  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.sum adds Reals; the function gives Index[3]; write 1.0 * i")
def sum_of_indices() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return rose.sum(3, lambda i: i)  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError,
    "rose.sum adds Reals; the function gives None; does it return its value?",
)
def sum_of_nothing() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sum(3, lambda i: None)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    print(f(1))


@misuse(
    rose.TypeMismatchError,
    "rose.sum takes a Vec or a list, or a length and a function, given generator; write [*values]",
)
def sum_of_a_generator() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sum(y for y in [x, x])  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]  # here

    print(f(1))


@misuse(
    rose.ArgumentError,
    "rose.sum takes a Vec or a list alone, or a length and a function, given a Vec and a function; write rose.sum(len(v), lambda i: ...)",
)
def sum_of_a_vec_and_a_function() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return rose.sum(x, lambda i: i)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError, "the body of rose.scan gives a pair (next value, output), given a Real"
)
def scan_without_a_pair() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.scan(3, x, lambda t, c: c)  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType, reportReturnType, reportUnknownVariableType]  # here

    print(f(1))


@misuse(
    rose.TypeMismatchError,
    "the body of rose.scan gives a pair (next value, output), given None; does it lack a return?",
)
def scan_without_return() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.scan(3, x, lambda t, y: None)[0]  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.loop is called without body; it is rose.loop(n, init, body, *, reverse=False, checkpoint=None)",
)
def loop_without_body() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.loop(3, x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.loop has no parameter 'revers'; it is rose.loop(n, init, body, *, reverse=False, checkpoint=None)",
)
def loop_with_a_misspelt_word() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.loop(3, x, lambda t, y: y, revers=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.loop takes reverse by name, given by place; write rose.loop(..., reverse=...); it is rose.loop(n, init, body, *, reverse=False, checkpoint=None)",
)
def loop_reversed_by_place() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.loop(3, x, lambda t, y: y, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(1)


@misuse(rose.TypeMismatchError, "reverse of rose.loop is True or False, given str 'yes'")
def reverse_as_text() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.loop(3, x, lambda t, y: y, reverse="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here
        return x

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.vec is given its parameter 'n' twice, by place and by name; it is rose.vec(n, f=None)",
)
def vec_with_two_lengths() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.vec(3, n=3)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.scan needs its length as an int, given the function <lambda>; it comes first, as in rose.scan(3, ...)",
)
def scan_of_jax() -> None:
    @fn
    def f(v: Vec[Literal[3]]) -> Any:
        return rose.scan(lambda c, x: (c + x, c), 0.0, v)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportUnknownLambdaType, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "rose.scan needs its length as an int, given a Vec[3]; write len(v), and v[i] in the function that it is given",
)
def scan_of_a_vec() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return rose.scan(v, 0.0, lambda x, now: (now + x, now))[0]  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(V3)


@misuse(rose.TypeMismatchError, "rose.while_loop needs its max_steps as an int, given float 3.0")
def steps_of_a_float() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.while_loop(lambda y: y < 3, lambda y: y + 1, x, max_steps=3.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(1)
