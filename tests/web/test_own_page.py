"""The pages that `rose build` writes: in one file, opened as such, and in files of their own, under a strict policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, StrictHandler, serving
from pages import opened
from playwright.sync_api import Browser, Page, ViewportSize, expect

from rose.cli.command_line import main

SAMPLE = Path(__file__).parent / "sample" / "sample.py"
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def page(tmp_path: Path, chromium: Browser) -> Iterator[Page]:
    """The page, on a phone without a network; whatever it asks for or complains of fails."""
    assert main(["build", str(SAMPLE), "-o", str(tmp_path), "--html"]) == 0
    (tmp_path / "sample.wasm").unlink()
    faults: list[str] = []
    context = chromium.new_context(viewport=PHONE, offline=True)
    page = context.new_page()
    address = (tmp_path / "sample.html").as_uri()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: faults.append(asked.url) if asked.url != address else None)
    page.goto(address)
    yield page
    context.close()
    assert [fault for fault in faults if fault != "data:,"] == []


def test_every_function_has_a_card(page: Page) -> None:
    cards = ["downhill(p)", "energy(p)", "pick(balls, which, pair)"]
    expect(page.locator("h2")).to_have_text(cards)
    expect(page.locator("main")).to_contain_text(
        "Four points that want their neighbours one apart."
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_results_follow_the_arguments(page: Page) -> None:
    energy = page.locator("article", has_text="energy(p)")
    expect(energy.locator("output")).to_have_text("4")
    energy.locator("textarea").fill("[[0, 0], [3, 0], [3, 4], [0, 4]]")
    expect(energy.locator("output")).to_have_text("26")

    pick = page.locator("article", has_text="pick(")
    pick.locator("textarea").first.fill(
        '[{"position": [0, 1], "mass": 2}, {"position": [3, 4], "mass": 0}]'
    )
    pick.locator("input[type=number]").fill("1")
    pick.locator("textarea").nth(1).fill("[2, true]")
    expect(pick.locator("output")).to_have_text('[{"position":[6,8],"mass":0},true]')


def test_what_is_wrong_is_said(page: Page) -> None:
    pick = page.locator("article", has_text="pick(")
    pick.locator("input[type=number]").fill("2")
    wrong = "RangeError: argument which of pick: expected an integer from 0 to 1, given 2"
    expect(pick.locator("output.wrong")).to_have_text(wrong)
    pick.locator("input[type=number]").fill("0")
    expect(pick.locator("output")).not_to_have_class("wrong")


def test_it_may_be_served_under_a_policy_of_its_own_digests(
    tmp_path: Path, chromium: Browser, serve: Callable[[Path], str]
) -> None:
    assert main(["build", str(SAMPLE), "-o", str(tmp_path), "--html"]) == 0
    page = chromium.new_page()
    page.goto(f"{serve(tmp_path)}/sample.html")
    expect(page.locator("output").nth(1)).to_have_text("4")
    policy = page.get_attribute("meta[http-equiv]", "content") or ""
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    page.close()


def test_the_fields_begin_with_the_defaults(tmp_path: Path, chromium: Browser) -> None:
    (tmp_path / "model.py").write_text("""
import math
import rose
from rose import Bool, Index, Real, Vec, fn

@fn
def f(x: Real, v: Vec[2] = [3, 4], k: Index[5] = 4, on: Bool = True, y: Real = 0.5, z: Real = math.inf) -> Real:
    return rose.where(on, x + v[0] * v[1] + k + y + z, 0.0)
""")
    assert main(["build", str(tmp_path / "model.py"), "-o", str(tmp_path), "--html"]) == 0
    page = chromium.new_page()
    page.goto((tmp_path / "model.html").as_uri())
    expect(page.locator("output")).to_have_text("16.5")  # z, which is infinite, begins with 0
    page.close()


MODELS = {SAMPLE.stem: SAMPLE} | {
    path.parent.name: path for path in sorted((ROOT / "examples").glob("*/model.py"))
}


@pytest.mark.parametrize(
    ("model", "options"),
    [*[(name, ["--csp"]) for name in MODELS], (SAMPLE.stem, ["--csp", "--html", "--inline"])],
    ids=[*MODELS, "and all other options"],
)
def test_files_of_its_own_run_under_a_strict_policy(
    tmp_path: Path, chromium: Browser, model: str, options: list[str]
) -> None:
    """No complaint of the browser, and a result in every card; the style is not refused either."""
    path = MODELS[model]
    assert main(["build", str(path), "-o", str(tmp_path), *options]) == 0
    address = f"{path.stem}.html"
    with (
        serving(tmp_path, StrictHandler) as server,
        opened(chromium, f"{server}/{address}", wait="") as page,
    ):
        expect(page.locator("article").first).to_be_visible()
        expect(page.locator("output:empty, output.wrong, .stopped")).to_have_count(0)
        expect(page.locator("body")).to_have_css("max-width", "736px")


def test_one_file_says_that_a_strict_policy_stopped_it(tmp_path: Path, chromium: Browser) -> None:
    assert main(["build", str(SAMPLE), "-o", str(tmp_path), "--html"]) == 0
    page = chromium.new_page()
    with serving(tmp_path, StrictHandler) as server:
        page.goto(f"{server}/sample.html")
        expect(page.locator(".stopped")).to_be_visible()
        expect(page.locator(".stopped")).to_contain_text("rose build --csp")
        expect(page.locator("article")).to_have_count(0)
    page.close()


def test_files_of_its_own_say_that_they_need_a_server(tmp_path: Path, chromium: Browser) -> None:
    assert main(["build", str(SAMPLE), "-o", str(tmp_path), "--csp"]) == 0
    page = chromium.new_page()
    page.goto((tmp_path / "sample.html").as_uri())
    expect(page.locator(".stopped")).to_be_visible()
    expect(page.locator(".stopped")).to_contain_text("needs a server")
    page.close()
