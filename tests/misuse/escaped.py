"""Values that leave the function, or the body, that made them."""

from typing import Any, Literal

import rose
from misuse import KEPT, V3, misuse
from rose import Index, Real, Vec, fn


@misuse(
    rose.EscapedValueError,
    "a traced Real of f is used after f was traced; give it back as a result of the function instead of keeping it in a variable outside",
)
def real_kept_outside() -> None:

    @fn
    def f(x: Real) -> Real:
        KEPT["x"] = x
        return x

    f(1)
    print(KEPT["x"] + 1)  # here


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_switch_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k: list[Real] = []

        def body(*_: Any) -> Real:
            k.append(x * 2)
            return x

        rose.switch(rose.to_index(x, 2), [body, body])
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_while_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k: list[Real] = []

        def body(*_: Any) -> Real:
            k.append(x * 2)
            return x

        rose.while_loop(lambda y: y < 3, body, x)
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_bounded_while_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k: list[Real] = []

        def body(*_: Any) -> Real:
            k.append(x * 2)
            return x

        rose.while_loop(lambda y: y < 3, body, x, 4)
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_loop_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k: list[Real] = []

        def body(*_: Any) -> Real:
            k.append(x * 2)
            return x

        rose.loop(3, x, body)
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_map_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k: list[Real] = []

        def body(*_: Any) -> Real:
            k.append(x * 2)
            return x

        rose.map(body, [x, x])
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_vec_body() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        k: list[Real] = []

        def body(i: Index) -> Real:
            k.append(x[i] * 2)
            return 1.0

        rose.vec(3, body)
        return k[0]  # here

    f(V3)


@misuse(
    rose.EscapedValueError,
    "a traced Index made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def index_of_a_sum_body() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        k: list[Index] = []

        def body(i: Index) -> Real:
            k.append(i)
            return 1.0

        rose.sum(3, body)
        return x[k[0]]  # here

    f(V3)


@misuse(
    rose.EscapedValueError,
    "a traced Vec made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def vec_of_a_vec_body() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        k: list[Vec[Literal[3]]] = []

        def body(i: Index) -> Real:
            k.append(x * 2)
            return 1.0

        rose.vec(3, body)
        return k[0]  # here

    f(V3)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_the_other_side() -> None:

    @fn
    def f(x: Real) -> Real:
        k: list[Real] = []

        def a() -> Real:
            k.append(x * 2)
            return 1.0

        return rose.cond(x > 0, lambda: k[0], a)  # here

    f(1)


@misuse(
    rose.EscapedValueError,
    "g uses a traced value of f, and so is a part of it; call it there, or pass the value to g as an argument",
)
def compiled_closure() -> None:

    @fn
    def f(x: Real) -> Real:

        @fn
        def g(y: Real) -> Real:
            return x * y

        rose.compile({"g": g})  # here
        return g(x)

    f(1)


@misuse(
    rose.EscapedValueError,
    "a traced residual of f is used after f was traced; give it back as a result of the function instead of keeping it in a variable outside",
)
def pullback_kept_outside() -> None:

    @fn
    def sines(x: Vec[Literal[9]]) -> Real:
        return rose.sum(9, lambda i: rose.sin(x[i]))

    @fn
    def f(x: Vec[Literal[9]]) -> Real:
        value, KEPT["pullback"] = rose.vjp(sines)(x)
        return value

    f([1] * 9)
    KEPT["pullback"](1.0)  # here


@misuse(
    rose.EscapedValueError,
    "a traced residual of f is used after f was traced; give it back as a result of the function instead of keeping it in a variable outside",
)
def pullback_in_another_function() -> None:

    @fn
    def sines(x: Vec[Literal[9]]) -> Real:
        return rose.sum(9, lambda i: rose.sin(x[i]))

    @fn
    def f(x: Vec[Literal[9]]) -> Real:
        value, KEPT["pullback"] = rose.vjp(sines)(x)
        return value

    @fn
    def g(x: Real) -> Vec[Literal[9]]:
        return KEPT["pullback"](x)[0]  # here

    f([1] * 9)
    g(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_carried_by_a_scan() -> None:

    @fn
    def f(x: Real, v: Vec[Literal[3]]) -> Real:
        k: list[Real] = []

        def body(t: Index, carry: Real) -> tuple[Real, Real]:
            k.append(carry)
            return carry * v[t], carry

        last, outputs = rose.scan(3, x, body)
        return last + outputs[0] + k[0]  # here

    f(1.0, V3)


@misuse(
    rose.EscapedValueError,
    "a traced Vec made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def output_of_a_scan_kept_outside() -> None:

    @fn
    def f(x: Real, v: Vec[Literal[9]]) -> Real:
        k: list[Vec[Literal[9]]] = []

        def body(t: Index, carry: Real) -> tuple[Real, Vec[Literal[9]]]:
            k.append(v * carry)
            return carry + v[t], k[0]

        rose.scan(3, x, body)
        return k[0][2]  # here

    f(1.0, [1.0] * 9)


@misuse(
    rose.EscapedValueError,
    "a traced Index made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def counter_of_a_scan() -> None:

    @fn
    def f(x: Real, v: Vec[Literal[3]]) -> Real:
        k: list[Index] = []

        def body(t: Index, carry: Real) -> tuple[Real, Real]:
            k.append(t)
            return carry, carry

        rose.scan(3, x, body)
        return v[k[0]]  # here

    f(1.0, V3)


@misuse(
    rose.EscapedValueError,
    "a traced value is used where no function is being traced; use it in its function only",
)
def function_of_what_is_gone() -> None:

    @fn
    def f(x: Real) -> Real:
        KEPT["x"] = x
        return x

    f(1.0)
    rose.sin(KEPT["x"])  # here


@misuse(
    rose.EscapedValueError,
    "a traced Vec of f is used after f was traced; give it back as a result of the function instead of keeping it in a variable outside",
)
def sum_of_what_is_gone() -> None:

    @fn
    def f(v: Vec[Literal[9]]) -> Real:
        KEPT["v"] = v
        return v[0]

    f([1.0] * 9)
    rose.sum(KEPT["v"])  # here
