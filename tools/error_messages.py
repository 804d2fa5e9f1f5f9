"""Every message of an error for users: where src raises it, and the list of them in docs/errors.md.

    python tools/error_messages.py --write    write the list anew
    python tools/error_messages.py --check    fail if it is not up to date

A message is a string in which … stands for what depends on the program. `tests/misuse/test_messages.py` holds that each of
them is matched whole by a test.
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
PAGE = ROOT / "docs" / "errors.md"
BEGIN = "<!-- messages: written by python tools/error_messages.py --write -->\n"
END = "<!-- end of messages -->\n"
CLASSES = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.RoseError)}
# The functions that are given the message of an error, or a part of it, and the class that they raise.
HELPERS = {"mismatch": "TypeMismatchError", "fail": "TypeMismatchError"}


class Message(NamedTuple):
    """A message as src has it.

    Attributes:
        kind: the class of the error.
        parts: the text between what depends on the program.
        where: the file and line, for people.
    """

    kind: str
    parts: tuple[str, ...]
    where: str

    def __str__(self) -> str:
        return "…".join(self.parts)

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(".*".join(map(re.escape, self.parts)), re.DOTALL)


def messages() -> list[Message]:
    """All of them, in the order of the classes and of their texts."""
    order = list(vars(errors))
    found = [m for file in sorted((ROOT / "src" / "rose").rglob("*.py")) for m in _in_file(file)]
    return sorted(found, key=lambda m: (order.index(m.kind), str(m)))


def _in_file(file: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        kind = name if name in CLASSES else HELPERS.get(name)
        if kind is None:
            continue
        yield Message(kind, tuple(_parts(node.args[0])), f"{file.relative_to(ROOT)}:{node.lineno}")


def _parts(node: ast.expr) -> list[str]:
    """The constant parts of a string."""
    match node:
        case ast.Constant(str(text)):
            return [text]
        case ast.JoinedStr(values):
            parts = [""]
            for value in values:
                if isinstance(value, ast.Constant):
                    parts[-1] += str(value.value)
                else:
                    parts.append("")
            return parts
        case _:
            return ["", ""]
