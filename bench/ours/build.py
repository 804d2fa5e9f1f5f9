"""Build our module for the web into the job's folder. usage: python -m bench.ours.build JOB"""

from __future__ import annotations

import os

os.environ["ROSE_CACHE"] = "off"  # what is measured is compiled

from pathlib import Path

import rose
from bench.measuring import read_job, report, timed
from bench.ours.programs import PROGRAMS


def main() -> None:
    job = read_job()
    bundle, build_ms = timed(
        lambda: rose.bundle({"gradient": PROGRAMS[job["problem"]](job["size"])}, "program")
    )
    folder = Path(job["folder"])
    (folder / "program.wasm").write_bytes(bundle.wasm)
    (folder / "program.mjs").write_text(bundle.mjs)
    report({"build_ms": build_ms})


if __name__ == "__main__":
    main()
