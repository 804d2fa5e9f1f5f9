"""Every message of an error for users: where src has it, and the list of them in docs/errors.md.

python tools/error_messages.py --check    # fails if the list in the page is not the one made here
python tools/error_messages.py --write    # puts it into the page

In a message, … stands for what depends on the program. `tests/misuse/test_messages.py` holds that each of them is matched
whole by a test.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rose import errors

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "rose"
PAGE = ROOT / "docs" / "errors.md"
START = "<!-- messages: written by python tools/error_messages.py --write -->\n"
END = "<!-- end of messages -->\n"
CLASSES = [
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.RoseError)
]


class Helper(NamedTuple):
    """A function that raises, or makes, an error of a message that it is given."""

    kind: str
    argument: int = 0  # which of its arguments the message is
    file: str = ""  # where it is called, if its name means something else elsewhere


_NEEDS = (
    "Python needs {}, but this … is traced: it has no value until the compiled function runs; {}"
)
HELPERS = {
    "mismatch": [Helper("TypeMismatchError")],
    "refuse": [Helper("TypeMismatchError", 1, folder) for folder in ("front", "api", "run")],
    "fail": [
        Helper("ParseError", file="ir/parser.py"),
        Helper("CheckError", file="ir/check.py"),
        Helper("TypeMismatchError", file="front"),
    ],
}


class Message(NamedTuple):
    """A message as src has it.

    Attributes:
        kind: the class of the error.
        text: the message, with … for what depends on the program.
        where: the file and line, for people.
    """

    kind: str
    text: str
    where: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What all such messages match; in front may stand where it is, as in `argument x of f: ` or `line 2: `."""
        start = "" if self.text.startswith("…") else "(?:.*: )?"
        return re.compile(start + ".*".join(map(re.escape, self.text.split("…"))), re.DOTALL)


def messages() -> list[Message]:
    """All of them, by class and text."""
    found = [m for file in sorted(SOURCE.rglob("*.py")) for m in _in_file(file)]
    return sorted(found, key=lambda m: (CLASSES.index(m.kind), m.text))


def _in_file(file: Path) -> Iterator[Message]:
    name_of_file = str(file.relative_to(SOURCE))
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        where = f"src/rose/{name_of_file}:{node.lineno}"
        if name == "_refuse" and len(node.args) == 2:
            yield Message("TracedValueError", _NEEDS.format(*map(_text, node.args)), where)
        helpers = [Helper(name)] if name in CLASSES else HELPERS.get(name, [])
        for helper in helpers:
            if helper.file in name_of_file and len(node.args) > helper.argument:
                text = _text(node.args[helper.argument])
                if text.replace("…", "").strip(" :\n"):
                    yield Message(helper.kind, text.replace("{}", "…"), where)
                break


def _text(node: ast.expr) -> str:
    """A string, with … for what is put into it."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(values):
            text = "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in values)
            return re.sub("…{2,}", "…", text)
        case _:
            return "…"


def listed() -> str:
    """The list in the page: a block of lines for every class."""
    found = messages()
    blocks = []
    for kind in CLASSES:
        lines = dict.fromkeys(m.text.replace("\n", " ") for m in found if m.kind == kind)
        if lines:
            blocks.append(f"`{kind}`:\n\n```text\n" + "".join(f"{x}\n" for x in lines) + "```\n")
    return "\n" + "\n".join(blocks) + "\n"


def page_with_list(page: str) -> str:
    """The page with the list between its two comments replaced."""
    before, found, rest = page.partition(START)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        sys.exit(f"{PAGE.name} lacks the lines {START.strip()} and {END.strip()}")
    return before + START + listed() + END + after


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--check", action="store_true")
    chosen.add_argument("--write", action="store_true")
    page = PAGE.read_text()
    new = page_with_list(page)
    if parser.parse_args().write:
        PAGE.write_text(new)
    elif page != new:
        sys.exit(f"{PAGE.name} is out of date: run python tools/error_messages.py --write")


if __name__ == "__main__":
    main()
