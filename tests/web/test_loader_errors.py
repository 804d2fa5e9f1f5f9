"""A bundle's functions refuse wrong arguments, and name the argument and the place in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from conftest import ROOT

import rose
from rose import Bool, Index, Real, Vec, fn


@dataclass
class Ball:
    position: Vec[Literal[2]]
    mass: Real


@fn
def pick(v: Vec[Literal[3]], i: Index[Literal[3]], b: Bool) -> Real:
    return rose.where(b, v[i], 0.0)


@fn
def heaviest(balls: Vec[Literal[2], Ball], pair: tuple[Real, Bool]) -> Real:
    return rose.where(pair[1], balls[0].mass, pair[0])


@fn
def chosen(
    pairs: Vec[Literal[2], tuple[Index[Literal[3]], Real]],
    ways: Vec[Literal[2], Vec[Literal[2], Index[Literal[4]]]],
) -> Real:
    return pairs[0][1] + rose.real(pairs[1][0]) + rose.real(ways[1][0])


@fn
def half(x: Real) -> Real:
    return x / 2


BALL = "{ position: [0, 1], mass: 2 }"

# The call, and the error that it ends in.
REFUSED = {
    "pick()": "TypeError: pick(v, i, b) takes 3 arguments, given 0",
    "pick([1, 2, 3], 1)": "TypeError: pick(v, i, b) takes 3 arguments, given 2",
    "pick([1, 2, 3], 1, true, 4)": "TypeError: pick(v, i, b) takes 3 arguments, given 4",
    "half(1, 2)": "TypeError: half(x) takes 1 argument, given 2",
    "half('1')": 'TypeError: argument x of half: expected a number, given "1"',
    "half(null)": "TypeError: argument x of half: expected a number, given null",
    "half(undefined)": "TypeError: argument x of half: expected a number, given undefined",
    "half(1n)": "TypeError: argument x of half: expected a number, given 1n",
    "half([1])": "TypeError: argument x of half: expected a number, given an array of 1",
    "half({})": "TypeError: argument x of half: expected a number, given an object",
    "half(half)": "TypeError: argument x of half: expected a number, given a function",
    "half(true)": "TypeError: argument x of half: expected a number, given true",
    "pick([1, 2], 1, true)": "TypeError: argument v of pick: expected an array of 3, given an array of 2",
    "pick(new Float64Array(4), 1, true)": "TypeError: argument v of pick: expected an array of 3, given an array of 4",
    "pick(1, 1, true)": "TypeError: argument v of pick: expected an array of 3, given 1",
    "pick(null, 1, true)": "TypeError: argument v of pick: expected an array of 3, given null",
    "pick('abc', 1, true)": 'TypeError: argument v of pick: expected an array of 3, given "abc"',
    "pick(new Set([1, 2, 3]), 1, true)": "TypeError: argument v of pick: expected an array of 3, given an object",
    "pick([1, '2', 3], 1, true)": 'TypeError: argument v[1] of pick: expected a number, given "2"',
    "pick([1, , 3], 1, true)": "TypeError: argument v[1] of pick: expected a number, given undefined",
    "pick([1, 2, 3], 3, true)": "RangeError: argument i of pick: expected an integer from 0 to 2, given 3",
    "pick([1, 2, 3], -1, true)": "RangeError: argument i of pick: expected an integer from 0 to 2, given -1",
    "pick([1, 2, 3], 1.5, true)": "TypeError: argument i of pick: expected an integer from 0 to 2, given 1.5",
    "pick([1, 2, 3], '1', true)": 'TypeError: argument i of pick: expected an integer from 0 to 2, given "1"',
    "pick([1, 2, 3], NaN, true)": "TypeError: argument i of pick: expected an integer from 0 to 2, given NaN",
    "pick([1, 2, 3], 1, 1)": "TypeError: argument b of pick: expected a boolean, given 1",
    f"heaviest([{BALL}], [1, true])": "TypeError: argument balls of heaviest: expected an array of 2, given an array of 1",
    f"heaviest([{BALL}, null], [1, true])": "TypeError: argument balls[1] of heaviest: expected an object with position, mass, given null",
    f"heaviest([{BALL}, 3], [1, true])": "TypeError: argument balls[1] of heaviest: expected an object with position, mass, given 3",
    f"heaviest([{BALL}, {{ position: [0, 1] }}], [1, true])": "TypeError: argument balls[1].mass of heaviest: expected a number, given undefined",
    f"heaviest([{BALL}, {{ position: [0], mass: 1 }}], [1, true])": "TypeError: argument balls[1].position of heaviest: expected an array of 2, given an array of 1",
    f"heaviest([{BALL}, {BALL}], [1])": "TypeError: argument pair of heaviest: expected an array of 2, given an array of 1",
    f"heaviest([{BALL}, {BALL}], [1, 0])": "TypeError: argument pair[1] of heaviest: expected a boolean, given 0",
}  # fmt: skip

EXPECTED = "TypeError: expected bytes or a WebAssembly.Module"
FETCHES = "load() fetches the .wasm"
NO_MODULE = {
    "load(new Response('', { status: 404 }))": "Error: cannot load the module: 404",
    "load(3)": f"{EXPECTED}, given 3; {FETCHES}",
    "load(Promise.resolve([1]))": f"{EXPECTED}, given an array of 1; {FETCHES}",
    "load('./x.wasm')": 'TypeError: no page is here; write new URL("./x.wasm", import.meta.url)',
    "loadSync()": f"{EXPECTED}, given undefined; {FETCHES}",
    "loadSync(3)": f"{EXPECTED}, given 3; {FETCHES}",
    "loadSync('model.wasm')": f'{EXPECTED}, given "model.wasm"; {FETCHES}',
    "loadSync(beside)": f"{EXPECTED}, given an object; {FETCHES}",
}  # fmt: skip

SAID = """
const said = {};
for (const call of CALLS) {
  try { said[call] = await eval(call); } catch (error) { said[call] = `${error.name}: ${error.message}`; }
}
console.log(JSON.stringify(said));
"""


@pytest.fixture(scope="module")
def said(
    tmp_path_factory: pytest.TempPathFactory, node: Callable[..., Any]
) -> Callable[[list[str]], dict[str, Any]]:
    """What calls of the functions above give: their value, or the name and message of what they throw."""
    folder = tmp_path_factory.mktemp("bundle")
    bundle = rose.bundle(
        {"pick": pick, "heaviest": heaviest, "half": half, "chosen": chosen}, "model"
    )
    (folder / "model.wasm").write_bytes(bundle.wasm)
    (folder / "model.mjs").write_text(bundle.mjs)
    names = 'import { load, loadSync } from "./model.mjs";\n'
    names += 'const beside = new URL("model.wasm", import.meta.url);\n'
    names += f'const bytes = "{base64.b64encode(bundle.wasm).decode()}";\n'
    names += "const { pick, heaviest, half, chosen } = await load();\n"

    def run(calls: list[str]) -> dict[str, Any]:
        text = f"{names}const CALLS = {json.dumps(calls)};{SAID}"
        (folder / "test.mjs").write_text(text)
        found: dict[str, Any] = node(folder / "test.mjs", folder=folder)
        return found

    return run


def test_wrong_arguments_are_refused(said: Callable[[list[str]], dict[str, Any]]) -> None:
    assert said(list(REFUSED)) == REFUSED


def test_indices_in_views_are_checked_when_it_runs(
    said: Callable[[list[str]], dict[str, Any]],
) -> None:
    """Each line runs after those before it."""
    runs = {
        "pick.run()": None,
        "pick.args.i[0] = 3, pick.run()": "RangeError: argument i of pick: expected an integer from 0 to 2, given 3",
        "pick.args.i[0] = -1, pick.run()": "RangeError: argument i of pick: expected an integer from 0 to 2, given -1",
        "pick.args.i[0] = 2, pick.run()": None,
        "chosen.args.ways[2] = 9, chosen.run()": "RangeError: argument ways[2] of chosen: expected an integer from 0 to 3, given 9",
        "chosen.args.ways[2] = 3, chosen.args.pairs[0][1] = 7, chosen.run()": "RangeError: argument pairs[0][1] of chosen: expected an integer from 0 to 2, given 7",
        "chosen.args.pairs[0][1] = 2, chosen.run()": None,
        "chosen.result[0]": 5,
    }  # fmt: skip
    found = said(list(runs))
    assert {call: found.get(call) for call in runs} == runs


def test_right_arguments_are_not(said: Callable[[list[str]], dict[str, Any]]) -> None:
    right = {
        "pick([1, 2, 3], 1, true)": 2,
        "pick(new Float32Array([1, 2, 3]), 2, true)": 3,
        f"heaviest([{BALL}, {BALL}], [1, true])": 2,
        "half(NaN)": None,  # JSON's NaN
        "half(-3)": -1.5,
    }
    assert said(list(right)) == right


def test_what_a_getter_throws_passes_through(
    said: Callable[[list[str]], dict[str, Any]],
) -> None:
    call = "heaviest([{ get position() { throw new Error('mine'); } }, null], [1, true])"
    assert said([call]) == {call: "Error: mine"}


def test_what_is_no_module_is_refused(said: Callable[[list[str]], dict[str, Any]]) -> None:
    assert said(list(NO_MODULE)) == NO_MODULE
    damaged = ["loadSync(new Uint8Array(3))", "load(new Uint8Array(3))"]
    assert all(text.startswith("CompileError: ") for text in said(damaged).values())


def test_what_an_address_may_be(said: Callable[[list[str]], dict[str, Any]]) -> None:
    written = ["beside", "beside.href", "fetch(`data:application/wasm;base64,${bytes}`)"]
    calls = {f"load({source}).then((model) => model.half(3))": 1.5 for source in written}
    assert said(list(calls)) == calls


def test_the_page_shows_what_is_said() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    texts = page.split("## In JavaScript")[1].split("\n## ")[0].split("```text\n")[1:]
    shown = {line for text in texts for line in text.split("```")[0].splitlines()}
    assert len(shown) > 6
    assert shown <= {*REFUSED.values(), *NO_MODULE.values()}


def test_the_billiards_bundle_refuses_a_ball_that_is_not_there(
    billiards_dist: Path, node: Callable[..., Any]
) -> None:
    script = """
        import { load } from "./model.mjs";
        const { loss } = await load();
        try { loss([0, 0], [1, 0], [1, 1], 11); } catch (error) { console.log(JSON.stringify(String(error))); }
    """
    assert node(script, folder=billiards_dist) == (
        "RangeError: argument target of loss: expected an integer from 0 to 10, given 11"
    )
