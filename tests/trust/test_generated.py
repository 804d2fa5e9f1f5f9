"""Programs nobody wrote by hand: what holds for every program holds for them. `make fuzz` tries more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from trust.hosts import Chromium, Node
from trust.properties import Seen
from trust.saved import FOLDER, as_text, from_text
from trust.search import everything, search_doors, search_programs
from trust.sizes import sizes
from trust.vocabulary import OF_ARRAYS, SCALAR, STRUCTURAL

from rose.ir.primitive import REGISTRY


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    process = Node()
    yield process
    process.close()


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Chromium]:
    page = Chromium(chromium)
    yield page
    page.close()


def test_every_primitive_is_drawn() -> None:
    """If a new one is missing here, give it a method in straight.py and its name to STRUCTURAL."""
    assert {*SCALAR, *OF_ARRAYS, *STRUCTURAL} == set(REGISTRY)


@pytest.mark.parametrize("seed", range(4))
def test_programs(seed: int, node: Node) -> None:
    seen = Seen()
    failure = search_programs(seed, 25, [node], seen)
    assert failure is None, failure
    assert seen.counts["programs"] == 25


def test_programs_in_chromium(node: Node, page: Chromium) -> None:
    failure = search_programs(100, 15, [node, page], Seen())
    assert failure is None, failure


def test_structures(node: Node, page: Chromium) -> None:
    failure = search_doors(0, 40, [node, page], Seen())
    assert failure is None, failure


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ir")), ids=lambda path: path.stem)
def test_what_once_failed(path: Path, node: Node) -> None:
    text = path.read_text()
    case, small = from_text(text)
    assert as_text(case, text.splitlines()[0].removeprefix("# "), small) == text
    with sizes(small):
        everything(case, [node], Seen())
