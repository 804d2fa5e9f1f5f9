"""From a fresh process to the first answer, with what an earlier one left on disk. usage: python -m bench.ours.start JOB cold|warm"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from bench.measuring import faults, read_job, report, timed

job, kind = read_job(), sys.argv[2]
os.environ["ROSE_CACHE"] = str(Path(job["folder"]) / "cache")

before = time.perf_counter()
import rose  # noqa: E402, F401 (the clock runs)

import_ms = 1e3 * (time.perf_counter() - before)

import numpy as np  # noqa: E402 (which is no part of rose)

from bench.ours.programs import PROGRAMS  # noqa: E402 (imports rose)
from bench.ours.python import placed  # noqa: E402 (imports rose)


def start() -> list[float]:
    """The first answer: traced, compiled or found on disk, and run."""
    call, read = placed(PROGRAMS[job["starts"]](job["size"]).prepared())
    return list(read(call(np.array(job["points"][0]))))


answer, start_ms = timed(start)
if wrong := faults(answer, job["expected"][0]):
    raise SystemExit(f"wrong: {'; '.join(wrong)}")
report({f"{kind}_ms": start_ms, "import_ms": import_ms})
