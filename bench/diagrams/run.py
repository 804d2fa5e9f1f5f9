"""Lay Penrose's diagrams out: this project in Node and in Python, and npm rose with a function per term.

    python bench/diagrams/run.py --data FOLDER                   # all diagrams, all engines
    python bench/diagrams/run.py --data FOLDER --engines node    # this project in Node alone
    python bench/diagrams/run.py --data FOLDER fig6 ngon         # diagrams with this in their name

Every engine has a process of its own for every diagram, and prints its figures as JSON. Values and gradients are compared
with those that Penrose computed. Exits with 1 when one is off, or a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from check import Point, errors, points
from graph import Diagram, NoDiagramsError, folder, index, load

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PENROSE_NS = 7.9
"""Nanoseconds a node of the graph takes Penrose's own engine in a gradient: the median, by the makers of the data."""

Figures = dict[str, Any]
"""What an engine prints; or `error`, if it failed."""

NAMES = {
    "node": "this project, Node",
    "python": "this project, Python",
    "rose": "npm rose 0.4.10",
}
PHASES = ("build_ms", "compile_ms", "first_call_ms", "optimize_ms")


def run(command: list[str]) -> Figures:
    """The JSON in the last line that a command prints, or its error."""
    sources = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": sources, "ROSE_CACHE": "off"}
    try:
        done = subprocess.run(
            command,
            check=True,
            cwd=HERE,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if re.match(r"\w*Error: ", line)]
        return {"error": said[0] if said else error.stderr[-200:]}
    except subprocess.TimeoutExpired:
        return {"error": "took over ten minutes"}
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def measure(engine: str, file: Path) -> Figures:
    """One engine on one diagram."""
    if engine == "python":
        return run([sys.executable, "ours_python.py", str(file)])
    if engine == "rose":
        return run(["node", "peer_rose.mjs", str(file)])
    with tempfile.TemporaryDirectory() as directory:
        built = run([sys.executable, "ours.py", str(file), directory])
        if "error" in built:
            return built
        return built | run(["node", "ours.mjs", str(file), directory])


def install_rose() -> None:
    """Install npm rose beside this file, unless it is there."""
    if not (HERE / "node_modules" / "rose").is_dir():
        # A lock file could name a registry's host, which has no place in the repository.
        command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
        subprocess.run(command, check=True, cwd=HERE, capture_output=True)


def off(diagram: Diagram, figures: Figures) -> Iterator[str]:
    """A line for each answer that is not Penrose's."""
    at_start = {point.name: point for point in points(diagram)}
    given = {"stage0": figures, "all": figures["all"]}
    for name, answer in given.items():
        point: Point = at_start[name]
        numbers = [answer["value"], *answer["gradient"]]
        # JSON has null for nan, which rose gives where Penrose does: such entries are left out.
        found = errors(diagram, point, [0.0 if n is None else n for n in numbers])
        if max(found) > point.tolerance:
            yield f"{diagram.name}, {name}: off by {max(found):.1e}"


def row(entry: dict[str, Any], engine: str, figures: Figures) -> str:
    name = f"{entry['name']:50.50s} {entry['nodes']:6d} {NAMES[engine]:20s}"
    if "error" in figures:
        return f"{name} {figures['error'][:60]}"
    phases = " ".join(f"{figures[phase]:8.0f}" for phase in PHASES)
    made = figures["run"]
    per_call = f"{figures['steady_us']:8.1f} {1e3 * figures['steady_us'] / entry['nodes']:6.2f}"
    size = f"{figures['bytes_raw'] / 1e3:7.0f} {figures['bytes_gzip'] / 1e3:6.0f}"
    evaluations = f"{made['evaluations']:6d}/{made['penrose']}{'*' if made['stopped'] else ''}"
    return f"{name} {phases} {per_call} {size} {evaluations}"


