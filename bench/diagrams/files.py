"""Where the diagrams are, which are no part of this repository."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class NoDiagramsError(Exception):
    """The folder of the diagrams is not known, or holds none."""


def folder(given: Path | None = None) -> Path:
    """The folder of the diagrams.

    Raises:
        NoDiagramsError: if there is none.
    """
    named = given or os.environ.get("ROSE_DIAGRAMS")
    if not named:
        raise NoDiagramsError(
            "name the folder of Penrose's diagrams: ROSE_DIAGRAMS=FOLDER, or --diagrams FOLDER"
        )
    found = Path(named)
    if not (found / "INDEX.json").is_file():
        raise NoDiagramsError(f"{found} has no INDEX.json, which lists the diagrams")
    return found


def index(data: Path) -> list[dict[str, Any]]:
    """The entries of the diagrams, one for each group of equal ones, smallest first."""
    entries = json.loads((data / "INDEX.json").read_text())
    first: dict[int, dict[str, Any]] = {}
    for entry in entries:
        first.setdefault(entry["group"], entry)
    return sorted(first.values(), key=lambda entry: entry["nodes"])
