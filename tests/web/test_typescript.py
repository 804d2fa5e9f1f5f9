"""A bundle's types, as TypeScript sees them in programs of users."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Literal

import pytest
from conftest import ROOT

import rose
from rose import Bool, Index, Real, Vec, fn
from rose.cli.command_line import main

SAMPLE = Path(__file__).parent / "sample" / "sample.py"
NPM = ROOT / ".npm" / "node_modules"
DOM = ["--lib", "es2022,dom", "--types", ""]
NODE = ["--lib", "es2022", "--typeRoots", str(NPM / "@types"), "--types", "node"]
WORKER = ["--lib", "es2022,webworker", "--types", ""]
BUNDLER = ["--module", "esnext", "--moduleResolution", "bundler"]
NODENEXT = ["--module", "nodenext", "--moduleResolution", "nodenext"]

CONSUMER = """
import { load, loadSync, type Model, type InPlace } from "FROM";

const model: Model = await load();
const fetched: Model = await load(new URL("file:///sample.wasm"), { imports: { tick: () => 1 } });
const ready: Model = loadSync(new Uint8Array(8));

const corners = new Float64Array(2);
const height: number = model.energy([[0, 0], [3, 0], corners, [0, 4]]);
const slope: number[][] = fetched.downhill([[0, 0], [3, 0], [3, 4], [0, 4]] as const);
const balls = [{ position: [0, 1], mass: 2 }, { position: corners, mass: 1 }];
const [ball, isFar]: [{ position: number[]; mass: number }, boolean] = ready.pick(balls, 1, [2, true]);

const { args, result, run }: InPlace<{ readonly p: Float64Array }, Float64Array> = model.downhill;
args.p.set(slope.flat());
run();
model.pick.args.balls.position[0] = ball.mass + height;
model.pick.args.which satisfies Int32Array;
model.pick.args.pair[1] satisfies Uint8Array;
model.pick.result[0].mass satisfies Float64Array;
const bytes: ArrayBuffer = model.memory.buffer;

// @ts-expect-error: text is no point
model.energy(["a", "b", "c", "d"]);
// @ts-expect-error: an argument is missing
model.pick(balls, 1);
// @ts-expect-error: a field is missing
model.pick([{ position: [0, 1] }], 1, [2, true]);
// @ts-expect-error: a number is no Bool
model.pick(balls, 1, [2, 1]);
// @ts-expect-error: no such function
model.distance([0, 0], [1, 1]);
// @ts-expect-error: views are filled, not replaced
model.downhill.args.p = new Float64Array(8);
// @ts-expect-error: this module is not inlined
loadSync();

export { bytes, isFar, result };
"""


def compiled(folder: Path, *arguments: str) -> str:
    """What tsc says of programs, in strict mode."""
    strict = ["--strict", "--noEmit", "--target", "es2022"]
    done = subprocess.run(
        [NPM / ".bin" / "tsc", *strict, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert main(["build", str(SAMPLE), "-o", str(tmp_path)]) == 0
    return tmp_path


@pytest.mark.parametrize(
    ("imports", "options"),
    [
        (["./sample.mjs", "./sample.js", "./sample"], [*BUNDLER, *DOM]),
        (["./sample.mjs"], [*NODENEXT, *NODE]),
        (["./sample.mjs"], [*NODENEXT, *WORKER]),
    ],
    ids=["in a page, bundled", "in Node", "in a Worker"],
)
def test_a_strict_program_is_typed(imports: list[str], options: list[str], folder: Path) -> None:
    names = [f"use{k}.mts" for k in range(len(imports))]
    for name, imported in zip(names, imports, strict=True):
        (folder / name).write_text(CONSUMER.replace("FROM", imported))
    assert compiled(folder, *options, *names) == ""


def test_an_inlined_module_need_not_be_given(tmp_path: Path) -> None:
    assert main(["build", str(SAMPLE), "-o", str(tmp_path), "--inline"]) == 0
    text = 'import { loadSync } from "./sample.mjs";\nexport const model = loadSync();\n'
    (tmp_path / "use.mts").write_text(text)
    assert compiled(tmp_path, *NODENEXT, *DOM, "use.mts") == ""


def test_docstrings_are_doc_comments(folder: Path) -> None:
    types = (folder / "sample.d.ts").read_text()
    assert (folder / "sample.d.mts").read_text() == types
    assert (
        "  /**\n"
        "   * Four points that want their neighbours one apart.\n"
        "   *\n"
        "   * Args:\n"
        "   *     p: the corners,\n"
        "   *         in order.\n"
        "   */\n"
        "  readonly energy: ((p: ArrayLike<ArrayLike<number>>) => number) &\n"
        "    InPlace<{ readonly p: Float64Array }, Float64Array>;\n"
    ) in types
    assert "   * The gradient of energy. Four points that want" in types


def function_type(f: Any) -> str:
    """The lines of the types of a function, called `f`."""
    types = rose.bundle({"f": f}, "model").types
    return types[types.index("  readonly f:") : types.index("}\n\nexport type Bytes")]


def test_labels_are_no_words_of_typescript_and_differ(tmp_path: Path) -> None:
    @fn
    def f(
        new: Real,
        new_: Bool,
        this: Vec[Literal[2], Vec[Literal[3], tuple[Real, Bool]]],
        i: Index[Literal[2]],
    ) -> Real:
        return rose.where(new_, new, this[i][1][0])

    assert function_type(f) == (
        "  readonly f: ((new__: number, new_: boolean, this_: ArrayLike<ArrayLike<readonly [number, boolean]>>, "
        "i: number) => number) &\n"
        "    InPlace<{ readonly new: Float64Array; readonly new_: Uint8Array; readonly this: readonly [Float64Array, "
        "Uint8Array]; readonly i: Int32Array }, Float64Array>;\n"
    )
    (tmp_path / "model.d.mts").write_text(rose.bundle({"f": f}, "model").types)
    use = 'import { load } from "./model.mjs";\nexport const f = (await load()).f;\n'
    (tmp_path / "use.mts").write_text(use)
    assert compiled(tmp_path, *NODENEXT, *DOM, "use.mts") == ""
