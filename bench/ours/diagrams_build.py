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

FUNCTION_SECTION = 3  # of a wasm module


def build(diagram: Diagram) -> Any:
    program = Program(diagram)
    return program, rose.bundle({"gradient": program.gradient}, "program")


def functions_in(wasm: bytes) -> int:
    """How many functions a module has: the entries of the section with their types."""
    at = 8
    while at < len(wasm):
        section, (size, start) = wasm[at], number_at(wasm, at + 1)
        if section == FUNCTION_SECTION:
            return number_at(wasm, start)[0]
        at = start + size
    return 0


def number_at(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value, shift = 0, 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


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
    terms = len(diagram.objectives) + len(diagram.constraints)
    functions = functions_in(bundle.wasm)
    report(
        {
            "build_ms": build_ms,
            "nodes": len(diagram.operations),
            "terms": terms,
            "structures": program.structures,
            "functions": functions,
        }
    )


if __name__ == "__main__":
    main()
