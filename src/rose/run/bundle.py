"""Files for the web: the module's bytes, one ES module that loads them, and its types for TypeScript."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, assert_never

from rose.front.signature import Signature
from rose.front.tree import (
    BoolTree,
    IndexTree,
    NoneTree,
    RawTree,
    RealTree,
    StaticTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    leaf_types,
)
from rose.ir.types import Bool, Index, Real
from rose.wasm.layout import Buffer, Interface

_LETTERS: dict[type, str] = {Real: "f64", Index: "i32", Bool: "u8"}


@dataclass(frozen=True)
class Exported:
    """One function of a bundle.

    Attributes:
        name: as users write it.
        doc: its docstring.
    """

    name: str
    signature: Signature
    interface: Interface
    doc: str


def manifest(exported: Sequence[Exported]) -> dict[str, Any]:
    """What a host needs to know to call the exports.

    A type is "real", "bool", "none", {"index": n}, {"vec": [n, type]}, {"tuple": [types]} or
    {"struct": [[field, type]]}; a buffer is [element kind, address, count]. Leaves of a type, in order of its fields,
    have a buffer each: a Vec of structures is a structure of arrays.
    """
    return {
        function.name: {
            "params": [[name, type_of(tree)] for name, tree in _params(function.signature)],
            "result": type_of(function.signature.result),
            "args": [_buffer(buffer) for buffer in function.interface.args],
            "results": [_buffer(buffer) for buffer in function.interface.results],
        }
        for function in exported
    }


def _params(signature: Signature) -> list[tuple[str, Tree]]:
    """The parameters that JavaScript gives: those that are not static."""
    pairs = zip(signature.names, signature.params, strict=True)
    return [(name, tree) for name, tree in pairs if not isinstance(tree, StaticTree)]


def _buffer(buffer: Buffer) -> list[Any]:
    return [_LETTERS[buffer.elem.__class__], buffer.address, buffer.count]


def type_of(tree: Tree) -> Any:
    """A type as the manifest has it."""
    match tree:
        case RealTree():
            return "real"
        case BoolTree():
            return "bool"
        case IndexTree(size):
            return {"index": size}
        case NoneTree() | StaticTree():
            return "none"
        case VecTree(size, elem):
            return {"vec": [size, type_of(elem)]}
        case TupleTree(items):
            return {"tuple": [type_of(item) for item in items]}
        case StructTree(_, names, items):
            return {"struct": [[n, type_of(item)] for n, item in zip(names, items, strict=True)]}
        case RawTree():
            raise AssertionError("residuals stay inside a module")
        case _:
            assert_never(tree)


def _json(value: Any) -> str:
    """JSON that may stand in a script: no `<` that could end it, no line separator of JavaScript's."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def loader_source(exported: Sequence[Exported], wasm_name: str) -> str:
    """The text of `name.mjs`: the runtime and this module's manifest."""
    runtime = files("rose.run").joinpath("web", "runtime.mjs").read_text(encoding="utf-8")
    return (
        f"{runtime}\n"
        f"const manifest = {_json(manifest(exported))};\n\n"
        "/** Load the module: from beside this file, or from a URL, bytes, a Response or a WebAssembly.Module. */\n"
        "export const load = (source, options) =>\n"
        f"  loadModule(manifest, source ?? new URL({_json(wasm_name)}, import.meta.url), options);\n\n"
        "/** Instantiate at once from bytes or a WebAssembly.Module. */\n"
        "export const loadSync = (source, options) => instantiate(manifest, source, options);\n"
    )


# --- TypeScript -------------------------------------------------------------------------------------------


