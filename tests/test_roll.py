"""Unrolled code: loops of it have equal bits, and are there."""

import random
from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal

import pytest
from flat import flat_args, flatten, run_interp, run_wasm
from programs import PROGRAMS
from random_programs import arguments, program

import rose
from rose import Bool, Real, Vec, fn
from rose.ir.check import check
from rose.ir.func import Func, Loop, callees_first, instrs_of, size
from rose.ir.replace import with_callees
from rose.opt import groups, optimize
from rose.opt import repeats as repeating
from rose.opt.repeats import repeats
from rose.run.interp import interpret

roll = import_module("rose.opt.roll")  # the package has the function by this name
TINY = {"FROM": 20, "FEWEST": 6, "TIMES": 3}
WIDTH = 6


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TINY.items():
        monkeypatch.setattr(roll, name, value)
    monkeypatch.setattr(groups, "FEWEST_TIMES", 3)
    monkeypatch.setattr(groups, "EDGE", 2)


def in_loops(func: Func) -> Func:
    """The optimised program with every function rolled."""
    new: dict[Func, Func] = {}
    for old in callees_first([func]):
        new[old] = roll.roll(with_callees(old, new))
    return new[func]


def compared(f: rose.Fn[..., Any], args: tuple[Any, ...]) -> list[Loop]:
    """The loops of the rolled program, which has been found to give the same bits."""
    whole = optimize(f.func)
    loops = check(in_loops(whole))
    expected = [*map(repr, flatten(interpret(whole, flat_args(f, args))))]
    assert [*map(repr, flatten(interpret(loops, flat_args(f, args))))] == expected
    return [
        i for func in callees_first([loops]) for i in instrs_of(func.body) if isinstance(i, Loop)
    ]


def by_all(f: rose.Fn[..., Any]) -> rose.Fn[..., Any]:
    return rose.value_and_grad(f, argnums=tuple(range(len(f.signature.params))))


class Term:
    """A term of a program that a program wrote: what it computes is drawn once, what of, every time.

    An operand is what the term has just made, what the term before made, what any term made, an element of a Vec, a
    number, a Real from outside, or one of these by turns.
    """

    def __init__(self, drawn: random.Random) -> None:
        self.drawn = drawn
        self.steps = [
            (drawn.choice("+-*s?/"), [drawn.choice("nnbbeevco*") for _ in range(2)])
            for _ in range(drawn.randint(1, 5))
        ]

    def add(self, history: list[list[Any]], v: Any, x: Any) -> None:
        """Append what one more term computes."""
        made: list[Any] = []
        for kind, sources in self.steps:
            a, b = [self.operand(source, history, made, v, x) for source in sources]
            made.append(COMPUTED[kind](a, b))
        history.append(made)

    def operand(
        self, source: str, history: list[list[Any]], made: list[Any], v: Any, x: Any
    ) -> Any:
        drawn = self.drawn
        if source == "*":
            source = drawn.choice("nbevc")
        if source == "n" and made:
            return made[-1]
        if source == "b" and history:
            return history[-1][len(made)]
        if source == "e" and history:
            return drawn.choice(drawn.choice(history[-WIDTH:]))
        if source == "v":
            return v[drawn.randrange(WIDTH)]
        return x if source == "o" else x * drawn.choice([0.5, -0.0, 0.0, 1.25])


COMPUTED: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "s": lambda a, b: rose.sqrt(1.0 + a * a) - b,
    "?": lambda a, b: rose.where(a < b, a, 0.5 * b),
    "/": lambda a, b: a / (2.0 + b * b),
}


def unrolled(seed: int) -> rose.Fn[..., Any]:
    """A program of some terms, each many times in a row."""
    drawn = random.Random(seed)

    @fn
    def f(v: Vec[Literal[6]], x: Real) -> Real:
        history: list[list[Any]] = []
        for _ in range(drawn.randint(1, 3)):
            term = Term(drawn)
            history.append([x] * 5)
            for _ in range(drawn.randint(10, 40)):
                term.add(history, v, x)
        kept = drawn.sample(history, min(8, len(history)))
        result: Real = sum([row[0] for row in kept], history[-1][-1])
        return result

    return f


