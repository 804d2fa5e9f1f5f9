"""Derivative rules of the user's own."""

from typing import Any

import rose
from misuse import g2, misuse
from rose import Real


def ruled(rule: Any) -> None:
    @rose.custom_jvp
    def f(x: Real, y: Real) -> Real:
        return x * y

    f.defjvp(rule)


def halved(forward: Any, backward: Any) -> None:
    @rose.custom_vjp
    def f(x: Real, y: Real) -> Real:
        return x * y

    f.defvjp(forward, backward)


NOT_LINEAR = (
    "the jvp rule of f gives a tangent that depends on the tangents, but it is not linear in it: {}; "
    "a derivative rule may multiply it by values that do not depend on it, and add such products"
)


@misuse(rose.DerivativeError, NOT_LINEAR.format("%6: real = add %2, %5"))
def rule_that_adds_a_number() -> None:

    def rule(primals: Any, tangents: Any) -> Any:
        return primals[0] * primals[1], tangents[0] + 1.0  # here

    ruled(rule)


@misuse(rose.DerivativeError, NOT_LINEAR.format("%7: real = add %5, %6"))
def rule_whose_loop_counts_on() -> None:

    def rule(primals: Any, tangents: Any) -> Any:
        return primals[0], rose.loop(3, tangents[0], lambda _, c: c + 1.0)  # here

    ruled(rule)


@misuse(
    rose.ArgumentError, "f.defvjp is called without backward; it is f.defvjp(forward, backward)"
)
def half_a_rule() -> None:
    @rose.custom_vjp
    def f(x: Real) -> Real:
        return x

    f.defvjp(lambda x: (x, x))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.NoAttributeError,
    "the @fn f has no attribute 'defvjp'; mark it with @rose.custom_vjp in place of what it is marked with",
)
def rule_of_the_other_kind() -> None:
    @rose.custom_jvp
    def f(x: Real) -> Real:
        return x

    untyped: Any = f
    untyped.defvjp(abs, abs)  # here


@misuse(
    rose.NoAttributeError,
    "the @fn g2 has no attribute 'defjvp'; mark it with @rose.custom_jvp in place of what it is marked with",
)
def rule_of_a_plain_function() -> None:
    untyped: Any = g2
    untyped.defjvp(divmod)  # here


@misuse(
    rose.NoAttributeError,
    "the @fn f has no attribute 'defjvps'; write f.defjvp(rule), one rule for all parameters, of an f marked with "
    "@rose.custom_jvp",
)
def rules_for_each_parameter() -> None:
    @rose.custom_jvp
    def f(x: Real) -> Real:
        return x

    untyped: Any = f
    untyped.defjvps(abs)  # here


@misuse(
    rose.DerivativeError,
    "the jvp rule of f gives a tangent that is not 0 for a tangent of 0, as derivatives are; multiply it by the tangent "
    "that the rule takes, or write 0.0 where there is no derivative",
)
def rule_that_gives_the_slope() -> None:

    def rule(primals: Any, tangents: Any) -> Any:  # here
        return primals[0] * primals[1], primals[1]

    ruled(rule)


@misuse(
    rose.DerivativeError,
    "the jvp rule of f gives a result that depends on the tangents; its first item is the result, which is made of the "
    "primals alone",
)
def rule_that_mixes_its_results() -> None:

    def rule(primals: Any, tangents: Any) -> Any:  # here
        return tangents[0] * primals[1], tangents[0]

    ruled(rule)


@misuse(
    rose.DerivativeError,
    "the backward half of f's rule gives what is not 0 for a cotangent of 0, as derivatives are; multiply it by the "
    "cotangent that the rule takes, or write 0.0 where there is no derivative",
)
def backward_half_that_gives_the_slopes() -> None:

    def backward(residuals: Any, bar: Any) -> Any:  # here
        x, y = residuals
        return y, x

    def forward(x: Any, y: Any) -> Any:
        return x * y, (x, y)

    halved(forward, backward)


@misuse(
    rose.ArgumentError,
    "f.defjvp calls its function with 2 arguments, as in lambda primals, tangents: ...; given rule(x: Any, y: Any, x_dot: Any, y_dot: Any) -> Any",
)
def rule_that_takes_all_numbers() -> None:

    @rose.custom_jvp
    def f(x: Real, y: Real) -> Real:
        return x * y

    def rule(x: Any, y: Any, x_dot: Any, y_dot: Any) -> Any:
        return x * y, x * y_dot + y * x_dot

    wrong: Any = rule
    f.defjvp(wrong)  # here


@misuse(
    rose.TypeMismatchError,
    "f.defjvp takes a function, as in lambda primals, tangents: ..., given float 2.0",
)
def rule_that_is_a_number() -> None:

    @rose.custom_jvp
    def f(x: Real) -> Real:
        return 2 * x

    wrong: Any = 2.0
    f.defjvp(wrong)  # here


@misuse(
    rose.ArgumentError,
    "f.defvjp calls its function with 2 arguments, as in lambda x, y: ...; given forward(x: Any) -> Any",
)
def forward_half_of_one_argument() -> None:

    @rose.custom_vjp
    def f(x: Real, y: Real) -> Real:
        return x * y

    def forward(x: Any) -> Any:
        return x, x

    wrong: Any = forward
    f.defvjp(wrong, lambda residuals, bar: (bar, bar))  # here


@misuse(
    rose.ArgumentError,
    "f.defvjp calls its function with 2 arguments, as in lambda residuals, cotangent: ...; given backward(bar: Any) -> Any",
)
def backward_half_without_residuals() -> None:

    @rose.custom_vjp
    def f(x: Real) -> Real:
        return x

    def backward(bar: Any) -> Any:
        return (bar,)

    wrong: Any = backward
    f.defvjp(lambda x: (x, x), wrong)  # here


@misuse(
    rose.DerivativeError,
    "the derivative rule of f asks for a derivative of f, which is what it gives; write that derivative out, in terms of "
    "f and of other functions",
)
def rule_that_asks_for_its_own_derivative() -> None:

    @rose.custom_jvp
    def f(x: Real) -> Real:
        return x * x

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        slope = rose.grad(f)(*primals)  # here
        return f(*primals), slope * tangents[0]
