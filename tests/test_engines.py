"""Equal bits in wasmtime, Node and Chromium: every function of Reals with its derivative, every program with its derivatives."""

from __future__ import annotations

import base64
import json
import math
import random
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
import pytest
from flat import bits_of, by_leaves, gradient, run_interp
from metering import second
from numpy.typing import NDArray
from playwright.sync_api import Browser
from programs import PROGRAMS

import rose
from rose import Fn, Real, Vec, fn
from rose.checking import _random
from rose.front.tree import StructTree, Tree, TupleTree, VecTree
from rose.primitives import REGISTRY

COUNT = 640
MADE_OF_PRIMITIVES = {"logaddexp": 2, "sigmoid": 1, "softplus": 1, "clip": 3}
ARITY = {
    name: len(REGISTRY[name].domain)
    for name in sorted(set(rose.__all__) & set(REGISTRY))
    if len(REGISTRY[name].domain) in (1, 2)
} | MADE_OF_PRIMITIVES
SPECIAL = [
    *(0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, math.pi, math.inf, -math.inf, math.nan),
    *(5e-324, -5e-324, 2.0**-1022, 1.7976931348623157e308, 1e22, 6381956970095103.0 * 2.0**797),
]

# Calls every function in place, and gives the bytes of its result; any NaN is the same one.
IN_PLACE = """
async (model, columns) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const numbers = (text) => new Float64Array(bytes(text).buffer);
  const found = {};
  for (const name of Object.keys(columns)) {
    const f = model[name], views = Object.values(f.args);
    columns[name].forEach((text, k) => views[k].set(numbers(text)));
    f.run();
    const result = Float64Array.from(f.result, (x) => (Number.isNaN(x) ? NaN : x));
    let text = "";
    for (const byte of new Uint8Array(result.buffer)) text += String.fromCharCode(byte);
    found[name] = btoa(text);
  }
  return found;
}
"""
CALLS = """
async (model, calls) => {
  const bits = (x) => { const v = new DataView(new ArrayBuffer(8)); v.setFloat64(0, Number(x));
    return v.getBigUint64(0).toString(16).padStart(16, "0"); };
  const scalars = (x) =>
    x === null ? [] : typeof x === "object" ? Object.values(x).flatMap(scalars) : [bits(x)];
  return calls.map(([name, args]) => scalars(model[name](...args)));
}
"""


class Engines:
    """Node and Chromium; `each(functions, script, data)` is what a script makes of a model and data in both."""

    def __init__(
        self, node: Callable[..., Any], chromium: Browser, serve: Callable[[Path], str]
    ) -> None:
        self.node, self.chromium, self.serve = node, chromium, serve

    def each(self, folder: Path, script: str, data: Any) -> dict[str, Any]:
        (folder / "data.json").write_text(json.dumps(data))
        (folder / "index.html").write_text("<!doctype html><title>engines</title>")
        in_node = f"""
            import {{ readFileSync }} from "node:fs";
            import {{ loadSync }} from "./all.mjs";
            const model = loadSync(readFileSync("all.wasm"));
            const answer = await ({script})(model, JSON.parse(readFileSync("data.json")));
            console.log(JSON.stringify(answer));
        """
        in_page = f"""async () => {{
            const {{ load }} = await import("./all.mjs");
            const data = await (await fetch("./data.json")).json();
            return await ({script})(await load(), data);
        }}"""
        page = self.chromium.new_page()
        page.goto(f"{self.serve(folder)}/index.html")
        answers = {"Chromium": page.evaluate(in_page), "Node": self.node(in_node, folder=folder)}
        page.close()
        return answers


@pytest.fixture
def engines(node: Callable[..., Any], chromium: Browser, serve: Callable[[Path], str]) -> Engines:
    return Engines(node, chromium, serve)


def write(folder: Path, functions: dict[str, Fn[..., Any]]) -> None:
    files = rose.bundle(functions, "all")
    (folder / "all.wasm").write_bytes(files.wasm)
    (folder / "all.mjs").write_text(files.mjs)


# --- functions of Reals -----------------------------------------------------------------------------------


