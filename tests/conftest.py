"""What tests of the outside world share: Node, a browser, a web server, a built example."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import validator
from hypothesis import settings
from pages import POLICY
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent

# Tests compile what they test. tests/trust/test_cache.py chooses folders of its own.
os.environ["ROSE_CACHE"] = "off"

if not validator.is_there():
    raise pytest.UsageError(
        "wabt, which has to validate every module of the tests, is not installed: run `make types` once, which installs it, or `make test`"
    )

# Before tests are imported, which may take what emits modules by its name.
VALIDATOR = validator.watch()

# No deadline: the first call compiles, and two workers share two cores. In CI the examples are the
# same in every run, so that a red run is about the change.
settings.register_profile("rose", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("rose")

# How long `expect` waits for what has to come: the machine may be busy, and only a failure takes so long.
expect.set_options(timeout=60_000)

# Of several such switches only the last counts, so this one also has what Playwright switches off.
SWITCHED_OFF = [
    # Two pages behind the address bar of every window, which take half of the time of opening one.
    *("WebUIOmniboxAimPopup", "WebUIOmniboxPopup"),
    # Playwright's own: what asks the outside world, and what holds windows up.
    *("AimEnabled", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PreconnectToSearch", "DestroyProfileOnBrowserClose", "PaintHolding"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "HttpsUpgrades", "LensOverlay"),
]
# Headless Chromium asks the outside world about updates and accounts unless it is told not to.
CHROMIUM_ARGS = [
    f"--disable-features={','.join(SWITCHED_OFF)}",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests wait for browsers and processes come first, so that no worker ends with a long one alone."""
    long = [ROOT / "tests" / "web", ROOT / "tests" / "trust"]
    items.sort(key=lambda item: item.path.parent not in long)


@pytest.fixture(scope="session", autouse=True)
def every_module_is_valid() -> Iterator[None]:
    """What a second implementation of WebAssembly says of all modules that the tests emitted."""
    yield
    faults = VALIDATOR.faults()
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; `chromium.new_page()` is a tab with nothing from any other test."""
    program = os.environ.get("ROSE_CHROMIUM", "/usr/bin/chromium")
    assert Path(program).is_file(), (
        f"{program} is missing: `make test` installs or explains it, ROSE_CHROMIUM names another"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def node() -> Callable[..., Any]:
    """`node(script, *args, folder=ROOT)`: what the script prints as JSON, as a Python value.

    The script is a path, or the text of an ES module whose relative imports start from `folder`.
    Its arguments are `process.argv.slice(2)`. JSON has no NaN and no infinities: print those as text.
    """

    def run(script: str | Path, *args: object, folder: Path = ROOT) -> Any:
        text = script if isinstance(script, str) else None
        done = subprocess.run(
            [
                "node",
                *([str(script)] if text is None else ["--input-type=module", "-"]),
                *map(str, args),
            ],
            input=text,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"node failed:\n{done.stderr}{done.stdout}"
        return json.loads(done.stdout)

    return run


class Handler(SimpleHTTPRequestHandler):
    """Files with the types that a browser insists on for modules and for streamed WebAssembly."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:
        pass


class StrictHandler(Handler):
    """Pages and workers may run what the site itself has, and WebAssembly."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@contextmanager
def serving(folder: Path, handler_class: type[Handler] = Handler) -> Generator[str]:
    handler = partial(handler_class, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """`serve(folder)`: the address of a server of that folder, there until the session ends."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(serving(folder))


def load_example(name: str) -> ModuleType:
    """The model of an example, imported under a name of its own."""
    path = ROOT / "examples" / name / "model.py"
    spec = importlib.util.spec_from_file_location(f"{name}_model", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, which the first worker to need it builds for all; nobody writes into it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "site"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = tmp_path_factory.mktemp("made") / "site"
            build = [sys.executable, str(ROOT / "tools" / "site" / "build.py"), str(made)]
            done = subprocess.run(build, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"tools/site/build.py failed:\n{done.stderr}{done.stdout}"
            made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def billiards_dist(site_folder: Path) -> Path:
    """What `rose build` makes of the billiards example."""
    return site_folder / "examples" / "billiards" / "dist"


@pytest.fixture(scope="session")
def robot_dist(site_folder: Path) -> Path:
    """What `rose build` makes of the walking robot."""
    return site_folder / "examples" / "robot" / "dist"


# What a model computes, in a form that keeps every bit.
BITS = """
const bits = (x) => { const v = new DataView(new ArrayBuffer(8)); v.setFloat64(0, x);
  return v.getBigUint64(0).toString(16).padStart(16, "0"); };
const told = (model) => JSON.stringify(numbers(model).map(bits));
"""


@pytest.fixture
def bits_in_javascript(
    node: Callable[..., Any], chromium: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> Callable[[Path, str], dict[str, list[str]]]:
    """`bits_in_javascript(dist, numbers)`: the bits of what a function of the model gives, in Node and in a page.

    The function is JavaScript text, and the model that of a folder which `rose build` made of a model.py.
    """

    def run(dist: Path, numbers: str) -> dict[str, list[str]]:
        shutil.copytree(dist, tmp_path / "dist")
        script = f'import {{ load }} from "./dist/model.mjs";\nconst numbers = {numbers};\n{BITS}'
        show = "load().then((model) => { document.title = told(model); });"
        (tmp_path / "page.mjs").write_text(script + show)
        (tmp_path / "index.html").write_text(
            '<!doctype html><title></title><script type="module" src="page.mjs"></script>'
        )
        page = chromium.new_page()
        page.goto(serve(tmp_path))
        page.wait_for_function("document.title !== ''")
        in_page = json.loads(page.title())
        page.close()
        in_node = node(f"{script}console.log(told(await load()));", folder=tmp_path)
        return {"Node": in_node, "Chromium": in_page}

    return run


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of the site, whose every answer has the policy of tests/pages.py."""
    with serving(site_folder, StrictHandler) as address:
        yield address
