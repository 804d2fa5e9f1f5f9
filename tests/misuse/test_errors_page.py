"""docs/errors.md: every example ends in the message that it shows."""

import contextlib
import io
import math
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import rose
from rose import Bool, Index, Real, Vec, errors, fn
from rose.cli.command_line import main
from rose.front.trace import MOST_TRACES
from rose.ir.check import check
from rose.ir.parser import parse

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text()
EXAMPLE = re.compile(
    r"^```(python|sh)\n(?P<code>.*?)^```\n+^```text\n(?P<message>.*?)^```", re.MULTILINE | re.DOTALL
)


def examples() -> Iterator[Any]:
    for found in EXAMPLE.finditer(PAGE):
        line = PAGE[: found.start()].count("\n") + 1
        yield pytest.param(found[1], found["code"], found["message"], id=f"line {line}")


@pytest.mark.parametrize(("language", "code", "message"), list(examples()))
def test_the_page_shows_what_is_said(
    language: str,
    code: str,
    message: str,
    model: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A chain of as many as are allowed takes seconds; `make limits` has one of ten thousand.
    monkeypatch.setattr("rose.front.trace.MOST_TRACES", 1000)
    message = message.replace(f"more than {MOST_TRACES} functions", "more than 1000 functions")
    said = io.StringIO()
    if language == "sh":
        with contextlib.redirect_stderr(said):
            assert main(shlex.split(code)[1:]) == 1
        assert said.getvalue() == message
        return
    model(code)
    names = {"np": np, "math": math, "rose": rose, "dataclass": dataclass, "NamedTuple": NamedTuple}
    names |= {"Bool": Bool, "Index": Index, "Real": Real, "Vec": Vec, "fn": fn}
    names |= {"parse": parse, "check": check, "__name__": "model"}
    with pytest.raises(rose.RoseError) as raised:
        exec(compile(code, "model.py", "exec"), names)  # noqa: S102 (our own page)
    assert f"{type(raised.value).__name__}: {raised.value}\n" == message


def test_the_page_has_every_class() -> None:
    classes = {name for name in rose.__all__ if name.endswith("Error")}
    assert classes == {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, rose.RoseError)
    }
    headings = set(re.findall(r"^## (\w+)$", PAGE, re.MULTILINE))
    assert classes - {"RoseError"} <= headings
    assert errors.__doc__ is not None
    tree = [
        line.strip()
        for line in errors.__doc__.splitlines()
        if "──" in line or line.strip() == "RoseError"
    ]
    assert all(line in PAGE for line in tree)
