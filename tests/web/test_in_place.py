"""The fast way to call: views that are made once, and nothing allocated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rose.cli.command_line import main

SAMPLE = Path(__file__).parent / "sample" / "sample.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bundle")
    assert main(["build", str(SAMPLE), "-o", str(made)]) == 0
    return made


def test_views_are_the_same_objects_on_the_same_memory_ever_after(
    folder: Path, node: Callable[..., Any]
) -> None:
    script = """
        import { load } from "./sample.mjs";
        const model = await load();
        const { downhill, pick } = model;
        const views = () => [downhill.args.p, downhill.result, pick.args.balls.position, pick.args.balls.mass,
          pick.args.which, ...pick.args.pair, pick.result[0].position, pick.result[0].mass, pick.result[1]];
        const before = views();
        downhill([[0, 0], [3, 0], [3, 4], [0, 4]]);
        pick([{ position: [0, 1], mass: 2 }, { position: [3, 4], mass: 0.5 }], 1, [2, true]);
        downhill.run();
        const kinds = before.map((view) => [view.constructor.name, view.length]);
        const same = views().every((view, k) => view === before[k] && view.buffer === model.memory.buffer);
        console.log(JSON.stringify([same, kinds, [...pick.args.balls.position], [...downhill.args.p]]));
    """
    same, kinds, positions, corners = node(script, folder=folder)
    assert same
    assert kinds == [
        ["Float64Array", 8],
        ["Float64Array", 8],
        ["Float64Array", 4],
        ["Float64Array", 2],
        ["Int32Array", 1],
        ["Float64Array", 1],
        ["Uint8Array", 1],
        ["Float64Array", 2],
        ["Float64Array", 1],
        ["Uint8Array", 1],
    ]
    assert positions == [0, 1, 3, 4]
    assert corners == [0, 0, 3, 0, 3, 4, 0, 4]


def test_calls_allocate_nothing(folder: Path, node: Callable[..., Any]) -> None:
    script = """
        import { PerformanceObserver } from "node:perf_hooks";
        import { setTimeout } from "node:timers/promises";
        import { load } from "./sample.mjs";
        const { downhill } = await load();
        const { args: { p }, result, run } = downhill;
        const corners = Float64Array.of(0, 0, 3, 0, 3, 4, 0, 4);
        const descend = (steps) => {
          p.set(corners);
          for (let step = 0; step < steps; step++) {
            run();
            for (let k = 0; k < 8; k++) p[k] -= 0.01 * result[k];
          }
        };
        let collections = 0;
        new PerformanceObserver((list) => { collections += list.getEntries().length; }).observe({ entryTypes: ["gc"] });
        const rounds = [];
        for (let round = 0; round < 10; round++) {
          await setTimeout(5);
          collections = 0;
          const before = process.memoryUsage().heapUsed;
          descend(200_000);
          const allocated = process.memoryUsage().heapUsed - before;
          await setTimeout(5);
          if (collections === 0) rounds.push(allocated);
        }
        console.log(JSON.stringify(rounds));
    """
    # What Node does beside varies; a single number on the heap for each call would be 2.4 MB in every round.
    assert min(node(script, folder=folder)) < 100_000
