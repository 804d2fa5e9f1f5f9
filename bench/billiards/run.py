"""Time one value and gradient of DiffTaichi's billiards: this project, npm rose, and by hand.

    python bench/billiards/run.py                       # all three, three rounds
    python bench/billiards/run.py --engines rose hand   # the peers alone
    python bench/billiards/run.py --module DIST         # a bundle built before, not a fresh one

Every engine runs in a node process of its own, and the engines take turns for several rounds, so
that noise of the machine hits all of them. A figure is the median over the rounds; the ratios
pair the engines round by round before their median is taken.

Exits with 1 when a value or a derivative is off by more than 1e-9 of itself, or when the goal is
missed, and says which.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODEL = ROOT / "examples" / "billiards" / "model.py"
ROSE_VERSION = json.loads((HERE / "package.json").read_text())["dependencies"]["rose"]

TOLERANCE = 1e-9
"""Largest relative difference of any answer; rose and the program by hand differ by 1e-14."""

MOST_OF_ROSE = 1 / 5
MOST_WASM_BYTES = 12_000
MOST_MEMORY_BYTES = 8_000_000

LABELS = ("loss", "d/d position.x", "d/d position.y", "d/d velocity.x", "d/d velocity.y")
START = (
    0.045376100103525094,
    -0.5188530865230101,
    1.129672200247702,
    -0.6975152352009544,
    1.2810482750808891,
)
ELSEWHERE = (
    0.046626985131255475,
    -0.24712339039655506,
    1.793435304002878,
    -0.31964519524160495,
    1.656995779459695,
)
"""START by the rose authors' own program; ELSEWHERE by rose and by hand, which agree to 1e-15."""

EXPECTED = {"start": START, "elsewhere": ELSEWHERE, "start_again": START}

Figures = dict[str, Any]
"""What an engine's process prints; a figure it does not have is absent."""

NAMES = {
    "rose": f"npm rose {ROSE_VERSION}",
    "hand": "JavaScript by hand",
    "ours": "this project",
    "ours in place": "  … typed arrays in place",
}


class BenchmarkError(Exception):
    """Something the benchmark needs did not run; the message holds what it printed."""


def run(command: list[str], directory: Path) -> str:
    """Standard output of a command, which must succeed."""
    sources = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": sources}
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=directory,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
    except FileNotFoundError:
        raise BenchmarkError(f"{command[0]} is needed and was not found") from None
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"{' '.join(command)} took over ten minutes") from None
    if done.returncode:
        raise BenchmarkError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def install_rose() -> None:
    """Install npm rose beside this file, unless the pinned version is there already."""
    installed = HERE / "node_modules" / "rose" / "package.json"
    if installed.exists() and json.loads(installed.read_text())["version"] == ROSE_VERSION:
        return
    # A lock file could name a registry's host, which has no place in the repository.
    run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"], HERE)


def measure_script(script: str, *arguments: str) -> Figures:
    """Figures that an engine's script prints as its last line."""
    figures: Figures = json.loads(run(["node", script, *arguments], HERE).splitlines()[-1])
    return figures


def measure_ours(bundle: Path | None) -> Figures:
    """Figures of our module, built afresh and with the time of that unless a bundle is given."""
    if bundle is not None:
        return measure_script("ours.mjs", str(bundle.resolve() / "model.mjs"))
    with tempfile.TemporaryDirectory() as directory:
        start = time.perf_counter()
        run([sys.executable, "-m", "rose", "build", str(MODEL), "-o", directory], ROOT)
        build_ms = 1000 * (time.perf_counter() - start)
        figures = measure_script("ours.mjs", str(Path(directory) / "model.mjs"))
    return figures | {"build_ms": build_ms}


def measure_all(engines: list[str], rounds: int, bundle: Path | None) -> dict[str, list[Figures]]:
    """Figures of every engine in every round, the engines taking turns."""
    measures: dict[str, Callable[[], Figures]] = {
        "rose": lambda: measure_script("peer_rose.mjs"),
        "hand": lambda: measure_script("hand.mjs"),
        "ours": lambda: measure_ours(bundle),
    }
    results: dict[str, list[Figures]] = {engine: [] for engine in engines}
    for number in range(1, rounds + 1):
        for engine in engines:
            progress(f"round {number} of {rounds}: {NAMES[engine]}")
            results[engine].append(measures[engine]())
    progress("")
    return with_in_place(results)


def with_in_place(results: dict[str, list[Figures]]) -> dict[str, list[Figures]]:
    """The results with our second way to call as an engine of its own, below the first."""
    listed: dict[str, list[Figures]] = {}
    for engine, rounds in results.items():
        listed[engine] = rounds
        if engine == "ours":
            listed["ours in place"] = [figures["in_place"] for figures in rounds]
    return listed


