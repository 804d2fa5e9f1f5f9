"""The same bundle, unchanged, in Node, in Chromium, in a Worker, and through Vite and esbuild."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Route

from rose.cli.command_line import main
from rose.models import load_model

SAMPLE = Path(__file__).parent / "sample"
NPM = ROOT / ".npm" / "node_modules"
POLICY = (
    "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
)
SHOW = "document.title = JSON.stringify(check(model));"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's bundle in `dist`, and inlined in `inline`."""
    made = tmp_path_factory.mktemp("built")
    shutil.copy(SAMPLE / "check.mjs", made)
    assert main(["build", str(SAMPLE / "sample.py"), "-o", str(made / "dist")]) == 0
    inline = ["build", str(SAMPLE / "sample.py"), "-o", str(made / "inline"), "--inline"]
    assert main(inline) == 0
    (made / "inline" / "sample.wasm").unlink()
    return made


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of it, which the test may change."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def expected() -> list[Any]:
    """What `check` says, from Python."""
    model = load_model(SAMPLE / "sample.py")
    corners = [[0, 0], [3, 0], [3, 4], [0, 4]]
    slope = model.downhill(corners)
    ball, is_far = model.pick([([0, 1], 2), ([3, 4], 0.5)], 1, (2, True))
    as_object = {"position": ball.position, "mass": ball.mass}
    flat = [x for point in slope for x in point]
    return [model.energy(corners), slope, flat, [as_object, is_far]]


