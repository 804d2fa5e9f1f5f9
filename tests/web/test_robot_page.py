"""The walking robot's page in a browser: trained, watched, and pulled about."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from conftest import load_example
from pages import DESKTOP, MINUTE, PHONE, drag, drag_by_finger, opened, spot
from playwright.sync_api import Browser, Page, ViewportSize, expect

DONE = "body[data-state=done]"


@contextmanager
def robot(chromium: Browser, site: str, viewport: ViewportSize = DESKTOP) -> Generator[Page]:
    with opened(chromium, f"{site}/examples/robot/index.html", viewport) as page:
        expect(page.locator("#size")).not_to_have_text("–")
        yield page


def generation(page: Page) -> int:
    return int(page.get_attribute("#shown", "max") or "nan")


def trained_no_more(page: Page) -> None:
    """Wait until no generation comes for a second; on a fast machine that is ten."""
    page.wait_for_function("""() => new Promise((resolve) => {
      const before = document.getElementById("shown").max;
      setTimeout(() => resolve(document.getElementById("shown").max === before), 1000);
    })""")


def losses(page: Page) -> list[float]:
    text = page.inner_text("#status").replace("−", "-")
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def test_training_in_the_worker_is_training_in_python(chromium: Browser, site: str) -> None:
    with robot(chromium, site) as page:
        assert generation(page) == 0
        page.click("#train")
        page.wait_for_selector("body[data-state=training]")
        page.wait_for_selector(DONE, timeout=MINUTE)
        expect(page.locator("#progress")).to_have_js_property("value", 100)
        first, last = losses(page)
        assert last < first - 0.4
        expect(page.locator("#caption")).to_have_text(f"Generation 100 walks {-last - 0.2:.2f}")
        page.locator("#shown").fill("20")
        walks = f"Generation 20 walks {-loss_in_python(20) - 0.2:.2f}"
        expect(page.locator("#caption")).to_have_text(walks.replace("-", "−"))


def loss_in_python(generation: int) -> float:
    """After so many steps from the same seed."""
    model = load_example("robot")
    network = model.random_network(1)
    for _ in range(generation):
        _, network = model.train(network)
    loss: float = model.loss(network)
    return loss


def test_training_pauses_and_goes_on_and_generations_can_be_seen(
    chromium: Browser, site: str
) -> None:
    with robot(chromium, site) as page:
        page.click("#train")
        page.wait_for_function("() => document.getElementById('shown').max >= 3", timeout=MINUTE)
        page.click("#train")
        page.wait_for_selector("body[data-state=ready]")
        trained_no_more(page)
        paused = generation(page)
        assert paused < 100
        expect(page.locator("#status")).to_have_text(re.compile(r"Paused after \d+ steps: loss .*"))

        page.focus("#shown")
        page.keyboard.press("Home")
        expect(page.locator("#shown-value")).to_have_text(re.compile(r"0 of [1-9]\d*"))
        expect(page.locator("#caption")).to_contain_text("Generation 0 ")

        page.click("#train")
        page.wait_for_function(
            f"() => document.getElementById('shown').max > {paused}", timeout=MINUTE
        )
        page.click("#reset")
        expect(page.locator("#shown-value")).to_have_text("0 of 0")


def test_another_seed_is_another_robot(chromium: Browser, site: str) -> None:
    with robot(chromium, site) as page:
        expect(page.locator("#caption")).to_have_text("Generation 0 walks −0.02")
        page.fill("#seed", "7")
        page.keyboard.press("Enter")
        expect(page.locator("#caption")).to_have_text("Generation 0 walks −0.04")


def test_the_flag_is_dragged_and_the_network_sees_it(chromium: Browser, site: str) -> None:
    with robot(chromium, site) as page:
        before, distance = spot(page, "goal"), page.inner_text("#caption")
        drag(page, before, right=-300, down=-20)
        expect(page.locator("#caption")).not_to_have_text(distance)
        assert spot(page, "goal") == pytest.approx((before[0] - 300, before[1] - 20), abs=1)


def test_the_robot_is_lifted_and_dropped(chromium: Browser, site: str) -> None:
    with robot(chromium, site) as page:
        x, y = spot(page, "robot")
        before = float(page.get_attribute("#scene", "data-robot-y") or "nan")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y - 90, steps=5)
        page.wait_for_function("() => document.getElementById('lift').valueAsNumber > 0.05")
        page.wait_for_function(
            "before => Number(document.getElementById('scene').dataset.robotY) < before - 40",
            arg=before,
        )
        page.mouse.up()
        page.focus("#lift")
        page.keyboard.press("Home")
        expect(page.locator("#lift-value")).to_have_text("0.00")


def test_space_plays_and_the_slider_scrubs(chromium: Browser, site: str) -> None:
    with robot(chromium, site) as page:
        expect(page.locator("#clock")).to_have_text("0.00 s")
        page.keyboard.press("Space")
        expect(page.locator("#clock")).not_to_have_text("0.00 s")
        page.keyboard.press("Space")
        page.focus("#time")
        page.keyboard.press("End")
        expect(page.locator("#clock")).to_have_text("5.45 s")


def test_on_a_phone_a_finger_drags_and_nothing_scrolls_sideways(
    chromium: Browser, site: str
) -> None:
    with robot(chromium, site, PHONE) as page:
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        before = spot(page, "goal")
        drag_by_finger(page, before, right=-80, down=-10)
        page.wait_for_function(
            f"() => Number(document.getElementById('scene').dataset.goalX) < {before[0]} - 60"
        )
        page.tap("#train")
        page.wait_for_function("() => document.getElementById('shown').max >= 2", timeout=MINUTE)
