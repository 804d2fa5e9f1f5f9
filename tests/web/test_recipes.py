"""docs/recipes.md: the files of every recipe, run where the recipe says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, StrictHandler, serving
from documents import blocks, write_files
from playwright.sync_api import Browser, Page, Route, expect

from rose.cli.command_line import main

PARTS = (ROOT / "docs" / "recipes.md").read_text().split("\n## ")
RECIPES = {part.split("\n")[0]: part for part in PARTS[1:]}
NPM = ROOT / ".npm" / "node_modules"
BOX = "[[0, 0], [3, 0], [3, 4], [0, 4]]"


def built(folder: Path, *options: str) -> Path:
    """A folder with the model of the README, and its bundle in `dist`."""
    model = next(b.text for b in blocks((ROOT / "README.md").read_text()) if b.language == "python")
    (folder / "square.py").write_text(model)
    assert main(["build", str(folder / "square.py"), "-o", str(folder / "dist"), *options]) == 0
    return folder


def rose(command: str, folder: Path) -> None:
    words = [sys.executable, "-m", *shlex.split(command)]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)


def commands(recipe: str) -> list[str]:
    """The lines of a recipe that are typed into a shell."""
    return [
        line
        for block in blocks(RECIPES[recipe])
        if block.language == "sh"
        for line in block.text.splitlines()
    ]


def npx(command: str, folder: Path) -> None:
    name, *words = shlex.split(command)[1:]
    done = subprocess.run(
        [NPM / ".bin" / name, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def opened(chromium: Browser, address: str, policy: str = "") -> Generator[Page]:
    """A page, perhaps under a policy; a complaint of the browser fails, but for icons."""
    faults: list[str] = []
    page = chromium.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Policy" in said.text else None)

    def with_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, headers={**answer.headers, "content-security-policy": policy}
        )

    if policy:
        page.route("**/*.html", with_policy)
    page.goto(address)
    try:
        yield page
    finally:
        page.close()
    assert faults == []


def shows_26(page: Page) -> None:
    expect(page.locator("output")).to_have_text("26", timeout=20_000)


def test_every_recipe_is_here() -> None:
    assert list(RECIPES) == [
        "Plain HTML",
        "Vite",
        "esbuild",
        "Worker",
        "Node",
        "TypeScript",
        "A policy for content",
        "One file",
        "Jupyter",
    ]


def test_plain_html(tmp_path: Path, chromium: Browser, serve: Callable[[Path], str]) -> None:
    write_files(RECIPES["Plain HTML"], built(tmp_path))
    with opened(chromium, f"{serve(tmp_path)}/index.html") as page:
        shows_26(page)


def test_vite(tmp_path: Path, chromium: Browser, serve: Callable[[Path], str]) -> None:
    write_files(RECIPES["Vite"], built(tmp_path))
    (command,) = commands("Vite")
    npx(command, tmp_path)
    with opened(chromium, f"{serve(tmp_path / 'site')}/index.html") as page:
        shows_26(page)


def test_esbuild(tmp_path: Path, chromium: Browser, serve: Callable[[Path], str]) -> None:
    write_files(RECIPES["esbuild"], built(tmp_path))
    bundle, copy = commands("esbuild")
    npx(bundle, tmp_path)
    assert copy == "cp dist/square.wasm site"
    shutil.copy(tmp_path / "dist" / "square.wasm", tmp_path / "site")
    with opened(chromium, f"{serve(tmp_path / 'site')}/index.html") as page:
        shows_26(page)


def test_a_worker(tmp_path: Path, chromium: Browser, serve: Callable[[Path], str]) -> None:
    write_files(RECIPES["Worker"], built(tmp_path))
    names: dict[str, Any] = {}
    exec((tmp_path / "square.py").read_text(), names)  # noqa: S102 (our own page)
    points = json.loads(BOX)
    for _ in range(200):
        slope = names["downhill"](points)
        points = [
            [x - 0.1 * d for x, d in zip(*pair, strict=True)]
            for pair in zip(points, slope, strict=True)
        ]
    ends = " ".join(f"{x:.2f}" for point in points for x in point)
    with opened(chromium, f"{serve(tmp_path)}/index.html") as page:
        expect(page.locator("output")).to_have_text(ends, timeout=20_000)


@pytest.mark.parametrize("recipe", ["Node", "One file"])
def test_in_node(recipe: str, tmp_path: Path) -> None:
    built(tmp_path, *(["--inline"] if recipe == "One file" else []))
    files = [block for block in blocks(RECIPES[recipe]) if block.file]
    assert write_files(RECIPES[recipe], tmp_path) == [block.file for block in files]
    for block in files:
        done = subprocess.run(
            ["node", block.file], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout == block.printed


def test_typescript(tmp_path: Path) -> None:
    write_files(RECIPES["TypeScript"], built(tmp_path))
    (tmp_path / "package.json").write_text('{ "type": "module" }')
    strict = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--types", ""]
    done = subprocess.run(
        [NPM / ".bin" / "tsc", *strict, "main.ts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""


def test_a_policy(tmp_path: Path, chromium: Browser, serve: Callable[[Path], str]) -> None:
    recipe = RECIPES["A policy for content"]
    write_files(recipe, built(tmp_path))
    header = next(block.text for block in blocks(recipe) if block.language == "text")
    policy = header.removeprefix("Content-Security-Policy: ").strip()
    with opened(chromium, f"{serve(tmp_path)}/index.html", policy) as page:
        shows_26(page)

    built(tmp_path, "--inline")
    nothing = f"{policy}; connect-src 'none'"
    with opened(chromium, f"{serve(tmp_path)}/index.html", nothing) as page:
        shows_26(page)


def test_the_page_of_a_site_with_a_policy(tmp_path: Path, chromium: Browser) -> None:
    built(tmp_path)
    (command,) = commands("A policy for content")
    rose(command, tmp_path)
    with (
        serving(tmp_path, StrictHandler) as server,
        opened(chromium, f"{server}/dist/square.html") as page,
    ):
        page.locator("textarea").last.fill(BOX)
        expect(page.locator("output").last).to_contain_text("[-4,-6]")


def test_a_server_may_send_the_policy_of_a_page_in_one_file(
    tmp_path: Path, chromium: Browser, serve: Callable[[Path], str]
) -> None:
    built(tmp_path, "--html")
    text = (tmp_path / "dist" / "square.html").read_text()
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found
    with opened(chromium, f"{serve(tmp_path)}/dist/square.html", found[1]) as page:
        page.locator("textarea").last.fill(BOX)
        expect(page.locator("output").last).to_contain_text("[-4,-6]")


NOTEBOOK = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
told = []
for cell in json.load(sys.stdin):
    with capture_output() as out:
        result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    told.append([out.stdout.split("Out[")[0], getattr(result.result, "data", None)])
print(json.dumps(told))
"""


def test_jupyter(tmp_path: Path, chromium: Browser) -> None:
    cells = [block for block in blocks(RECIPES["Jupyter"]) if block.language == "python"]
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        input=json.dumps([cell.text for cell in cells]),
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(tmp_path), "MPLBACKEND": "agg", "ROSE_CACHE": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert [printed for printed, _ in told] == [cell.printed for cell in cells]
    frame = told[-1][1]
    assert frame.startswith("<iframe")
    (tmp_path / "exported.html").write_text(f"<!doctype html><body>{frame}</body>")
    with opened(chromium, (tmp_path / "exported.html").as_uri()) as page:
        inside = page.frame_locator("iframe")
        inside.locator("textarea").first.fill(BOX)
        expect(inside.locator("output").first).to_have_text("26")
