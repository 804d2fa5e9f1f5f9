"""Measure this project beside code by hand and beside its peers.

    python -m bench                                       # everything
    python -m bench --only billiards --peers rose,hand    # some rows
    python -m bench --only pairs-1000,tiny

Every row is a process of its own, whose answers are checked before it is timed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from bench import engines, page, results
from bench.diagrams.files import NoDiagramsError, folder
from bench.engines import Engine
from bench.goals import GOALS
from bench.installing import InstallError, install
from bench.plan import hopeless, work
from bench.plotted import draw
from bench.problems import Problem, problem
from bench.results import Row
from bench.rows import Figures, measure
from bench.tables import text_table
from bench.workloads import WORKLOADS, keys

SLOW = 8.0
"""Seconds: rows that take longer have no more than one round."""


def main() -> int:
    options = parse_arguments()
    rows = results.load()
    run = now()
    end = time.monotonic() + 60 * options.minutes
    for key, asked in work(options.problems, options.engines, long=options.long):
        if time.monotonic() > end:
            print("The time is over; what is left stays as it was.", flush=True)
            break
        workload, name = key
        one = problem(workload, name, options.diagrams)
        why_not = partial(hopeless, key=key, run=run, rows=rows)
        found = measured(one, asked, options, why_not)
        fresh = {name: Row(now(), run, figures) for name, figures in found.items()}
        rows.setdefault(one.key, {}).update(fresh)
        results.store(one.key, rows[one.key])
        print(f"\n{text_table(one.key, rows[one.key], list(fresh))}", flush=True)
        if options.page:
            page.write(rows)  # so that what there is survives whatever comes
    if options.page:
        finish_page(rows)
    print(f"\n{goals_text(rows)}")
    return 0


def finish_page(rows: results.Rows) -> None:
    if fault := draw(rows, page.DOCS):
        print(f"no plots: {fault}", file=sys.stderr)
    page.write(rows)


def goals_text(rows: results.Rows) -> str:
    """The goals that were measured, for the terminal."""
    marks = {True: "reached", False: "MISSED "}
    verdicts = [(goal, goal.judge(rows)) for goal in GOALS]
    return "\n".join(
        f"{marks[verdict.reached]}  {goal.what}: {goal.goal}; ours {verdict.figure}"
        for goal, verdict in verdicts
        if verdict.reached is not None
    )


def now() -> str:
    return datetime.now().astimezone().isoformat(" ", "minutes")


def measured(
    one: Problem,
    asked: Sequence[Engine],
    options: argparse.Namespace,
    reason_not_to: Callable[[Engine], str | None],
) -> dict[str, list[Figures]]:
    """Rounds of figures per engine; those that are compared closely take turns."""
    rounds: dict[str, list[Figures]] = {engine.name: [] for engine in asked}
    active = list(asked)
    for number in range(options.rounds):
        for engine in list(active):
            progress(f"{one.key}, round {number + 1} of {options.rounds}: {engine.label}")
            start = time.perf_counter()
            fault = reason_not_to(engine)
            figures = {"error": fault} if fault else figures_of(engine, one, options)
            rounds[engine.name].append(figures)
            slow = time.perf_counter() - start > SLOW
            if not engine.rounds or slow or "error" in figures:
                active.remove(engine)
    progress("")
    return rounds


def figures_of(engine: Engine, one: Problem, options: argparse.Namespace) -> Figures:
    try:
        if engine.needs:
            install(engine.needs)
    except InstallError as error:
        return {"error": str(error)}
    seconds = options.seconds * (0.4 if one.workload == "diagrams" else 1.0)
    # That a peer takes this long is a figure; ours must be seen to end.
    limit = options.limit * (3.0 if engine.family == "ours" else 1.0)
    return measure(engine, one, seconds=seconds, limit=limit)


def progress(text: str) -> None:
    """Overwrite one line on a terminal; stay silent in a log."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure this project beside its peers.")
    parser.add_argument(
        "--only", default="", help=f"of {', '.join(WORKLOADS)}, or with a size: pairs-1000"
    )
    parser.add_argument(
        "--peers", default="", help=f"of {', '.join(engines.FAMILIES)}; default: all"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=5,
        help="how often engines that are compared closely take turns",
    )
    parser.add_argument(
        "--seconds", type=float, default=0.3, help="how long each looks at its steady state"
    )
    parser.add_argument(
        "--limit", type=float, default=60.0, help="the seconds that a process of a row may take"
    )
    parser.add_argument(
        "--minutes", type=float, default=90.0, help="after these no more rows are begun"
    )
    parser.add_argument(
        "--long",
        action="store_true",
        help="all peers at all sizes and on all diagrams, which takes an hour",
    )
    parser.add_argument(
        "--no-page", dest="page", action="store_false", help="leave docs/performance.md as it is"
    )
    parser.add_argument(
        "--diagrams", type=Path, help="folder of Penrose's diagrams; or set ROSE_DIAGRAMS"
    )
    options = parser.parse_args()
    try:
        options.diagrams = folder(options.diagrams)
    except NoDiagramsError as error:
        print(f"diagrams are left out: {error}", file=sys.stderr)
        options.diagrams = None
    try:
        options.problems = keys(
            [name for name in options.only.split(",") if name], options.diagrams
        )
        options.engines = engines.chosen([name for name in options.peers.split(",") if name])
    except ValueError as error:
        parser.error(str(error))
    return options


if __name__ == "__main__":
    sys.exit(main())
