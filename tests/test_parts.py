"""Parts of arrays, and arrays put together from parts: values, derivatives, and where they are in memory."""

from __future__ import annotations

import re
from typing import Any

import pytest
from trust.hosts import Wasmtime

from rose.ad.jvp import jvp
from rose.ad.transpose import transpose
from rose.errors import CheckError
from rose.ir.check import check
from rose.ir.func import Apply, Func
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.ir.types import Array
from rose.opt import PASSES, optimize
from rose.run.interp import interpret

V = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
M = [V, [10 * x for x in V]]

PARTS = """func f(%0: real[2, 6], %1: index<7>[6]) -> (real[3, 2], index<7>[4], real) {
  %2: real[3, 2] = part %0 start=4 shape=(3, 2)
  %3: index<7>[4] = part %1 start=1 shape=(4)
  %4: real = part %0 start=8 shape=()
  return %2, %3, %4
}
"""

JOINED = """func f(%0: real[6], %1: real[2, 6]) -> (real[3, 6], bool[6]) {
  %2: real[3, 6] = join %0, %1 shape=(3, 6)
  %3: bool[2, 2] = const value=(True, False, False, True) type=bool[2, 2]
  %4: bool[2] = const value=(False, True) type=bool[2]
  %5: bool[6] = join %4, %3 shape=(6)
  return %2, %5
}
"""

# The array is updated while a part of it is still read, and a part of that.
UPDATED = """func f(%0: real[6]) -> (real[6], real[2], real[3, 2]) {
  %1: index[6] = const value=3 type=index[6]
  %2: real = const value=9.0 type=real
  %3: real = const value=8.0 type=real
  %4: real[6] = update %0, %1, %2
  %5: real[3, 2] = part %4 start=0 shape=(3, 2)
  %6: real[2] = part %5 start=2 shape=(2)
  %7: real[6] = update %4, %1, %3
  return %7, %6, %5
}
"""

# The parts are all of the array, and their cotangents, put together, that of the array.
CUT = """func f(%0: real[6]) -> (real[2, 2], real[2]) {
  %1: real[2, 2] = part %0 start=0 shape=(2, 2)
  %2: real[2] = part %0 start=4 shape=(2)
  return %1, %2
}
"""

# Scalar 3 is in both.
OVERLAPPING = """func f(%0: real[6]) -> (real[3], real[2]) {
  %1: real[3] = part %0 start=1 shape=(3)
  %2: real[2] = part %0 start=3 shape=(2)
  return %1, %2
}
"""

READ_ALSO = """func f(%0: real[6]) -> (real[3], real) {
  %1: real[3] = part %0 start=1 shape=(3)
  %2: index[6] = const value=2 type=index[6]
  %3: real = index %0, %2
  return %1, %3
}
"""

# The function that takes parts adds to what there is so far.
CALLED = """func g(%0: real[6]) -> (real[2, 2], real[2]) {
  %1: real[2, 2] = part %0 start=0 shape=(2, 2)
  %2: real[2] = part %0 start=4 shape=(2)
  return %1, %2
}

func f(%0: real[6]) -> (real[2, 2], real[2], real) {
  %1: index[6] = const value=5 type=index[6]
  %2: real = index %0, %1
  %3: real[2, 2], %4: real[2] = call g(%0)
  return %3, %4, %2
}
"""

# Each scalar is read once, and one of them again.
SCALARS = """func f(%0: real[3]) -> (real, real, real) {
  %1: real = part %0 start=2 shape=()
  %2: real = part %0 start=0 shape=()
  %3: real = neg %2
  %4: real = part %0 start=0 shape=()
  return %1, %3, %4
}
"""

MIXED = """func f(%0: real[2], %1: real) -> (real[2, 2]) {
  %2: real[2, 2] = join %1, %0, %1 shape=(2, 2)
  return %2
}
"""

TOGETHER = """func f(%0: real[2], %1: real[2, 2]) -> (real[3, 2]) {
  %2: real[3, 2] = join %0, %1 shape=(3, 2)
  return %2
}
"""


