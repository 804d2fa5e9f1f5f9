"""The billiards page in a browser: dragged, aimed and played as a visitor would."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

PAGE = Path(__file__).resolve().parents[2] / "examples" / "billiards"
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
AIMED = "body[data-state=done], body[data-state=playing]"  # a shot that succeeds is played at once
MINUTE = 60_000


@pytest.fixture
def address(tmp_path: Path, serve: Callable[[Path], str], billiards_dist: Path) -> str:
    for pattern in ("*.html", "*.css", "*.mjs", "*.svg"):
        for file in PAGE.glob(pattern):
            shutil.copy(file, tmp_path)
    shutil.copytree(billiards_dist, tmp_path / "dist")
    return f"{serve(tmp_path)}/index.html"


@contextmanager
def opened(chromium: Browser, address: str, viewport: dict[str, int]) -> Iterator[Page]:
    """The page once it is ready, under the strictest policy; any complaint of the browser fails."""
    complaints: list[str] = []
    is_phone = viewport is PHONE
    context = chromium.new_context(viewport=viewport, has_touch=is_phone, is_mobile=is_phone)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def with_policy(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": POLICY}
        route.fulfill(response=answer, headers=headers)

    page.route("**/index.html", with_policy)
    page.goto(address)
    page.wait_for_selector("body[data-state=ready]")
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def loss(page: Page) -> float:
    return float(page.inner_text("#loss"))


def goal_on_screen(page: Page) -> tuple[float, float]:
    """The middle of the ring, in pixels of the window."""
    table = page.locator("#table")
    box = table.bounding_box()
    assert box is not None
    x, y = (float(table.get_attribute(f"data-goal-{axis}") or "nan") for axis in "xy")
    return box["x"] + x, box["y"] + y


def drag_goal(page: Page, right: float, down: float) -> None:
    x, y = goal_on_screen(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=5)
    page.mouse.up()


def test_the_page_starts_with_the_known_loss(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESKTOP) as page:
        assert loss(page) == pytest.approx(0.0454)
        assert page.locator("#target option").count() == 10


def test_a_goal_dragged_with_the_mouse_is_aimed_at(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESKTOP) as page:
        before = goal_on_screen(page)
        drag_goal(page, right=-40, down=30)
        after = goal_on_screen(page)
        assert after == pytest.approx((before[0] - 40, before[1] + 30), abs=1)

        expect(page.locator("#loss")).not_to_have_text("0.0454")
        start = loss(page)
        page.click("#aim")
        page.wait_for_selector(AIMED, timeout=MINUTE)
        assert loss(page) <= 1e-4 < start / 50
        assert "ends in the ring" in page.inner_text("#status")
        assert int(page.inner_text("#steps")) > 1
        assert float(page.inner_text("#speed").replace(",", "")) > 0


def test_aiming_can_be_stopped(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESKTOP) as page:
        drag_goal(page, right=-520, down=380)
        page.click("#aim")
        page.wait_for_selector("body[data-state=aiming]")
        page.click("#aim")
        page.wait_for_selector("body[data-state=ready]")
        assert page.inner_text("#status").startswith("Stopped.")


def test_a_shot_that_misses_says_that_it_is_stuck(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESKTOP) as page:
        page.uncheck("#again")
        drag_cue_ball_away(page)
        page.click("#aim")
        page.wait_for_selector("body[data-state=stuck]", timeout=MINUTE)
        assert page.inner_text("#status").startswith("Stuck:")


def drag_cue_ball_away(page: Page) -> None:
    """To the lower left, from where it rolls past all others."""
    box = page.locator("#table").bounding_box()
    assert box is not None
    scale = box["width"] / 1.2
    page.mouse.move(box["x"] + 0.1 * scale, box["y"] + 0.5 * scale)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.1 * scale, box["y"] + 0.9 * scale, steps=5)
    page.mouse.up()


def test_space_plays_and_pauses_and_a_click_chooses_a_ball(chromium: Browser, address: str) -> None:
    with opened(chromium, address, DESKTOP) as page:
        page.keyboard.press("Space")
        page.wait_for_selector("body[data-state=playing]")
        page.keyboard.press("Space")
        page.wait_for_selector("body[data-state=ready]")
        page.click("#reset")

        table = page.locator("#table")
        box = table.bounding_box()
        assert box is not None
        scale = box["width"] / 1.2
        table.click(position={"x": 0.5 * scale, "y": 0.5 * scale})
        expect(page.locator("#target")).to_have_value("1")


def test_a_phone_shows_everything_without_scrolling_sideways(
    chromium: Browser, address: str
) -> None:
    with opened(chromium, address, PHONE) as page:
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        page.tap("#aim")
        page.wait_for_selector(AIMED, timeout=MINUTE)
        assert loss(page) <= 1e-4
