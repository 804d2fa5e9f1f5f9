"""One row of the benchmark: one engine on one problem, in processes of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.engines import Engine
from bench.problems import Problem

ROOT = Path(__file__).resolve().parent.parent

BUILD_LIMIT = 300.0
"""Seconds; a compiler of C makes its library the first time."""

ERROR = re.compile(r"(?:Uncaught )?\[?[\w.]*(?:Error|Exception)\b.*: ")
"""How a line begins that names an error, in Python and in Node."""

Figures = dict[str, Any]
"""What an engine's processes print; or `error`, what kept it from that."""


class RowError(Exception):
    """A row's process failed."""


def measure(engine: Engine, problem: Problem, *, seconds: float, limit: float) -> Figures:
    """Figures of an engine.

    Args:
        engine: what computes.
        problem: what is computed.
        seconds: how long to look at its steady state.
        limit: the seconds that its last process may take; those in front of it, which build, may take BUILD_LIMIT.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        job = {
            "problem": problem.workload,
            "size": problem.size,
            "starts": problem.name.partition("-")[0],
            "points": problem.points,
            "expected": [
                {**expected.as_json(), "tolerance": max(expected.tolerance, engine.tolerance)}
                for expected in problem.expected
            ],
            "file": problem.file,
            "seconds": seconds,
            "folder": folder,
        }
        file = Path(folder) / "job.json"
        file.write_text(json.dumps(job))
        figures: Figures = {}
        commands = engine.commands_for(problem.workload)
        try:
            for number, command in enumerate(commands, 1):
                most = limit if number == len(commands) else BUILD_LIMIT
                figures |= run([part.replace("JOB", str(file)) for part in command], most)
        except RowError as error:
            return {"error": str(error)}
        return figures


def run(command: Sequence[str], limit: float) -> Figures:
    """The JSON in the last line that a command prints, and the most memory that it had.

    Raises:
        RowError: if it fails, or takes longer than `limit` seconds.
    """
    paths = [str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what pip installs is compiled once for all
    # A session of its own, so that whatever it starts ends with it.
    with subprocess.Popen(
        command,
        cwd=ROOT / "bench",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise RowError(f"took over {limit:g} s") from None
    if process.returncode:
        raise RowError(reason(err) or f"ended with {process.returncode}")
    figures: Figures = json.loads(out.splitlines()[-1])
    return figures


def reason(err: str) -> str:
    """The line that says what went wrong, of what a failing process wrote; folders of this machine are left out."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    said = [line for line in lines if ERROR.match(line)]
    text = [*lines[-1:], *said][-1] if lines else ""
    for folder in (str(ROOT), str(Path.home()), tempfile.gettempdir()):
        text = text.replace(folder, "…")
    return text[:300]
