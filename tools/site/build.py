"""Builds the static site: the home page, every example with its source and its size, and the documentation.

    python tools/site/build.py [FOLDER]

FOLDER is `site` in the project's folder by default.

An example is a folder of examples/ with a model.py and an index.html. Nothing on the site is loaded from elsewhere, and
every page works under the policy `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'`, but for the playground, which
makes scripts of what visitors write. It is there if npm's Pyodide is installed in .npm, as for the tests.
"""

from __future__ import annotations

import argparse
import gzip
import html
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from string import Template

from documents import Documents, documents_of
from highlight import highlighted, styles

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "playground"))

from serve import PYODIDE, assemble

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
EXAMPLES = ROOT / "examples"
HERO = "square"
SCRIPT = """\
import { load } from "./dist/model.mjs";

const { downhill } = await load();
"""
WEB = {".html", ".css", ".mjs", ".svg"}
DATA = {".json"}  # what models read while they are traced


@dataclass(frozen=True)
class Size:
    """Bytes as they are, and as they travel."""

    plain: int
    gzip: int

    def __add__(self, other: Size) -> Size:
        return Size(self.plain + other.plain, self.gzip + other.gzip)

    def __str__(self) -> str:
        return f"{self.gzip / 1000:.1f} kB"


@dataclass(frozen=True)
class Example:
    name: str
    title: str
    summary: str
    files: dict[str, Size]  # what its page loads, by what it is

    @property
    def total(self) -> Size:
        return sum(self.files.values(), Size(0, 0))


def build(folder: Path) -> list[Example]:
    """Make the site in `folder`, which is empty, not there, or an older site."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "site.css").is_file():
        sys.exit(f"{folder} is not empty, and no site that could be replaced; name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(EXAMPLES / "shared", folder / "examples" / "shared")
    for name in ("site.css", "measure.mjs", "worker.mjs"):
        shutil.copy(HERE / name, folder)
    (folder / "code.css").write_text(styles(), encoding="utf-8")
    models = EXAMPLES.glob("*/model.py")
    names = sorted(model.parent.name for model in models if (model.parent / "index.html").is_file())
    examples = [build_example(name, folder) for name in names]
    for example in examples:
        present(example, folder)
    if PYODIDE.is_dir():
        add_playground(folder)
    write_home(folder, examples)
    Documents(ROOT, folder, page=template("document.html"), bar=template("bar.html")).write()
    return examples


def template(name: str) -> Template:
    return Template((HERE / name).read_text(encoding="utf-8"))


def build_example(name: str, folder: Path) -> Example:
    """Copy an example's page and compile its model, as its author would."""
    source, target = EXAMPLES / name, folder / "examples" / name
    target.mkdir(parents=True)
    for file in source.iterdir():
        if file.suffix in WEB | DATA or file.name == "model.py":
            shutil.copy(file, target)
    command = [sys.executable, "-m", "rose", "build", source / "model.py", "-o", target / "dist"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    page = (source / "index.html").read_text(encoding="utf-8")
    return Example(
        name,
        title=found(r"<h1>(.*?)</h1>", page),
        summary=found(r'<meta name="description" content="(.*?)">', page),
        files=sizes(target),
    )


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page, re.DOTALL)
    assert match is not None, f"the page has no {pattern}"
    return match[1]


def sizes(target: Path) -> dict[str, Size]:
    """What a visitor's browser loads for an example."""
    shared = target.parent / "shared"
    scripts = [*target.glob("*.mjs"), shared / "page.mjs"]
    pages = [target / "index.html", *target.glob("*.css"), shared / "look.css"]
    return {
        "WebAssembly": size([target / "dist" / "model.wasm"]),
        "its loader": size([target / "dist" / "model.mjs"]),
        "scripts of the page": size([file for file in scripts if file.name != "sample.mjs"]),
        "HTML and style": size(pages),
    }


