"""Index algebra: every combination of small sizes against Python's ints, and the way from Reals and back."""
# Misuse is the point, so what it looks like is not:
# ruff: noqa: ARG005

from __future__ import annotations

import itertools
import linecache
import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from flat import flat_args, is_list, run_interp
from playwright.sync_api import Browser

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.ir.check import check
from rose.run.interp import interpret

M, N = 4, 7


def integers(build: Callable[[Any, Any], Any]) -> Callable[[int, int], Any]:
    """A function of an Index[4] and an Index[7] whose results, indices or differences, are given as Reals."""

    @fn
    def f(i: Annotated[Index, M], j: Annotated[Index, N]) -> Annotated[Vec, len(build(0, 0))]:
        return [rose.real(x) for x in build(i, j)]

    check(f.func)

    def run(i: int, j: int) -> Any:
        values = f(i, j)
        assert values == [x for v in interpret(f.func, flat_args(f, (i, j))) for x in _flat(v)]
        return values

    return run


def _flat(value: Any) -> list[Any]:
    return value if is_list(value) else [value]


def every_kind(i: Any, j: Any) -> list[Any]:
    return [
        i + j,
        i + 3,
        2 + j,
        i - j,
        j - i,
        i - 1,
        5 - j,
        -i,
        i * j,
        i * 3,
        -2 * j,
        (i - 2) * 3,
        (i - 2) * -3,
        (i - j) + (j - i),
        i - j - 1,
        1 - (i - j),
        i - (j - 4),
        (i - 1) % 4,
        (i - j) % 5,
        (i + j - 20) % 3,
        (5 * i - 3 * j) % 6,
        -j % 7,
        (6 - j) // 2,
        i * j // 4,
        (i + 9) % 4 * 2 + 1,
        *divmod(j, 3),
        0 * i,
        i + (-2),
        abs(i - j),
        (i - 5) // 2,
        (i - j) % 2.5,
        (i + 2) - 2,
    ]


def test_indices_compute_as_pythons_ints() -> None:
    f = integers(every_kind)
    for i, j in itertools.product(range(M), range(N)):
        assert f(i, j) == every_kind(i, j), (i, j)


def test_comparisons_of_any_sizes_and_of_differences() -> None:
    def compared(i: Any, j: Any) -> list[Any]:
        pairs = [(i, j), (i, 2), (i - 1, 0), (i - j, -1), (j * 2, i + 3), (i, 2.5), (i - 1, j)]
        return [t for a, b in pairs for t in (a < b, a <= b, a > b, a >= b, a == b, a != b)]

    @fn
    def f(i: Annotated[Index, M], j: Annotated[Index, N]) -> Vec[Literal[42], Bool]:
        return compared(i, j)

    check(f.func)
    for i, j in itertools.product(range(M), range(N)):
        assert f(i, j) == compared(i, j)


def test_sizes_follow_values() -> None:
    seen: list[str] = []

    @fn
    def f(i: Annotated[Index, M], j: Annotated[Index, N]) -> Real:
        sized: tuple[Any, ...] = (
            i + j,
            i + 2,
            i * 3,
            i * j,
            j // 2,
            6 - j,
            j % 3,
            (i - j) % 5,
            -(i - 3),
            0 * i,
        )
        seen.extend(repr(x.size) for x in sized)
        for x in (i - 1, -j, i - j, i * -1):
            assert not isinstance(x, Index)  # pyright: ignore[reportArgumentType] (a class when it runs)
            assert isinstance(x, Real)  # type: ignore[unreachable]
        return 0.0

    check(f.func)
    assert seen == "10 6 10 19 4 7 3 5 4 1".split()  # noqa: SIM905


def test_a_ring_is_read_at_the_one_before() -> None:
    @fn
    def f(v: Vec[Literal[5]]) -> Vec[Literal[5]]:
        return rose.vec(5, lambda i: v[(i - 1) % 5] - v[4 - i] * v[rose.to_index(i - 2, 5)])

    v = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert f(v) == [v[i - 1] - v[4 - i] * v[max(i - 2, 0)] for i in range(5)]


def test_an_index_of_a_smaller_size_fits_a_larger_one() -> None:
    @fn
    def f(
        i: Index[Literal[3]], j: Index[Literal[9]]
    ) -> tuple[Index[Literal[9]], Vec[Literal[2], Index[Literal[9]]], Index[Literal[9]]]:
        carried = rose.loop(4, j, lambda t, _: t)
        return i, [i, j], rose.cond(i == 0, lambda: carried, lambda: i)

    check(f.func)
    assert f(2, 8) == (2, [2, 8], 2)
    assert f(0, 8) == (0, [0, 8], 3)


# --- Reals and indices ---

NUMBERS = [
    0.0, -0.0, 0.5, 0.999, 1.0, 2.5, 3.999, 4.0, 4.5, 1e9, 2.0**31, 2.0**32, 2.0**33, 1e300, math.inf,
    -0.5, -1.0, -3.5, -1e300, -math.inf, math.nan, 5e-324,
]  # fmt: skip


def expected(x: float, n: int) -> int:
    if math.isnan(x):
        return 0
    return 0 if x < 0 else n - 1 if x >= n else math.floor(x)


def rounded(n: int) -> Fn[..., Any]:
    @fn
    def f(x: Real) -> Annotated[Index, n]:
        return rose.to_index(x, n)

    return f


@pytest.mark.parametrize("n", [1, 4, 2**31 - 1])
def test_to_index_rounds_down_and_clamps(n: int) -> None:
    f = rounded(n)
    check(f.func)
    for x in NUMBERS:
        assert f(x) == run_interp(f, (x,))[0] == rose.to_index(x, n) == expected(x, n), x


