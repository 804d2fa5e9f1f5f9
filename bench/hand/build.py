"""Compile a program in C with the Zig that PyPI has. usage: python -m bench.hand.build JOB wasm|native"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.measuring import read_job, report, timed

HERE = Path(__file__).parent
ROBOT = HERE.parent.parent / "examples" / "robot" / "robot.json"
# Deterministic: nothing is reassociated, and no product and sum become one.
COMMON = ("-O3", "-std=c11", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off")
WASM = ("-Wl,--no-entry", "-Wl,--strip-all")
TARGETS = {
    "wasm": ("-target", "wasm32-freestanding", "-nostdlib", *WASM),
    "simd": ("-target", "wasm32-freestanding", "-nostdlib", "-msimd128", *WASM),
    "native": ("-shared", "-fPIC", "-mcpu=native", "-lm"),
}
# Where sin and tanh come from: the C library of this target, which nothing else of is used.
WITH_LIBRARY = {"-nostdlib": "-mexec-model=reactor", "wasm32-freestanding": "wasm32-wasi"}


def robot_header() -> str:
    """The robot's tables as C has them."""
    robot = json.loads(ROBOT.read_text())
    objects, springs = robot["objects"], robot["springs"]
    rows = ",\n".join(f"  {{{', '.join(map(repr, spring))}}}" for spring in springs)
    places = ",\n".join(f"  {{{x!r}, {y!r}}}" for x, y in objects)
    return f"""#define OBJECTS {len(objects)}
#define SPRINGS {len(springs)}
typedef struct {{ int a, b; double rest_length, stiffness, actuation; }} Spring;
static const double objects_at_start[OBJECTS][2] = {{
{places}
}};
static const Spring springs[SPRINGS] = {{
{rows}
}};
"""


def main() -> None:
    job, kind = read_job(), sys.argv[2]
    target = list(TARGETS[kind])
    if job["problem"] == "robot":
        target = [WITH_LIBRARY.get(option, option) for option in target]
        (Path(job["folder"]) / "robot.h").write_text(robot_header())
    sources = [str(HERE / f"{job['problem']}.c"), str(HERE / "host.c")]
    result = Path(job["folder"]) / ("program.so" if kind == "native" else "program.wasm")
    options = [*COMMON, *target, f"-I{job['folder']}", f"-DN={job['size']}", "-o", str(result)]
    command = [sys.executable, "-m", "ziglang", "cc", *sources, *options]
    _, build_ms = timed(lambda: subprocess.run(command, check=True))
    report({"build_ms": build_ms})


if __name__ == "__main__":
    main()