def progress(text: str) -> None:
    """Overwrite one line on a terminal; stay silent in a log."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def typical(rounds: list[Figures], name: str) -> float | None:
    """Median of a figure over the rounds, or None where the engine has none."""
    known = [figures[name] for figures in rounds if figures.get(name) is not None]
    return median(known) if known else None


def ratio_of_times(rounds: list[Figures], others: list[Figures]) -> float:
    """Median over the rounds of one steady time divided by the other."""
    pairs = zip(rounds, others, strict=True)
    return float(median(mine["steady_ms"] / theirs["steady_ms"] for mine, theirs in pairs))


def wrong_answers(results: dict[str, list[Figures]]) -> Iterator[str]:
    """One line for every answer, of any engine in any round, that is off."""
    for engine, rounds in results.items():
        for number, figures in enumerate(rounds, 1):
            for point, expected in EXPECTED.items():
                given = figures["answers"][point]
                for line in compare(given, expected):
                    yield f"{NAMES[engine].strip()}, round {number}, {point}: {line}"


def compare(given: list[float | None], expected: tuple[float, ...]) -> Iterator[str]:
    """One line for every number that is off; JSON writes a NaN as null."""
    if len(given) != len(expected):
        yield f"{len(given)} numbers instead of {len(expected)}"
        return
    for label, number, right in zip(LABELS, given, expected, strict=True):
        if number is None or not abs(number - right) <= TOLERANCE * abs(right):
            yield f"{label} is {number}, not {right}"


def missed_goals(results: dict[str, list[Figures]]) -> Iterator[str]:
    """One line for every part of the goal that our module misses."""
    ours = results["ours"]
    wasm, memory = typical(ours, "wasm_bytes"), typical(ours, "memory_bytes")
    assert wasm is not None and memory is not None, "ours.mjs reports both"
    if wasm >= MOST_WASM_BYTES:
        yield f"our wasm has {wasm:,.0f} bytes; the goal is under {MOST_WASM_BYTES:,}"
    if memory >= MOST_MEMORY_BYTES:
        yield f"our memory has {memory:,.0f} bytes; the goal is under {MOST_MEMORY_BYTES:,}"
    if "rose" in results:
        ratio = ratio_of_times(ours, results["rose"])
        if ratio > MOST_OF_ROSE:
            yield f"our time is {ratio:.3f} of rose's; the goal is at most {MOST_OF_ROSE:.3f}"


COLUMNS: dict[str, Callable[[Figures], str]] = {
    "build ms": lambda row: decimals(row["build_ms"], 0),
    "load ms": lambda row: decimals(row["load_ms"], 1),
    "first call ms": lambda row: decimals(row["first_ms"], 1),
    "steady ms": lambda row: decimals(row["steady_ms"], 3),
    "(lowest–highest)": lambda row: f"{row['lowest']:.3f}–{row['highest']:.3f}",
    "of rose": lambda row: decimals(row["of_rose"], 4),
    "wasm kB": lambda row: decimals(row["wasm_bytes"], 1, unit=1e3),
    "gzip kB": lambda row: decimals(row["gzip_bytes"], 1, unit=1e3),
    "memory MB": lambda row: decimals(row["memory_bytes"], 2, unit=1e6),
}


NOTE = """
build: ours is `rose build` from start to end, done once before a page is served; rose traces,
derives and compiles in the page. load: importing rose, or our bundle until it can be called."""


def decimals(number: float | None, places: int, *, unit: float = 1.0) -> str:
    return "–" if number is None else f"{number / unit:,.{places}f}"


MEDIANS = (
    *("build_ms", "load_ms", "first_ms", "steady_ms"),
    *("wasm_bytes", "gzip_bytes", "memory_bytes"),
)


def row_of(rounds: list[Figures], rose: list[Figures] | None) -> Figures:
    """The figures of one line of the table."""
    times = [figures["steady_ms"] for figures in rounds]
    return {name: typical(rounds, name) for name in MEDIANS} | {
        "lowest": min(times),
        "highest": max(times),
        "of_rose": None if rose is None else ratio_of_times(rounds, rose),
    }


def print_table(results: dict[str, list[Figures]]) -> None:
    lines = [["engine", *COLUMNS]]
    for engine, rounds in results.items():
        row = row_of(rounds, results.get("rose"))
        lines.append([NAMES[engine], *(write(row) for write in COLUMNS.values())])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *rest in lines:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]))
    print(NOTE)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Billiards: this project against its peers.")
    every = ["rose", "hand", "ours"]
    parser.add_argument("--engines", nargs="+", choices=every, default=every)
    parser.add_argument("--rounds", type=int, default=3, help="how often each engine's turn comes")
    parser.add_argument("--module", type=Path, help="folder of a built model.mjs and model.wasm")
    parser.add_argument("--json", type=Path, help="also write every round's figures to this file")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    arguments.engines = list(dict.fromkeys(arguments.engines))
    return arguments


def main() -> int:
    arguments = parse_arguments()
    try:
        if "rose" in arguments.engines:
            install_rose()
        results = measure_all(arguments.engines, arguments.rounds, arguments.module)
    except BenchmarkError as error:
        progress("")
        print(error, file=sys.stderr)
        return 1
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")
    print_table(results)
    faults = list(wrong_answers(results))
    if "ours" in results:
        faults += missed_goals(results)
    for fault in faults:
        print(f"MISSED: {fault}")
    if not faults:
        print("All answers agree with the reference" + goal_note(results))
    return 1 if faults else 0


def goal_note(results: dict[str, list[Figures]]) -> str:
    """What the lack of faults says of the goal, which needs both engines to be judged."""
    judged = {"ours", "rose"} <= results.keys()
    return "; the goal is met." if judged else "; the goal needs both ours and rose."


if __name__ == "__main__":
    sys.exit(main())
