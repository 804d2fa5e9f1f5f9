"""Derivatives."""

import math
from typing import Any, Literal

import rose
from misuse import V3, P, g2, iv, misuse, px, vv
from rose import Index, Real, Vec, fn


@misuse(
    rose.DerivativeError,
    "rose.grad needs a function that gives one Real; vv gives Vec[3]; write rose.jacobian or rose.vjp for others",
)
def grad_of_a_vec() -> None:
    rose.grad(vv)(V3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.DerivativeError,
    "rose.value_and_grad with has_aux needs a function that gives a pair, one Real and anything else; vv gives Vec[3]; "
    "give (value, aux), or leave has_aux out",
)
def aux_of_a_vec() -> None:
    rose.value_and_grad(vv, has_aux=True)(V3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums 2 does not fit iv(x: Vec[3], i: Index[3]) -> Real, whose parameters are numbered 0 to 1",
)
def argnums_too_large() -> None:
    rose.grad(iv, argnums=2)(V3, 1)  # here


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums 'x' does not fit iv(x: Vec[3], i: Index[3]) -> Real, whose parameters are numbered 0 to 1",
)
def argnums_by_name() -> None:
    rose.grad(iv, argnums="x")(V3, 1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums () does not fit iv(x: Vec[3], i: Index[3]) -> Real, whose parameters are numbered 0 to 1",
)
def argnums_of_none() -> None:
    print(rose.grad(iv, argnums=())(V3, 1))  # here


@misuse(rose.ArgumentError, "rose.grad: argnums (0, 0) names a parameter twice")
def argnums_twice() -> None:
    print(rose.grad(iv, argnums=(0, 0))(V3, 1))  # here


@misuse(
    rose.DerivativeError,
    "rose.grad: parameter i of iv is Index[3], which has no Reals to differentiate by",
)
def grad_by_an_index() -> None:
    rose.grad(iv, argnums=1)(V3, 1)  # here


@misuse(
    rose.ArgumentError, "rose.grad: argnums 0 does not fit f() -> Real, whose parameters are none"
)
def grad_by_nothing() -> None:

    @fn
    def f() -> Real:
        return 1.0

    rose.grad(f)()  # here


@misuse(
    rose.DerivativeError,
    "rose.grad takes a function marked with @rose.fn, given the function <lambda>; mark it, with annotations",
)
def grad_of_a_lambda() -> None:
    rose.grad(lambda x: x)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownLambdaType]  # here


@misuse(
    rose.DerivativeError,
    "rose.jvp takes a function marked with @rose.fn, given the function <lambda>; mark it, with annotations",
)
def jvp_of_a_lambda() -> None:
    rose.jvp(lambda x: x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportUnknownLambdaType]  # here


@misuse(
    rose.DerivativeError,
    "rose.vjp takes a function marked with @rose.fn, given int 3; give the function itself, not what it gives",
)
def vjp_of_a_number() -> None:
    rose.vjp(3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.TypeMismatchError,
    "argument primals of jvp_g2: expected a tuple[Real, Real], given float 1.0",
)
def jvp_of_numbers() -> None:
    rose.jvp(g2)(1.0, 1.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.TypeMismatchError, "argument tangents of jvp_iv, item 1: expected None, given int 1")
def tangent_of_an_index() -> None:
    print(rose.jvp(iv)((V3, 1), (V3, 1)))  # here


@misuse(
    rose.TypeMismatchError, "argument cotangent of vv_backward: expected a Vec[3], given 2 elements"
)
def cotangent_too_short() -> None:
    rose.vjp(vv)(V3)[1]([1, 2])  # here


