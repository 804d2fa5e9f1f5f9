"""`rose dev` in a browser: controls from signatures, dragging, rebuilding while one works, errors, and what it serves."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

MODEL = '''
from dataclasses import dataclass
from typing import Annotated, Literal

import rose
from rose import Bool, Index, Range, Real, Vec, fn

Point = Vec[Literal[2]]


@dataclass(frozen=True)
class Ball:
    position: Point
    mass: Annotated[Real, Range(1, 3)]


@fn
def energy(points: Vec[Literal[3], Point], length: Annotated[Real, Range(0.5, 2, 0.25)] = 1.5) -> Real:
    """How far three points are from <b>{} & apart</b>."""
    return rose.sum(3, lambda i: (rose.norm(points[i] - points[(i + 1) % 3]) - length) ** 2)


@fn
def mixed(ball: Ball, shift: Real, on: Bool, kind: Index[Literal[3]], table: Vec[Literal[8]]) -> Vec[Literal[8]]:
    return rose.vec(8, lambda i: rose.where(on, table[i], 0.0) + ball.mass * shift + kind)


@fn
def path(start: Point) -> Vec[Literal[20], Point]:
    return rose.scan(20, start, lambda t, p: (p * 0.9, p))[1]


@fn
def layers(weights: Vec[Literal[20], Vec[Literal[30]]], bias: Vec[Literal[20]]) -> Real:
    return rose.sum(20, lambda i: rose.sum(weights[i]) * bias[i])


slope = rose.grad(path_length := fn([Point], Real)(lambda p: rose.norm(p)))


@fn
def forever(x: Real) -> Real:
    return rose.while_loop(lambda c: c < 2, lambda c: c, x)


_hidden = rose.grad(energy)
'''
FOREVER = MODEL.split("@fn\ndef forever")[1]
QUICK = MODEL.replace("@fn\ndef forever" + FOREVER, "")
EMPTY = """
from dataclasses import dataclass
from typing import Literal

import rose
from rose import Real, Vec, fn

Point = Vec[Literal[2]]
Nothing = Vec[Literal[0]]


@dataclass(frozen=True)
class Ball:
    position: Point
    mass: Real


@fn
def total(v: Nothing, dots: Vec[Literal[0], Point], rows: Vec[Literal[3], Nothing], x: Real) -> Real:
    return rose.sum(v) + rose.sum(0, lambda i: dots[i][0]) + rose.sum(rows[1]) + x * x


@fn
def same(balls: Vec[Literal[0], Ball]) -> tuple[Vec[Literal[0], Ball], Vec[Literal[2], Nothing], Nothing]:
    return balls, rose.vec(2, lambda _: []), []
"""
POINTS = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]


@contextmanager
def workbench(folder: Path, text: str = QUICK) -> Generator[tuple[str, Path]]:
    """The address of a workbench, and its model, three.py in a folder."""
    model = folder / "three.py"
    model.write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "rose", "dev", str(model), "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
    assert found is not None
    try:
        yield found[0], model
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A workbench whose model stays as it is."""
    with workbench(tmp_path_factory.mktemp("workbench")) as (address, _):
        yield address


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """That workbench in a window of its own."""
    with opened(chromium, address) as page:
        yield page


@pytest.fixture
def edited(chromium: Browser, tmp_path: Path) -> Iterator[tuple[Page, Path]]:
    """A workbench of its own, and the model that the test changes."""
    with workbench(tmp_path) as (address, model), opened(chromium, address) as page:
        yield page, model


@contextmanager
def opened(chromium: Browser, address: str) -> Generator[Page]:
    """The page with everything built; a complaint of the browser fails the test."""
    complaints: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    up_to_date(page)
    yield page
    page.close()
    assert complaints == []


