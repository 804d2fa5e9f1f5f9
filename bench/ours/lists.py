"""Our module called from Python on fresh lists. usage: python -m bench.ours.lists JOB"""

from __future__ import annotations

import os

os.environ["ROSE_CACHE"] = "off"  # what is measured is compiled

from typing import Any

from bench.measuring import measure, read_job, report, timed
from bench.ours.programs import PROGRAMS


def main() -> None:
    job = read_job()
    gradient, build_ms = timed(lambda: PROGRAMS[job["problem"]](job["size"]))

    def call(x: list[float]) -> Any:
        return gradient([*x])

    report({"build_ms": build_ms, **measure(job, call, read=lambda found: [found[0], *found[1]])})


if __name__ == "__main__":
    main()
