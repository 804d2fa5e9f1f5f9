"""The text form and the checker: what reads back, what is refused and how."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rose import CheckError, ParseError
from rose.errors import RoseError
from rose.ir.parser import MAX_VALUES, parse
from rose.ir.printer import print_program
from rose.run.interp import interpret

PROGRAM = """\
func half(%0: real) -> (real) {
  %1: real = const value=0.5 type=real
  %2: real = mul %0, %1
  return %2
}

func main(%0: real[3], %1: bool, %2: ref real[3]) -> (real, index<3>[2]) {
  %3: real = const value=-inf type=real
  %4: index<3>[2] = const value=(2, 0) type=index<3>[2]
  %5: real, %6: real[3] = loop 3 reverse (%3) (%7: index[3], %8: real) {
    %9: real = index %0, %7
    %10: real = max %8, %9
    accumulate %2, %7, %10
    %11: real = cond %1 {
      yield %9
    } {
      %12: real = call half(%9)
      yield %12
    }
    %13: real = neg %11
    yield %10, %13
  }
  %14: ref real[3] = accum
  %15: ref real[3] = accum %6
  accumulate %14, %0
  %16: real[3] = resolve %14
  %17: real[3] = resolve %15
  return %5, %4
}
"""


def test_text_reads_back() -> None:
    assert print_program(parse(PROGRAM)) == PROGRAM


def test_text_means_what_it_says() -> None:
    total = [0.0, 0.0, 0.0]
    assert interpret(parse(PROGRAM), [[1.0, 5.0, 2.0], True, total]) == [5.0, [2, 0]]
    assert total == [5.0, 5.0, 2.0]


def with_body(*lines: str) -> str:
    return (
        "func f(%0: real, %1: index[4], %2: real[3]) -> () {\n"
        + "\n".join(lines)
        + "\n  return\n}\n"
    )


ACCUM = "  %3: ref real[3] = accum\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("func f(%0: real) -> (real) {", "line 1: expected a word, found 'the end'"),
        ("func f(%0: number) -> () {\n return\n}", "line 1: expected a type, found 'number'"),
        ("func f(%0: ref real) -> () {\n return\n}", "line 1: a ref is to an array"),
        ("func f(%0: real[1.5]) -> () {\n return\n}", "line 1: expected an integer, found '1.5'"),
        ("func f[]", "line 1: expected '(', found '['"),
        (with_body("  %3: real = sinus %0"), "line 2: no primitive is called 'sinus'"),
        (with_body("  %3: real = call g(%0)"), "line 2: no function above is called 'g'"),
        (with_body("  %0: real = neg %0"), "line 2: %0 is defined twice"),
        (
            with_body("  %3: real[1] = const value=((1.0)) type=real[1]"),
            "line 2: tuples do not nest",
        ),
        (with_body("  ?"), "line 2: unexpected character '?'"),
        ("", "line 1: expected at least one func"),
        (with_body("") + with_body(""), "line 5: function f is defined twice"),
        ("func f() -> (real) {\n return %0\n}", "line 3: f returns a value that is not defined"),
        (
            "func f(%0: bool) -> (real) {\n return %0\n}",
            "line 3: f returns other types than it declares",
        ),
        (
            with_body("  %9: real = neg %0"),
            "line 5: the values of f are not numbered 0, 1, 2, ... without gaps",
        ),
        ("func f() -> (real[0]) {\n return\n}", "line 1: sizes are at least 1, found [0]"),
        (
            "func f(%99999999999: real) -> () {\n return\n}",
            f"line 1: value numbers go up to {MAX_VALUES}, found %99999999999",
        ),
        (
            "func f(%0: index[0]) -> () {\n return\n}",
            "line 1: an index has a size from 1 to 2147483647, found 0",
        ),
        (
            "func f() -> (real[65536, 65536]) {\n return\n}",
            "line 1: an array holds at most 536870912 scalars, found 4294967296",
        ),
        (
            "func f(%0: ref ref real[1]) -> () {\n return\n}",
            "line 1: expected a type, found 'ref'",
        ),
        (
            "func f(%0: bool) -> () {\n" + "cond %0 {\n" * 100_000,
            "line 102: blocks nest at most 100 deep",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ParseError) as raised:
        parse(text)
    assert raised.value.message == message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  %3: real = add %0, %1", "add takes (real, real), given (real, index[4])"),
        ("  %3: bool = neg %0", "gives (real), declared as (bool)"),
        (
            "  %3: real = index %2, %1",
            "index index 0 of real[3] must be an index[3], given index[4]",
        ),
        ("  %3: real[3] = resolve %2", "resolves an accumulator opened in the same block"),
        ("  accumulate %2, %0", "takes (ref, index, ..., value)"),
        (ACCUM + "  accumulate %3, %1, %0", "index[4] does not index a dimension of 3"),
        (ACCUM + "  accumulate %3, %0", "adds real to real[3]"),
        ("  %3: ref real[3] = accum %0", "starts as real, not real[3]"),
        ("  %3: real[3] = accum", "an accumulator is a reference to an array of Reals"),
        ("  %3: ref real[3], %4: ref real[3] = accum", "opens one accumulator"),
        (
            ACCUM + "  %4: real[3] = resolve %3\n  accumulate %3, %2",
            "accumulator %3 is used after it was resolved",
        ),
        (
            "  %5: real = loop 2 (%0) (%3: index[2], %4: real) {\n    yield %1\n  }",
            "carries (real), hands on (index[4])",
        ),
        (
            "  loop 2 () (%3: index[2]) {\n    %4: real = neg %0\n    yield\n  }\n  %5: real = neg %4",
            "%4 is used where it is not defined",
        ),
        ("  %3: real = cond %0 {\n    yield %0\n  }", "1 branches do not fit (real)"),
        ("  %3: real = add %0, %99", "%99 is used where it is not defined"),
        ("  loop 0 () (%3: index[1]) {\n    yield\n  }", "a loop runs at least once"),
        ("  loop 2 () (%3: index[3]) {\n    yield\n  }", "a block's params must be (index[2])"),
        (
            "  loop 2 checkpoint 3 () (%3: index[2]) {\n    yield\n  }",
            "a checkpoint is every k-th iteration, for k up to the size",
        ),
        (
            ACCUM + "  %4: ref real[3] = loop 2 () (%5: index[2]) {\n    yield %3\n  }",
            "accumulators cannot be carried or stacked",
        ),
        (
            "  %5: real = while (%0) (%3: real) {\n    yield %3\n  } (%4: real) {\n    yield %4\n  }",
            "the test gives (real), not (bool)",
        ),
        (
            "  %3: bool = lt %0, %0\n"
            + ACCUM.replace("%3", "%4")
            + "  %7: ref real[3] = while (%4) "
            "(%5: ref real[3]) {\n    yield %3\n  } (%6: ref real[3]) {\n    yield %6\n  }",
            "accumulators cannot be carried",
        ),
        (
            "  %3: bool = lt %0, %0\n  %4: real = cond %3 {\n    yield %0\n  } {\n    yield %1\n  }",
            "the branches give different types",
        ),
        (
            "  %3: bool = lt %0, %0\n" + ACCUM.replace("%3", "%4") + "  %5: ref real[3] = cond %3 "
            "{\n    yield %4\n  } {\n    yield %4\n  }",
            "accumulators cannot leave a branch",
        ),
    ],
)
def test_the_checker_names_the_fault(line: str, message: str) -> None:
    with pytest.raises(CheckError) as raised:
        parse(with_body(line))
    assert raised.value.message.splitlines()[0] == f"in f: {message}"


def test_a_function_cannot_give_back_an_accumulator() -> None:
    with pytest.raises(CheckError) as raised:
        parse("func f() -> (ref real[3]) {\n  %0: ref real[3] = accum\n  return %0\n}\n")
    assert raised.value.message == "in f: a function cannot give back an accumulator"


@given(st.text(alphabet="func(){}%0123:=, realboolindex[]<>-#\nyieldreturnloopcond", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert reads_back_or_is_refused(text)


@given(
    st.one_of(st.binary(max_size=300), st.binary(max_size=40).map(lambda b: PROGRAM.encode() + b))
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert reads_back_or_is_refused(data.decode("utf-8", errors="surrogateescape"))
    assert reads_back_or_is_refused(data.decode("latin-1"))


WORDS = [*re.findall(r"%[0-9]+|[a-z]+|[0-9.]+|->|[^ \n]", PROGRAM), "ref", "call", "99999999999"]


@given(st.data())
def test_a_program_with_words_changed_is_read_or_refused(data: st.DataObject) -> None:
    words = re.findall(r"\s+|%[0-9]+|[a-z]+|[0-9.]+|->|[^ \n]", PROGRAM)
    for _ in range(data.draw(st.integers(1, 3))):
        words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(WORDS))
    assert reads_back_or_is_refused("".join(words))


@given(st.data())
def test_a_program_with_a_part_cut_out_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PROGRAM)))
    stop = data.draw(st.integers(start, min(len(PROGRAM), start + 40)))
    assert reads_back_or_is_refused(PROGRAM[:start] + PROGRAM[stop:])


def reads_back_or_is_refused(text: str) -> bool:
    try:
        func = parse(text)
    except RoseError:
        return True
    printed = print_program(func)
    return print_program(parse(printed)) == printed