def up_to_date(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-state", "ready")


def set_points(page: Page) -> None:
    for k, point in enumerate(POINTS):
        for j, x in enumerate(point):
            page.locator(f"#fn-energy input[data-path='points[{k}][{j}]']").fill(str(x))


def energy_of(length: float) -> float:
    return sum((side - length) ** 2 for side in (2**0.5, 2**0.5, 2.0))


def test_controls_come_from_the_signature(page: Page) -> None:
    expect(page.locator(".card")).to_have_count(6)
    length = page.locator("#fn-energy input[type=range]")
    attributes = [length.get_attribute(name) for name in ("min", "max", "step", "data-path")]
    assert attributes == ["0.5", "2", "0.25", "length"]
    expect(length).to_have_value("1.5")  # the default
    card = page.locator("#fn-mixed")
    assert card.locator("input[type=range]").evaluate_all(
        "all => all.map(e => e.dataset.path)"
    ) == [
        "ball.mass",
        "shift",
        "kind",
    ]
    expect(card.locator("input[type=checkbox]")).to_have_attribute("data-path", "on")
    expect(card.locator("table input[data-path^=table]")).to_have_count(8)
    expect(card.locator("circle.handle")).to_have_attribute("data-path", "ball.position")
    expect(page.locator("#fn-energy .doc")).to_have_text(
        "How far three points are from <b>{} & apart</b>."
    )


def test_results_and_gradients_follow_the_controls(page: Page) -> None:
    set_points(page)
    page.locator("#fn-energy input[type=number][data-number=length]").fill("1")
    expect(page.locator("#fn-energy .result")).to_have_text(f"{energy_of(1.0):.6g}")
    slope = -2 * sum(side - 1 for side in (2**0.5, 2**0.5, 2.0))
    expect(page.locator("#fn-energy .bar .number")).to_have_text(f"{slope:.6g}".replace("-", "−"))
    expect(page.locator("#fn-energy .bar rect")).to_have_attribute("class", "negative")
    expect(page.locator("#fn-energy .arrows path")).to_have_count(3)
    time = r"\d+ bytes, [\d.]+ µs"
    facts = re.compile(rf"Function: {time}\s*Value and gradient: {time}")
    expect(page.locator("#fn-energy .facts")).to_have_text(facts)
    expect(page.locator("#fn-path .drawn polyline")).to_have_count(1)  # points are drawn
    expect(page.locator("#fn-mixed .plot polyline")).to_have_count(1)  # numbers are plotted


def test_many_numbers_are_edited_as_text(page: Page) -> None:
    area = page.locator("#fn-layers textarea")
    area.fill(str([[1] * 30] * 20))
    for k in range(20):
        page.locator(f"#fn-layers input[data-path='bias[{k}]']").fill("0.5")
    expect(page.locator("#fn-layers .result")).to_have_text("300")
    area.fill("[[1, 2], 3]")
    expect(area).to_have_attribute("aria-invalid", "true")
    page.locator("#fn-layers button", has_text="Zeros").click()
    expect(page.locator("#fn-layers .result")).to_have_text("0")


def test_a_gradient_is_no_place(page: Page) -> None:
    expect(page.locator("#fn-path_length .arrows path")).to_have_count(1)
    expect(page.locator("#fn-slope .result .number")).to_have_count(1)
    expect(page.locator("#fn-slope .drawn *")).to_have_count(0)


def test_points_are_dragged(page: Page) -> None:
    set_points(page)
    handle = page.locator("circle[data-path='points[0]']")
    box = handle.bounding_box()
    assert box is not None
    before = f"{energy_of(1.5):.6g}"
    expect(page.locator("#fn-energy .result")).to_have_text(before)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] - 40, steps=5)
    page.mouse.up()
    x = page.locator("#fn-energy input[data-path='points[0][0]']")
    expect(x).not_to_have_value("1")
    expect(page.locator("#fn-energy .result")).not_to_have_text(before)
    handle.focus()
    there = x.input_value()
    page.keyboard.press("ArrowRight")
    expect(x).not_to_have_value(there)
    assert float(x.input_value()) > float(there)


