"""Rows as tables: what is shown of each workload, on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bench.engines import C_BESIDE, ENGINES, Engine
from bench.results import Row, ratio


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        title: what is above it.
        write: the text of an engine's cell, from all rows of the problem.
    """

    title: str
    write: Callable[[dict[str, Row], str], str]


def number(value: float | None, places: int = 0) -> str:
    """With about three figures, more if there are more in front of the point; at most `places` behind it."""
    if value is None:
        return "–"
    while places and abs(value) >= 100 * 10.0 ** (2 - places):
        places -= 1
    return f"{value:,.{places}f}"


def figure(title: str, name: str, places: int, unit: float = 1.0) -> Column:
    """A figure as it was measured, in units."""

    def write(rows: dict[str, Row], engine: str) -> str:
        value = rows[engine].figure(name)
        return number(None if value is None else value / unit, places)

    return Column(title, write)


def times(title: str, above: str, below: str) -> Column:
    """A figure divided by another of the same row."""

    def write(rows: dict[str, Row], engine: str) -> str:
        values = [rows[engine].figure(name) for name in (above, below)]
        one, other = values
        return "–" if one is None or not other else number(one / other, 2)

    return Column(title, write)


def of_c(rows: dict[str, Row], engine: str) -> str:
    """The time of a call divided by that of C by hand in the same host; ~ if it was measured in another run."""
    beside = C_BESIDE[engine]
    value = ratio(rows, engine, beside)
    same = value is None or rows[engine].run == rows[beside].run
    return number(value, 2) + ("" if same else "~")


BUILDING = (
    figure("build ms", "build_ms", 1),
    figure("compile ms", "compile_ms", 1),
    figure("first call ms", "first_call_ms", 2),
)
SPACE = (
    figure("wasm bytes", "bytes", 0),
    figure("gzip", "gzip_bytes", 0),
    figure("memory kB", "memory_bytes", 0, 1e3),
    figure("process MB", "process_bytes", 0, 1e6),
)
CALLS = (
    *BUILDING,
    figure("a call, µs", "steady_us", 3),
    figure("median", "median_us", 3),
    Column("× C", of_c),
    *SPACE,
)
DIAGRAMS = (
    *BUILDING,
    figure("layout ms", "optimize_ms", 1),
    figure("evaluations", "evaluations", 0),
    figure("Penrose's", "penrose_evaluations", 0),
    figure("a gradient, µs", "steady_us", 3),
    *SPACE,
)
STARTS = (
    figure("import rose, ms", "import_ms", 0),
    figure("cold ms", "cold_ms", 0),
    figure("from the cache ms", "warm_ms", 0),
    times("cache / cold", "warm_ms", "cold_ms"),
)
OF_WORKLOAD = {"diagrams": DIAGRAMS, "start": STARTS}


def columns(workload: str) -> Sequence[Column]:
    return OF_WORKLOAD.get(workload, CALLS)


def engines_of(rows: dict[str, Row]) -> list[Engine]:
    """The engines that have a row, in their order."""
    return [engine for engine in ENGINES if engine.name in rows]


def text_table(key: str, rows: dict[str, Row], asked: Collection[str]) -> str:
    """For the terminal: the engines that were asked for."""
    shown = columns(key.partition("-")[0])
    lines = [[key, *[column.title for column in shown]]]
    errors: list[str] = []
    for engine in engines_of(rows):
        if engine.name not in asked:
            continue
        label = engine.label.replace("*", "")
        if error := rows[engine.name].error:
            errors.append(f"  {label}: {error}")
        else:
            lines.append([f"  {label}", *[column.write(rows, engine.name) for column in shown]])
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    out = [
        "  ".join([first.ljust(widths[0]), *[c.rjust(w) for c, w in zip(rest, widths[1:])]])
        for first, *rest in lines
    ]
    return "\n".join([*out, *errors])


def markdown(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table of the page; the first column is text, the others are numbers."""
    rule = ["---", *["---:"] * (len(titles) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [titles, rule, *lines])


def page_table(key: str, rows: dict[str, Row]) -> str:
    """For the page: an engine that failed has its error in one wide cell's place."""
    shown = columns(key.partition("-")[0])
    lines: list[list[str]] = []
    for engine in engines_of(rows):
        row = rows[engine.name]
        if row.error:
            cells = [cell_text(row.error), *[""] * (len(shown) - 1)]
        else:
            cells = [column.write(rows, engine.name) for column in shown]
        lines.append([engine.label, *cells, row.measured[:16]])
    return markdown(["engine", *[column.title for column in shown], "measured"], lines)


def cell_text(text: str) -> str:
    """Text that stays in its cell."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")[:160]
