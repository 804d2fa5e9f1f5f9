"""Rose in Pyodide: the playground in Chromium, with everything served from here. Python is loaded once for all tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

HOST = Path(__file__).parent / "sample" / "host.py"
PATIENCE = 180_000  # milliseconds, for Python to load on a machine that is busy


@pytest.fixture(scope="module")
def page(site_folder: Path, chromium: Browser, serve: Callable[[Path], str]) -> Iterator[Page]:
    """The playground with Python loaded; a request to elsewhere or a complaint of the browser fails."""
    address = serve(site_folder / "playground")
    faults: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda r: faults.append(r.url) if not is_own(r.url, address) else None)
    page.goto(f"{address}/index.html")
    page.wait_for_selector("body[data-runs='1']", timeout=PATIENCE)
    yield page
    page.close()
    assert faults == []


def is_own(url: str, address: str) -> bool:
    return url.startswith((address, "data:", f"blob:{address}"))


def ran(page: Page, code: str) -> str:
    """What a program prints that is typed into the box; it may have run by itself before it is asked to."""
    runs = page.get_attribute("body", "data-runs")
    page.fill("#code", code)
    page.click("#run")
    is_over = f"body:not([data-runs='{runs}']):not([data-state=running])"
    page.wait_for_selector(is_over, timeout=PATIENCE)
    return page.inner_text("#console").strip()


def in_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-"], input=code, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_first_program_has_run_and_is_drawn(page: Page) -> None:
    assert page.inner_text("#console").splitlines()[0] == "height 6.5"
    expect(page.locator("#name")).to_have_text("valley(-1.12, 1.20)")
    expect(page.locator("#descent")).to_contain_text("steps to")
    expect(page.locator("#size")).to_contain_text("bytes")


BOWL = """
import rose
from rose import Real, fn

@fn
def bowl(x: Real, y: Real) -> Real:
    return rose.exp(x) - x + (y - 1) ** 2

print(bowl(0.3, 0.7), rose.grad(bowl, argnums=(0, 1))(0.3, 0.7))
"""


def test_an_edited_program_gives_what_it_gives_in_python(page: Page) -> None:
    assert ran(page, BOWL) == in_python(BOWL)
    expect(page.locator("#name")).to_have_text("bowl(-1.12, 1.20)")
    expect(page.locator("#descent")).to_contain_text("1.0000 at (0.000, 1.000)")


def test_the_compiled_gradient_follows_the_point_that_is_dragged(page: Page) -> None:
    ran(page, BOWL)
    before = page.inner_text("#slope")
    box = page.locator("#plane").bounding_box()
    assert box is not None
    x, y = box["x"] + 0.22 * box["width"], box["y"] + 0.2 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.53 * box["width"], y + 0.55 * box["height"], steps=5)
    page.mouse.up()
    expect(page.locator("#name")).to_have_text("bowl(1.00, -1.00)")
    slope = [float(part) for part in page.inner_text("#slope").split(", ")]
    assert slope == pytest.approx([2.718281828 - 1, -4], rel=0.02)
    assert page.inner_text("#slope") != before


def test_the_host_does_what_wasmtime_does(page: Page) -> None:
    code = HOST.read_text()
    assert ran(page, code) == in_python(code)


def test_numpy_and_click_are_not_needed(page: Page) -> None:
    code = (
        "import importlib.util, sys, rose\n"
        "print([name for name in ('numpy', 'click', 'wasmtime') if importlib.util.find_spec(name)])\n"
        "print(rose.fn([rose.Real], rose.Real)(lambda x: x * x)(3.0), sys.platform)\n"
    )
    assert ran(page, code) == "[]\n9.0 emscripten"


def test_errors_name_the_line(page: Page) -> None:
    code = "from rose import Real, fn\n\n@fn\ndef f(x: Real) -> Real:\n    return x if x > 0 else -x\n\nf(1.0)\n"
    said = ran(page, code)
    assert said.startswith("TracedValueError: ")
    assert said.endswith("at program.py:5")
    assert ran(page, "print('so far')\n1 / 0\n") == (
        "so far\nZeroDivisionError: division by zero\n  at program.py:2"
    )


def test_a_phone_shows_it_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_program_without_end_is_stopped(page: Page) -> None:
    """The last test, since Python has to be loaded again after it."""
    page.fill(
        "#code",
        "import rose\nfrom rose import Real, fn\n\n"
        "rose.while_loop  # runs in WebAssembly, which nothing but the end of its Worker can stop\n"
        "f = fn([Real], Real)(lambda x: rose.while_loop(lambda c: c < 2, lambda c: c, x))\nf(1.0)\n",
    )
    page.click("#run")
    page.click("#stop")
    expect(page.locator("#console")).to_have_text("Stopped.")
    expect(page.locator("body")).to_have_attribute("data-state", "loading")