def test_a_change_of_the_file_keeps_what_was_set(edited: tuple[Page, Path]) -> None:
    page, model = edited
    set_points(page)
    page.locator("#fn-energy input[data-number=length]").fill("1")
    page.locator("#fn-mixed input[type=checkbox]").check()
    shorter = QUICK.replace("shift: Real, ", "").replace("ball.mass * shift", "ball.mass")
    model.write_text(shorter.replace("- length) ** 2)", "- length) ** 2) + 100"))
    expect(page.locator("#fn-energy .result")).to_have_text(f"{100 + energy_of(1.0):.6g}")
    expect(page.locator("#fn-energy input[data-number=length]")).to_have_value("1")
    # a function whose parameters are others has new controls, which begin with the values of the old ones
    expect(page.locator("#fn-mixed input[data-path=shift]")).to_have_count(0)
    expect(page.locator("#fn-mixed input[type=checkbox]")).to_be_checked()


def test_errors_stand_in_the_page_with_file_and_line(edited: tuple[Page, Path]) -> None:
    page, model = edited
    set_points(page)
    model.write_text(QUICK.replace("p * 0.9, p", "p * 0.9 + unknown, p"))
    error = page.locator("#error")
    expect(error).to_be_visible()
    line = QUICK[: QUICK.index("p * 0.9, p")].count("\n") + 1
    expect(error.locator(".message")).to_contain_text("NameError: name 'unknown' is not defined")
    expect(error.locator(".where")).to_have_text(f"{model}:{line}")
    expect(error.locator(".source.at")).to_contain_text("p * 0.9 + unknown")
    expect(page.locator(".card")).to_have_count(6)  # the last build that worked is there
    model.write_text("x = (\n")
    expect(error.locator(".message")).to_contain_text("'(' was never closed")
    model.write_text("import os\nos._exit(3)\n")
    expect(error.locator(".message")).to_contain_text("with status 3")
    model.write_text(QUICK)
    up_to_date(page)
    expect(error).to_be_hidden()
    expect(page.locator("#fn-energy input[data-path='points[2][0]']")).to_have_value("-1")


def test_values_outlive_a_reload_of_the_page(page: Page) -> None:
    set_points(page)
    page.reload()
    up_to_date(page)
    expect(page.locator("#fn-energy input[data-path='points[2][0]']")).to_have_value("-1")


def test_a_function_that_never_ends_is_stopped(edited: tuple[Page, Path]) -> None:
    page, model = edited
    model.write_text(MODEL)
    expect(page.locator("#fn-forever")).to_be_visible()
    expect(page.locator("#fn-forever .note")).to_contain_text(
        "a while_loop has no reverse-mode derivative"
    )
    expect(page.locator("#slow")).to_be_visible()
    page.locator("#stop").click()
    expect(page.locator("#fn-forever .fault")).to_contain_text("stopped")
    page.locator("#fn-forever input[data-number=x]").fill("5")
    expect(page.locator("#fn-forever .result")).to_have_text("5")


def test_vecs_without_elements(chromium: Browser, tmp_path: Path) -> None:
    with workbench(tmp_path, EMPTY) as (address, _), opened(chromium, address) as page:
        expect(page.locator(".card")).to_have_count(2)
        page.locator("#fn-total input[data-number=x]").fill("3")
        expect(page.locator("#fn-total .result")).to_have_text("9")
        expect(page.locator("#fn-total .bar")).to_have_text(["x6"])
        expect(page.locator("#fn-total .controls > .note")).to_have_text(
            ["v: no numbers", "dots: no numbers", "rows: no numbers"]
        )
        expect(page.locator("#fn-total .fault")).to_be_empty()
        expect(page.locator("#fn-same .controls > .note")).to_have_text(["balls: no numbers"])
        expect(page.locator("#fn-same .result .number")).to_have_text(["no numbers"] * 3)
        expect(page.locator("#fn-same .fault")).to_be_empty()


def status(address: str, path: str, host: str | None = None) -> int:
    request = urllib.request.Request(address + path)  # noqa: S310 (an address of ours)
    if host is not None:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_serves_its_page_on_this_machine_and_nothing_else(address: str) -> None:
    assert status(address, "") == 200
    assert status(address, "", host="example.org") == 400
    for path in (
        "three.py",
        "../three.py",
        "%2e%2e/three.py",
        "..%2fserver.py",
        "server.py",
        "model/1/../../x",
    ):
        assert status(address, path) in (400, 404)
    port = int(address.rsplit(":", 1)[1].strip("/"))
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for other in others - {"127.0.0.1"}:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((str(other), port), timeout=2)
