"""Where a text repeats itself: what `roll` makes loops of."""

from __future__ import annotations

from collections.abc import Iterator

WINDOW = 12  # letters at least that are looked for again, to find a period
LONGEST = 400  # period
CHUNK = 256  # compared at once


def repeats(text: str, fewest: int, times: int) -> Iterator[tuple[int, int, int]]:
    """Begin, period and end of the parts of a text in which every letter is the one a period before, in order.

    Args:
        text: what is looked at. Where it does not repeat itself, every so many letters are looked at.
        fewest: letters of a part.
        times: that the period is in a part at least.
    """
    at = free = 0
    while at + fewest <= len(text):
        found = _part(text, at, fewest, times)
        if found is None:
            at += WINDOW // 2
            continue
        period, end = found
        while at > free and text[at - 1] == text[at - 1 + period]:
            at -= 1
        yield at, period, end
        at = free = end


def _part(text: str, at: int, fewest: int, times: int) -> tuple[int, int] | None:
    """Period and end of the part that begins at a place, if there is one.

    So many letters as the window has are again in any part that is long enough. One that is shorter would be found at every other
    place of many sums of a few terms, each time for nothing.
    """
    window = text[at : at + max(WINDOW, fewest - fewest // times)]
    behind = at + LONGEST + len(window)
    again = text.find(window, at + 1, behind)
    while again >= 0:
        period = again - at
        end = _end(text, at, period)
        if end - at >= max(fewest, times * period):
            return period, end
        again = text.find(window, again + 1, behind)
    return None


def _end(text: str, at: int, period: int) -> int:
    """The first place behind `at` whose letter is not the one a period before."""
    end = at + period
    while end + CHUNK <= len(text) and (
        text[end : end + CHUNK] == text[end - period : end - period + CHUNK]
    ):
        end += CHUNK
    while end < len(text) and text[end] == text[end - period]:
        end += 1
    return end
