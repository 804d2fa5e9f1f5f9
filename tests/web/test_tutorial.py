"""docs/tutorial.md, as a newcomer goes through it: its files are written, its lines run, its page is dragged."""

from __future__ import annotations

import contextlib
import io
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from documents import blocks, write_file
from playwright.sync_api import Browser, expect

TEXT = (ROOT / "docs" / "tutorial.md").read_text()
# What is done once for all, or has no end: the test's machine has it installed, and a server of its own.
ELSEWHERE = ["python -m pip install .", "python -m http.server --bind 127.0.0.1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the reader has in the end, everything having printed what the page says."""
    made = tmp_path_factory.mktemp("tutorial")
    names: dict[str, Any] = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        patch.setattr(sys, "path", [str(made), *sys.path])
        for block in blocks(TEXT):
            if block.file:
                write_file(block, made)
                patch.delitem(sys.modules, "chain", raising=False)
            elif block.language == "sh":
                run(block.text.strip(), made)
            elif block.language == "python":
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    code = compile("\n" * block.line + block.text, "tutorial.md", "exec")
                    exec(code, names)  # noqa: S102 (our own page)
                assert out.getvalue() == block.printed, f"line {block.line}"
        patch.delitem(sys.modules, "chain", raising=False)
    return made


def run(command: str, folder: Path) -> None:
    if command in ELSEWHERE:
        return
    words = shlex.split(command)
    assert words[0] == "rose", f"a command of the page that no test runs: {command}"
    subprocess.run([sys.executable, "-m", *words], cwd=folder, check=True, capture_output=True)


def test_it_is_read_in_ten_minutes() -> None:
    prose = sum(len(part.split()) for part in TEXT.split("```")[::2])
    lines = sum(block.text.count("\n") for block in blocks(TEXT) if block.language != "text")
    assert prose / 200 + lines / 40 < 10  # words and lines of code a minute, leisurely


def test_the_commands_that_it_ends_with_exist(folder: Path) -> None:
    run("rose build chain.py --html", folder)
    assert (folder / "dist" / "chain.html").is_file()
    run("rose show chain.py:energy --stage opt", folder)
    run("rose dev --help", folder)


def test_the_page_is_dragged(folder: Path, chromium: Browser, serve: Callable[[Path], str]) -> None:
    complaints: list[str] = []
    page = chromium.new_page(viewport={"width": 900, "height": 900})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{serve(folder)}/index.html")
    energy = page.locator("#energy")
    expect(energy).to_have_text("0.2287")  # as in Python
    box = page.locator("#view").bounding_box()
    assert box is not None
    hand = (box["x"] + 0.8 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.move(*hand)
    page.mouse.down()
    page.mouse.move(hand[0] - 0.4 * box["width"], hand[1], steps=5)
    # Hands that are closer let the chain hang lower.
    page.wait_for_function("() => Number(document.getElementById('energy').textContent) < 0.22")
    page.mouse.move(*hand, steps=5)
    page.mouse.up()
    expect(energy).to_have_text("0.2287")
    page.close()
    assert complaints == []
