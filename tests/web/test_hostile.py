"""Names and docstrings that would be code, if they could: nothing of them gets out of its place."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import quote

import pytest
from conftest import ROOT, Handler, StrictHandler, serving
from playwright.sync_api import Browser, expect

import rose
from rose import Fn, Real, fn
from rose.api import Bundle

KEYS = ["__proto__", "constructor", 'a"b', "*/ c", "</script><script>", "\u2028", "größe", "then"]
NAMES = ["__proto__", "constructor", "toString", "prototype", "größe", "new", "default"]
FILE = 'we ird#?%"<b>'
DOC = """*/ throw globalThis.hacked = 1; /* </script><script>globalThis.hacked = 2</script>
<img src=x onerror="globalThis.hacked = 3"> ` ${globalThis.hacked = 4} \\" \\u2028 {script} <!--
\u2028globalThis.hacked = 5 \u2029 // \ud800 $& \\1
"""
Odd = TypedDict("Odd", dict.fromkeys(KEYS, Real))  # type: ignore[misc]  # pyright: ignore[reportArgumentType]
USE = """
import { load } from "./model.mjs";
const model = await load();
const odd = JSON.parse(ODD);
const given = NAMES.map((name) => model[name](odd, 1, 2, 3));
const args = Object.keys(model.new.args);
console.log(JSON.stringify([Object.keys(model), given, args, globalThis.hacked ?? "unharmed"]));
"""


def hostile() -> Bundle:
    """A bundle of functions that give their first argument back, all with the docstring."""

    @fn
    def same(odd: Odd, __proto__: Real, arguments: Real, constructor: Real) -> Odd:
        given: Any = odd  # to checkers the keys are literals
        given = {key: given[key] + 0 * __proto__ * arguments * constructor for key in KEYS}
        same_keys: Odd = given
        return same_keys

    same.__doc__ = DOC
    functions: dict[str, Fn[..., Any]] = dict.fromkeys(NAMES, same)
    return rose.bundle(functions, FILE)


def test_javascript(tmp_path: Path, node: Callable[..., Any]) -> None:
    made = hostile()
    (tmp_path / f"{FILE}.wasm").write_bytes(made.wasm)
    (tmp_path / "model.mjs").write_text(made.mjs)
    odd = {key: float(k) for k, key in enumerate(KEYS)}
    script = USE.replace("ODD", json.dumps(json.dumps(odd))).replace("NAMES", json.dumps(NAMES))
    names, given, args, harm = node(script, folder=tmp_path)
    assert names == [*NAMES, "memory"]
    assert given == [odd] * len(NAMES)
    assert args == ["odd", "__proto__", "arguments", "constructor"]
    assert harm == "unharmed"


def test_typescript(tmp_path: Path) -> None:
    (tmp_path / "model.d.mts").write_text(hostile().types)
    (tmp_path / "use.mts").write_text(
        'import type { Model } from "./model.mjs";\n'
        f"type Names = {' | '.join(map(json.dumps, [*NAMES, 'memory']))};\n"
        "export const all = (name: keyof Model): Names => name;\n"
        "export const back = (name: Names): keyof Model => name;\n"
    )
    done = subprocess.run(
        [ROOT / ".npm/node_modules/.bin/tsc", "--strict", "--noEmit", "--types", "", "use.mts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""


@pytest.mark.parametrize("is_one_file", [True, False], ids=["one file", "files of its own"])
def test_the_page(tmp_path: Path, chromium: Browser, *, is_one_file: bool) -> None:
    made = hostile()
    (tmp_path / f"{FILE}.wasm").write_bytes(made.wasm)
    for name, text in ({f"{FILE}.html": made.html} if is_one_file else made.linked_page).items():
        (tmp_path / name).write_text(text)
    complaints: list[str] = []
    page = chromium.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    served = serving(tmp_path, Handler if is_one_file else StrictHandler)
    with served as server:
        page.goto(f"{server}/{quote(FILE)}.html")
        expect(page.locator("article").first).to_be_visible()
    shown = page.locator("article .doc")
    expect(shown).to_have_count(len(NAMES))
    assert shown.first.text_content() == DOC.strip().replace("\ud800", "?")
    expect(page).to_have_title(FILE)
    expect(page.locator("article").first.locator("output")).to_contain_text("{")
    assert page.evaluate("globalThis.hacked") is None
    expect(page.locator("img")).to_have_count(0)
    page.close()
    assert complaints == []


def test_a_bundle_has_no_function_that_makes_it_a_promise() -> None:
    with pytest.raises(rose.ArgumentError, match="cannot be named then"):
        rose.bundle({"then": rose.fn([Real], Real)(lambda x: x)}, "model")
