"""Which problems there are."""

from __future__ import annotations

from collections.abc import Sequence

WORKLOADS: dict[str, tuple[int, ...]] = {
    "pairs": (100, 1000, 2000, 4000, 20_000, 100_000),
    "unrolled": (100, 1000, 2000, 4000, 20_000, 100_000),
    "tiny": (4, 10, 100, 400),
    "billiards": (0,),
    "robot": (0,),
}
"""The sizes of each; 0 where there is one only."""


def keys(names: Sequence[str]) -> list[tuple[str, int]]:
    """The workloads and sizes that are named, as `pairs` or as `pairs-1000`; all if none are.

    Raises:
        ValueError: if a name is of none.
    """
    every = [(workload, size) for workload, sizes in WORKLOADS.items() for size in sizes]
    found: list[tuple[str, int]] = []
    for name in names:
        workload, _, size = name.partition("-")
        fitting = [key for key in every if key[0] == workload and size in ("", str(key[1]))]
        if not fitting:
            raise ValueError(f"no workload is called {name}; there are {', '.join(WORKLOADS)}")
        found += fitting
    return found if names else every
