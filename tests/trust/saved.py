"""Cases as text: a program in its text form, with what it is called with in comments above it."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from pathlib import Path
from typing import Annotated, Any

from trust.doors import STRUCTURES, Door, door_of, items_of, structure, with_items
from trust.generate import Case
from trust.vocabulary import HOSTS

from rose import Bool, Index, Real, Vec
from rose.front.annotations import to_tree
from rose.front.tree import (
    BoolTree,
    IndexTree,
    RealTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
)
from rose.ir.func import Apply, Block, Call, Func, Instr, callees_first
from rose.ir.host import Host
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.ir.record import replace

FOLDER = Path(__file__).resolve().parents[1] / "regressions"
FIELDS = ("wild", "mild", "directions", "marks")


def as_text(case: Case, what: str, sizes: dict[str, int]) -> str:
    """The text of a case; `sizes` are those of `sizes.SIZES` that are other ones in it."""
    head = [f"# {what}", f"# sizes: {json.dumps(sizes)}"]
    fields = FIELDS if case.marks else FIELDS[:-1]
    head += [f"# {name}: {json.dumps(getattr(case, name))}" for name in fields]
    return "\n".join([*head, print_program(case.func)])


def from_text(text: str) -> tuple[Case, dict[str, int]]:
    """The inverse of `as_text`."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        name, colon, value = line.removeprefix("# ").partition(": ")
        if line.startswith("# ") and colon and name in ("sizes", *FIELDS):
            found[name] = json.loads(value)
    sizes = found.pop("sizes")
    return Case(with_hosts(parse(text)), **found), sizes


def door_as_text(door: Door, what: str) -> str:
    """The text of a function with structures: its types and arguments in comments above its program."""
    signature = door.function.signature
    pairs = zip(signature.params, door.args, strict=True)
    about = {
        "params": [_tree_as_json(tree) for tree in signature.params],
        "result": _tree_as_json(signature.result),
        "args": [_as_json(tree, x) for tree, x in pairs],
    }
    return f"# {what}\n# door: {json.dumps(about)}\n{print_program(door.function.func)}"


def door_from_text(text: str) -> Door:
    """The inverse of `door_as_text`."""
    line = next(line for line in text.splitlines() if line.startswith("# door: "))
    about = json.loads(line.removeprefix("# door: "))
    params = [to_tree(_annotation(tree), "a parameter") for tree in about["params"]]
    result = to_tree(_annotation(about["result"]), "a result")
    args = [_from_json(tree, x) for tree, x in zip(params, about["args"], strict=True)]
    return door_of(params, result, with_hosts(parse(text)), args)


def _tree_as_json(tree: Tree) -> Any:
    match tree:
        case RealTree():
            return "real"
        case BoolTree():
            return "bool"
        case IndexTree(size):
            return ["index", size]
        case VecTree(size, elem):
            return ["vec", size, _tree_as_json(elem)]
        case TupleTree(items):
            return ["tuple", [], [_tree_as_json(item) for item in items]]
        case StructTree(cls, names, items):
            kind = "dict" if cls is dict else "dataclass" if is_dataclass(cls) else "NamedTuple"
            return [kind, list(names), [_tree_as_json(item) for item in items]]
        case _:
            raise AssertionError(f"{tree} is no type of generated programs")


def _annotation(told: Any) -> Any:
    match told:
        case "real":
            return Real
        case "bool":
            return Bool
        case ["index", size]:
            return Annotated[Index, size]
        case ["vec", size, elem]:
            return Annotated[Vec[Any, _annotation(elem)], size]  # type: ignore[misc]
        case [kind, names, items]:
            return structure(STRUCTURES.index(kind), names, list(map(_annotation, items)))
        case _:
            raise AssertionError(f"no type is written as {told}")


def _as_json(tree: Tree, value: Any) -> Any:
    match tree:
        case VecTree(_, elem):
            return [_as_json(elem, x) for x in value]
        case TupleTree(items) | StructTree(items=items):
            return [_as_json(t, x) for t, x in zip(items, items_of(tree, value), strict=True)]
        case _:
            return value


def _from_json(tree: Tree, told: Any) -> Any:
    match tree:
        case VecTree(_, elem):
            return [_from_json(elem, x) for x in told]
        case TupleTree(items) | StructTree(items=items):
            return with_items(tree, [_from_json(t, x) for t, x in zip(items, told, strict=True)])
        case _:
            return told


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
