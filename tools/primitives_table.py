"""The tables of functions and of primitives in docs/language.md, made from the registry.

python tools/primitives_table.py --check    # fails if a table in the page is not the one made here
python tools/primitives_table.py --write    # puts them into the page
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import rose
from rose.primitives import REGISTRY

PAGE = Path(__file__).resolve().parent.parent / "docs" / "language.md"
OPERANDS = {1: "x", 2: "a, b"}


def functions() -> str:
    """The primitives that users call by name: those from Reals to a Real."""
    rows = []
    for name in sorted(set(rose.__all__) & set(REGISTRY)):
        primitive = REGISTRY[name]
        operands = OPERANDS.get(len(primitive.domain))
        if operands is not None:
            derivative = "0" if primitive.jvp is None else "yes"
            rows.append((f"`rose.{name}({operands})`", primitive.summary, derivative))
    return table(("function", "result", "derivative"), rows)


def primitives() -> str:
    """All primitives."""
    rows = [
        (f"`{name}`", REGISTRY[name].summary, "–" if REGISTRY[name].jvp is None else "yes")
        for name in sorted(REGISTRY)
    ]
    return table(("primitive", "result", "derivative"), rows)


def table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [tuple(head), ("---", "---", "---")]
    lines += [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES = {"functions": functions, "primitives": primitives}


def page_with_tables(page: str) -> str:
    """The page with what stands between each pair of comments replaced."""
    for name, make in TABLES.items():
        start = f"<!-- {name}: written by python tools/primitives_table.py --write -->\n"
        end = f"<!-- end of {name} -->\n"
        before, found, rest = page.partition(start)
        _, ended, after = rest.partition(end)
        if not found or not ended:
            sys.exit(f"{PAGE.name} lacks the lines {start.strip()} and {end.strip()}")
        page = f"{before}{start}\n{make()}\n{end}{after}"
    return page


def main() -> int:
    parser = argparse.ArgumentParser(description="The generated tables of docs/language.md.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="fail if the page is out of date")
    action.add_argument("--write", action="store_true", help="bring the page up to date")
    options = parser.parse_args()
    page = PAGE.read_text()
    wanted = page_with_tables(page)
    if options.write:
        PAGE.write_text(wanted)
    elif page != wanted:
        print("docs/language.md: run python tools/primitives_table.py --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
