"""Where the time goes that goals about building and starting are about: profiles, taken when the page is written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from bench.tables import markdown

ROOT = Path(__file__).resolve().parent.parent
START = "import rose, rose.run.host"  # what an unchanged program needs before its module is taken from the disk
ROBOT = "import rose; from bench.ours.programs import robot; print(rose.compile(robot(0)).size_report())"
LEAST = 2000  # microseconds of a module, with what it imports, from which on it is named


def profiles() -> str:
    """The section of the page; it says where a program of this project cannot be run."""
    return f"""## What is not reached, by profile

The robot's module, by its parts, from `size_report()`. Its constants, which are the 61 springs and the 26 objects, and the math functions, which npm rose
takes from JavaScript, are by themselves more than a 150th of our program for npm rose, which is a third of the one of rose's authors.

```text
{_said(["-c", ROBOT]).strip()}
```

A build, as for `unrolled` with n = 2000, by its stages: microseconds of processor time a term of six operations, by `make profile ARGS=2000`.

```text
{_said([str(ROOT / "tools" / "profile_compiler.py"), "2000"]).strip()}
```

Most of it is tracing and simplifying, linear work over flat lists in Python. What comes behind `roll`, which makes loops of what repeats itself, takes next to nothing.

A start, by what is imported for it: milliseconds with all that each imports in turn, by `python -X importtime -c "{START}"`. The rest of
a start from the disk is to trace the function, which gives the key, and to have wasmtime take the machine code.

{imports()}
"""


def imports() -> str:
    """Modules by the time that importing them takes, with what they import."""
    said = _said(["-X", "importtime", "-c", START])
    rows = [
        (int(micros), name)
        for micros, name in re.findall(r"\|\s+(\d+) \|\s*([\w.]+)$", said, re.MULTILINE)
    ]
    slow = sorted([row for row in rows if row[0] >= LEAST], reverse=True)
    return markdown(["module", "ms"], [[f"`{name}`", f"{t / 1000:.1f}"] for t, name in slow[:16]])


def _said(arguments: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=ROOT,
        env={
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        },
    )
    return done.stdout + done.stderr
