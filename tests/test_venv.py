"""The virtual environment that make runs in: its own, or one that is there, in which everything stays."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What of a clone decides about `.venv`."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "tools" / "need", tmp_path / "tools")
    return tmp_path


def make_venv(clone: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", ".venv/created", f"PYTHON={sys.executable}"]
    return subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)


def has_pip(clone: Path) -> bool:
    command = [str(clone / ".venv" / "bin" / "python"), "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_one_is_made_where_there_is_none(clone: Path) -> None:
    assert make_venv(clone).returncode == 0
    assert has_pip(clone)


def test_one_that_is_there_keeps_what_is_in_it(clone: Path) -> None:
    venv.create(clone / ".venv", with_pip=False)
    installed = clone / ".venv" / "bin" / "their-program"
    installed.touch()
    done = make_venv(clone)
    assert done.returncode == 0, done.stderr
    assert installed.is_file()
    assert has_pip(clone)


def test_one_that_does_not_run_is_refused_and_kept(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / "their-file").touch()
    done = make_venv(clone)
    assert done.returncode != 0
    assert done.stderr.splitlines()[:2] == [
        "make: the .venv that is here has no Python 3.11 or newer that runs",
        "make: move it elsewhere or remove it, and run make again",
    ]
    assert [file.name for file in (clone / ".venv").iterdir()] == ["their-file"]
