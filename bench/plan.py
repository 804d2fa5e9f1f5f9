"""Which rows a run has: all that are asked for would take an hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.engines import Engine
from bench.results import Rows
from bench.workloads import SIZES, Key

FEWER_SIZES = ("100", "2000", "100000")
"""Of sums, for peers that are not named in a goal."""

EVERY = 4
"""Peers, and this project in Python, lay out one diagram of so many, from the smallest to the largest."""

IN_GOALS = frozenset({"ours", "hand", "rose"})

TOOK_OVER = "took over"
"""How the error of a row begins that was stopped; see rows.py."""


def work(
    problems: Sequence[Key], engines: Sequence[Engine], *, long: bool
) -> Iterator[tuple[Key, list[Engine]]]:
    """A run's rows, those of one problem together: first all that goals name, then the others."""
    for in_goals in (True, False):
        for key in problems:
            asked = [
                engine
                for engine in engines
                if (engine.family in IN_GOALS) == in_goals
                and engine.does(key[0])
                and (long or is_planned(engine, key, problems))
            ]
            if asked:
                yield key, asked


def is_planned(engine: Engine, key: Key, every: Sequence[Key]) -> bool:
    """Whether a run that is not long has this row; `every` lists the run's problems."""
    workload, name = key
    if workload == "diagrams" and engine.name != "ours-node":
        diagrams = [key for key in every if key[0] == workload]
        return diagrams.index(key) % EVERY == EVERY - 1 or len(diagrams) < EVERY
    several = [key for key in every if key[0] == workload]
    if name in SIZES and len(several) == len(SIZES):
        return engine.family in IN_GOALS or name in FEWER_SIZES
    return True


def hopeless(engine: Engine, key: Key, run: str, rows: Rows) -> str | None:
    """Why there is no point in this row: in this run, a smaller one of the same sum was stopped."""
    workload, name = key
    if name not in SIZES:
        return None
    for size in SIZES[: SIZES.index(name)]:
        row = rows.get(f"{workload}-{size}", {}).get(engine.name)
        if row is not None and row.run == run and (row.error or "").startswith(TOOK_OVER):
            return f"not tried: {row.error} at n = {size}"
    return None
