"""Cases as text: a program in its text form, with what it is called with in comments above it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from trust.generate import Case
from trust.vocabulary import HOSTS

from rose.ir.func import Apply, Block, Call, Func, Instr, callees_first
from rose.ir.host import Host
from rose.ir.parser import parse
from rose.ir.printer import print_program

FOLDER = Path(__file__).resolve().parents[1] / "regressions"
FIELDS = ("wild", "mild", "directions")


def as_text(case: Case, what: str, sizes: dict[str, int]) -> str:
    """The text of a case; `sizes` are those of `sizes.SIZES` that are other ones in it."""
    head = [f"# {what}", f"# sizes: {json.dumps(sizes)}"]
    head += [f"# {name}: {json.dumps(getattr(case, name))}" for name in FIELDS]
    return "\n".join([*head, print_program(case.func)])


def from_text(text: str) -> tuple[Case, dict[str, int]]:
    """The inverse of `as_text`."""
    found = {}
    for line in text.splitlines():
        name, colon, value = line.removeprefix("# ").partition(": ")
        if line.startswith("# ") and colon and name in ("sizes", *FIELDS):
            found[name] = json.loads(value)
    sizes = found.pop("sizes")
    return Case(with_hosts(parse(text)), **found), sizes


def with_hosts(root: Func) -> Func:
    """The program with the functions of the host that the text form only names."""
    by_name = {host.js: host for host in HOSTS.values()}
    made: dict[Func, Func] = {}

    def block(old: Block) -> Block:
        return Block(old.params, tuple(map(instr, old.instrs)), old.results)

    def instr(old: Instr) -> Instr:
        match old:
            case Apply(attrs=(Host(js=js),)):
                return replace(old, attrs=(by_name[js],))
            case Call(func=func):
                return replace(old, func=made[func])
            case _:
                return old.rebuilt(old.operands, old.results, tuple(map(block, old.blocks)))

    for func in callees_first([root]):
        made[func] = Func(func.name, func.types, block(func.body))
    return made[root]