def size(files: list[Path]) -> Size:
    contents = [file.read_bytes() for file in files]
    return Size(
        sum(len(content) for content in contents),
        sum(len(gzip.compress(content, 9, mtime=0)) for content in contents),
    )


def present(example: Example, folder: Path) -> None:
    """Add to an example's page the way to the other pages, and how it is made."""
    page = folder / "examples" / example.name / "index.html"
    text = page.read_text(encoding="utf-8")
    made = template("made.html").substitute(
        name=example.name,
        sizes="\n".join(size_row(what, size) for what, size in example.files.items()),
        total=size_row("all of it", example.total),
        beside=beside(page.parent),
        files=", ".join(
            f'<a href="{file}">{file.removeprefix("../")}</a>' for file in sources(page.parent)
        ),
        source=highlighted((page.parent / "model.py").read_text(encoding="utf-8"), "python"),
    )
    links = template("links.html").substitute()
    text = text.replace("  </head>", f"{links}  </head>")
    bar = template("bar.html").substitute(root="../../")
    text = re.sub(r"(<body[^>]*>\n)", lambda match: match[1] + bar, text)
    page.write_text(text.replace("  </body>", f"{made}  </body>"), encoding="utf-8")


def beside(folder: Path) -> str:
    """What has to stand in one folder with a model that is built."""
    links = [
        f'<a href="{file.name}" download>{file.name}</a>'
        for file in sorted(folder.iterdir())
        if file.suffix in DATA
    ]
    return f" and {', '.join(links)}" if links else ""


def sources(folder: Path) -> list[str]:
    """The scripts and styles of an example's page, as the page names them."""
    own = sorted(file.name for file in folder.iterdir() if file.suffix in {".css", ".mjs"})
    return [name for name in own if name != "sample.mjs"] + ["../shared/page.mjs"]


def size_row(what: str, size: Size) -> str:
    return f"<tr><td>{what}</td><td>{size.plain:,}</td><td>{size.gzip:,}</td></tr>"


def add_playground(folder: Path) -> None:
    """The page in which visitors write programs of their own: Python itself, in the page."""
    (folder / "playground").mkdir()
    assemble(folder / "playground")
    shutil.copy(HERE / "playground.svg", folder / "playground" / "picture.svg")


def write_home(folder: Path, examples: list[Example]) -> None:
    """The home page, which has the smallest example beside its source."""
    by_name = {example.name: example for example in examples}
    source = (EXAMPLES / HERO / "model.py").read_text(encoding="utf-8")
    cards = [card(example) for example in examples if example.name != HERO]
    if (folder / "playground").is_dir():
        cards.append((HERE / "playground.html").read_text(encoding="utf-8"))
    page = template("home.html").substitute(
        bar=template("bar.html").substitute(root=""),
        source=highlighted(excerpt(source), "python"),
        script=highlighted(SCRIPT, "javascript"),
        wasm=f"{by_name[HERO].files['WebAssembly'].plain:,}",
        cards="\n".join(cards),
        documents="\n".join(
            f'<li><a href="docs/{document.page}">{html.escape(document.title)}</a></li>'
            for document in documents_of(ROOT)
        ),
    )
    (folder / "index.html").write_text(page, encoding="utf-8")


def excerpt(source: str) -> str:
    """A module without its docstring and its `__all__`, on fewer lines."""
    lines = [line for line in source.splitlines() if not line.startswith(('"""', "__all__"))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def card(example: Example) -> str:
    return template("card.html").substitute(
        name=example.name,
        title=example.title,
        summary=example.summary,
        wasm=example.files["WebAssembly"],
        total=example.total,
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "site")
    return parser.parse_args()


def main() -> None:
    folder = arguments().folder
    examples = build(folder)
    print(f"{'example':12}{'wasm, gzip':>12}{'page, gzip':>12}")
    for example in examples:
        print(f"{example.name:12}{example.files['WebAssembly']!s:>12}{example.total!s:>12}")
    print(f"the site is in {folder}")


if __name__ == "__main__":
    main()
