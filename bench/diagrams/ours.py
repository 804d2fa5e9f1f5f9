"""Build a diagram's module for Node: `python ours.py FILE.json.gz FOLDER` prints what that took as JSON.

The folder gets `diagram.wasm`, `diagram.mjs`, and `plan.json`, which says which groups of terms each stage switches on.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from graph import load
from program import Program

import rose

FILE = "diagram"


def build(path: Path, folder: Path) -> dict[str, float]:
    diagram = load(path)
    start = time.perf_counter()
    program = Program(diagram)
    bundle = rose.bundle({"gradient": program.gradient}, FILE)
    elapsed = time.perf_counter() - start
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{FILE}.wasm").write_bytes(bundle.wasm)
    (folder / f"{FILE}.mjs").write_text(bundle.mjs)
    plan = {
        "stages": [program.active(stage) for stage in diagram.stages],
        "all": program.active(diagram.everything),
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    return {"build_ms": 1e3 * elapsed}


if __name__ == "__main__":
    print(json.dumps(build(Path(sys.argv[1]), Path(sys.argv[2]))))
