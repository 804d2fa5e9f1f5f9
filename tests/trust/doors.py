"""Structures at the door: generated programs whose parameters and results are structures, called from Python and JavaScript."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, make_dataclass
from types import GenericAlias
from typing import Any, NamedTuple, TypedDict

from flat import flat_args, is_list, is_sequence, run_wasm
from hypothesis import strategies as st
from trust.generate import draw_func
from trust.hosts import Script
from trust.inputs import values
from trust.properties import Seen
from trust.reference import meaning, same
from trust.straight import Draw

import rose
from rose import Bool, Fn, Index, Real, Vec
from rose.errors import NOWHERE
from rose.front.annotations import to_tree
from rose.front.signature import Signature
from rose.front.tree import (
    BoolTree,
    IndexTree,
    NoneTree,
    RealTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    leaf_types,
    passed_types,
    tangent_tree,
)
from rose.ir.func import Func
from rose.ir.types import BOOL, REAL
from rose.ir.types import Index as IndexType

KEYS = [
    "a",
    "b",
    "value",
    "__proto__",
    "</script>",
    "it's",
    'say "x"',
    "new",
    "ключ",
    "\u2028",
    "*/",
]
STRUCTURES = ["dataclass", "NamedTuple", "dict", "tuple"]
MOST_SCALARS = 40  # of a parameter


# --- types ------------------------------------------------------------------------------------------------


def structure(kind: int, names: Sequence[str], items: Sequence[Any]) -> Any:
    """One of `STRUCTURES` with such items."""
    fields = [(f"f{k}", item) for k, item in enumerate(items)]
    match kind:
        case 0:
            return make_dataclass("Data", fields)
        case 1:
            return NamedTuple("Named", fields)
        case 2:
            typed_dict: Any = TypedDict  # to checkers its keys are literals
            return typed_dict("Dict", dict(zip(names, items, strict=True)))
        case _:
            return GenericAlias(tuple, tuple(items))


def _sized(kind: Any, *given: Any) -> Any:
    """`Vec[n, T]` or `Index[n]`, of what is known when the test runs."""
    size, *elem = given
    return kind[size, elem[0]] if elem else kind[size]


def _structures(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(items, min_size=1, max_size=3)
    structures = some.flatmap(
        lambda found: st.builds(
            structure,
            st.integers(0, len(STRUCTURES) - 1),
            st.lists(st.sampled_from(KEYS), min_size=len(found), max_size=len(found), unique=True),
            st.just(found),
        )
    )
    return st.one_of(
        structures,
        st.builds(_sized, st.just(Vec), st.integers(0, 5), items),
    )


scalars: st.SearchStrategy[Any] = st.one_of(
    st.just(Real),
    st.just(Real),
    st.just(Bool),
    st.builds(_sized, st.just(Index), st.integers(1, 9)),
)
kinds: st.SearchStrategy[Any] = st.recursive(scalars, _structures, max_leaves=5)
trees: st.SearchStrategy[Tree] = kinds.map(lambda a: to_tree(a, "a parameter")).filter(
    lambda tree: sum(leaf.count for leaf in leaf_types(tree)) <= MOST_SCALARS
)


def values_of(tree: Tree, *, wild: bool) -> st.SearchStrategy[Any]:
    """Python values of a tree."""
    match tree:
        case RealTree():
            return values(REAL, wild=wild)
        case BoolTree():
            return values(BOOL)
        case IndexTree(size):
            return values(IndexType(size))
        case VecTree(size, elem):
            return st.lists(values_of(elem, wild=wild), min_size=size, max_size=size)
        case TupleTree(items):
            return st.tuples(*[values_of(t, wild=wild) for t in items])
        case StructTree(cls, names, items):
            made = dict(zip(names, [values_of(t, wild=wild) for t in items], strict=True))
            return st.fixed_dictionaries(made) if cls is dict else st.builds(cls, **made)
        case _:
            raise AssertionError(f"no values of {tree}")


# --- calls ------------------------------------------------------------------------------------------------


@dataclass
class Door:
    """A function with structures, and its arguments."""

    function: Fn[..., Any]
    args: tuple[Any, ...]


@st.composite
def doors(draw: Draw) -> Door:
    params = draw(st.lists(trees, min_size=1, max_size=3))
    result = draw(st.one_of(st.just(RealTree()), trees))
    func = draw_func(draw, [t for tree in params for t in passed_types(tree)], passed_types(result))
    return door_of(
        params, result, func, [draw(values_of(tree, wild=draw(st.booleans()))) for tree in params]
    )


def door_of(params: Sequence[Tree], result: Tree, func: Func, args: Sequence[Any]) -> Door:
    """A function of these types, and its arguments."""
    names = tuple(["x", "new", "π"][: len(params)])
    signature = Signature(names, tuple(params), result)
    return Door(Fn("main", lambda: signature, lambda: func, NOWHERE), tuple(args))


def functions_of(door: Door) -> dict[str, Fn[..., Any]]:
    """The function, and its gradient if it has one."""
    found = {"main": door.function}
    signature = door.function.signature
    numbers = [k for k, tree in enumerate(signature.params) if leaf_types(tangent_tree(tree))]
    if signature.result == RealTree() and numbers:
        try:
            gradient = rose.value_and_grad(door.function, argnums=tuple(numbers))
            gradient.func  # noqa: B018 (made now)
        except rose.DerivativeError as error:
            if "while" not in str(error):
                raise
        else:
            found["gradient"] = gradient
    return found


def doors_agree(door: Door, scripts: Sequence[Script], seen: Seen) -> None:
    """Called with structures, every host gives what the interpreter gives for their leaves."""
    functions = functions_of(door)
    for f in functions.values():
        flat = meaning(f.func, flat_args(f, door.args))
        assert same(run_wasm(f, door.args), _flattened(flat)), "Python"
        seen.counts["structures in Python"] += 1
    files = rose.bundle(functions, "model")
    params = door.function.signature.params
    given = [_as_json(tree, x) for tree, x in zip(params, door.args, strict=True)]
    request = {
        "wasm": base64.b64encode(files.wasm).decode(),
        "loader": base64.b64encode(files.mjs.encode()).decode(),
        "calls": [{"name": name, "args": json.dumps(given)} for name in functions],
    }
    expected = [as_bits(f.signature.result, f(*door.args)) for f in functions.values()]
    for script in scripts:
        assert script.ask(request) == expected, type(script).__name__
        seen.counts[f"structures in {type(script).__name__}"] += len(functions)


def _flattened(value: Any) -> list[Any]:
    return [x for item in value for x in _flattened(item)] if is_list(value) else [value]


def with_items(tree: TupleTree | StructTree, items: Sequence[Any]) -> Any:
    """The inverse of `items_of`."""
    if isinstance(tree, TupleTree):
        return tuple(items)
    return dict(zip(tree.names, items, strict=True)) if tree.cls is dict else tree.cls(*items)


def items_of(tree: TupleTree | StructTree, value: Any) -> list[Any]:
    """The items of a tuple, or of a structure of any kind."""
    if is_sequence(value):
        return [*value]
    assert isinstance(tree, StructTree), "a tuple is of a TupleTree"
    return [value[name] if tree.cls is dict else getattr(value, name) for name in tree.names]


def _as_json(tree: Tree, value: Any) -> Any:
    """A value as JavaScript takes it; numbers that JSON has not are text."""
    match tree:
        case VecTree(_, elem):
            return [_as_json(elem, x) for x in value]
        case TupleTree(items):
            return [_as_json(t, x) for t, x in zip(items, value, strict=True)]
        case StructTree(_, names, items):
            pairs = zip(items, items_of(tree, value), strict=True)
            return dict(zip(names, [_as_json(t, x) for t, x in pairs], strict=True))
        case RealTree() if value != value or value in (float("inf"), float("-inf")):
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        case _:
            return value


def as_bits(tree: Tree, value: Any) -> Any:
    """A value as the bits of its numbers: lists for Vecs and tuples, lists of pairs for structures."""
    match tree:
        case NoneTree():
            return None
        case VecTree(_, elem):
            return [as_bits(elem, x) for x in value]
        case TupleTree(items):
            return [as_bits(t, x) for t, x in zip(items, value, strict=True)]
        case StructTree(_, names, items):
            pairs = zip(items, items_of(tree, value), strict=True)
            return {n: as_bits(t, x) for n, (t, x) in zip(names, pairs, strict=True)}
        case _:
            return "nan" if value != value else struct.pack(">d", value).hex()