def types_source(exported: Sequence[Exported]) -> str:
    """The text of `name.d.ts`."""
    lines = [
        "/** Views on a function's buffers: fill `args`, call `run()`, read `result`; nothing is allocated. */",
        "export interface InPlace<Args, Result> {",
        "  readonly args: Args;",
        "  readonly result: Result;",
        "  run(): void;",
        "}",
        "",
        "export interface Model {",
        "  /** The memory that all buffers lie in. */",
        "  readonly memory: WebAssembly.Memory;",
    ]
    for function in exported:
        lines += _function_type(function)
    lines += [
        "}",
        "",
        "export type Source = URL | string | Response | BufferSource | WebAssembly.Module;",
        "/** `imports`: what the model's opaque functions are, by their names; else the global ones are taken. */",
        "export type Options = { imports?: Record<string, (...args: number[]) => number> };",
        "export function load(source?: Source, options?: Options): Promise<Model>;",
        "export function loadSync(source: BufferSource | WebAssembly.Module, options?: Options): Model;",
        "",
    ]
    return "\n".join(lines)


def _function_type(function: Exported) -> list[str]:
    signature = function.signature
    pairs = _params(signature)
    params = ", ".join(f"{_label(name)}: {_given(tree)}" for name, tree in pairs)
    views = "; ".join(f"readonly {name}: {_view(tree)}" for name, tree in pairs)
    doc = function.doc.replace("*/", "*\\/").strip().splitlines()
    comment = ["  /**", *[f"   * {line.strip()}".rstrip() for line in doc], "   */"] if doc else []
    return [
        *comment,
        f"  readonly {function.name}: (({params}) => {_given(signature.result)}) &",
        f"    InPlace<{{ {views} }}, {_view(signature.result)}>;",
    ]


# Words that are names in Python, and that TypeScript does not take as the name of a parameter.
_RESERVED = frozenset(
    [
        "case",
        "catch",
        "const",
        "debugger",
        "default",
        "delete",
        "do",
        "enum",
        "export",
        "extends",
        "function",
        "instanceof",
        "new",
        "null",
        "super",
        "switch",
        "this",
        "throw",
        "typeof",
        "var",
        "void",
    ]
)


def _label(name: str) -> str:
    """The name of a parameter where it is only a label."""
    return f"{name}_" if name in _RESERVED else name


def _given(tree: Tree) -> str:
    """The TypeScript type of a value in a friendly call."""
    match tree:
        case RealTree() | IndexTree():
            return "number"
        case BoolTree():
            return "boolean"
        case NoneTree() | StaticTree():
            return "null"
        case VecTree(_, elem):
            inner = _given(elem)
            return f"({inner})[]" if "&" in inner or "=>" in inner else f"{inner}[]"
        case TupleTree(items):
            return f"[{', '.join(map(_given, items))}]"
        case StructTree(_, names, items):
            fields = "; ".join(f"{_key(n)}: {_given(t)}" for n, t in zip(names, items, strict=True))
            return f"{{ {fields} }}"
        case RawTree():
            raise AssertionError("residuals stay inside a module")
        case _:
            assert_never(tree)


def _key(name: str) -> str:
    """A key of an object; those of dicts may be any text."""
    return name if name.isidentifier() else json.dumps(name)


_VIEWS: dict[type, str] = {Real: "Float64Array", Index: "Int32Array", Bool: "Uint8Array"}


def _view(tree: Tree) -> str:
    """The TypeScript type of the views on a value's buffers."""
    match tree:
        case TupleTree(items):
            return f"[{', '.join(map(_view, items))}]"
        case StructTree(_, names, items):
            fields = "; ".join(f"{_key(n)}: {_view(t)}" for n, t in zip(names, items, strict=True))
            return f"{{ {fields} }}"
        case VecTree(size, StructTree(cls, names, items)):
            wrapped = StructTree(cls, names, tuple(VecTree(size, t) for t in items))
            return _view(wrapped)
        case VecTree(size, TupleTree(items)):
            return _view(TupleTree(tuple(VecTree(size, t) for t in items)))
        case VecTree(
            _, VecTree() as inner
        ):  # of what structures are in it, views do not depend on the shape
            return _view(inner)
        case NoneTree():
            return "null"
        case _:
            kinds = {_VIEWS[leaf.elem.__class__] for leaf in leaf_types(tree)}
            return kinds.pop() if kinds else "null"
