"""A model in a folder of its own."""

import linecache
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`model(text)` writes model.py into the folder that the test runs in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("")

    def write(text: str) -> None:
        (tmp_path / "model.py").write_text(text)
        linecache.clearcache()

    return write
