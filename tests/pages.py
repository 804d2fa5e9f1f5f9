"""Pages of the site in a browser, used as visitors use them: with a mouse, a finger, or the keyboard."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator
from contextlib import contextmanager
from math import cos, sin
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
MINUTE = 60_000


@contextmanager
def opened(
    chromium: Browser, address: str, viewport: ViewportSize = DESKTOP, *, wait: str = "ready"
) -> Generator[Page]:
    """The page once it is ready; any complaint of the browser fails, and any word to another host."""
    complaints: list[str] = []
    is_phone = viewport is PHONE
    # With little motion asked for, nothing plays by itself.
    context = chromium.new_context(
        viewport=viewport,
        has_touch=is_phone,
        is_mobile=is_phone,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    home = "/".join(address.split("/")[:3])
    context.on(
        "request",
        lambda sent: None if sent.url.startswith(home) else complaints.append(f"asked {sent.url}"),
    )
    page.goto(address)
    if wait:
        page.wait_for_selector(f"body[data-state={wait}]")
    try:
        yield page
    finally:
        context.close()
    assert complaints == [], complaints


def spot(page: Page, name: str, canvas: str = "#scene") -> tuple[float, float]:
    """Where a page says that it has drawn something, in pixels of the window."""
    element = page.locator(canvas)
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    prefix = f"data-{name}-" if name else "data-"
    x, y = (float(element.get_attribute(prefix + axis) or "nan") for axis in "xy")
    return box["x"] + x, box["y"] + y


def drawn(page: Page) -> None:
    """Wait until all that the page was told is drawn: pages draw in the animation frame that follows."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def drag(page: Page, start: tuple[float, float], right: float, down: float) -> None:
    """With the mouse, in five moves; what comes of it is drawn."""
    x, y = start
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=5)
    page.mouse.up()
    drawn(page)


def drag_by_finger(page: Page, start: tuple[float, float], right: float, down: float) -> None:
    """With one finger, as the browser's own touch events; what comes of it is drawn."""
    session: Any = page.context.new_cdp_session(page)
    x, y = start

    def touch(kind: str, share: float) -> None:
        points: list[dict[str, float]] = (
            [] if kind == "touchEnd" else [{"x": x + share * right, "y": y + share * down}]
        )
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0)
    for step in range(1, 6):
        touch("touchMove", step / 5)
    touch("touchEnd", 1)
    session.detach()
    drawn(page)


WATCH = """() => {
  window.intervals = [];
  let before;
  const frame = (now) => {
    if (before !== undefined) window.intervals.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


def frame_interval(page: Page, start: tuple[float, float], seconds: float = 0.8) -> float:
    """The median of milliseconds between animation frames while something is dragged in circles."""
    x, y = start
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH)
    end = time.monotonic() + seconds
    turn = 0.0
    while time.monotonic() < end:
        turn += 0.15
        page.mouse.move(x - 25 + 25 * cos(turn), y - 25 * sin(turn))
        time.sleep(0.008)  # a mouse speaks about as often
    page.mouse.up()
    intervals: list[float] = page.evaluate("window.intervals")
    return statistics.median(intervals)
