"""The table of primitives in docs/language.md, made from the registry.

python tools/primitives_table.py --check    # fails if the table in the page is not this one
python tools/primitives_table.py --write    # puts this one into the page
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rose.primitives import REGISTRY

PAGE = Path(__file__).resolve().parent.parent / "docs" / "language.md"
START = "<!-- primitives: written by python tools/primitives_table.py --write -->\n"
END = "<!-- end of primitives -->\n"


def table() -> str:
    """The table in Markdown, a row per primitive in alphabetical order."""
    rows = ["| primitive | result | derivative |", "|---|---|---|"]
    for name in sorted(REGISTRY):
        primitive = REGISTRY[name]
        summary = primitive.summary.replace("|", "\\|")
        derivative = "–" if primitive.jvp is None else "yes"
        rows.append(f"| `{name}` | {summary} | {derivative} |")
    return "\n".join(rows) + "\n"


def page_with_table(page: str) -> str:
    """The page with what stands between the two comments replaced."""
    before, found, rest = page.partition(START)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        sys.exit(f"{PAGE.name} lacks the lines {START.strip()} and {END.strip()}")
    return f"{before}{START}\n{table()}\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description="The table of primitives in docs/language.md.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="fail if the page is out of date")
    action.add_argument("--write", action="store_true", help="bring the page up to date")
    options = parser.parse_args()
    page = PAGE.read_text()
    wanted = page_with_table(page)
    if options.write:
        PAGE.write_text(wanted)
    elif page != wanted:
        print("docs/language.md: run python tools/primitives_table.py --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
