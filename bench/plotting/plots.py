"""The page's plots. usage: python -m bench.plotting.plots JSON FOLDER, with matplotlib, which the peers' environment has"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "rose",  # so that equal figures are equal files
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)


def pairs(lines: dict[str, list[tuple[int, float]]], file: Path) -> None:
    """Nanoseconds a term, by n, a line for each engine."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for k, (label, points) in enumerate(lines.items()):
        style = "-o" if "this project" in label else "--o"
        axes.loglog(
            *zip(*points, strict=True), style, label=label, markersize=3, color=f"C{k % 10}"
        )
    axes.set_xlabel("n")
    axes.set_ylabel("ns a term")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize=7, frameon=False, bbox_to_anchor=(1.01, 1), loc="upper left")
    save(figure, file)


def simulations(bars: dict[str, dict[str, float]], file: Path) -> None:
    """Times C by hand, a bar for each engine, on a logarithmic scale."""
    figure, every = plt.subplots(
        1, len(bars), figsize=(4.5 * len(bars), 4), layout="constrained", squeeze=False
    )
    for axes, (title, values) in zip(every[0], bars.items(), strict=True):
        names = sorted(values, key=lambda name: -values[name])
        colors = ["C3" if "this project" in name else "C7" for name in names]
        axes.barh(names, [values[name] for name in names], color=colors)
        axes.set_xscale("log")
        axes.axvline(1, color="black", linewidth=0.5)
        axes.set_title(f"{title}, × C")
        axes.tick_params(labelsize=7)
    save(figure, file)


def save(figure: Any, file: Path) -> None:
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    content, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    if content["pairs"]:
        pairs(content["pairs"], folder / "performance-pairs.svg")
    if content["simulations"]:
        simulations(content["simulations"], folder / "performance-simulations.svg")
    print(json.dumps({}))


if __name__ == "__main__":
    main()
