"""Compile a program in C with the Zig that PyPI has. usage: python -m bench.hand.build JOB wasm|native"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.measuring import read_job, report, timed

HERE = Path(__file__).parent
# Deterministic: nothing is reassociated, and no product and sum become one.
COMMON = ("-O3", "-std=c11", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off")
TARGETS = {
    "wasm": (
        *("-target", "wasm32-freestanding", "-msimd128", "-nostdlib"),
        *("-Wl,--no-entry", "-Wl,--strip-all"),
    ),
    "native": ("-shared", "-fPIC", "-mcpu=native"),
}


def main() -> None:
    job, kind = read_job(), sys.argv[2]
    sources = [str(HERE / f"{job['problem']}.c"), str(HERE / "host.c")]
    result = Path(job["folder"]) / f"program.{kind}"
    options = [*COMMON, *TARGETS[kind], f"-DN={job['size']}", "-o", str(result)]
    command = [sys.executable, "-m", "ziglang", "cc", *sources, *options]
    _, build_ms = timed(lambda: subprocess.run(command, check=True))
    report({"build_ms": build_ms})


if __name__ == "__main__":
    main()
