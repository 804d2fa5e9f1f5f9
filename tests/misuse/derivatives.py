"""Derivatives."""

import rose
from misuse import V3, g2, iv, misuse, vv
from rose import Real, fn


@misuse(
    rose.DerivativeError,
    "rose.grad needs a function that gives one Real; vv gives Vec[3]; write rose.vjp for others",
)
def grad_of_a_vec() -> None:
    rose.grad(vv)(V3)  # here


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
    rose.grad(iv, argnums="x")(V3, 1)  # here


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
    rose.grad(lambda x: x)  # here


@misuse(
    rose.DerivativeError,
    "rose.jvp takes a function marked with @rose.fn, given the function <lambda>; mark it, with annotations",
)
def jvp_of_a_lambda() -> None:
    rose.jvp(lambda x: x)  # here


@misuse(
    rose.DerivativeError,
    "rose.vjp takes a function marked with @rose.fn, given int 3; mark it, with annotations",
)
def vjp_of_a_number() -> None:
    rose.vjp(3)  # here


@misuse(
    rose.TypeMismatchError,
    "argument primals of jvp_g2: expected a tuple[Real, Real], given float 1.0",
)
def jvp_of_numbers() -> None:
    rose.jvp(g2)(1.0, 1.0)  # here


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
    rose.vjp(vv)(V3)[1](V3, V3)  # here
