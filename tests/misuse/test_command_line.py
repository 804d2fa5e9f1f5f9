"""What the command line says of models that do not work."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from socket import create_server

import pytest

from rose.cli.command_line import main

MARKED = "from rose import Real, fn\n@fn\ndef f(x: Real) -> Real:\n    return {}\n"
COMMAND_LINE = [
    ("", "build no.py", "there is no file no.py; name a Python file with @fn functions"),
    ("", "build .", "there is no file .; name a Python file with @fn functions"),
    ("", "build notes.txt", "notes.txt is not a Python file; models end in .py"),
    ("x = 1\ndef (", "build model.py", "running model.py failed: SyntaxError: invalid syntax\n  at {}:2"),
    ("x = 1\nx / 0", "build model.py", "running model.py failed: ZeroDivisionError: division by zero\n  at {}:2"),
    ("import sys\nsys.exit(3)", "build model.py", "running model.py failed: SystemExit: 3\n  at {}:2"),
    ("import no_such", "build model.py", "running model.py failed: ModuleNotFoundError: No module named 'no_such'\n  at {}:1"),
    ("x = 1", "build model.py", "{} has no function to build; mark one with @rose.fn"),
    ('__all__ = "f"', "build model.py", '__all__ of {} is not a list of names; write ["name", ...]'),
    ('__all__ = ["f"]', "build model.py", "__all__ of {} names f, which is no function marked with @rose.fn"),
    (MARKED.format("{}[x]"), "build model.py", "Python needs a key (for a dict, a set or a cache), but this Real is traced: it has no value until the compiled function runs; look things up in a Vec by an Index\n  at {}:4"),
    (MARKED.format("{}[1]"), "show model.py:f", "compiling model.py failed: KeyError: 1\n  at {}:4"),
    (MARKED.format("x"), "show model.py:nothing", "model.py has no function nothing; it has f"),
    ("def f(x):\n    return x\n" + MARKED.format("x").replace("f(", "g("), "show model.py:f", "f of model.py is not marked with @rose.fn; write @rose.fn above its def"),
    (MARKED.format("x"), "show model.py", "name a file and a function, FILE:fn; given model.py"),
    (MARKED.format("x"), "show model.py:", "name a file and a function, FILE:fn; given model.py:"),
    ("", "dev no.py", "there is no file no.py; name a Python file with @fn functions"),
    (MARKED.format("x"), "build --watch no.py", "there is no file no.py to watch; name a Python file with @fn functions"),
    (MARKED.format("x"), "build model.py -o notes.txt", "cannot write to notes.txt: File exists"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "command", "message"), COMMAND_LINE)
def test_the_command_line_says_what_is_wrong(
    text: str,
    command: str,
    message: str,
    model: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    model(text)
    assert main(shlex.split(command)) == 1
    file = Path.cwd() / "model.py"
    assert capsys.readouterr().err == f"rose: {message.replace('{}', str(file))}\n"


def test_a_port_that_is_taken(
    model: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    model(MARKED.format("x"))
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["dev", "model.py", "--no-open", "--port", str(port)]) == 1
    assert capsys.readouterr().err == (
        f"rose: cannot listen on port {port}: Address already in use; write --port with another, or 0 for any that is free\n"
    )


def test_the_workbench_without_what_it_needs(
    model: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model(MARKED.format("x"))
    monkeypatch.setattr("rose.cli.dev.NEEDED", ("starlette", "no_such_module"))
    assert main(["dev", "model.py"]) == 1
    assert capsys.readouterr().err == (
        "rose: rose dev needs no_such_module; write python -m pip install '.[dev]', in the clone\n"
    )


def test_a_module_that_is_too_large_is_not_written(
    model: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    model(MARKED.format("2 * x"))
    assert main(["build", "model.py", "--max-size", "0.08kB"]) == 1
    assert not Path("dist").exists()
    said = capsys.readouterr().err
    page = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
    assert said == page.split("## SizeLimitError")[1].split("```text\n")[1].split("```")[0]


@pytest.mark.parametrize("size", ["8 apples", "", "-1", "1e3", "kB"])
def test_what_is_no_size_is_refused(
    size: str, model: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    model(MARKED.format("x"))
    assert main(["build", "model.py", "--max-size", size]) == 2
    assert f"{size} is no size; write for example 8kB, 8KiB or 8192" in capsys.readouterr().err


def test_watching_needs_watchfiles(
    model: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model(MARKED.format("x"))
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert main(["build", "model.py", "--watch"]) == 1
    assert capsys.readouterr().err == (
        "rose: --watch needs watchfiles; write python -m pip install '.[dev]', in the clone\n"
    )
