"""Functions, modules and types where values are meant."""

from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

import rose
from misuse import V3, g2, misuse
from rose import Index, Real, Vec, fn


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function: call it before you compute with it, as in f(x) + 1",
)
def number_added_to_a_function() -> None:
    g2 + 1  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]  # here


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function: call it before you compute with it, as in f(x) + 1",
)
def function_added_to_a_number() -> None:
    1 + g2  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]  # here


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function: call it before you compute with it, as in f(x) + 1",
)
def function_negated() -> None:
    -g2  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]  # here


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function: call it before you compute with it, as in f(x) + 1",
)
def function_compared() -> None:
    print(g2 < 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function: call it before you compute with it, as in f(x) + 1",
)
def float_of_a_function() -> None:
    float(g2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function: call it before you compute with it, as in f(x) + 1",
)
def function_computed_with_a_real() -> None:
    @fn
    def f(x: Real) -> Real:
        return x * g2  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute a Vec[3] * the @fn g2; call a function before you compute with it, as in f(x) + 1",
)
def function_computed_with_a_vec() -> None:
    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return v * g2  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "cannot compute the function sin + a Real; call a function before you compute with it, as in f(x) + 1",
)
def function_of_rose_computed_with() -> None:
    @fn
    def f(x: Real) -> Real:
        return rose.sin + x  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function, and has no elements: call it first, as in f(x)[0]",
)
def element_of_a_function() -> None:
    g2[0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]  # here


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function, and has no elements: call it first, as in f(x)[0]",
)
def length_of_a_function() -> None:
    len(g2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "the @fn g2 is a function, and has no elements: call it first, as in f(x)[0]",
)
def iteration_over_a_function() -> None:
    list(g2)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.NoAttributeError,
    "the @fn g2 has no attribute 'grad'; write rose.grad(f)",
)
def derivative_as_an_attribute() -> None:
    g2.grad  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(
    rose.NoAttributeError,
    "the @fn g2 has no attribute 'wat'; write rose.compile(f).wat",
)
def text_of_a_function() -> None:
    g2.wat  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(
    rose.TypeMismatchError,
    "the module of g2 is not called itself; call its functions, as in f(x)",
)
def module_called() -> None:
    rose.compile(g2)(1.0)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.TypeMismatchError,
    "the module of g2 is not called itself; call its functions, as in f(x)",
)
def module_called_in_a_trace() -> None:
    module = rose.compile(g2)

    @fn
    def f(x: Real) -> Real:
        return module(x)  # type: ignore[no-any-return, operator]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the module of g2 is no value; call its functions, as in f(x) + 1",
)
def number_added_to_a_module() -> None:
    rose.compile(g2) + 1  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]  # here


@misuse(
    rose.TypeMismatchError,
    'the module of g2 has no elements; call its functions, as in f(x), or by their names in it, as in module.call("f", [x])',
)
def function_of_a_module_as_an_element() -> None:
    rose.compile(g2)["g2"]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]  # here


@misuse(
    rose.NoAttributeError,
    "the module of g2 has no attribute 'g2'; its functions are called as in f(x), or as in module.call(\"g2\", [x])",
)
def function_of_a_module_as_an_attribute() -> None:
    rose.compile(g2).g2  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(
    rose.NoAttributeError,
    "the module of g2 has no attribute 'wasm'; write module.data",
)
def bytes_of_a_module() -> None:
    rose.compile(g2).wasm  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(
    rose.NoAttributeError,
    "the module of g2 has no attribute 'speed'; it has data, wat, size_report(), memory_report(), call and prepared",
)
def attribute_of_a_module() -> None:
    rose.compile(g2).speed  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(
    rose.TypeMismatchError,
    "the type Vec[3] is no value: it is for annotations, and lists and rose.vec([x, y]) are values to compute with",
)
def number_added_to_a_type() -> None:
    Vec[3] + 1  # type: ignore[misc, valid-type]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]  # here


@misuse(
    rose.TypeMismatchError,
    "the type Vec[2] has no elements, and takes no more in brackets; write Vec[2, Vec[3]] for the type of 2 rows of 3 Reals",
)
def sizes_in_brackets_of_their_own() -> None:
    Vec[2][3]  # type: ignore[misc, valid-type]  # pyright: ignore[reportInvalidTypeArguments]  # here


