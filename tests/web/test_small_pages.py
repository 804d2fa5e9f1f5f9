"""The small examples in a browser: what is dragged stays where it is dragged to, and the rest follows."""

from __future__ import annotations

from math import hypot

import pytest
from pages import DESKTOP, PHONE, drag, drag_by_finger, drawn, opened, spot
from playwright.sync_api import Browser, Page, ViewportSize, expect


def still(page: Page) -> None:
    """Wait until nothing moves any more: what moves is drawn anew in every frame."""
    drawn(page)
    page.wait_for_function("""() => new Promise((resolve) => {
      const scene = document.getElementById("scene");
      const before = scene.toDataURL();
      const compare = () => resolve(scene.toDataURL() === before);
      requestAnimationFrame(() => requestAnimationFrame(compare));
    })""")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_foot_is_pulled_and_the_leg_follows(
    chromium: Browser, site: str, viewport: ViewportSize
) -> None:
    with opened(chromium, f"{site}/examples/linkage/index.html", viewport) as page:
        start = spot(page, "foot")
        pull = drag if viewport is DESKTOP else drag_by_finger
        pull(page, start, 40, 0)
        still(page)
        end = spot(page, "foot")
        assert 15 < hypot(end[0] - start[0], end[1] - start[1]) < 80
        expect(page.locator("#strain")).to_have_text("exact")


def test_a_crank_that_is_too_long_is_reported(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/examples/linkage/index.html") as page:
        page.focus("#rod")
        page.keyboard.press("Home")
        page.focus("#crank")
        page.keyboard.press("End")
        expect(page.locator("#crank-value")).to_have_text("22.0")
        expect(page.locator("#speed")).not_to_have_text("–")
        page.click("#reset")
        expect(page.locator("#crank-value")).to_have_text("15.0")
        expect(page.locator("#strain")).to_have_text("exact")


def test_the_crank_turns(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/examples/linkage/index.html") as page:
        start = spot(page, "foot")
        page.keyboard.press("Space")
        page.wait_for_selector("body[data-state=playing]")
        foot = page.get_attribute("#scene", "data-foot-x")
        expect(page.locator("#scene")).not_to_have_attribute("data-foot-x", foot or "")
        page.keyboard.press("Space")
        page.wait_for_selector("body[data-state=ready]")
        assert spot(page, "foot") != start


def test_circles_come_back_to_their_overlaps(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/examples/venn/index.html") as page:
        still(page)
        drag(page, spot(page, ""), right=-150, down=60)
        still(page)
        assert float(page.get_attribute("#scene", "data-loss") or "nan") < 1e-6
        page.focus("#ab")
        page.keyboard.press("End")
        expect(page.locator("#ab-value")).to_have_text("50")
        still(page)
        assert float(page.get_attribute("#scene", "data-loss") or "nan") < 1e-6


def test_the_points_go_downhill(chromium: Browser, site: str) -> None:
    with opened(chromium, f"{site}/index.html") as page:
        expect(page.locator("#energy")).to_have_text("0.0000")
        x, y = spot(page, "")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y - 60, steps=5)
        drawn(page)
        assert spot(page, "") == pytest.approx((x + 60, y - 60), abs=1)
        page.mouse.up()
        expect(page.locator("#energy")).to_have_text("0.0000")
        page.locator("#scene").click(position={"x": 5, "y": 5})
        expect(page.locator("#energy")).not_to_have_text("0.0000")
