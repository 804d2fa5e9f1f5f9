"""What was measured, kept between runs so that a run of a few rows renews just these."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.rows import Figures

FOLDER = Path(__file__).resolve().parent / ".results"


@dataclass
class Row:
    """One engine on one problem.

    Attributes:
        measured: when, as ISO 8601 writes it, to the minute.
        run: the run it was measured in; ratios of rows of different runs say less.
        rounds: the figures of each time it was its turn; the last may be an error.
    """

    measured: str
    run: str
    rounds: list[Figures]

    @property
    def error(self) -> str | None:
        """Why there are no figures."""
        errors = [figures["error"] for figures in self.rounds if "error" in figures]
        return errors[0] if errors else None

    def figure(self, name: str) -> float | None:
        """A figure over the rounds: the least of a time, which is what it takes when nothing disturbs it; else the median."""
        known = [figures[name] for figures in self.rounds if figures.get(name) is not None]
        if not known or self.error:
            return None
        return float(
            min(known) if name.endswith(("_ms", "_us")) and name != "median_us" else median(known)
        )


Rows = dict[str, dict[str, Row]]
"""Per problem's key, per engine's name."""


def ratio(rows: dict[str, Row], engine: str, other: str, name: str = "steady_us") -> float | None:
    """A figure of an engine divided by that of another on the same problem, where both have it."""
    if engine not in rows or other not in rows:
        return None
    above, below = rows[engine].figure(name), rows[other].figure(name)
    return above / below if above is not None and below else None


def load(folder: Path = FOLDER) -> Rows:
    """All that was kept."""
    rows: Rows = {}
    for file in sorted(folder.glob("*.json")):
        content: dict[str, Any] = json.loads(file.read_text())
        rows[file.stem] = {engine: Row(**row) for engine, row in content.items()}
    return rows


def store(key: str, rows: dict[str, Row], folder: Path = FOLDER) -> None:
    """Keep the rows of a problem."""
    folder.mkdir(exist_ok=True)
    content = {engine: asdict(row) for engine, row in rows.items()}
    (folder / f"{key}.json").write_text(json.dumps(content, indent=1) + "\n")
