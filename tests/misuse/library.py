"""What Python's library and other libraries do with values, and cannot do with traced ones."""

import itertools
import math
import statistics
import struct
from datetime import timedelta
from typing import Any, Literal

import rose
from misuse import V3, misuse
from rose import Index, Real, Vec, fn


@misuse(
    rose.TracedValueError,
    "Python says: exec() arg 1 must be a string, bytes or code object. But this Real is traced: it has no value until the compiled function runs; use the functions of rose, and give to others what the function gives",
)
def text_run_as_a_program() -> None:
    @fn
    def f(x: Real) -> Real:
        exec(x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # noqa: S102  # here
        return x

    f(1)


@misuse(
    rose.TracedValueError,
    "Python says: required argument is not a float. But this Real is traced: it has no value until the compiled function runs; use the functions of rose, and give to others what the function gives",
)
def bytes_of_a_real() -> None:
    @fn
    def f(x: Real) -> Any:
        return struct.pack("d", x)  # here

    f(1)


@misuse(
    rose.TracedValueError,
    "Python says: Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize. But this Index is traced: it has no value until the compiled function runs; use the functions of rose, and give to others what the function gives",
)
def slice_of_an_iterator_by_an_index() -> None:
    @fn
    def f(v: Vec[Literal[3]], i: Index[Literal[3]]) -> Any:
        return list(itertools.islice(v, i))  # here

    f(V3, 1)


@misuse(
    rose.TracedValueError,
    "Python says: unsupported type for timedelta seconds component: Real. But this Real is traced: it has no value until the compiled function runs; use the functions of rose, and give to others what the function gives",
)
def time_of_a_real() -> None:
    @fn
    def f(x: Real) -> Any:
        return timedelta(seconds=x)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute with a function or a class, by +; call it first, as in f(x) + 1",
)
def class_computed_with() -> None:
    @fn
    def f(x: Real) -> Any:
        return x * (Real + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute with a function or a class, by +; call it first, as in f(x) + 1",
)
def function_of_python_computed_with() -> None:
    @fn
    def f(x: Real) -> Any:
        return x * (1 + math.sin)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.EscapedValueError,
    "total is a variable of body, since body assigns to it, and not the one around it, which does not change; carry the value, as in rose.loop(n, start, lambda t, value: value + x), and use what comes back",
)
def variable_around_a_body_assigned_to() -> None:
    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        total = 0.0

        def body(i: int) -> float:
            total += v[i]  # pyright: ignore[reportUnboundVariable]  # here
            return total

        rose.vec(3, body)
        return total

    f(V3)


@misuse(
    rose.NoAttributeError,
    "a Real has no attribute 'grad'; write rose.grad(f)(x), of a function f that gives a Real",
)
def gradient_as_an_attribute() -> None:
    @fn
    def f(x: Real) -> Any:
        return x.grad  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.NoAttributeError,
    "a Real has no attribute 'item'; it has no value until the compiled function runs; convert what the function gives",
)
def number_of_a_traced_value() -> None:
    @fn
    def f(x: Real) -> Any:
        return x.item()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.NoAttributeError,
    "a Vec[3] has no attribute 'pop'; a Vec does not change: write v[-1], and v[:-1] for the others",
)
def last_element_taken_out() -> None:
    @fn
    def f(v: Vec[Literal[3]]) -> Any:
        return v.pop()  # here

    f(V3)


@misuse(
    rose.NoAttributeError,
    "a Vec[3] has no attribute 'cumsum'; write rose.scan(len(v), 0, lambda i, s: (s + v[i], s + v[i]))[1]",
)
def running_sums_as_a_method() -> None:
    @fn
    def f(v: Vec[Literal[3]]) -> Any:
        return v.cumsum()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.NoAttributeError,
    "a Vec[2] has no attribute 'y'; the coordinates of a point are its elements: write v[1]",
)
def coordinate_of_a_point() -> None:
    @fn
    def f(point: Vec[Literal[2]]) -> Any:
        return point.y  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f([1.0, 2.0])


@misuse(
    rose.NoAttributeError,
    "a Real has no attribute 'bit_count'; use the operators, and the functions of rose",
)
def attribute_of_a_real_that_nobody_knows() -> None:
    @fn
    def f(x: Real) -> Any:
        return x.bit_count()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "a traced value has no attribute 'dtype'; Reals are 64-bit floats",
)
def dtype_of_a_vec() -> None:
    @fn
    def f(v: Vec[Literal[3]]) -> Any:
        return v.dtype  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "the functions of statistics take no traced Real; write v.mean(), or rose.sqrt(((v - v.mean()) ** 2).mean())",
)
def mean_of_statistics() -> None:
    @fn
    def f(v: Vec[Literal[3]]) -> Any:
        return statistics.mean(v)  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "a function has no elements: call it first, as in f(x)[0]",
)
def element_of_a_function_of_python() -> None:
    @fn
    def f(x: Real) -> Any:
        return rose.sin[0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]  # here

    f(1)
