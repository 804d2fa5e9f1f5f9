"""Sizes from which on the compiler does something else, to be other ones in tests."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module

import pytest

HUGE = 10**6  # which no program of the tests reaches

# Of each the smallest that makes sense, so that small programs get there, and one that none gets to.
SIZES = {
    "rose.opt.branch.LOOKED_AT": (1, HUGE),
    "rose.opt.branch.NEAR": (1, HUGE),
    "rose.opt.branch.SMALL": (0, HUGE),
    "rose.opt.choose.NEAR": (1, HUGE),
    "rose.opt.fold.MANY": (1, HUGE),
    "rose.opt.fuse.FAR": (1, HUGE),
    "rose.opt.fuse.LARGEST": (1, HUGE),
    "rose.opt.inline.LARGEST": (5, HUGE),
    "rose.opt.inline.SMALL": (0, HUGE),
    "rose.opt.jam.LARGEST": (1, HUGE),
    "rose.opt.jam.LEAST": (1, HUGE),
    "rose.opt.quiet.LEAST": (1, HUGE),
    "rose.opt.groups.EDGE": (1, HUGE),
    "rose.opt.groups.FEWEST_TIMES": (2, HUGE),
    "rose.opt.repeats.CHUNK": (1, HUGE),
    "rose.opt.repeats.WINDOW": (2, HUGE),
    "rose.opt.roll.FEWEST": (2, HUGE),
    "rose.opt.roll.FROM": (0, HUGE),
    "rose.opt.roll.TIMES": (2, HUGE),
    "rose.opt.rows.LEAST": (1, HUGE),
    "rose.opt.share.LOOKED_AT": (0, HUGE),
    "rose.opt.split.FEWEST": (2, HUGE),
    "rose.opt.split.LEAST": (3, HUGE),
    "rose.opt.split.MOST": (8, HUGE),
    "rose.opt.split.MOST_ARRAYS": (2, HUGE),
    "rose.opt.split.SINGLE_PARAMS": (2, HUGE),
    "rose.opt.split.SINGLE_RESULTS": (2, HUGE),
    "rose.opt.tabulate.LEAST_COST": (0, HUGE),
    "rose.opt.tabulate.LEAST_RUNS": (1, HUGE),
    "rose.opt.tabulate.MOST_KEPT": (1, HUGE),
    "rose.ad.checkpoints.MOST_KEPT": (1, HUGE),
    "rose.ad.linearize.MOST_ARRAYS": (1, HUGE),
    "rose.ad.linearize.MOST_SCALARS": (1, HUGE),
    "rose.ad.plan.MOST_RESIDUALS": (1, HUGE),
    "rose.wasm.arrays.SHORT": (0, HUGE),
    "rose.wasm.arrays.UNROLLED": (1, HUGE),
    "rose.wasm.lanes.LARGEST": (1, HUGE),
    "rose.wasm.lanes.LEAST": (2, HUGE),  # of one iteration no pair can be made
}
ALL_SMALL = {name: small for name, (small, _) in SIZES.items()}
ALL_HUGE = {name: huge for name, (_, huge) in SIZES.items()}


@contextmanager
def sizes(chosen: Mapping[str, int]) -> Generator[None]:
    """Have some of `SIZES` other than they are."""
    with pytest.MonkeyPatch.context() as patch:
        for name, size in chosen.items():
            module, _, attribute = name.rpartition(".")
            assert hasattr(import_module(module), attribute), f"{name} is gone"
            patch.setattr(import_module(module), attribute, size)
        yield
