"""What the pages show runs, and gives what they say.

In one page, every ```python block runs after those before it, in one namespace. What a block prints is the
```text block that follows it. A ```js block runs in Node, beside a `dist` folder with the functions that the
page has defined so far and that it asks for.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from documents import Block, blocks, write_files

import rose
from rose.api import STAGES
from rose.cli.command_line import main
from rose.primitives import REGISTRY

ROOT = Path(__file__).resolve().parent.parent


def run_python(block: Block, name: str, namespace: dict[str, Any]) -> str:
    code = builtins.compile("\n" * block.line + block.text, name, "exec")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, namespace)  # noqa: S102 (our own pages)
    return out.getvalue()


def run_js(block: Block, folder: Path, namespace: dict[str, Any]) -> str:
    imported = re.search(r'from "\./dist/(\w+)\.mjs"', block.text)
    names = re.search(r"const \{ (.*) \} = await load", block.text)
    assert imported and names, f"line {block.line}: a js block loads functions from ./dist/NAME.mjs"
    functions = {name: namespace[name] for name in names[1].split(", ")}
    bundle = rose.bundle(functions, imported[1])
    dist = folder / "dist"
    dist.mkdir(exist_ok=True)
    (dist / f"{imported[1]}.wasm").write_bytes(bundle.wasm)
    (dist / f"{imported[1]}.mjs").write_text(bundle.mjs)
    script = folder / f"line{block.line}.mjs"
    script.write_text(block.text)
    done = subprocess.run(["node", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"line {block.line}: node failed\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", ["README.md", "docs/language.md", "docs/architecture.md"])
def test_blocks_run_and_print_what_is_shown(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", page)  # where dataclasses look their module up
    namespace = vars(page)
    ran = 0
    for block in blocks((ROOT / name).read_text()):
        if block.language == "python":
            printed = run_python(block, name, namespace)
        elif block.language == "js":
            printed = run_js(block, tmp_path, namespace)
        else:
            continue
        ran += 1
        assert printed == block.printed, f"{name}:{block.line}"
    assert ran


def test_the_stages_of_the_architecture_page_are_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    write_files(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    shown = [block for block in blocks(page) if block.language == "sh"]
    assert {block.text.split()[-1] for block in shown} == set(STAGES)
    for block in shown:
        assert main(block.text.split()[1:]) == 0
        assert block.printed
        assert f"\n{block.printed}" in f"\n{capsys.readouterr().out}", f"line {block.line}"


def test_the_files_that_the_architecture_page_names_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([\w./-]+\.(?:pyi?|mjs))`", page)) - {"swing.py"}
    files = [str(file) for folder in ("src", "tests") for file in (ROOT / folder).rglob("*.*")]
    assert len(named) > 50
    assert [name for name in sorted(named) if not any(f.endswith(f"/{name}") for f in files)] == []


@pytest.mark.parametrize(
    "name", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_blocks_say_what_they_are(name: str) -> None:
    known = {"python", "py", "text", "js", "ts", "sh", "html"}
    assert {block.language for block in blocks((ROOT / name).read_text())} <= known


def test_every_public_name_is_in_the_language_page() -> None:
    page = (ROOT / "docs" / "language.md").read_text()
    named = set(re.findall(r"[A-Za-z_]\w*", page))
    errors = {n for n in rose.__all__ if n.endswith(("Error", "Error_"))}  # in docs/errors.md
    assert sorted(set(rose.__all__) - errors - named) == []


def test_the_table_of_primitives_is_that_of_the_registry() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "primitives_table.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all(primitive.summary for primitive in REGISTRY.values())
