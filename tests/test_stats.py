"""Where it goes: the stages of compiling, what they make of how many instructions, and the bytes of large straight code."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

import rose
from rose import Real, Vec, fn
from rose.api.compiling import compile_anew
from rose.api.stats import stats
from rose.cli.command_line import main
from rose.ir.func import size
from rose.ir.stages import Cost, recording
from rose.opt import LAST_PASSES, PASSES, finish

OPERATIONS = (
    6  # of a term of `pairs`: sub, mul, add, add, sqrt, and the one that adds it to the rest
)
SIZES = (800, 1600, 3200)


def unrolled(n: int) -> rose.Fn[..., float]:
    @fn
    def pairs(v: Vec[Literal[100]]) -> Real:
        total = 0.0
        for i in range(n):
            d = v[i % 100] - v[(7 * i + 3) % 100]
            total = total + rose.sqrt(d * d + i + 1)
        return total

    return pairs


@cache
def built(n: int) -> tuple[dict[str, Cost], int]:
    """The stages of building the gradient of n terms, and the bytes."""
    with recording() as made:
        compiled = compile_anew({"gradient": rose.value_and_grad(unrolled(n))})
    return made.stages, len(compiled.data)


def test_no_stage_sees_more_instructions_than_in_proportion_to_the_function() -> None:
    small, middle, large = [built(n)[0] for n in SIZES]
    assert small.keys() == middle.keys() == large.keys()
    for name, cost in large.items():
        first, second = middle[name].before - small[name].before, cost.before - middle[name].before
        assert second <= 2.1 * first, name
        assert cost.runs == middle[name].runs, name


def test_a_term_takes_so_many_instructions_in_each_stage() -> None:
    small, large = (built(n)[0] for n in (SIZES[0], SIZES[-1]))
    terms = SIZES[-1] - SIZES[0]
    per_term = {name: (cost.after - small[name].after) / terms for name, cost in large.items()}
    assert per_term["trace"] == pytest.approx(9, abs=0.01)
    assert per_term["jvp"] == pytest.approx(8, abs=0.01)
    assert per_term["gradient"] == pytest.approx(8, abs=0.01)
    assert per_term["lower"] == 0
    assert (large["lower"].before - small["lower"].before) / terms < 0.1  # it is loops by then


@pytest.mark.parametrize("n", [100, *SIZES])
def test_a_traced_operation_takes_at_most_25_bytes(n: int) -> None:
    assert built(n)[1] <= 25 * OPERATIONS * n


def test_bytes_grow_no_faster_than_the_function() -> None:
    (a, b), (c, d) = pairwise([built(n)[1] for n in SIZES])
    assert d - c <= 2.1 * (b - a)


def test_stats_have_a_row_for_every_stage_and_function() -> None:
    text = stats(unrolled(20))
    passes = (*PASSES, *[single.__name__ for single in LAST_PASSES], "prune", "share")
    for stage in ("trace", *passes, "jvp", "gradient", "lower", "encode"):
        assert f"\n{stage} " in f"\n{text}"
    head = "bytes  frame  run by function  run by gradient  part        function"
    assert head in text.splitlines()
    rows = {line.split()[-1]: line.split() for line in text.splitlines() if line}
    assert rows["pairs"][1] == str(size(finish(unrolled(20).func)))
    assert rows["pairs.value_and_grad"][2] == "derivative"


def test_stats_of_what_has_no_derivative(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "from rose import Bool, Real, Vec, fn\n\n\n@fn\ndef near(x: Real) -> Bool:\n    return x < 1\n\n\n"
        "@fn\ndef turned(v: Vec[2]) -> Vec[2]:\n    return [-v[1], v[0]]\n"
    )
    assert main(["show", "--stats", f"{path}:near"]) == 0
    assert "run by function  part" in capsys.readouterr().out
    assert main(["show", "--stats", f"{path}:turned"]) == 0
    assert "run by function  run by forward  run by backward" in capsys.readouterr().out


def test_importing_loads_no_derivatives_passes_or_hosts() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, rose; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = said.stdout.split()
    assert "rose.front.fn" in loaded
    heavy = ("rose.ad", "rose.opt", "rose.wasm", "rose.run.", "wasmtime", "ctypes", "numpy", "json")
    assert [m for m in loaded if m.startswith(heavy)] == ["rose.run.limits"]


def test_a_program_that_is_compiled_on_disk_loads_no_derivatives_or_passes(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\nimport rose\nfrom rose import Real\n\n\n@rose.fn\ndef f(x: Real) -> Real:\n"
        "    return rose.sin(x)\n\n\nassert rose.grad(f)(0.0) == 1\nprint(*sys.modules)\n"
    )
    loaded = [
        subprocess.run(
            [sys.executable, program],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"ROSE_CACHE": str(tmp_path / "cache")},
        ).stdout.split()
        for _ in range(2)
    ]
    heavy = ("rose.ad", "rose.opt", "rose.wasm.lower", "rose.wasm.math")
    assert any(m.startswith(heavy) for m in loaded[0])
    assert not [m for m in loaded[1] if m.startswith(heavy)]
