"""Values that Python asks for their truth."""

from typing import Literal

import rose
from misuse import V3, misuse
from rose import Bool, Real, Vec, fn


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def if_on_a_comparison() -> None:

    @fn
    def f(x: Real) -> Real:
        if x > 0:  # here
            return x
        return -x

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value, but this Real is traced: it has no value until the compiled function runs; compare it: rose.where(x > 0, a, b)",
)
def if_on_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        if x:  # here
            return x
        return -x

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def while_loop() -> None:

    @fn
    def f(x: Real) -> Real:
        while x > 0:  # here
            x = x - 1
        return -x

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def and_of_comparisons() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0 and x < 1, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def not_of_a_comparison() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(not x > 0, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def chained_comparison() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(0 < x < 1, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value, but this Real is traced: it has no value until the compiled function runs; compare it: rose.where(x > 0, a, b)",
)
def bool_of_a_real() -> None:

    @fn
    def f(x: Real) -> Bool:
        return bool(x)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def in_a_list() -> None:

    @fn
    def f(x: Real) -> Real:
        return 1.0 if x in [1, 2] else 2.0  # here

    f(2.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def max_of_python() -> None:

    @fn
    def f(x: Real) -> Real:
        return max(x, 0)  # here

    print(f(2))


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def sorted_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return sorted(x)  # here

    print(f(V3))


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def if_on_an_index_comparison() -> None:

    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: 1 if i == 0 else 2)  # here

    f([1] * 6)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value, but this Index is traced: it has no value until the compiled function runs; compare it: rose.where(i == 0, a, b)",
)
def if_on_an_index() -> None:

    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: 1 if i else 2)  # here

    f([1] * 6)


@misuse(rose.TracedValueError, "a traced Vec has no truth value; use len(v) for its length")
def if_on_a_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        if x:  # here
            return 1.0
        return 2.0

    f(V3)
