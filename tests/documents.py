"""The fenced blocks of a page of the docs: what is run, and which are files of the reader's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([\w./-]+\.\w+)`:\s*$")


class Block(NamedTuple):
    """One fenced block.

    Attributes:
        line: of the page, on which its text begins, less one.
        printed: the text block that follows directly, or "".
        file: the name in backquotes with a colon that it stands behind, or "".
        is_added: whether it says that it is added to that file.
    """

    language: str
    text: str
    line: int
    printed: str
    file: str
    is_added: bool


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    found = list(FENCE.finditer(page))
    end = 0
    for block, following in zip(found, [*found[1:], None], strict=False):
        printed = ""
        if (
            following
            and following[1] == "text"
            and not page[block.end() : following.start()].strip()
        ):
            printed = following[2]
        before = page[end : block.start()]
        file = FILE.search(before)
        is_added = bool(file and "added to" in before.split("\n\n")[-2])
        yield Block(
            block[1],
            block[2],
            page[: block.start(2)].count("\n"),
            printed,
            file[1] if file else "",
            is_added,
        )
        end = block.end()


def write_files(page: str, folder: Path) -> list[str]:
    """Write the files of a page, in order; gives their names."""
    names: list[str] = []
    for block in blocks(page):
        if block.file:
            write_file(block, folder)
            names.append(block.file)
    return names


def write_file(block: Block, folder: Path) -> None:
    """Write a block that is a file, or add it to what is there."""
    path = folder / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    before = f"{path.read_text()}\n\n" if block.is_added else ""
    path.write_text(before + block.text)