def columns(name: str) -> list[NDArray[np.float64]]:
    """Special values against each other, floats of any exponent, and some where the function is interesting."""
    draw = random.Random(name)
    count = ARITY[name]
    pairs = [(x, y) for x in SPECIAL for y in SPECIAL]
    rows = [tuple(draw.choice(pairs) + draw.choice(pairs))[:count] for _ in range(COUNT // 2)]
    rows[: len(pairs)] = [(*pair, 0.5)[:count] for pair in pairs] if count > 1 else []
    while len(rows) < COUNT // 2 + COUNT // 4:
        rows.append(struct.unpack(f"{count}d", draw.randbytes(8 * count)))
    domain = REGISTRY[name].domain if name in REGISTRY else ((-30.0, 30.0),) * count
    while len(rows) < COUNT:
        rows.append(tuple(draw.uniform(*bounds) for bounds in domain))
    rows = rows[:COUNT]
    rows[: len(SPECIAL)] = [(x,) * count for x in SPECIAL]
    return [np.array(column) for column in zip(*rows, strict=True)]


def over_columns(name: str, *, derived: bool) -> Fn[..., Any]:
    """The function, or its gradient in one sum, at every row of its columns."""
    call = getattr(rose, name)
    argnums = tuple(range(ARITY[name]))

    @fn
    def one(a: Real, b: Real, c: Real) -> Real:
        found: Real = call(*(a, b, c)[: ARITY[name]])
        return found

    @fn
    def slopes(a: Real, b: Real, c: Real) -> Real:
        grads = rose.grad(one, argnums=argnums)(a, b, c)
        found: Real = grads[0] + sum(2.0 * g for g in grads[1:])
        return found

    each = slopes if derived else one

    if ARITY[name] == 1:
        return fn([Annotated[Vec, COUNT]], Annotated[Vec, COUNT])(
            lambda a: rose.vec(COUNT, lambda i: each(a[i], 0.0, 0.0))
        )
    if ARITY[name] == 2:
        return fn([Annotated[Vec, COUNT]] * 2, Annotated[Vec, COUNT])(
            lambda a, b: rose.vec(COUNT, lambda i: each(a[i], b[i], 0.0))
        )
    return fn([Annotated[Vec, COUNT]] * 3, Annotated[Vec, COUNT])(
        lambda a, b, c: rose.vec(COUNT, lambda i: each(a[i], b[i], c[i]))
    )


def as_bytes(values: Any) -> str:
    numbers = np.array(values, dtype=np.float64)
    numbers[np.isnan(numbers)] = np.nan
    return base64.b64encode(numbers.tobytes()).decode()


def test_functions_of_reals_and_their_derivatives(tmp_path: Path, engines: Engines) -> None:
    functions = {name: over_columns(name, derived=False) for name in ARITY}
    functions |= {f"{name}_slope": over_columns(name, derived=True) for name in ARITY}
    data = {name: columns(name.removesuffix("_slope")) for name in functions}
    write(tmp_path, functions)
    module = rose.compile(functions)
    expected = {name: as_bytes(module.call(name, data[name])) for name in functions}
    sent = {
        name: [base64.b64encode(c.tobytes()).decode() for c in data[name]] for name in functions
    }
    for engine, found in engines.each(tmp_path, IN_PLACE, sent).items():
        different = [name for name in functions if found[name] != expected[name]]
        assert not different, engine


# --- programs ---------------------------------------------------------------------------------------------


def pushed(f: Fn[..., Any], args: tuple[Any, ...]) -> tuple[Fn[..., Any], tuple[Any, ...]]:
    """The jvp of the gradient, and arguments for it: those of f, and tangents."""
    g, draw = gradient(f), random.Random(0)
    return rose.jvp(g), (args, tuple(_random(tree, draw) for tree in g.signature.params))


def plain(tree: Tree, value: Any) -> Any:
    """A value as JSON has it."""
    match tree:
        case StructTree(names=names, items=items):
            fields: Iterable[Any] = value
            if isinstance(value, dict):
                fields = cast("dict[str, Any]", value).values()
            elif not isinstance(value, list | tuple):
                fields = [getattr(value, name) for name in names]
            triples = zip(names, items, fields, strict=True)
            return {name: plain(item, field) for name, item, field in triples}
        case TupleTree(items):
            return [plain(item, part) for item, part in zip(items, value, strict=True)]
        case VecTree(_, elem):
            return [plain(elem, part) for part in value]
        case _:
            return value


def test_programs_and_their_derivatives_of_both_modes(tmp_path: Path, engines: Engines) -> None:
    cases: dict[str, tuple[Fn[..., Any], tuple[Any, ...]]] = {}
    for name, (f, args) in PROGRAMS.items():
        key = name.replace(" ", "_")
        cases |= {key: (f, args), f"{key}_grad": (gradient(f), args)}
        cases |= {f"{key}_twice": second(f, args), f"{key}_hvp": pushed(f, args)}
    functions = {key: f for key, (f, _) in cases.items()}
    write(tmp_path, functions)
    module = rose.compile(functions)
    results = {key: module.call(key, args) for key, (_, args) in cases.items()}
    expected = {key: bits_of(result) for key, result in results.items()}
    calls = [
        (key, [plain(tree, x) for tree, x in zip(f.signature.params, args, strict=True)])
        for key, (f, args) in cases.items()
    ]
    for engine, found in engines.each(tmp_path, CALLS, calls).items():
        answers = dict(zip(functions, found, strict=True))
        assert [key for key in functions if answers[key] != expected[key]] == [], engine
    for key, (f, args) in cases.items():
        numbers = by_leaves(f, results[key])
        assert numbers == pytest.approx(run_interp(f, args), rel=1e-10, abs=1e-10), key