def titled(chromium: Browser, address: str, policy: str | None = POLICY) -> Any:
    """The title that a page gives itself, as JSON, under a policy; complaints of the browser fail."""
    complaints: list[str] = []
    page = chromium.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def with_policy(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": str(policy)}
        route.fulfill(response=answer, headers=headers)

    if policy:
        page.route("**/*.html", with_policy)
    page.goto(address)
    try:
        page.wait_for_function("() => document.title.startsWith('[')", timeout=20_000)
        title = page.title()
    finally:
        page.close()
        assert complaints == []
    return json.loads(title)


def write_page(folder: Path, script: str) -> None:
    (folder / "index.html").write_text(
        '<!doctype html><html><head><link rel="icon" href="data:,"></head><body>'
        '<script type="module" src="./main.mjs"></script></body></html>'
    )
    (folder / "main.mjs").write_text(script)


def npm(*command: object, folder: Path) -> None:
    done = subprocess.run(
        [*map(str, command)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()


SOURCES = {
    "nothing": "await load()",
    "null": "await load(null)",
    "a URL": 'await load(new URL("./dist/sample.wasm", `file://${process.cwd()}/`))',
    "bytes": "await load(bytes)",
    "an ArrayBuffer": "await load(new Uint8Array(bytes).buffer)",
    "a Response": "await load(new Response(bytes))",
    "a promise of a Response": "await load(Promise.resolve(new Response(bytes)))",
    "a module": "await load(new WebAssembly.Module(bytes))",
    "bytes at once": "loadSync(bytes)",
    "a module at once": "loadSync(new WebAssembly.Module(bytes))",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_node_from(
    source: str, folder: Path, node: Callable[..., Any], expected: list[Any]
) -> None:
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ check }} from "./check.mjs";
        import {{ load, loadSync }} from "./dist/sample.mjs";
        const bytes = readFileSync("dist/sample.wasm");
        console.log(JSON.stringify(check({source})));
    """
    assert node(script, folder=folder) == expected


@pytest.mark.parametrize("source", ["await load()", "await load(undefined, {})", "loadSync()"])
def test_an_inlined_module_needs_no_file(
    source: str, folder: Path, node: Callable[..., Any], expected: list[Any]
) -> None:
    script = f"""
        import {{ check }} from "./check.mjs";
        import {{ load, loadSync }} from "./inline/sample.mjs";
        globalThis.fetch = () => {{ throw new Error("fetched"); }};
        console.log(JSON.stringify(check({source})));
    """
    assert node(script, folder=folder) == expected


@pytest.mark.parametrize("kind", ["dist", "inline"])
def test_a_plain_script_of_a_page(
    kind: str, folder: Path, chromium: Browser, serve: Callable[[Path], str], expected: list[Any]
) -> None:
    write_page(
        folder,
        'import { check } from "./check.mjs";\n'
        f'import {{ load }} from "./{kind}/sample.mjs";\n'
        f"const model = await load();\n{SHOW}\n",
    )
    policy = POLICY if kind == "dist" else POLICY.replace("; connect-src 'self'", "")
    assert titled(chromium, f"{serve(folder)}/index.html", policy) == expected


def test_a_page_that_loads_by_address_by_response_and_at_once(
    folder: Path, chromium: Browser, serve: Callable[[Path], str], expected: list[Any]
) -> None:
    write_page(
        folder,
        'import { check } from "./check.mjs";\n'
        'import { load, loadSync } from "./dist/sample.mjs";\n'
        'const response = await fetch("dist/sample.wasm");\n'
        "const bytes = await response.clone().arrayBuffer();\n"
        'const models = [await load("dist/sample.wasm"), await load(response), loadSync(bytes)];\n'
        "document.title = JSON.stringify(models.map(check));\n",
    )
    assert titled(chromium, f"{serve(folder)}/index.html") == [expected] * 3


def test_a_worker_loads_it_and_is_sent_a_module(
    folder: Path, chromium: Browser, serve: Callable[[Path], str], expected: list[Any]
) -> None:
    (folder / "worker.mjs").write_text(
        'import { check } from "./check.mjs";\n'
        'import { load } from "./dist/sample.mjs";\n'
        "onmessage = async ({ data }) => postMessage([check(await load()), check(await load(data))]);\n"
    )
    write_page(
        folder,
        'const worker = new Worker("./worker.mjs", { type: "module" });\n'
        "worker.onmessage = ({ data }) => { document.title = JSON.stringify(data); };\n"
        'worker.postMessage(await WebAssembly.compileStreaming(fetch("dist/sample.wasm")));\n',
    )
    policy = f"{POLICY}; worker-src 'self'"
    assert titled(chromium, f"{serve(folder)}/index.html", policy) == [expected] * 2


@pytest.mark.parametrize("limit", ["4096", "0"], ids=["as a data URL", "as a file"])
def test_vite_builds_it(
    limit: str,
    folder: Path,
    chromium: Browser,
    serve: Callable[[Path], str],
    expected: list[Any],
) -> None:
    write_page(
        folder,
        'import { check } from "./check.mjs";\n'
        'import { load } from "./dist/sample.mjs";\n'
        f"const model = await load();\n{SHOW}\n",
    )
    options = ["--outDir", "built", "--assetsInlineLimit", limit]
    npm(NPM / ".bin" / "vite", "build", *options, folder=folder)
    made = [path.suffix for path in (folder / "built" / "assets").iterdir()]
    assert (".wasm" in made) == (limit == "0")
    policy = POLICY if limit == "0" else f"{POLICY} data:"
    assert titled(chromium, f"{serve(folder / 'built')}/index.html", policy) == expected


def test_vite_serves_it_while_one_develops(
    folder: Path, chromium: Browser, expected: list[Any]
) -> None:
    write_page(
        folder,
        'import { check } from "./check.mjs";\n'
        'import { load } from "./dist/sample.mjs";\n'
        f"load().then((model) => {{ {SHOW} }});\n",
    )
    server = subprocess.Popen(
        [
            "node",
            "--input-type=module",
            "-e",
            f"""
                import {{ createServer }} from {json.dumps((NPM / "vite" / "dist" / "node" / "index.js").as_uri())};
                const server = await createServer({{ server: {{ host: "127.0.0.1" }}, logLevel: "error" }});
                await server.listen(0);
                console.log(server.httpServer.address().port);
                process.stdin.on("end", () => process.exit()).resume();
            """,
        ],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout and server.stdin
        port = server.stdout.readline().strip()
        assert titled(chromium, f"http://127.0.0.1:{port}/index.html", None) == expected
        server.stdin.close()


def test_esbuild_bundles_it_and_finds_the_module_beside_the_output(
    folder: Path, chromium: Browser, serve: Callable[[Path], str], expected: list[Any]
) -> None:
    write_page(folder, "")
    (folder / "app.mjs").write_text(
        'import { check } from "./check.mjs";\n'
        'import { load } from "./dist/sample.mjs";\n'
        f"const model = await load();\n{SHOW}\n"
    )
    options = ["--bundle", "--minify", "--format=esm", "--outfile=main.mjs", "--allow-overwrite"]
    npm(NPM / ".bin" / "esbuild", "app.mjs", *options, folder=folder)
    shutil.move(folder / "dist" / "sample.wasm", folder)
    shutil.rmtree(folder / "dist")
    assert titled(chromium, f"{serve(folder)}/index.html") == expected


def test_esbuild_makes_a_classic_script_of_an_inlined_module(
    folder: Path, chromium: Browser, serve: Callable[[Path], str], expected: list[Any]
) -> None:
    (folder / "app.mjs").write_text(
        'import { check } from "./check.mjs";\n'
        'import { loadSync } from "./inline/sample.mjs";\n'
        f"const model = loadSync();\n{SHOW}\n"
    )
    options = ["--bundle", "--minify", "--outfile=main.js"]
    npm(NPM / ".bin" / "esbuild", "app.mjs", *options, folder=folder)
    (folder / "index.html").write_text(
        '<!doctype html><link rel="icon" href="data:,"><script src="main.js"></script>'
    )
    assert titled(chromium, f"{serve(folder)}/index.html") == expected


def test_the_loader_is_small_and_asks_for_nothing_unusual(folder: Path) -> None:
    text = (folder / "dist" / "sample.mjs").read_text()
    loader = text.split("const manifest")[0]
    assert len(loader.encode()) < 7500
    assert "eval" not in text
    assert "new Function" not in text
    assert "/**" not in loader
    assert "await import(" in text  # the only import: Node's files, if a file: URL is loaded
    assert text.count("import(") == 1
    assert not any(line.startswith(("import ", "await ")) for line in text.splitlines())
