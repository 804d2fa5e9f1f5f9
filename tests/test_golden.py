"""One program at every stage, kept as text: documentation, and a guard on the structure of each stage.

`ROSE_REGENERATE=1 python -m pytest tests/test_golden.py` writes the files anew; read the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from rose.api import STAGES
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.models import load_model

FOLDER = Path(__file__).parent / "golden"
FILES = {
    "1-trace.ir": "ir",
    "2-optimized.ir": "opt",
    "3-jvp.ir": "jvp",
    "4-vjp.ir": "vjp",
    "5-module.wat": "wat",
}


def stage(name: str) -> str:
    energy = load_model(FOLDER / "square.py").energy
    return STAGES[name](energy)


def test_every_stage_has_a_file() -> None:
    assert list(FILES.values()) == list(STAGES)


@pytest.mark.parametrize("file", FILES)
def test_the_stage_is_as_kept(file: str) -> None:
    path = FOLDER / file
    text = stage(FILES[file])
    if "ROSE_REGENERATE" in os.environ:
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("file", ["1-trace.ir", "2-optimized.ir", "3-jvp.ir"])
def test_the_text_reads_back(file: str) -> None:
    text = (FOLDER / file).read_text()
    without_locations = re.sub(r"  #.*", "", text)
    assert print_program(parse(text)) == without_locations
