"""The project's own files agree with each other, and name no machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import rose

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def texts() -> dict[str, str]:
    """Every text file that git tracks, or would after `git add .`, by its name."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git work tree")
    names = output("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    found: dict[str, str] = {}
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (data := path.read_bytes()):
            found[name] = data.decode(errors="replace")
    return found


def registry_hosts() -> set[str]:
    """The hosts that this machine's pip and npm install from, by default or by configuration."""
    said = "".join(
        [
            output(sys.executable, "-m", "pip", "config", "list"),
            output(sys.executable, "-m", "pip", "install", "--help"),  # tells the default index
            output("npm", "config", "get", "registry"),
        ]
    )
    # The help text is wrapped, so that an address may stand alone on its line.
    addresses: list[str] = re.findall(r"https?://[^\s'\")]+", said)
    hosts = {urlsplit(address).hostname for address in addresses}
    return {host for host in hosts if host} - {"localhost", "127.0.0.1", "::1"}


def machine_folders() -> set[str]:
    """Folders that are there on this machine only: this clone's, the one around it, the user's."""
    shared = {Path("/"), Path(tempfile.gettempdir()).resolve()}
    return {str(folder) for folder in {ROOT, ROOT.parent, Path.home()} - shared}


def test_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert targets == set(phony[1].split())
    assert targets >= {"help", "test", "demo", "lint", "types", "bench", "clean"}
    assert set(re.findall(r"^  make (\S+)  *\S", output("make", "help"), re.MULTILINE)) == targets


def test_help_is_the_default() -> None:
    assert output("make") == output("make", "help")


def test_no_file_names_a_registry() -> None:
    hosts = registry_hosts()
    assert len(hosts) >= 2
    assert [(name, host) for name, text in texts().items() for host in hosts if host in text] == []


def test_no_file_names_a_folder_of_this_machine() -> None:
    folders = "|".join(map(re.escape, sorted(machine_folders())))
    path = re.compile(rf"(?<![\w.~-])(?:{folders})/\S*")
    assert [(name, at[0]) for name, text in texts().items() for at in path.finditer(text)] == []


def test_the_version_is_one() -> None:
    assert rose.__version__ == PYPROJECT["project"]["version"]
    assert f"## [{rose.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_dependencies_are_click_and_outside_of_pyodide_wasmtime() -> None:
    click, wasmtime = PYPROJECT["project"]["dependencies"]
    assert re.fullmatch(r"click>=[\d.]+", click)
    assert re.fullmatch(r'wasmtime>=\d+; sys_platform != "emscripten"', wasmtime)


def test_import_rose_does_without_the_command_line() -> None:
    loaded = output(sys.executable, "-c", "import sys, rose; print(*sys.modules)").split()
    assert "rose" in loaded
    assert not {"click", "rose.cli"} & set(loaded)


@pytest.mark.parametrize(
    "name",
    [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "docs/architecture.md",
        "docs/errors.md",
        "docs/language.md",
        "docs/recipes.md",
        "docs/trust.md",
        "docs/tutorial.md",
    ],
)
def test_the_page_is_there(name: str) -> None:
    assert (ROOT / name).read_text().strip()


def test_relative_links_lead_somewhere() -> None:
    broken = [
        (name, target)
        for name, text in texts().items()
        if name.endswith(".md")
        for target in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", text)
        if not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert broken == []