@misuse(
    rose.ArgumentError,
    "the pullback of vv takes the cotangent of its result, Vec[3], as one argument, given 2",
)
def two_cotangents() -> None:
    rose.vjp(vv)(V3)[1](V3, V3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.ArgumentError,
    "rose.jacobian: argnums 'x' does not fit iv(x: Vec[3], i: Index[3]) -> Real, whose parameters are numbered 0 to 1",
)
def jacobian_by_a_name() -> None:
    rose.jacobian(iv, argnums="x")(V3, 1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(rose.ArgumentError, 'rose.jacobian: mode is "fwd", "rev" or None, given \'back\'')
def jacobian_in_no_mode() -> None:
    rose.jacobian(vv, mode="back")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.DerivativeError,
    "rose.jacobian: parameter i of iv is Index[3], which has no Reals to differentiate by",
)
def jacobian_by_an_index() -> None:
    rose.jacobian(iv, argnums=1)(V3, 1)  # here


@misuse(rose.ArgumentError, "the pushforward of vv takes a tangent per argument, 1, given 2")
def too_many_tangents() -> None:
    _, pushforward = rose.linearize(vv)(V3)
    pushforward(V3, V3)  # here


@misuse(
    rose.TypeMismatchError,
    "rose.check_grads takes the arguments of f as a tuple, given float 1.0; write rose.check_grads(f, (x, y))",
)
def check_of_a_number() -> None:
    rose.check_grads(g2, 1.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.ArgumentError,
    "rose.check_grads takes an order of at least 1, given int 0; the second derivative is of order 2",
)
def check_of_order_zero() -> None:
    rose.check_grads(g2, (1.0, 2.0), order=0)  # here


@misuse(
    rose.ArgumentError,
    'rose.check_grads takes modes=("fwd", "rev") or one of them in a tuple, given str \'fwd\'',
)
def check_in_no_mode() -> None:
    rose.check_grads(g2, (1.0, 2.0), modes="fwd")  # here


@misuse(
    rose.TypeMismatchError,
    "argument residuals of squares_backward, item 0: expected what the forward function of this vjp gave",
)
def residuals_of_ones_own() -> None:

    @fn
    def squares(x: Vec[Literal[9]]) -> Vec[Literal[9]]:
        return x * x

    @fn
    def f(x: Vec[Literal[9]]) -> Vec[Literal[9]]:
        return rose.vjp(squares).linear((x,), x)[0]  # here

    f([1.0] * 9)


@misuse(
    rose.ArgumentError,
    "the forward half of c's rule gives Real; it gives a pair, the result, which is Real, and the residuals",
)
def forward_half_without_residuals() -> None:

    @rose.custom_vjp
    def c(x: Real) -> Real:
        return x

    def forward(x: Any) -> Any:  # here
        return x

    c.defvjp(forward, lambda residuals, bar: (bar,))


@misuse(
    rose.EscapedValueError,
    "the rule rule uses a traced value of f; a rule computes with its arguments only: "
    "pass the value to the function that it is a rule of",
)
def rule_with_a_value_from_outside() -> None:

    @fn
    def f(y: Real) -> Real:
        @rose.custom_jvp
        def c(x: Real) -> Real:
            return x

        def rule(primals: Any, tangents: Any) -> Any:
            return primals[0] * y, tangents[0]

        c.defjvp(rule)  # here
        return c(y)

    f(1.0)


@misuse(
    rose.SignatureError,
    "sin is given int 2 as params; an opaque function takes Reals and gives one: "
    "write params=[Real, Real], or annotations",
)
def opaque_of_a_number_of_reals() -> None:
    rose.opaque(math.sin, js="Math.sin", params=2)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(rose.DerivativeError, "rose.jacobian: the result of place is Index[3], which has no Reals")
def jacobian_of_an_index() -> None:

    @fn
    def place(v: Vec[Literal[3]]) -> Index[Literal[3]]:
        return v.argmax()

    rose.jacobian(place)(V3)  # here


@misuse(
    rose.ArgumentError,
    "rose.jvp takes the function alone, given 3 arguments; write rose.jvp(f)((x, y), (x_dot, y_dot))",
)
def jvp_as_in_jax() -> None:
    rose.jvp(g2, (1.0, 2.0), (1.0, 0.0))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.ArgumentError,
    "rose.vjp takes the function alone, given 2 arguments; write rose.vjp(f)(x, y)",
)
def vjp_as_in_jax() -> None:
    rose.vjp(g2, 1.0)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.ArgumentError,
    "rose.grad has no parameter 'argnum'; it is rose.grad(f, argnums=0, *, has_aux=False)",
)
def gradient_with_a_misspelt_word() -> None:
    rose.grad(g2, argnum=0)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]  # here