@misuse(
    rose.TypeMismatchError,
    "the type Vec[3] has no elements, and takes no more in brackets; write Vec[2, Vec[3]] for the type of 2 rows of 3 Reals",
)
def length_of_a_type() -> None:
    len(Vec[3])  # type: ignore[misc, valid-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.NoAttributeError,
    "the type Vec[3] has no attribute 'size_in_bytes'; it is for annotations, as in x: Vec[3]",
)
def attribute_of_a_type() -> None:
    Vec[3].size_in_bytes  # type: ignore[misc, valid-type]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(
    rose.SignatureError,
    "a value has one type, given a choice of Vec[3] and None; leave the annotation out, and each type of argument makes a function of its own",
)
def type_or_none() -> None:
    Vec[3] | None  # type: ignore[misc, valid-type]  # pyright: ignore[reportUnusedExpression]  # here


@misuse(
    rose.SignatureError,
    "a value has one type, given a choice of Index[3] and None; leave the annotation out, and each type of argument makes a function of its own",
)
def none_or_type() -> None:
    None | Index[3]  # type: ignore[misc, valid-type]  # pyright: ignore[reportUnusedExpression]  # here


@misuse(
    rose.SignatureError,
    "a value has one type, given a choice of Vec[2] and Vec[3]; leave the annotation out, and each type of argument makes a function of its own",
)
def type_or_type() -> None:
    Vec[2] | Vec[3]  # type: ignore[misc, valid-type]  # pyright: ignore[reportUnusedExpression]  # here


@misuse(
    rose.TypeMismatchError,
    "isinstance takes a class, given the type Vec[3]; write Real, Bool, Index or Vec, and len(v) == n",
)
def isinstance_of_a_type() -> None:
    isinstance(V3, Vec[3])  # type: ignore[misc, valid-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "a prepared g2 is filled and run: write p.args.x[:] = ..., p.run(), and then p.result",
)
def prepared_function_called() -> None:
    g2.prepared()(1.0)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.TypeMismatchError,
    "rose.vjp(g2) is a function: call it first, as in value, pullback = rose.vjp(f)(x), or value, pushforward = rose.linearize(f)(x)",
)
def pullback_without_a_call() -> None:
    _value, _pullback = rose.vjp(g2)  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]  # here


@misuse(
    rose.TypeMismatchError,
    "rose.linearize(g2) is a function: call it first, as in value, pullback = rose.vjp(f)(x), or value, pushforward = rose.linearize(f)(x)",
)
def pushforward_without_a_call() -> None:
    rose.linearize(g2)[1]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]  # here


@misuse(
    rose.DerivativeError,
    "rose.grad takes a function marked with @rose.fn, given float 2.0; give the function itself, not what it gives",
)
def gradient_of_a_number() -> None:
    rose.grad(g2(1.0))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.DerivativeError,
    "rose.grad takes a function marked with @rose.fn, given the function sin; write rose.fn([Real])(rose.sin)",
)
def gradient_of_a_function_of_ours() -> None:
    rose.grad(rose.sin)(1.0)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.DerivativeError,
    "rose.grad takes a function marked with @rose.fn, given the function atan2; mark a function that calls it, as in "
    "rose.fn([Real, Real])(lambda x, y: rose.max(x, y))",
)
def gradient_of_a_function_of_two() -> None:
    rose.grad(rose.atan2)(1.0, 1.0)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(
    rose.TypeMismatchError,
    "argument tangents of g2_pushforward, item 1: expected a Real, given None",
)
def tangent_left_out() -> None:
    _, pushforward = rose.linearize(g2)(1.0, 2.0)
    pushforward(1.0, None)  # here


@misuse(
    rose.SignatureError,
    "rose.fn takes the type of the result behind the types, given the function <lambda>; write rose.fn([Real], Real)(f) for a function f",
)
def function_in_place_of_its_result() -> None:
    fn([Real], lambda x: x)  # pyright: ignore[reportUnknownLambdaType]  # here


@misuse(
    rose.ArgumentError,
    "rose.fn has no parameter 'static_argnums'; it is rose.fn(function=..., result=...)",
)
def option_of_another_jit() -> None:
    @fn(static_argnums=0)  # type: ignore[call-overload, untyped-decorator]  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]  # here
    def f(x: Real) -> Real:
        return x


@misuse(
    rose.TypeMismatchError,
    "the result of f: expected numbers, Vecs or structures of them, given _GeneratorContextManager; make its class a dataclass",
)
def generator_made_a_function_by_a_decorator() -> None:
    @fn  # here
    @contextmanager
    def f(x: Real) -> Any:
        yield x

    f(1)


@misuse(
    rose.SignatureError,
    "@rose.fn marks a Python function, given a partial of the @fn g2; write def and @rose.fn above it",
)
def partial_marked() -> None:
    fn(partial(g2, 2.0))  # here
