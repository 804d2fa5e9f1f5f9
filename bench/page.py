"""Writes docs/performance.md of all that was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bench.engines import BROWSER, ENGINES, Engine
from bench.goals import GOALS, PHASES, Goal, sums, whole
from bench.profiles import profiles
from bench.results import Row, Rows, ratio
from bench.tables import cell_text, markdown, number, of_c, page_table
from bench.workloads import WORKLOADS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

INTRODUCTION = """# Performance

This page is written by `make bench`, which measures this project beside code by hand and beside its peers. `make bench ONLY=billiards PEERS=rose,hand`
measures some rows again, and writes the page with the others as they were; each row says when it was measured.

- [What is measured, and how](#what-is-measured-and-how)
- [Goals](#goals)
- [What is not reached, by profile](#what-is-not-reached-by-profile)
- [A value and gradient](#a-value-and-gradient)
- [Every row](#every-row)
- [Diagrams](#diagrams)

## What is measured, and how

| workload | function, of which the value and the gradient are computed |
|---|---|
| `pairs` n | Σ over i < n of sqrt((x[i mod 100] − x[(7i+3) mod 100])² + i + 1), x in R¹⁰⁰, written as a loop |
| `unrolled` n | the same, every term of it traced: what a program made by a program looks like. Our compiler makes a loop of it again |
| `tiny` n | Σ sqrt(1 + (x_i − x_{i+1})²), x in Rⁿ: what a call costs |
| `billiards` | DiffTaichi's: 11 balls, 1024 steps, all ordered pairs in each; by the cue ball's position and velocity |
| `robot` | DiffTaichi's robot D: 26 objects, 61 springs, 1364 steps; by the 5757 weights of its network |
| `diagrams` | energies of Penrose's gallery, and their whole layout; the data is not in the repository, `ROSE_DIAGRAMS` names its folder |
| `start` | from a new process to the first answer in Python, with an empty cache on disk and with a filled one |

Every row is a process of its own, and its values and derivatives are compared with one reference before it is timed: closed formulas, the figures of
DiffTaichi's port, or Penrose's own. **Build** is from the user's program to bytes, or to what the engine has instead: tracing, deriving, generating.
**Compile** is from bytes to something that can be called. **A call** is one value and gradient once warm, arguments put in place and
results looked at in place where the engine allows it: the fastest of many short batches, which is what the code takes when nothing disturbs it, and
the median of them. Engines that are compared closely take turns, in several rounds, and the least time of all rounds counts. **× C** divides it by C by hand in the same host (compiled to wasm by Zig's clang, `-O3`, without SIMD and without reassociation; ~ marks a C that
was measured in another run). Memory is the wasm memory; *process* is the most that the whole process had.

The C uses the algorithms that the descriptions above name, as one would write them by hand: one sweep for the sums; for billiards a tape of the
pairs that hit, between which all is linear; for the robot a tape of the state and of the network's units, from which the springs are
computed again. The JavaScript for billiards is cleverer than that: it takes both orders of a pair together, and spares most square roots.
"""


def write(rows: Rows, folder: Path = DOCS) -> None:
    """Write the page from all rows."""
    (folder / "performance.md").write_text("\n".join(parts(rows, folder)) + "\n")


def parts(rows: Rows, folder: Path) -> Iterator[str]:
    yield INTRODUCTION
    yield f"Measured on {machine()}."
    yield "\n## Goals\n"
    yield goal_table(rows)
    yield f"\n{profiles()}"
    yield "\n## A value and gradient\n"
    yield "Microseconds, and in brackets what it is times C by hand in the same host. A dash where an engine has no such row, * where it failed.\n"
    yield overview(rows)
    for name, text in PLOTS.items():
        if (folder / name).exists():
            yield f"\n![{text}]({name})"
    yield "\n## Every row\n"
    for workload, names in WORKLOADS.items():
        for name in names:
            key = f"{workload}-{name}" if name else workload
            if key in rows:
                yield f"<details><summary>{key}</summary>\n\n{page_table(key, rows[key])}\n\n</details>\n"
    yield "## Diagrams\n"
    yield diagrams(rows)


PLOTS = {
    "performance-pairs.svg": "Time of a term of pairs, by n",
    "performance-simulations.svg": "Time of the simulations, times C by hand",
}


def said(*command: str) -> str:
    """What a program prints, or that it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return f"no {Path(command[0]).name}"
    return done.stdout.strip()


def machine() -> str:
    """Processor, system and versions."""
    info = Path("/proc/cpuinfo")
    names = (
        [line for line in info.read_text().splitlines() if "model name" in line]
        if info.exists()
        else []
    )
    processor = names[0].partition(":")[2].strip() if names else platform.processor()
    return ", ".join(
        [
            f"{os.cpu_count()} cores of {processor}",
            f"{platform.system()} {platform.release()}",
            f"Python {platform.python_version()}",
            f"wasmtime {version('wasmtime')}",
            f"Node {said('node', '--version').removeprefix('v')}",
            said(BROWSER, "--version").partition(" built")[0].strip(),
        ]
    )


def goal_table(rows: Rows) -> str:
    lines = [goal_line(goal, rows) for goal in GOALS]
    return markdown(["what", "goal", "ours", "reached"], lines)


def goal_line(goal: Goal, rows: Rows) -> list[str]:
    verdict = goal.judge(rows)
    marks = {None: "not measured", True: "yes", False: "**no**"}
    return [goal.what, goal.goal, verdict.figure or "–", marks[verdict.reached]]


OVERVIEW = (
    *("pairs-1000", "pairs-100000", "unrolled-100", "unrolled-2000", "unrolled-100000"),
    *("tiny-10", "tiny-400", "billiards", "robot"),
)


def overview(rows: Rows) -> str:
    """Engines by problems."""
    keys = [key for key in OVERVIEW if key in rows]
    lines: list[list[str]] = []
    for engine in ENGINES:
        cells = [overview_cell(rows[key], engine) for key in keys]
        if any(cell != "–" for cell in cells):
            lines.append([engine.label, *cells])
    return markdown(["engine", *keys], lines)


def overview_cell(rows: dict[str, Row], engine: Engine) -> str:
    row = rows.get(engine.name)
    if row is None:
        return "–"
    if row.error:
        return "*"
    share = of_c(rows, engine.name)
    return (
        f"{number(row.figure('steady_us'), 3)} ({share})"
        if share != "–"
        else number(row.figure("steady_us"), 3)
    )


DIAGRAM_ENGINES = {"ours-node": "Node", "ours-python": "Python", "rose": "rose"}


def diagrams(rows: Rows) -> str:
    """A line for each: build, first call and layout in all, and a gradient, of every engine; and their sums."""
    found = {key: of for key, of in rows.items() if key.startswith("diagrams-")}
    if not found:
        return "Not measured: the folder of the data was not named."
    by_size = sorted(found, key=lambda key: nodes(found[key]))
    titles = ["diagram", "nodes"]
    titles += [f"{label}: all, ms" for label in DIAGRAM_ENGINES.values()]
    titles += [f"{label}: a gradient, µs" for label in DIAGRAM_ENGINES.values()]
    titles += ["wasm kB", "rose's", "rose / Node"]
    lines = [diagram_line(key.removeprefix("diagrams-"), found[key]) for key in by_size]
    return f"{diagram_note(rows)}\n\n{markdown(titles, lines)}"


def diagram_note(rows: Rows) -> str:
    pairs = list(sums(rows))
    phases = ", ".join(phase.removesuffix("_ms").replace("_", " ") for phase in PHASES)
    note = f"*All* is {phases} together; engines turn a diagram's masks and weight, which are arguments, as its layout goes."
    if pairs:
        ours, theirs = map(sum, zip(*pairs, strict=True))
        note += f" On the {len(pairs)} diagrams that this project in Node and npm rose both do: {ours / 1e3:.1f} s and {theirs / 1e3:.1f} s."
    return note


def nodes(of: dict[str, Row]) -> float:
    return (of["ours-node"].figure("nodes") if "ours-node" in of else None) or 0.0


def diagram_line(name: str, of: dict[str, Row]) -> list[str]:
    def cell(engine: str, figure: str, unit: float = 1.0) -> str:
        if engine not in of:
            return "–"
        if of[engine].error:
            return cell_text(of[engine].error or "") if figure == "all" else "–"
        value = whole(of[engine]) if figure == "all" else of[engine].figure(figure)
        return number(None if value is None else value / unit, 1)

    return [
        name,
        number(nodes(of)),
        *[cell(engine, "all") for engine in DIAGRAM_ENGINES],
        *[cell(engine, "steady_us") for engine in DIAGRAM_ENGINES],
        cell("ours-node", "bytes", 1e3),
        cell("rose", "bytes", 1e3),
        number(ratio(of, "rose", "ours-node"), 1),
    ]
