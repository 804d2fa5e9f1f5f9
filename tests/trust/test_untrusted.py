"""Files that are no models: the command line says so, whatever is in them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rose.cli.command_line import main


@given(st.binary(max_size=80))
@example(b"\xff\xfe\x00")
@example(b"f = 1")
@example(b"raise SystemExit(0)")
@example(b"(" * 5000)
@example(b"# -*- coding: nothing -*-")
def test_any_bytes_as_a_model(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.py"
        path.write_bytes(data)
        assert main(["show", f"{path}:f"]) == 1


@pytest.mark.parametrize(
    "name", ["a b.py", "<b>.py", '"$(touch harm)".py', "new\nline.py", "ünï.py", "-x.py", "a:b.py"]
)
def test_odd_names_of_files(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("from rose import Real, fn\n\n@fn\ndef f(x: Real) -> Real:\n    return x + 1\n")
    assert main(["show", f"{path}:f"]) == 0
    assert "func f(" in capsys.readouterr().out
    assert main(["build", str(path), "-o", str(tmp_path / "dist"), "--csp"]) == 0
    made = [found.name for found in (tmp_path / "dist").iterdir()]
    assert all(found.startswith(path.stem) for found in made)
    left = {found.name for found in tmp_path.iterdir()} - {"__pycache__"}  # Python's own
    assert left == {name, "dist"}
