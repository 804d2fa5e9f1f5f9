"""The same bytes run everywhere with the same bits: every program and its gradient, in wasmtime and in Node."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flat import flatten, has_reals
from programs import PROGRAMS, Ball, moved

import rose
from rose import Fn

SCRIPT = """
import { readFileSync } from "node:fs";
import { loadSync } from "./all.mjs";
const model = loadSync(readFileSync("all.wasm"));
const bits = (x) => { const v = new DataView(new ArrayBuffer(8)); v.setFloat64(0, Number(x));
  return v.getBigUint64(0).toString(16).padStart(16, "0"); };
const scalars = (x) => x === null ? [] : typeof x === "object" ? Object.values(x).flatMap(scalars) : [bits(x)];
const calls = JSON.parse(readFileSync("calls.json"));
console.log(JSON.stringify(calls.map(([name, args]) => scalars(model[name](...args)))));
"""


def gradient(f: Fn[..., Any]) -> Fn[..., Any]:
    return rose.value_and_grad(
        f, argnums=tuple(k for k in range(len(f.signature.params)) if has_reals(f, k))
    )


def scalars(value: Any) -> list[str]:
    """The bits of every number in a result, fields in order."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [x for item in value for x in scalars(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [x for name in value.__dataclass_fields__ for x in scalars(getattr(value, name))]
    return [struct.pack(">d", value).hex()]


def as_json(f: Fn[..., Any], args: tuple[Any, ...]) -> list[Any]:
    """Arguments as JavaScript takes them: a NamedTuple is an object there."""
    return [
        dict(zip(tree.names, value, strict=True))
        if hasattr(tree, "names") and isinstance(value, tuple)
        else value
        for tree, value in zip(f.signature.params, args, strict=True)
    ]


def test_node_gives_wasmtimes_bits(tmp_path: Path, node: Callable[..., Any]) -> None:
    functions: dict[str, Fn[..., Any]] = {}
    calls, expected = [], []
    for name, (f, args) in PROGRAMS.items():
        key = name.replace(" ", "_")
        functions[key], functions[f"{key}_grad"] = f, gradient(f)
        for each in (key, f"{key}_grad"):
            calls.append([each, as_json(f, args)])
            expected.append(scalars(functions[each](*args)))
    files = rose.bundle(functions, "all")
    (tmp_path / "all.wasm").write_bytes(files.wasm)
    (tmp_path / "all.mjs").write_text(files.mjs)
    (tmp_path / "calls.json").write_text(json.dumps(calls))
    assert node(SCRIPT, folder=tmp_path) == expected


def test_numbers_lists_and_structures_go_in_and_come_out() -> None:
    orbit, (ball, dt) = PROGRAMS["orbit"]
    value = orbit(ball, dt)
    assert type(value) is float
    as_instance = Ball([1.1 - 1.0, -0.5], (1.3, -0.2))
    assert orbit(as_instance, dt) == orbit(((1.1 - 1.0, -0.5), (1.3, -0.2)), dt)
    after = moved(as_instance, dt)
    assert isinstance(after, Ball)
    assert after.velocity == pytest.approx([1.3 - 0.1 * math.sin(0.1), -0.2 + 0.1 * math.sin(0.5)])


def test_numpy_arrays_go_in_and_come_out() -> None:
    numpy = pytest.importorskip("numpy")
    f, args = PROGRAMS["energy"]
    points = numpy.array(args[0])
    gradient_of = rose.grad(f)
    as_array, as_list = gradient_of(points), gradient_of(args[0])
    assert isinstance(as_array, numpy.ndarray)
    assert isinstance(as_list, list)
    assert as_array.tolist() == as_list
    assert f(points.astype(numpy.float32)) == pytest.approx(f(args[0]), rel=1e-6)
    assert PROGRAMS["arithmetic"][0](numpy.float64(0.7), numpy.int64(2)) == PROGRAMS["arithmetic"][
        0
    ](0.7, 2)


def test_results_are_new_objects() -> None:
    gradient_of = rose.grad(PROGRAMS["wide"][0])
    first = gradient_of([0.1] * 20)
    kept = flatten(first)
    gradient_of([0.2] * 20)
    assert flatten(first) == kept
