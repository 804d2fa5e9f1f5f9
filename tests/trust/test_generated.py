"""Programs nobody wrote by hand: what holds for every program holds for them. `make fuzz` tries more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from playwright.sync_api import Browser
from trust.doors import Door, doors, doors_agree
from trust.hosts import Chromium, Node
from trust.properties import Seen
from trust.saved import FOLDER, as_text, door_as_text, door_from_text, from_text
from trust.search import everything, search_doors, search_programs
from trust.shrink_doors import shrunk_door
from trust.sizes import sizes
from trust.vocabulary import OF_ARRAYS, SCALAR, STRUCTURAL

from rose.front.tree import leaf_types
from rose.ir.func import Apply, instrs_of
from rose.ir.primitive import REGISTRY
from rose.ir.types import BOOL


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
    failure = search_programs(seed, 15, [node], seen)
    assert failure is None, failure
    assert seen.counts["programs"] == 15


def test_programs_in_chromium(node: Node, page: Chromium) -> None:
    failure = search_programs(100, 10, [node, page], Seen())
    assert failure is None, failure


def test_structures(node: Node, page: Chromium) -> None:
    failure = search_doors(0, 25, [node, page], Seen())
    assert failure is None, failure


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.stem)
def test_what_once_failed(path: Path, node: Node) -> None:
    text = path.read_text()
    if path.suffix == ".door":
        doors_agree(door_from_text(text), [node], Seen())
        return
    case, small = from_text(text)
    assert as_text(case, text.splitlines()[0].removeprefix("# "), small) == text
    with sizes(small):
        everything(case, [node], Seen())


def has_bool(door: Door) -> bool:
    return any(leaf.elem == BOOL for t in door.function.signature.params for leaf in leaf_types(t))


@settings(max_examples=10, phases=[Phase.generate])
@given(doors().filter(has_bool))
def test_functions_with_structures_are_kept_and_made_small(door: Door) -> None:
    text = door_as_text(door, "what fails")
    assert door_as_text(door_from_text(text), "what fails") == text
    small = shrunk_door(door, has_bool)
    (tree,) = small.function.signature.params
    assert [leaf.elem for leaf in leaf_types(tree)] == [BOOL]
    assert len(leaf_types(small.function.signature.result)) == 1
    left = instrs_of(small.function.func.body)
    assert all(isinstance(i, Apply) and i.prim.name in ("const", "zeros") for i in left)
    doors_agree(small, [], Seen())