@misuse(rose.ArgumentError, "rose.jvp is called without f; it is rose.jvp(f)")
def derivative_of_nothing() -> None:
    rose.jvp()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.ArgumentError,
    "rose.check_grads is called without args; it is rose.check_grads(f, args, order=1, modes=('fwd', 'rev'), *, tolerance=1e-05, step=1e-05, seed=0)",
)
def check_without_a_point() -> None:
    rose.check_grads(g2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.ArgumentError, "rose.custom_jvp takes 1 argument, given 2; it is rose.custom_jvp(function)"
)
def rule_beside_its_function() -> None:
    rose.custom_jvp(lambda x: x, lambda x: x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownLambdaType]  # here


@misuse(
    rose.ArgumentError,
    "the pullback of g2 has no parameter 'bar'; it is the pullback of g2(*cotangents)",
)
def pullback_by_name() -> None:
    rose.vjp(g2)(1, 2)[1](bar=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(rose.TypeMismatchError, "has_aux of rose.grad is True or False, given str 'yes'")
def aux_as_text() -> None:
    rose.grad(g2, has_aux="yes")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.ArgumentError,
    "rose.check_grads takes a positive number as its step, given int 0; write step=1e-5",
)
def step_of_nothing() -> None:
    rose.check_grads(g2, (1, 2), step=0)  # here


@misuse(rose.ArgumentError, "rose.check_grads takes an int as its seed, given None; write seed=0")
def seed_of_none() -> None:
    rose.check_grads(g2, (1, 2), seed=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums True does not fit g2(x: Real, y: Real = 2.0) -> Real, whose parameters are numbered 0 to 1",
)
def argnums_as_a_bool() -> None:
    rose.grad(g2, argnums=True)(1, 2)  # here


@misuse(
    rose.SignatureError,
    "<lambda>(x, y) cannot be called with 1 Real, as params= and annotations say; write a Real for each parameter",
)
def opaque_of_more_parameters() -> None:
    rose.opaque(lambda x, y: x, js="f", params=[Real])  # here


@misuse(
    rose.DerivativeError,
    "rose.grad needs a function that gives one Real; f gives tuple[Real, Vec[2]]; write has_aux=True for the gradient of the "
    "first item",
)
def gradient_of_a_pair() -> None:

    @fn
    def f(x: Real) -> tuple[Real, Vec[Literal[2]]]:
        return x * x, [x, x]

    rose.grad(f)(1.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.DerivativeError,
    "rose.grad takes a function marked with @rose.fn, given rose.debug_nans(px); write rose.debug_nans(rose.grad(f))",
)
def gradient_of_what_looks_for_nans() -> None:
    rose.grad(rose.debug_nans(px))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.DerivativeError,
    "rose.jacobian takes a function marked with @rose.fn, given rose.vjp(px); call it in an @fn, and give that",
)
def jacobian_of_a_pullback() -> None:
    rose.jacobian(rose.vjp(px))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.TracedValueError,
    "rose.debug_nans(g2) looks at numbers, and is called inside of an @fn; call g2 there, and write rose.debug_nans(f)(x) "
    "of the function f around it",
)
def looking_for_nans_inside() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.debug_nans(g2)(x)  # here

    f(1.0)


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums 1.0 does not fit g2(x: Real, y: Real = 2.0) -> Real, whose parameters are numbered 0 to 1; "
    "arguments go into a call of what it gives, as in rose.grad(f)(x)",
)
def argument_beside_the_function() -> None:
    print(rose.grad(g2, 1.0))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "argument args of hvp_px: expected a tuple[P] of 1 item, given 2",
)
def arguments_that_are_no_tuple() -> None:
    rose.hvp(px)((1.0, 2.0), P(1.0, 1.0))  # here
