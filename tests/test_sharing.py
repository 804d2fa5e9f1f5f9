"""What is shared, as the original Rose's tests ask: calls through the call graph, and one memory by functions of a module."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest

import rose
from rose import Fn, Real, Vec, fn


def doubled(times: int, f: Fn[..., Any], level: Callable[[Any, Any], Any]) -> Fn[..., Any]:
    def above(g: Fn[..., Any]) -> Fn[..., Any]:
        return fn([Real], Real)(lambda x: level(g, x))

    for _ in range(times):
        f = above(f)
    return f


@fn
def itself(x: Real) -> Real:
    return x


@fn
def rooted(x: Real) -> Real:
    return rose.sqrt(x * x + 1)


def test_calls_shared_a_million_times_have_derivatives_of_both_modes() -> None:
    f = doubled(20, itself, lambda f, x: f(x) + f(x))
    assert rose.jvp(f)((2,), (3,)) == (2**21, 3 * 2**20)
    assert rose.value_and_grad(f)(2) == (2**21, 2**20)
    g = doubled(20, rooted, lambda f, x: rose.sqrt(f(x) * f(x * 1.0000001)))
    module = rose.compile(
        {"jvp": rose.jvp(g), "grad": rose.grad(g), "twice": rose.grad(rose.grad(g))}
    )
    assert len(module.data) < 40_000
    assert module.memory_bytes < 20_000_000
    slope = 2 / math.sqrt(5)
    assert module.call("jvp", [[2.0], [1.0]])[1] == pytest.approx(slope, rel=1e-5)
    assert module.call("grad", [2.0]) == pytest.approx(slope, rel=1e-5)
    assert module.call("twice", [2.0]) == pytest.approx(5**-1.5, rel=1e-5)


def test_functions_of_a_module_share_its_memory(tmp_path: Path, node: Callable[..., Any]) -> None:
    """What one gives is set as what another takes, by views on one buffer; and one function of both copies nothing."""
    many = Annotated[Vec, 1000]
    twice = fn([many], many)(lambda v: v * 2)
    total = fn([many], Real)(lambda v: rose.sum(1000, lambda i: v[i]))
    both = fn([many], Real)(lambda v: total(twice(v)))
    functions = {"twice": twice, "total": total, "both": both}
    files = rose.bundle(functions, "all")
    (tmp_path / "all.wasm").write_bytes(files.wasm)
    (tmp_path / "all.mjs").write_text(files.mjs)
    script = """
        import { readFileSync } from "node:fs";
        import { loadSync } from "./all.mjs";
        const { twice, total, both } = loadSync(readFileSync("all.wasm"));
        const [v] = Object.values(twice.args), [w] = Object.values(total.args), [u] = Object.values(both.args);
        v.fill(1.5);
        twice.run();
        w.set(twice.result);
        total.run();
        u.fill(1.5);
        both.run();
        console.log(JSON.stringify([twice.result.buffer === w.buffer, total.result[0], both.result[0]]));
    """
    assert node(script, folder=tmp_path) == [True, 3000, 3000]
    assert "memory.copy" not in rose.compile({"both": both}).wat