V = [0.3, -1.2, 0.0, 2.5, -0.7, 1.1]


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("seed", range(60))
def test_a_program_that_a_program_wrote_has_the_same_bits(seed: int) -> None:
    f = unrolled(seed)
    compared(f, (V, 0.8))
    compared(by_all(f), (V, 0.8))


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("seed", range(60, 80))
def test_a_module_of_such_a_program_has_the_same_bits(seed: int) -> None:
    f = by_all(unrolled(seed))
    expected = run_interp(f, (V, 0.8))
    assert [*map(repr, run_wasm(f, (V, 0.8)))] == [*map(repr, expected)]


@pytest.mark.usefixtures("tiny")
def test_most_such_programs_have_loops() -> None:
    assert sum(bool(compared(unrolled(seed), (V, 0.8))) for seed in range(30)) >= 15


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_has_the_same_bits(name: str) -> None:
    f, args = PROGRAMS[name]
    compared(f, args)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("seed", range(20))
def test_a_program_nobody_wrote_has_the_same_bits(seed: int) -> None:
    compared(by_all(program(seed)), arguments(seed))


def test_a_large_sum_and_its_gradient_are_a_few_loops() -> None:
    n = 1500

    @fn
    def pairs(v: Vec[Literal[10]]) -> Real:
        total: Any = 0.0
        for i in range(n):
            d = v[i % 10] - v[(7 * i + 3) % 10]
            total = total + rose.sqrt(d * d + (i + 1))
        result: Real = total
        return result

    f = rose.value_and_grad(pairs)
    v = [0.1 * k * k for k in range(10)]
    assert len(compared(f, (v,))) >= 2
    compiled = rose.compile({"pairs": f})
    assert len(compiled.data) < 20 * n
    assert size(compiled.program.exported["pairs"]) < n
    value, slopes = f(v)
    assert [value, *slopes] == run_interp(f, (v,))


@pytest.mark.usefixtures("tiny")
def test_calls_and_bools_and_elements_of_rows_are_rolled() -> None:
    @fn
    def larger(a: Real, b: Real) -> Bool:
        x = a
        for k in range(20):  # too long to be a part of its callers
            x = x * (1 + k) + b
        return x > b

    @fn
    def f(m: Vec[Literal[30], Vec[Literal[2]]], x: Real) -> Real:
        found: Any = x < 0
        for k in range(30):
            found = found ^ larger(m[(7 * k) % 30][k % 2], m[k][0] - x)
        result: Real = rose.where(found, 1.0, x)
        return result

    m = [[0.1 * k, 0.3 - 0.02 * k] for k in range(30)]
    loops = compared(f, (m, 0.25))
    assert any(loop.size == 30 for loop in loops)


@pytest.mark.usefixtures("tiny")
def test_zeros_keep_their_signs_in_tables() -> None:
    @fn
    def f(x: Real) -> Vec[Literal[40]]:
        return rose.vec([x * (-0.0 if k % 3 else 0.0) + (k % 2) * x for k in range(40)])

    compared(f, (-1.0,))


def test_a_group_that_loses_its_first_time_again_and_again_is_left_as_it_is() -> None:
    """The gradient of a long product: it was divided as often as it is long, which is deeper than Python recurs."""

    @fn
    def product(v: Vec[Literal[2000]]) -> Real:
        total = v[0]
        for x in v:
            total = total * (x * 0.5)
        return total

    assert rose.grad(product)([2.0] * 2000) == [2.0] + [1.0] * 1999


def test_where_a_text_repeats_itself() -> None:
    assert [*repeats("xyz" + "abc" * 20 + "q" * 30 + "ab", 12, 4)] == [(3, 3, 63), (63, 1, 93)]
    assert [*repeats("abcdefghijklmnopqrstuvwxyz" * 2, 12, 3)] == []
    assert [*repeats("", 12, 4)] == []


def test_sums_of_a_few_terms_each_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is too short to be a part, and is not compared with every place further on."""
    ends: list[int] = []
    end = repeating._end

    def counted(text: str, at: int, period: int) -> int:
        ends.append(at)
        return end(text, at, period)

    monkeypatch.setattr(repeating, "_end", counted)
    drawn = random.Random(0)
    text = "".join(["ab" * drawn.randint(8, 28) + "c" for _ in range(200)])
    assert [*repeats(text, roll.FEWEST, roll.TIMES)] == []
    assert len(ends) < len(text) // 2
