"""What the page's plots show, and having them drawn."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench.engines import ENGINES, PEERS_PYTHON
from bench.installing import InstallError, install
from bench.results import Rows, ratio
from bench.rows import RowError, run
from bench.workloads import SIZES

LIMIT = 120.0  # seconds


def draw(rows: Rows, folder: Path) -> str | None:
    """Draw the plots into a folder, or say why that was not possible."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        file = Path(place) / "plots.json"
        content = {"pairs": pairs_lines(rows), "simulations": simulation_bars(rows)}
        file.write_text(json.dumps(content))
        try:
            install("plotting")
            run([PEERS_PYTHON, "-m", "bench.plotting.plots", str(file), str(folder)], LIMIT)
        except (InstallError, RowError) as error:
            return str(error)
    return None


def pairs_lines(rows: Rows) -> dict[str, list[tuple[int, float]]]:
    """Per engine, nanoseconds a term at each n: as a loop, and unrolled."""
    lines: dict[str, list[tuple[int, float]]] = {}
    for workload, note in (("pairs", "loop"), ("unrolled", "unrolled")):
        for engine in ENGINES:
            if workload == "unrolled" and engine.family == "hand":
                continue  # it is the loop
            points = [
                (int(n), 1e3 * time / int(n))
                for n in SIZES
                for row in [rows.get(f"{workload}-{n}", {}).get(engine.name)]
                if row is not None and (time := row.figure("steady_us")) is not None
            ]
            if points:
                lines[f"{engine.label.replace('*', '')}, {note}"] = points
    return lines


def simulation_bars(rows: Rows) -> dict[str, dict[str, float]]:
    """Per simulation and engine, the time of a call over that of C in Node."""
    return {
        key: {
            engine.label.replace("*", ""): value
            for engine in ENGINES
            if (value := ratio(rows[key], engine.name, "c-node")) is not None
        }
        for key in ("billiards", "robot")
        if key in rows
    }