def test_to_index_takes_indices_ints_and_differences() -> None:
    @fn
    def f(
        i: Index[Literal[5]],
    ) -> tuple[Index[Literal[3]], Index[Literal[9]], Index[Literal[3]], Index[Literal[3]]]:
        return (
            rose.to_index(i, 3),
            rose.to_index(i, 9),
            rose.to_index(i - 2, 3),
            rose.to_index(7, 3),
        )

    check(f.func)
    assert [f(i) for i in range(5)] == [(min(i, 2), i, max(i - 2, 0), 2) for i in range(5)]


def test_every_engine_rounds_alike(
    tmp_path: Path, node: Callable[..., Any], chromium: Browser, serve: Callable[[Path], str]
) -> None:
    files = rose.bundle({"f": rounded(4)}, "model")
    (tmp_path / "model.wasm").write_bytes(files.wasm)
    (tmp_path / "model.mjs").write_text(files.mjs)
    (tmp_path / "index.html").write_text("<!doctype html><title>to_index</title>")
    numbers = ", ".join(repr(x).replace("inf", "Infinity").replace("nan", "NaN") for x in NUMBERS)
    results = [expected(x, 4) for x in NUMBERS]
    in_node = (
        'import { readFileSync } from "node:fs"; import { loadSync } from "./model.mjs";'
        f'const {{ f }} = loadSync(readFileSync("model.wasm"));'
        f"console.log(JSON.stringify([{numbers}].map((x) => f(x))))"
    )
    assert node(in_node, folder=tmp_path) == results
    page = chromium.new_page()
    page.goto(f"{serve(tmp_path)}/index.html")
    in_page = (
        'async () => { const { load } = await import("./model.mjs"); const { f } = await load();'
        f"return [{numbers}].map((x) => f(x)); }}"
    )
    assert page.evaluate(in_page) == results
    page.close()


def test_real_of_indices_and_numbers() -> None:
    @fn
    def f(i: Index[Literal[5]], x: Real) -> tuple[Real, Real, Real]:
        return rose.real(i), rose.real(x), rose.real(i - 3)

    assert f(2, 0.5) == (2.0, 0.5, -1.0)
    assert (rose.real(3), type(rose.real(3))) == (3.0, float)


def test_indices_are_constants_of_derivatives() -> None:
    @fn
    def f(x: Real) -> Real:
        return x * rose.real(rose.to_index(x, 5)) + x * (rose.to_index(x, 5) - 1)

    assert rose.value_and_grad(f)(2.5) == (7.5, 3.0)


# --- misuse ---


def of(build: Callable[[Any, Any], Any]) -> Callable[[], object]:
    @fn
    def f(i: Index[Literal[5]], large: Annotated[Index, 2**20]) -> Real:
        found: Real = build(i, large)
        return found

    return lambda: f(0, 0)


@fn
def listed(i: Index[Literal[5]]) -> Index[Literal[5]]:
    return i - 1  # here


POSITIVE = "a positive int, given"
MISUSES: list[tuple[type[rose.RoseError], str, Callable[[], object]]] = [
    (
        rose.IndexRangeError,
        "the product of an Index[1048576] and an Index[1048576] may be larger than 2147483647; take them modulo their size first: i % 5",
        of(lambda i, large: large * large),  # here
    ),
    (
        rose.IndexRangeError,
        "the product of an Index[1048576] and an Index[5001] may be larger than 2147483647; take them modulo their size first: i % 5",
        of(lambda i, large: large * 5000),  # here
    ),
    (
        rose.IndexRangeError,
        "the sum of an Index[5] and an Index[2147483647] may be larger than 2147483647; take them modulo their size first: i % 5",
        of(lambda i, large: i + (2**31 - 2)),  # here
    ),
    (
        rose.TypeMismatchError,
        f"an Index is taken modulo {POSITIVE} int -3",
        of(lambda i, large: (i - 1) % -3),  # here
    ),
    (
        rose.TypeMismatchError,
        f"an Index is taken modulo {POSITIVE} an Index[1048576]",
        of(lambda i, large: i % large),  # here
    ),
    (
        rose.TypeMismatchError,
        f"an Index is divided by {POSITIVE} float 2.0",
        of(lambda i, large: i // 2.0),  # here
    ),
    (
        rose.TypeMismatchError,
        "an Index has + - *, and // and % by an int, as in (i - 1) % 5; other arithmetic makes it a Real",
        of(lambda i, large: 5 % i),  # here
    ),
    (
        rose.TypeMismatchError,
        "the result of listed: expected an Index or an int, given a Real; take it modulo its size, as in (i - 1) % 5",
        lambda: listed(0),
    ),
    (
        rose.TypeMismatchError,
        "rose.to_index needs its size as an int, given a Real; it is fixed when the function is compiled",
        of(lambda i, large: rose.to_index(i, i + 0.5)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.to_index takes a Real or an Index, given a Bool; write rose.where(b, 1, 0)",
        of(lambda i, large: rose.to_index(i > 0, 3)),  # here
    ),
    (
        rose.TypeMismatchError,
        "rose.real takes an Index or a Real, given str '1'",
        of(lambda i, large: rose.real("1")),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here
    ),
]


@pytest.mark.parametrize(("kind", "message", "run"), MISUSES)
def test_misuse_ends_in_an_error_that_teaches(
    kind: type[rose.RoseError], message: str, run: Callable[[], object]
) -> None:
    with pytest.raises(rose.RoseError) as raised:
        run()
    error = raised.value
    assert (type(error), error.message) == (kind, message)
    assert error.location.file == __file__
    line = linecache.getline(__file__, error.location.line).rstrip()
    assert line.endswith("# here") or line.startswith("def listed")
