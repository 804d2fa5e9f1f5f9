"""The command line, run as users run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.request import urlopen

import pytest
from conftest import ROOT

from rose import __version__
from rose.api import STAGES
from rose.cli.command_line import commands, main

T = TypeVar("T")
MODEL = ROOT / "examples" / "billiards" / "model.py"


FILES = ["model.d.mts", "model.d.ts", "model.mjs", "model.wasm"]


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ([], FILES),
        (["--inline"], FILES),
        (["--html"], sorted([*FILES, "model.html"])),
        (["--csp"], sorted([*FILES, "model.css", "model.html", "model.page.mjs", "model.svg"])),
        (["--max-size", "8kB"], FILES),
    ],
)
def test_build_writes_files_and_their_sizes(
    options: list[str], files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(MODEL), "-o", str(tmp_path / "out"), *options]) == 0
    written = sorted((tmp_path / "out").iterdir())
    assert [p.name for p in written] == files
    printed = capsys.readouterr().out.splitlines()
    assert sorted(printed) == [f"{p}  {p.stat().st_size} bytes" for p in written]


def test_build_writes_all_files_when_nobody_reads_what_it_prints(tmp_path: Path) -> None:
    """As in `rose build model.py -o out | head -1`."""
    unread, printed = os.pipe()
    os.close(unread)
    command = [sys.executable, "-m", "rose", "build", str(MODEL), "-o", str(tmp_path)]
    told = subprocess.run(command, stdout=printed, stderr=subprocess.PIPE, text=True, check=False)
    os.close(printed)
    assert told.stderr == ""
    assert sorted(file.name for file in tmp_path.iterdir()) == FILES


def test_a_size_that_is_just_enough_is_enough(tmp_path: Path) -> None:
    build = ["build", str(MODEL), "-o", str(tmp_path)]
    assert main(build) == 0
    size = (tmp_path / "model.wasm").stat().st_size
    assert main([*build, "--max-size", str(size)]) == 0
    assert main([*build, "--max-size", str(size - 1)]) == 1


def test_watch_builds_again_what_the_model_imports_too(tmp_path: Path) -> None:
    """A build that fails is told, and the next one is made all the same."""
    (tmp_path / "model.py").write_text(
        "from factor import FACTOR\nfrom rose import Real, fn\n\n\n"
        "@fn\ndef f(x: Real) -> Real:\n    return FACTOR * x\n"
    )
    (tmp_path / "factor.py").write_text("FACTOR = 2\n")
    wasm = tmp_path / "dist" / "model.wasm"
    with subprocess.Popen(
        [sys.executable, "-m", "rose", "build", "model.py", "--watch"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        try:
            first = eventually(lambda: wasm.exists() and wasm.read_bytes())
            (tmp_path / "factor.py").write_text("FACTOR = 3\n")
            second = eventually(lambda: (now := wasm.read_bytes()) != first and now)
            (tmp_path / "factor.py").write_text("FACTOR = 3 +\n")
            assert watching.stderr is not None
            assert "SyntaxError" in watching.stderr.readline()
            assert wasm.read_bytes() == second
            (tmp_path / "factor.py").write_text("FACTOR = 2\n")
            eventually(lambda: wasm.read_bytes() == first)
        finally:
            watching.send_signal(signal.SIGINT)
        assert watching.wait(10) == 0


def test_the_workbench_ends_quietly(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(
        "from rose import Real, fn\n\n\n@fn\ndef f(x: Real) -> Real:\n    return x\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "rose", "dev", "model.py", "--port", "0", "--no-open"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as serving:
        assert serving.stdout is not None
        address = serving.stdout.readline().split()[4]
        with urlopen(address) as page:  # noqa: S310 (the address of our own server)
            assert page.status == 200
        serving.send_signal(signal.SIGINT)
        assert serving.stdout.read() == ""
    assert serving.returncode == 0


def test_an_edit_of_the_same_second_and_size_is_built(tmp_path: Path) -> None:
    """Which bytecode, that Python would keep of what the model imports, could not be told from."""
    (tmp_path / "model.py").write_text(
        "from factor import FACTOR\nfrom rose import Real, fn\n\n\n"
        "@fn\ndef f(x: Real) -> Real:\n    return FACTOR * x\n"
    )
    built: list[bytes] = []
    for factor in (2, 3):
        (tmp_path / "factor.py").write_text(f"FACTOR = {factor}\n")
        os.utime(tmp_path / "factor.py", (1e9, 1e9))
        subprocess.run(
            [sys.executable, "-m", "rose", "build", "model.py"],
            cwd=tmp_path,
            check=True,
            env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        )
        built.append((tmp_path / "dist" / "model.wasm").read_bytes())
    assert built[0] != built[1]
    assert not (tmp_path / "__pycache__").exists()


def eventually(ask: Callable[[], T]) -> T:
    """The first answer that is true, of those to questions every tenth of a second."""
    for _ in range(300):
        if answer := ask():
            return answer
        time.sleep(0.1)
    raise AssertionError("that never came true")


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder, seed in (("one", "1"), ("two", "2")):
        subprocess.run(
            [sys.executable, "-m", "rose", "build", MODEL, "-o", tmp_path / folder],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        )
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("stage", "holds"),
    [
        ("ir", "func collide("),
        ("opt", "cond %"),
        ("jvp", "func collide.jvp("),
        ("vjp", "func collide.transpose("),
        ("wat", "f64.sqrt"),
    ],
)
def test_show_prints_any_stage(stage: str, holds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert stage in STAGES
    assert main(["show", f"{MODEL}:collide", "--stage", stage]) == 0
    assert holds in capsys.readouterr().out


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "wat"])
def test_show_names_the_users_lines(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = next(
        k for k, text in enumerate(MODEL.read_text().splitlines(), 1) if "rose.norm(apart)" in text
    )
    main(["show", f"{MODEL}:collide", "--stage", stage])
    printed = capsys.readouterr().out.splitlines()
    assert any("norm_sqrt" in text and text.endswith(f"# model.py:{line}") for text in printed)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rose {__version__}\n"


def test_help_has_a_line_for_each_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.split("Commands:\n")[1].split("\n")
    assert [line.split()[0] for line in listed if line] == list(commands.commands)
    assert all(len(line.split()) > 1 for line in listed if line)


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["biuld"]) == 2
    assert "No such command 'biuld'" in capsys.readouterr().err


def test_the_command_is_installed() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "rose", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"rose {__version__}\n"


def test_a_missing_annotation_is_named_with_its_line(tmp_path: Path) -> None:
    model = tmp_path / "loose.py"
    text = (
        "from rose import Real, fn\n\n@fn\ndef f(x) -> Real:\n    return 2 * x\n\n__all__ = ['f']\n"
    )
    model.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "rose", "build", model, "-o", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "rose: f(x) -> Real is another function for each x, which is not given; call it with all of its arguments, or "
        f"write f.specialized(x=...); or annotate x, for example x: Real\n  at {model}:4\n"
    )
