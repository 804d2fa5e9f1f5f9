"""What NumPy's arrays, Python's lists and Python's numbers have, and traced values have not."""

from typing import Any, Literal

import numpy as np

import rose
from misuse import V3, misuse
from rose import Index, Real, Vec, fn


@misuse(
    rose.NoAttributeError,
    "a Vec[3] has no attribute 'shape'; write len(v) for the length of a Vec, len(v[0]) for that of its rows",
)
def shape_of_a_vec() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return v.sum() / v.shape[0]  # type: ignore[no-any-return, union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.NoAttributeError,
    "a Vec[3] has no attribute 'append'; a Vec does not change: write rose.concat(v, [x])",
)
def appending() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        v.append(1.0)  # here
        return v.sum()

    f(V3)


@misuse(
    rose.NoAttributeError,
    "a Real has no attribute 'x'; the coordinates of a point are its elements: write v[0]",
)
def field_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return x.x  # type: ignore[attr-defined, no-any-return]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.NoAttributeError,
    "a place in a Vec[3] has no attribute 'multiply'; write v.at[i].set(v[i] * x); a place has set(x) and add(x)",
)
def multiplying_in_place() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return v.at[0].multiply(2.0)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(V3)


@misuse(rose.NoAttributeError, "v.at of a Vec[3] has no attribute 'set'; write v.at[i].set(x)")
def setting_no_place() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return v.at.set(2.0)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(V3)


@misuse(rose.TypeMismatchError, "a Vec does not change; write v = v.at[i].set(x)")
def assigning_to_a_place() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        v.at[0] = 2.0  # type: ignore[index]  # pyright: ignore[reportIndexIssue]  # here
        return v

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "sum of a Vec takes nothing else, such as an axis: of a nested Vec it goes over the first dimension; "
    "write m.T.sum() for the second, and rose.map for the rows",
)
def axis_of_a_method() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return v.sum(axis=0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.ArgumentError,
    "rose.mean takes no axis: of a nested Vec it goes over the first dimension; "
    "write rose.mean(m.T) for the second, and rose.map for the rows",
)
def axis_of_a_function() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return rose.mean(v, axis=0)  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "a traced Real has no elements; n values of a type T are a Vec[n, T]",
)
def element_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return x[0]  # type: ignore[index, no-any-return]  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "a traced Vec is no function; write x * (y) for a product, and v[i] for an element",
)
def call_of_a_vec() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return v(0)  # type: ignore[no-any-return, operator]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    f(V3)


@misuse(rose.TypeMismatchError, "a Real has no elements; n values of a type T are a Vec[n, T]")
def length_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return x * len(x)  # type: ignore[arg-type, no-any-return]  # pyright: ignore[reportArgumentType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "an Index has no << and >>; write x * 2**n, or i // 2**n of an Index",
)
def shifted_index() -> None:

    @fn
    def f(v: Vec[Literal[3]], i: Index[Literal[3]]) -> Real:
        return v[i >> 1]  # here

    f(V3, 1)


@misuse(rose.TypeMismatchError, "a Vec has no << and >>; write v * 2**n")
def shifted_vec() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return v << 1  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(V3)


@misuse(rose.TypeMismatchError, "pow(x, y, z) is for ints; write x**y % z")
def power_modulo() -> None:

    @fn
    def f(x: Real) -> Real:
        return pow(x, 2, 3)  # type: ignore[misc, no-any-return]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs an int, but this Index is traced: it has no value until the compiled function runs; "
    "write rose.vec(array)[i] to index a NumPy array",
)
def traced_index_of_an_array() -> None:
    table = np.array(V3)

    @fn
    def f(i: Index[Literal[3]]) -> Any:
        return table[i]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "what is elementwise goes through the rows of both Vecs, given a Vec[3, Vec[3]] and a Vec[3]; "
    "write rose.map(lambda row: row * v, m) for v with each row, rose.map(lambda row, x: row * x, m, v) for a number each",
)
def rows_with_numbers() -> None:

    @fn
    def f(
        m: Vec[Literal[3], Vec[Literal[3]]], v: Vec[Literal[3]]
    ) -> Vec[Literal[3], Vec[Literal[3]]]:
        return m * v  # here

    f([V3] * 3, V3)


@misuse(
    rose.TypeMismatchError,
    "a Vec of indices goes alone into the brackets, as in v[indices]; "
    "write rose.map(lambda i: m[i, j], indices) for an element of each row",
)
def indices_with_an_index() -> None:

    @fn
    def f(
        m: Vec[Literal[3], Vec[Literal[3]]], chosen: Vec[Literal[2], Index[Literal[3]]]
    ) -> Vec[Literal[2]]:
        return m[chosen, 0]  # here

    f([V3] * 3, [0, 1])


@misuse(
    rose.TypeMismatchError,
    "a Vec[3] is indexed by an int or a traced Index[3], given a Bool; "
    "write rose.where(b, v, 0.0) for the elements at which b is true",
)
def mask() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Any:
        return v[v > 1].sum()  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "v is a view of a buffer, which is filled in place; write v[:] = ..., or v[0] = ... for a number",
)
def view_replaced() -> None:
    prepared = GRADIENT.prepared()
    prepared.args.v = V3  # here


@fn
def total(v: Vec[Literal[3]]) -> Real:
    return (v * v).sum()


GRADIENT = rose.grad(total)


@misuse(
    rose.NoAttributeError,
    "a Vec[3] has no attribute 'sin'; write rose.sin(x)",
)
def function_as_a_method_of_a_vec() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return v.sin()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a number for numpy.arctan2, but this Real is traced: it has no value until the compiled function runs; write rose.atan2(y, x)",
)
def function_of_two_as_a_method() -> None:

    @fn
    def f(x: Real) -> Real:
        return x.arctan2(1.0)  # type: ignore[attr-defined, no-any-return]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a number for numpy.ldexp, but this Real is traced: it has no value until the compiled function runs; use the functions of rose instead of those of numpy",
)
def method_that_has_no_function() -> None:

    @fn
    def f(x: Real) -> Real:
        return x.ldexp(1)  # type: ignore[attr-defined, no-any-return]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "numpy.linalg.norm takes no traced Vec; write rose.norm(v)",
)
def norm_of_numpy() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return np.linalg.norm(v)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "numpy.where takes no traced Bool; write rose.where(condition, a, b)",
)
def where_of_numpy() -> None:

    @fn
    def f(x: Real) -> Real:
        return np.where(x > 0, x, 1.0)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "numpy.cumsum takes no traced Vec; write rose.scan(len(v), 0, lambda i, s: (s + v[i], s + v[i]))[1]",
)
def cumsum_of_numpy() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return np.cumsum(v)  # here

    f(V3)


@misuse(
    rose.NoAttributeError,
    "rose has no vmap; write rose.map(f, v) or rose.vec(n, lambda i: f(v[i]))",
)
def name_of_jax() -> None:
    rose.vmap(abs)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(rose.NoAttributeError, "rose has no tanhh; did you mean rose.tanh?")
def misspelt_name() -> None:
    rose.tanhh(1.0)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here


@misuse(rose.NoAttributeError, "rose has no zzz; docs/language.md says what there is")
def unknown_name() -> None:
    rose.zzz(1.0)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here
