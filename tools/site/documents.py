"""The documentation as pages: Markdown to HTML, links between files to links between pages."""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import Any

from highlight import highlighted
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin


@dataclass(frozen=True)
class Document:
    path: str  # in the repository
    page: str  # below docs/ of the site
    title: str


DOCUMENTS = [
    Document("README.md", "index.html", "Introduction"),
    Document("docs/tutorial.md", "tutorial.html", "Tutorial"),
    Document("docs/language.md", "language.html", "The language"),
    Document("docs/errors.md", "errors.html", "Errors"),
    Document("docs/performance.md", "performance.html", "Performance"),
    Document("docs/architecture.md", "architecture.html", "How the compiler works"),
    Document("CONTRIBUTING.md", "contributing.html", "Contributing"),
    Document("CHANGELOG.md", "changelog.html", "Changes"),
]


LANGUAGES = {
    ".css": "css",
    ".html": "html",
    ".mjs": "javascript",
    ".py": "python",
    ".wat": "wast",
}


class Documents:
    """Writes the pages of `docs/`, and below `source/` the files that they link to."""

    def __init__(self, root: Path, site: Path, *, page: Template, bar: Template) -> None:
        self.root, self.site, self.page, self.bar = root, site, page, bar
        self.pages = {document.path: f"docs/{document.page}" for document in documents_of(root)}
        self.linked: set[str] = set()
        self.markdown = MarkdownIt("commonmark", {"highlight": highlight_block}).enable("table")
        self.markdown.use(anchors_plugin, max_level=4, slug_func=slug)

    def write(self) -> None:
        for document in documents_of(self.root):
            text = (self.root / document.path).read_text(encoding="utf-8")
            tokens = self.markdown.parse(text)
            self._relink(tokens, document.path)
            body = self.markdown.renderer.render(tokens, self.markdown.options, {})
            # What is wider than a phone scrolls by itself.
            body = re.sub(
                r"<table>.*?</table>", r'<div class="wide-table">\g<0></div>', body, flags=re.DOTALL
            )
            self._write(self.pages[document.path], document.title, body, contents(tokens))
        for path in sorted(self.linked):
            self._write_source(path)

    def _write_source(self, path: str) -> None:
        """A file in colours, or a folder as the list of its files."""
        place = self.root / path
        title = f"<h1>{html.escape(path)}</h1>"
        if place.is_file():
            body = highlighted(place.read_text(encoding="utf-8"), language_of(path))
            self._write(f"source/{path}.html", path, f"{title}\n{body}", "")
            return
        names = sorted(file.name for file in place.iterdir() if file.is_file())
        items = "\n".join(
            f'<li><a href="{place.name}/{name}.html">{html.escape(name)}</a></li>' for name in names
        )
        self._write(f"source/{path}.html", path, f"{title}\n<ul>\n{items}\n</ul>", "")
        for name in names:
            self._write_source(f"{path}/{name}")

    def _write(self, page: str, title: str, body: str, inside: str) -> None:
        target = self.site / page
        target.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * page.count("/")
        menu = "\n".join(
            f'<li><a href="{up}docs/{document.page}"{current(document, page)}>{document.title}</a></li>'
            for document in documents_of(self.root)
        )
        whole = self.page.substitute(
            root=up,
            bar=self.bar.substitute(root=up),
            title=html.escape(title),
            menu=menu,
            contents=inside,
            body=body,
        )
        target.write_text(whole, encoding="utf-8")

    def _relink(self, tokens: Sequence[Token], document: str) -> None:
        for token in tokens:
            if token.type == "link_open":
                token.attrs["href"] = self._link(str(token.attrs["href"]), document)
            if token.type == "image":
                self._copy(str(token.attrs["src"]), document)
            if token.attrs.pop("style", "") == "text-align:right":
                token.attrs["class"] = "right"  # the site's policy refuses styles inside of pages
            self._relink(token.children or [], document)

    def _copy(self, image: str, document: str) -> None:
        """An image of a document, to where its page looks for it."""
        target = (self.site / self.pages[document]).parent / image
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.root / Path(document).parent / image, target)

    def _link(self, href: str, document: str) -> str:
        """Where a link of a document goes on the site."""
        if href.startswith(("#", "http:", "https:")):
            return href
        path, hash, fragment = href.partition("#")
        target = os.path.normpath(Path(document).parent / path)
        if target not in self.pages:
            self.linked.add(target)
        page = self.pages.get(target, f"source/{target}.html")
        return os.path.relpath(page, Path(self.pages[document]).parent) + hash + fragment


def documents_of(root: Path) -> list[Document]:
    """Those above, and in front of the last two whatever else lies in docs/."""
    known = {document.path for document in DOCUMENTS}
    others = sorted({f"docs/{file.name}" for file in (root / "docs").glob("*.md")} - known)
    found = [Document(path, f"{Path(path).stem}.html", title_of(root / path)) for path in others]
    return [*DOCUMENTS[:-2], *found, *DOCUMENTS[-2:]]


def title_of(file: Path) -> str:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    return first.lstrip("# ").strip()


def current(document: Document, page: str) -> str:
    return ' aria-current="page"' if page == f"docs/{document.page}" else ""


def contents(tokens: Sequence[Token]) -> str:
    """The sections of a page, as a list of links."""
    items = [
        f'<li><a href="#{token.attrs["id"]}">{html.escape(plain(following.children or []))}</a></li>'
        for token, following in pairwise(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]
    return "\n".join(items)


def plain(tokens: Sequence[Token]) -> str:
    return "".join(token.content for token in tokens)


def slug(title: str) -> str:
    """A heading's name in links, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def highlight_block(code: str, language: str, _attributes: Any) -> str:
    return highlighted(code, language or "text")


def language_of(path: str) -> str:
    return LANGUAGES.get(Path(path).suffix, "text")
