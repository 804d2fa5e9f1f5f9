"""Types that are written wrongly, or are no types."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np

import rose
from misuse import misuse
from rose import Index, Real, Vec, fn


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated bytes, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those; or rose.Static[bytes] for a Python value that is known while tracing",
)
def annotated_bytes() -> None:

    @fn
    def f(x: bytes) -> Real:  # here
        return 1.0

    f(b"abc")


@misuse(
    rose.SignatureError,
    "the result of f is annotated int, which is not a type of Rose: write Index[n] for a whole number below n, or Real",
)
def result_annotated_int() -> None:

    @fn
    def f(x: Real) -> int:  # here
        return 1

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated list[Real], which is not a type of Rose: write Vec[n, T], for n values of type T",
)
def annotated_list() -> None:

    @fn
    def f(x: list[Real]) -> Real:  # here
        return 1.0

    f([1.0])


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated Real | None, which is a choice of types, and a value has one: leave it out, and each type of argument makes a function of its own",
)
def annotated_union() -> None:

    @fn
    def f(x: Real | None) -> Real:  # here
        return 1.0

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated 3, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those",
)
def annotated_number() -> None:

    @fn
    def f(x: 3) -> Real:  # type: ignore[valid-type]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownParameterType]  # here
        return 1.0

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated (Real, Real), which is not a type of Rose: write tuple[Real, Real], with the type of each item",
)
def annotated_tuple_of_types() -> None:

    @fn
    def f(x: (Real, Real)) -> Real:  # type: ignore[syntax]  # pyright: ignore[reportInvalidTypeForm, reportUnknownParameterType]  # here
        return 1.0

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated tuple[Real, ...], which is not a type of Rose: write tuple[Real, Real], with the type of each item",
)
def annotated_tuple_of_any_length() -> None:

    @fn
    def f(x: tuple[Real, ...]) -> Real:  # here
        return x[0]

    f((1,))


@misuse(
    rose.SignatureError,
    "the result of f is annotated Vec, which needs a size: write Vec[3] or Vec[3, T]",
)
def vec_without_size() -> None:

    @fn
    def f(x: Real) -> tuple[Vec, Real]:  # here
        return [x], x

    f(1)


@misuse(
    rose.SignatureError, "parameter x of f is annotated Index, which needs a size: write Index[3]"
)
def index_without_size() -> None:

    @fn
    def f(x: Index) -> Real:  # here
        return x

    f(1)


@misuse(rose.SignatureError, "the size of a Vec is at least 0, given -1")
def vec_of_fewer_than_none() -> None:

    @fn
    def f(x: Vec[-1]) -> Real:  # type: ignore[valid-type]  # pyright: ignore[reportInvalidTypeForm, reportUnknownParameterType]  # here
        return 1.0

    f(1)


@misuse(
    rose.SignatureError, "the size of a Vec is an int, given float 2.5; write Vec[3] for 3 Reals"
)
def vec_of_two_and_a_half() -> None:

    @fn
    def f(x: Vec[2.5]) -> Real:  # type: ignore[valid-type]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownParameterType]  # here
        return 1.0

    f(1)


@misuse(rose.SignatureError, "Vec takes a size and a type, given (Real, 3); write Vec[3, Real]")
def vec_with_type_first() -> None:
    Vec[Real, 3]  # type: ignore[misc, valid-type]  # here


@misuse(
    rose.SignatureError,
    "Vec takes a size and a type, given (2, 3); write Vec[2, Vec[3]] for 2 rows of 3 Reals",
)
def vec_of_two_sizes() -> None:
    Vec[2, 3]  # type: ignore[misc, valid-type]  # here


@misuse(
    rose.SignatureError,
    "Vec takes a size and one type, given 3 parameters; write Vec[2, Vec[3]] for 2 rows of 3 Reals",
)
def vec_of_three_parameters() -> None:
    Vec[2, 3, Real]  # type: ignore[misc, type-arg, valid-type]  # pyright: ignore[reportInvalidTypeForm]  # here


@misuse(
    rose.SignatureError,
    "the element of a Vec is annotated 'Real', which is text, not a type: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those",
)
def vec_of_text() -> None:
    Vec[Literal[2], "Real"]  # type: ignore[misc]  # here


@misuse(rose.SignatureError, "the size of an Index is at least 0, given -1")
def index_of_fewer_values_than_none() -> None:
    Index[-1]  # type: ignore[misc, valid-type]  # here


@misuse(rose.SignatureError, "the size of an Index is at most 2147483647, given int 1099511627776")
def index_too_large() -> None:

    @fn
    def f(i: Index[2**40]) -> Real:  # type: ignore[valid-type]  # pyright: ignore[reportInvalidTypeForm, reportUnknownParameterType]  # here
        return i * 1

    print(f(2**39))


@misuse(
    rose.SignatureError, "Real takes no parameters, given int 3; write Vec[3, Real] for 3 of them"
)
def real_with_a_size() -> None:
    Real[3]  # type: ignore[misc, valid-type]  # pyright: ignore[reportInvalidTypeArguments]  # here


@misuse(
    rose.SignatureError,
    "an annotation of f cannot be resolved: name 'Nope' is not defined; define it before f, or at the top of the module",
)
def unknown_name() -> None:

    @fn
    def f(x: "Nope") -> Real:  # type: ignore[name-defined]  # pyright: ignore[reportUndefinedVariable, reportUnknownParameterType]  # here
        return 1.0

    f(1)


@misuse(
    rose.SignatureError,
    "an annotation of f cannot be resolved: SyntaxError: Forward reference must be an expression -- got 'Vec['",
)
def annotation_that_is_no_python() -> None:
    no_python = "Vec["

    @fn
    def f(x: no_python) -> Real:  # type: ignore[valid-type]  # pyright: ignore[reportInvalidTypeForm, reportUnknownParameterType]  # here
        return 1.0

    f(1)


@misuse(rose.SignatureError, "the size of a Vec is at least 0, given -1")
def vec_of_fewer_than_none_as_text() -> None:

    @fn
    def f(x: "Vec[-1]") -> Real:  # type: ignore[valid-type]  # pyright: ignore[reportInvalidTypeForm, reportUnknownParameterType]  # here
        return 1.0

    f(1)


@misuse(
    rose.ArgumentError,
    "a range has two finite numbers, the lower one first, and perhaps a step above 0; given Range(1, 0); write Range(0, 1) or Range(0, 10, 0.5)",
)
def range_the_wrong_way_round() -> None:
    rose.Range(1, 0)  # here


@misuse(
    rose.ArgumentError,
    "a range has two finite numbers, the lower one first, and perhaps a step above 0; given Range(0, inf, 0); write Range(0, 1) or Range(0, 10, 0.5)",
)
def range_without_an_end() -> None:
    rose.Range(0, float("inf"), 0)  # here


@misuse(
    rose.SignatureError,
    "parameter i of f has a Range(low=0, high=1, step=None), which is for Reals, and there is none in an Index[3]",
)
def range_for_an_index() -> None:

    @fn
    def f(i: Annotated[Index[Literal[3]], rose.Range(0, 1)]) -> Real:  # here
        return 1.0 * i

    f(1)


@misuse(
    rose.ArgumentError, "rose.Range is called without high; it is rose.Range(low, high, step=None)"
)
def range_with_one_end() -> None:
    rose.Range(3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.SignatureError,
    "Static takes the class of a Python value, given int 3; write Static[int], and give the number in the call",
)
def static_number() -> None:
    rose.Static[3]  # type: ignore[misc, valid-type]  # here


@misuse(
    rose.SignatureError,
    "Static is for annotations, and makes no values of int 3; write n: Static[int], and give the number in the call",
)
def static_called() -> None:
    rose.Static(3)  # type: ignore[type-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.TypeMismatchError,
    "Vec[3] is a type, and makes no values of list [1, 2, 3]; write numbers and lists, or rose.vec([x, y])",
)
def vec_type_called() -> None:
    Vec[3]([1, 2, 3])  # type: ignore[misc, valid-type]  # here


@misuse(
    rose.TypeMismatchError,
    "Real is for annotations, and makes no values of None; write the number, or True or False, as it is",
)
def real_called_with_nothing() -> None:
    Real()  # here


@misuse(
    rose.TypeMismatchError,
    "Real is for annotations, and makes no values of float 2.0; write the number, or True or False, as it is",
)
def real_as_a_constructor() -> None:

    @fn
    def f(x: Real) -> Real:
        return Real(2.0) * x  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "Vec is for annotations, and makes no values of a list of 2; write a list of the elements, or rose.vec(n, lambda i: ...)",
)
def vec_as_a_constructor() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[2]]:
        return Vec([x, x])  # type: ignore[operator]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.SignatureError,
    "parameter v of f is annotated ndarray[Any, Any], which is not a type of Rose: write Vec[n], or Vec[n, Vec[m]] for n rows of m; "
    "leave it out for arrays of any shape",
)
def annotated_array() -> None:

    @fn
    def f(v: np.ndarray[Any, Any]) -> Real:  # here
        return float(v[0])

    f(np.ones(3))


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated float64, which is not a type of Rose: write Real",
)
def annotated_float_of_numpy() -> None:

    @fn
    def f(x: np.float64) -> Real:  # here
        return 2.0 * float(x)

    f(np.float64(1.0))


@misuse(
    rose.SignatureError,
    "parameter v of f is annotated Sequence[float], which is not a type of Rose: write Vec[n, T], for n values of type T",
)
def annotated_sequence() -> None:

    @fn
    def f(v: Sequence[float]) -> Real:  # here
        return rose.sum(v)

    f([1.0, 2.0])


@misuse(
    rose.SignatureError,
    "an annotation has one size, given 2 and 3, as Annotated in Annotated is one; "
    "write Annotated[Vec[Any, Annotated[Vec, 2]], 3] for 3 rows of 2 Reals",
)
def sized_twice() -> None:
    two = Annotated[Vec, 2]
    f = fn([Annotated[two, 3]], Real)(lambda v: v[0])  # here
    f([[1.0, 2.0]] * 3)
