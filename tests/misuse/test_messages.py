"""Every message that src has is on the page of errors, and is matched whole by a test."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "error_messages.py"


def tool() -> Any:
    spec = spec_from_file_location("error_messages", TOOL)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts() -> Iterator[str]:
    """What the tests compare messages with, and the page of errors, whose examples are run."""
    for file in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr):
                parts = (v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
                yield "".join(map(str, parts))
    page = (ROOT / "docs" / "errors.md").read_text().partition(tool().START)[0]
    yield from re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


@cache
def known() -> list[str]:
    """The same without the class in front, the line behind, and the escapes of a regular expression."""
    found: list[str] = []
    for text in texts():
        whole = re.sub(r"^(?:\w+Error: |rose: )", "", text).split("\n  at ")[0].strip()
        found += [text, whole, re.sub(r"\\(.)", r"\1", whole).strip("^$")]
    return "\0".join(found).split("\0")


MESSAGES = tool().messages()


@pytest.mark.parametrize("message", MESSAGES, ids=[m.where for m in MESSAGES])
def test_a_test_matches_the_whole_message(message: Any) -> None:
    longest = max(message.text.split("…"), key=len)
    assert any(longest in text and message.pattern.fullmatch(text) for text in known()), (
        f"no test compares with the whole message {message.text!r} ({message.where}): add a case to tests/misuse"
    )


def test_the_page_lists_every_message() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
