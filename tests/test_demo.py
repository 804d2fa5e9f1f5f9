"""What `make demo` runs: two simulations from Python, then the site, built and served."""

from __future__ import annotations

import signal
import subprocess
import sys
from urllib.request import urlopen

import pytest
from conftest import ROOT
from pages import POLICY


def test_the_demo_aims_trains_builds_and_serves() -> None:
    command = [sys.executable, str(ROOT / "tools" / "demo.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        lines: list[str] = []
        for line in demo.stdout:
            lines.append(line)
            if line.startswith("the site: "):
                break
        with urlopen(lines[-1].split()[2]) as answer:  # noqa: S310 (the address of our own server)
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert "Rose for Python" in answer.read().decode()
        demo.send_signal(signal.SIGINT)
        assert demo.stdout.read() == "bye\n"
    assert demo.returncode == 0
    aim, aimed, walk, walked = (
        float(line.split(":")[1]) for line in lines if line.startswith("loss ")
    )
    assert aim == pytest.approx(0.045376100103525, rel=1e-12)
    assert aimed < 1e-3 * aim
    assert walked < walk - 0.5


def test_the_robots_demo_has_seeds_and_steps() -> None:
    command = [
        sys.executable,
        str(ROOT / "examples" / "robot" / "demo.py"),
        "--seed",
        "2",
        "--steps",
        "3",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "loss before: -0.19857" in done.stdout
    assert "after 3 steps" in done.stdout
