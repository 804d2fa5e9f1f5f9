"""The billiards page in a browser: dragged, aimed and played as a visitor would."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from pages import DESKTOP, MINUTE, PHONE, drag, drag_by_finger, drawn, opened, spot
from playwright.sync_api import Browser, Page, ViewportSize, expect

DONE = "body[data-state=done]"


@contextmanager
def billiards(chromium: Browser, site: str, viewport: ViewportSize = DESKTOP) -> Generator[Page]:
    with opened(chromium, f"{site}/examples/billiards/index.html", viewport) as page:
        yield page


def loss(page: Page) -> float:
    return float(page.inner_text("#loss"))


def goal(page: Page) -> tuple[float, float]:
    return spot(page, "goal", "#table")


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """A point of the table, in pixels of the window."""
    box = page.locator("#table").bounding_box()
    assert box is not None
    scale = box["width"] / 1.2
    return box["x"] + x * scale, box["y"] + (1 - y) * scale


def test_the_page_starts_with_the_known_loss(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        assert loss(page) == pytest.approx(0.0454)
        expect(page.locator("#target option")).to_have_count(10)


def test_a_goal_dragged_with_the_mouse_is_aimed_at(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        before = goal(page)
        drag(page, before, right=-40, down=30)
        expect(page.locator("#loss")).not_to_have_text("0.0454")
        assert goal(page) == pytest.approx((before[0] - 40, before[1] + 30), abs=1)
        start = loss(page)
        page.click("#aim")
        page.wait_for_selector(DONE, timeout=MINUTE)
        assert loss(page) <= 1e-4 < start / 50
        assert "ends in the ring" in page.inner_text("#status")
        assert int(page.inner_text("#steps")) > 1
        assert float(page.inner_text("#speed").replace(",", "")) > 0


def test_the_path_is_drawn_anew_while_the_aim_converges(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        page.evaluate("""() => {
          window.pictures = new Set();
          const table = document.getElementById("table");
          const look = () => {
            if (document.body.dataset.state === "aiming") window.pictures.add(table.toDataURL());
            requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }""")
        page.click("#aim")
        page.wait_for_selector(DONE, timeout=MINUTE)
        assert page.evaluate("window.pictures.size") > 10


def test_aiming_follows_a_drag(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        page.click("#aim")
        page.wait_for_selector(DONE, timeout=MINUTE)
        page.check("#follow")
        x, y = goal(page)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 12, y - 8, steps=6)
        drawn(page)
        page.mouse.up()
        page.wait_for_selector(DONE, timeout=MINUTE)
        assert loss(page) <= 1e-4
        assert goal(page) == pytest.approx((x - 12, y - 8), abs=1)


def test_aiming_can_be_stopped(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        drag(page, goal(page), right=-480, down=330)
        page.click("#aim")
        page.wait_for_selector("body[data-state=aiming]")
        page.click("#aim")
        page.wait_for_selector("body[data-state=ready]")
        assert page.inner_text("#status").startswith("Stopped.")


def test_a_shot_that_misses_says_that_it_is_stuck(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        page.uncheck("#again")
        # The cue ball, to the lower left, from where it rolls past all others.
        from_x, from_y = place(page, 0.1, 0.5)
        to_x, to_y = place(page, 0.1, 0.1)
        drag(page, (from_x, from_y), to_x - from_x, to_y - from_y)
        page.click("#aim")
        page.wait_for_selector("body[data-state=stuck]", timeout=MINUTE)
        assert page.inner_text("#status").startswith("Stuck:")


def test_space_plays_and_pauses_and_a_click_chooses_a_ball(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        page.keyboard.press("Space")
        page.wait_for_selector("body[data-state=playing]")
        page.keyboard.press("Space")
        page.wait_for_selector("body[data-state=ready]")
        page.click("#reset")
        page.mouse.click(*place(page, 0.5, 0.5))
        expect(page.locator("#target")).to_have_value("1")
        page.select_option("#target", "4")
        expect(page.locator("#status")).to_have_text("Ball 4 is to end in the ring.")


def test_arrow_keys_move_the_goal(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        before = goal(page)
        page.focus("#table")
        page.keyboard.press("ArrowUp")
        expect(page.locator("#loss")).not_to_have_text("0.0454")
        assert goal(page)[1] < before[1]


def test_enter_chooses_what_the_arrow_keys_move(chromium: Browser, site: str) -> None:
    with billiards(chromium, site) as page:
        before = goal(page)
        page.focus("#table")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowUp")
        expect(page.locator("#loss")).not_to_have_text("0.0454")
        assert goal(page) == before


def test_on_a_phone_a_finger_drags_and_nothing_scrolls_sideways(
    chromium: Browser, site: str
) -> None:
    with billiards(chromium, site, PHONE) as page:
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        before = goal(page)
        drag_by_finger(page, before, right=-20, down=10)
        expect(page.locator("#loss")).not_to_have_text("0.0454")
        assert goal(page) == pytest.approx((before[0] - 20, before[1] + 10), abs=1)
        page.tap("#aim")
        page.wait_for_selector(DONE, timeout=MINUTE)
        assert loss(page) <= 1e-4
