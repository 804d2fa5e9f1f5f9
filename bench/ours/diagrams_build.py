"""Build a diagram's module for Node into the job's folder. usage: python -m bench.ours.diagrams_build JOB

Beside the module, `plan.json` says which groups of terms each stage switches on.
"""

from __future__ import annotations

import os

os.environ["ROSE_CACHE"] = "off"  # what is measured is compiled

import json
from pathlib import Path
from typing import Any

import rose
from bench.diagrams.graph import Diagram, load
from bench.diagrams.program import Program
from bench.measuring import read_job, report, timed


def build(diagram: Diagram) -> Any:
    program = Program(diagram)
    return program, rose.bundle({"gradient": program.gradient}, "program")


def main() -> None:
    job = read_job()
    diagram = load(Path(job["file"]))
    (program, bundle), build_ms = timed(lambda: build(diagram))
    folder = Path(job["folder"])
    (folder / "program.wasm").write_bytes(bundle.wasm)
    (folder / "program.mjs").write_text(bundle.mjs)
    plan = {
        "stages": [program.active(stage) for stage in diagram.stages],
        "all": program.active(diagram.everything),
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    report({"build_ms": build_ms})


if __name__ == "__main__":
    main()
