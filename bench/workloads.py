"""Which problems there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.diagrams.files import index

SIZES = ("100", "1000", "2000", "4000", "20000", "100000")

WORKLOADS: dict[str, tuple[str, ...]] = {
    "pairs": SIZES,
    "unrolled": SIZES,
    "tiny": ("4", "10", "100", "400"),
    "billiards": ("",),
    "robot": ("",),
    "start": ("billiards", "robot", "unrolled-2000"),
    "diagrams": (),
}
"""The names in each; of the diagrams they are in the data's index."""

Key = tuple[str, str]
"""A workload and a name in it."""


def keys(names: Sequence[str], data: Path | None) -> list[Key]:
    """What is named, as `pairs` or `pairs-1000`, of diagrams also by a part of a name; all that there is if nothing is.

    Raises:
        ValueError: if a name is of nothing.
    """
    diagrams = [entry["name"].replace("/", "__") for entry in index(data)] if data else []
    every = [(workload, name) for workload, found in WORKLOADS.items() for name in found]
    every += [("diagrams", name) for name in diagrams]
    found: list[Key] = []
    for asked in names:
        fitting = [key for key in every if fits(asked, key)]
        if not fitting and asked.partition("-")[0] not in WORKLOADS:
            raise ValueError(f"no workload is called {asked}; there are {', '.join(WORKLOADS)}")
        found += fitting
    return found if names else every


def fits(asked: str, key: Key) -> bool:
    workload, _, part = asked.partition("-")
    if workload != key[0]:
        return False
    return part in key[1] if workload == "diagrams" else part in ("", key[1])
