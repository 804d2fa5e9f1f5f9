"""Seeing inside: reports of size and memory, the text of a module, the line that makes a NaN."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from programs import PROGRAMS

import rose
from rose import Real, Vec, fn
from rose.api import debug_nans
from rose.errors import NanError


@fn
def root(v: Vec[Literal[3]]) -> Real:
    total = v[0] + v[1]
    return rose.sqrt(total) * v[2]


def test_the_size_report_adds_up() -> None:
    compiled = rose.value_and_grad(PROGRAMS["elementary"][0]).compiled
    report = compiled.size_report()
    functions, summary = report.split("\n\n")
    sizes = [int(line.split()[0]) for line in functions.splitlines()[1:]]
    assert sizes == sorted(sizes, reverse=True)
    parts = {" ".join(line.split()[1:]): int(line.split()[0]) for line in summary.splitlines()[1:]}
    assert parts["in all"] == len(compiled.data) == sum(parts.values()) - parts["in all"]
    assert sum(sizes) == sum(parts[kind] for kind in ("math", "derivative", "entry"))
    assert re.search(r"math +pow\n", functions)


def test_the_memory_report_names_buffers_and_frames() -> None:
    compiled = rose.value_and_grad(PROGRAMS["wide"][0]).compiled
    report = compiled.memory_report()
    assert re.search(r"^ +0 +160  argument of value_and_grad_wide$", report, re.MULTILINE)
    assert "frame of wide" in report
    assert report.endswith(f"{compiled.memory_bytes} bytes in all\n")


def test_the_line_that_makes_a_nan_is_named() -> None:
    assert debug_nans(root)([1.0, 3.0, 2.0]) == 4.0
    with pytest.raises(NanError) as raised:
        debug_nans(root)([1.0, -3.0, 2.0])
    line = next(
        k
        for k, text in enumerate(Path(__file__).read_text().splitlines(), 1)
        if "rose.sqrt(" in text
    )
    assert raised.value.message == "sqrt of (-2.0) is nan"
    assert raised.value.location.line == line


def test_a_nan_in_a_derivative_is_found_in_the_users_line_too() -> None:
    with pytest.raises(NanError) as raised:
        debug_nans(rose.grad(root))([0.0, 0.0, 0.0])
    assert raised.value.location.file == __file__


def test_a_nan_that_was_given_is_nobodys_fault() -> None:
    value = debug_nans(root)([float("nan"), 1.0, 1.0])
    assert value != value
    total = fn([Annotated[Vec, 9]])(lambda v: v.sum())
    assert math.isnan(debug_nans(total)([1.0] * 8 + [math.nan]))


def test_functions_that_are_specialised_are_looked_into_as_well() -> None:
    @fn
    def scaled(x: Any, n: int = 2) -> Any:
        return rose.sqrt(x) * n

    assert debug_nans(scaled)(4.0, n=3) == 6.0
    assert debug_nans(rose.grad(scaled))(4.0) == 0.5
    with pytest.raises(NanError):
        debug_nans(scaled)(-4.0, 3)