def run(func: Func, args: list[Any]) -> list[Any]:
    """The results by the interpreter, which are those of the module and of every pass; and the text reads back."""
    expected = interpret(check(func), args)
    for finished in (False, True):
        assert Wasmtime({"f": func}, finished=finished).run("f", args) == expected
    for single in PASSES.values():
        assert interpret(check(single(func)), args) == expected
    assert print_program(parse(print_program(func))) == print_program(func)
    return expected


def test_parts() -> None:
    rows, indices, element = run(parse(PARTS), [M, [0, 1, 2, 3, 4, 5]])
    assert rows == [[5.0, 6.0], [10.0, 20.0], [30.0, 40.0]]
    assert indices == [1, 2, 3, 4]
    assert element == 30.0


def test_arrays_put_together() -> None:
    rows, bools = run(parse(JOINED), [V, M])
    assert rows == [V, *M]
    assert bools == [False, True, True, False, False, True]


def test_a_part_keeps_what_its_array_was() -> None:
    whole, row, rows = run(parse(UPDATED), [V])
    assert whole == [1.0, 2.0, 3.0, 8.0, 5.0, 6.0]
    assert (row, rows) == ([3.0, 9.0], [[1.0, 2.0], [3.0, 9.0], [5.0, 6.0]])


@pytest.mark.parametrize(
    ("text", "bars", "expected"),
    [
        (CUT, [[[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]], V),
        (OVERLAPPING, [[1.0, 2.0, 3.0], [4.0, 5.0]], [0.0, 1.0, 2.0, 7.0, 5.0, 0.0]),
        (CALLED, [[[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0], 10.0], [1.0, 2.0, 3.0, 4.0, 5.0, 16.0]),
        (SCALARS, [1.0, 2.0, 3.0], [1.0, 0.0, 1.0]),
        (READ_ALSO, [[1.0, 2.0, 3.0], 4.0], [0.0, 1.0, 6.0, 3.0, 0.0, 0.0]),
    ],
)
def test_cotangents_of_parts(text: str, bars: list[Any], expected: list[float]) -> None:
    """Put together, or added up where parts overlap, or elements are read as well."""
    assert run(pullback(text), bars) == [expected]


def pullback(text: str) -> Func:
    """From the cotangents of all results to those of all params, which are arrays."""
    func = parse(text)
    params, results = (True,) * len(func.param_types), (True,) * len(func.result_types)
    return check(transpose(func, params, results).func)


def test_the_parts_of_a_whole_take_no_accumulator() -> None:
    (instr,) = transpose(parse(CUT), (True,), (True, True)).func.body.instrs
    assert isinstance(instr, Apply)
    assert instr.prim.name == "join"


def test_the_cotangent_of_arrays_put_together_is_cut() -> None:
    found = run(pullback(TOGETHER), [[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]])
    assert found == [[1.0, 2.0], [[3.0, 4.0], [5.0, 6.0]]]


def test_scalars_are_put_together_with_arrays() -> None:
    assert run(parse(MIXED), [[1.0, 2.0], 5.0]) == [[[5.0, 1.0], [2.0, 5.0]]]
    assert run(pullback(MIXED), [[[1.0, 2.0], [3.0, 4.0]]]) == [[2.0, 3.0], 5.0]


@pytest.mark.parametrize("text", [CUT, OVERLAPPING, READ_ALSO, SCALARS, TOGETHER])
def test_tangents_are_moved_as_values_are(text: str) -> None:
    """Each is linear, so it is its own derivative."""
    func = parse(text)
    array, *others = func.param_types
    assert isinstance(array, Array)
    args = [[1.0, 2.0], [[3.0, 4.0], [5.0, 6.0]]] if others else [V[: array.count]]
    dual = check(jvp(func, (True,) * len(args)).func)
    assert run(dual, [*args, *args]) == run(func, args) * 2


FOLDED = """func f(%0: real[2, 2], %1: real[4]) -> (real[2], real[2, 2], real[1, 2], real[2], real, real, real, real[1]) {
  %2: real[4, 2] = join %0, %1 shape=(4, 2)
  %3: real[2] = part %2 start=5 shape=(2)
  %4: real[2, 2] = part %2 start=0 shape=(2, 2)
  %5: real[4] = part %2 start=1 shape=(4)
  %6: real[1, 2] = part %5 start=1 shape=(1, 2)
  %7: real[6] = zeros type=real[6]
  %8: real[2] = part %7 start=3 shape=(2)
  %9: real = part %7 start=3 shape=()
  %10: real[2] = const value=(9.0, 10.0) type=real[2]
  %11: real = part %10 start=1 shape=()
  %12: real[3] = pack %9, %11, %9 shape=(3)
  %13: real = part %12 start=1 shape=()
  %14: real = part %5 start=2 shape=()
  %15: real[1] = part %12 start=1 shape=(1)
  return %3, %4, %6, %8, %9, %13, %14, %15
}
"""


def test_what_is_there_already_is_not_put_together() -> None:
    """Parts of parts, of constants, and of one of the values that were put together."""
    args = [[[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0, 7.0, 8.0]]
    assert run(parse(FOLDED), args) == [
        [6.0, 7.0],
        [[1.0, 2.0], [3.0, 4.0]],
        [[3.0, 4.0]],
        [0.0, 0.0],
        0.0,
        10.0,
        4.0,
        [10.0],
    ]
    lines = [line.strip() for line in print_program(optimize(parse(FOLDED))).splitlines()[1:-1]]
    assert lines == [
        "%2: real[2] = part %1 start=1 shape=(2)",
        "%3: real[1, 2] = part %0 start=2 shape=(1, 2)",
        "%4: real[2] = zeros type=real[2]",
        "%5: real = const value=0.0 type=real",
        "%6: real = const value=10.0 type=real",
        "%7: real = part %0 start=3 shape=()",
        "%8: real[1] = pack %6 shape=(1)",
        "return %2, %0, %3, %4, %5, %6, %7, %8",
    ]


BUILT = """func f(%0: real[80]) -> (real[8, 20], real[10, 8]) {
  %1: real[40] = loop 40 () (%2: index[40]) {
    %3: real = index %0, %2
    %4: real = mul %3, %3
    yield %4
  }
  %5: real[40, 3] = loop 40 () (%6: index[40]) {
    %7: real = index %0, %6
    %8: real = add %7, %7
    %9: real[3] = pack %8, %7, %8 shape=(3)
    yield %9
  }
  %10: real[8, 20] = join %1, %5 shape=(8, 20)
  %11: real[80] = loop 80 () (%12: index[80]) {
    %13: real = index %0, %12
    %14: real = neg %13
    yield %14
  }
  %15: real[10, 8] = join %11 shape=(10, 8)
  return %10, %15
}
"""


def test_what_is_given_back_is_built_there() -> None:
    """What is put together is not copied, nor is an array that is given back in another shape."""
    run(parse(BUILT), [[0.5 * k for k in range(80)]])
    ops = [op[0] for f in Wasmtime({"f": parse(BUILT)}).program.module.own for op in f.body]
    assert "memory.copy" not in ops


WRONG = [
    ("part %0 start=5 shape=(2)", "part shape (2,) from scalar 5 on is no part of real[6]"),
    ("part %0 start=6 shape=()", "part shape () from scalar 6 on is no part of real[6]"),
    ("part %1 start=0 shape=(1)", "part takes (array), given (real)"),
    ("join %0, %2 shape=(7)", "join takes arrays of one scalar, given (real[6], bool)"),
    ("join %0, %0 shape=(7)", "join shape (7,) does not hold real[6], real[6]"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_what_does_not_fit(wrong: str, message: str) -> None:
    with pytest.raises(CheckError, match=re.escape(message)):
        check(
            parse(
                f"func f(%0: real[6], %1: real, %2: bool) -> () {{\n  %3: real[7] = {wrong}\n  return\n}}\n"
            )
        )