def heading() -> str:
    columns = (
        "   build  compile    first   layout       µs  ns/nd      kB   gzip evaluations/Penrose's"
    )
    return f"{'diagram':50s} {'nodes':6s} {'engine':20s} {columns}"


Results = dict[str, dict[str, Figures]]
"""Per engine, per file."""


def shared(results: Results) -> list[str]:
    """The files that all engines can do."""
    each = [{f for f, figures in of.items() if "error" not in figures} for of in results.values()]
    return sorted(set.intersection(*each))


def summary(results: Results, nodes: dict[str, int]) -> Iterator[str]:
    files = shared(results)
    yield f"\nof the {len(files)} diagrams that all engines can do"
    for engine, of in results.items():
        sums = {phase: sum(of[f][phase] for f in files) / 1e3 for phase in PHASES}
        parts = ", ".join(f"{phase.removesuffix('_ms')} {s:.1f} s" for phase, s in sums.items())
        cost = median(1e3 * of[f]["steady_us"] / nodes[f] for f in files)
        time = median(of[f]["steady_us"] for f in files)
        total = sum(sums.values())
        yield f"{NAMES[engine]:20s} {total:7.1f} s: {parts}; median {time:.1f} µs, {cost:.2f} ns a node"


def goals(results: Results, nodes: dict[str, int]) -> Iterator[tuple[str, bool]]:
    """What is to be reached, with its figure, and whether it is."""
    ours = results["node"]
    failed = [f for f, figures in ours.items() if "error" in figures]
    yield f"all compile: {len(ours) - len(failed)} of {len(ours)}", not failed
    fine = [f for f in ours if f not in failed]
    cost = median(1e3 * ours[f]["steady_us"] / nodes[f] for f in fine)
    yield (
        f"a gradient at most half of Penrose's: {cost:.2f} of {PENROSE_NS} ns a node",
        cost <= PENROSE_NS / 2,
    )
    if "rose" in results:
        rose, files = results["rose"], shared(results)
        ratio = median(ours[f]["steady_us"] / rose[f]["steady_us"] for f in files)
        yield f"a gradient at most half of rose's: the median ratio is {ratio:.3f}", ratio <= 0.5
        sums = [sum(of[f][phase] for f in files for phase in PHASES) for of in (ours, rose)]
        yield f"in all below rose's: {sums[0] / sums[1]:.3f} of its time", sums[0] < sums[1]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Lay Penrose's diagrams out.")
    parser.add_argument("--data", type=Path, help="folder of the diagrams; or set ROSE_DIAGRAMS")
    parser.add_argument("--engines", nargs="+", choices=list(NAMES), default=list(NAMES))
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("names", nargs="*", help="parts of the names of those wanted; default: all")
    return parser.parse_args()


def wanted(data: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    return [e for e in index(data) if not names or any(name in e["name"] for name in names)]


def main() -> int:
    arguments = parse_arguments()
    try:
        data = folder(arguments.data)
    except NoDiagramsError as error:
        print(error, file=sys.stderr)
        return 1
    if "rose" in arguments.engines:
        install_rose()
    results: Results = {engine: {} for engine in arguments.engines}
    faults = []
    print(heading())
    entries = wanted(data, arguments.names)
    for entry in entries:
        diagram = load(data / entry["file"])
        for engine in arguments.engines:
            figures = measure(engine, data / entry["file"])
            results[engine][entry["file"]] = figures
            print(row(entry, engine, figures), flush=True)
            if "error" not in figures:
                faults += [f"{NAMES[engine]}: {fault}" for fault in off(diagram, figures)]
                for answers in (figures, figures["all"]):
                    del answers["gradient"]
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    nodes = {entry["file"]: entry["nodes"] for entry in entries}
    print(*summary(results, nodes), sep="\n")
    if "node" in results:
        for text, reached in goals(results, nodes):
            print(f"{'reached' if reached else 'MISSED'}: {text}")
            faults += [] if reached else [text]
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
