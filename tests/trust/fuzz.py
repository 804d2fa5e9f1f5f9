"""`make fuzz`: generated programs for as long as it is told; what fails is kept in tests/regressions."""

from __future__ import annotations

import argparse
import random
import sys
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from conftest import CHROMIUM_ARGS  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from trust.hosts import Chromium, Node  # noqa: E402
from trust.properties import Seen  # noqa: E402
from trust.saved import FOLDER  # noqa: E402
from trust.search import Failure, search_doors, search_programs  # noqa: E402

ROUND = 60  # programs with one seed, Node process and page


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    start = time.monotonic()
    until = start + arguments.seconds
    seen, seed = Seen(), arguments.seed
    found: dict[tuple[str, ...], Failure] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=CHROMIUM_ARGS)
        while time.monotonic() < until:
            scripts: list[Node | Chromium] = [Node(), Chromium(browser)]
            for search, count in ((search_programs, ROUND), (search_doors, ROUND // 4)):
                failure = search(seed, count, scripts, seen, until)
                if failure is not None and failure.what not in found:
                    found[failure.what] = failure
                    _keep(failure, seed)
            for script in scripts:
                script.close()
            print(f"seed {seed}, {time.monotonic() - start:.0f} s: {seen}", flush=True)
            seed += 1
        browser.close()
    print(f"{len(found)} faults found in {time.monotonic() - start:.0f} s")
    return 1 if found else 0


def _keep(failure: Failure, seed: int) -> None:
    """Print what failed, and make a regression test of it."""
    print(f"seed {seed} fails:\n{failure}", flush=True)
    suffix = "door" if "\n# door: " in failure.text else "ir"
    path = FOLDER / f"found-{sha256(failure.text.encode()).hexdigest()[:8]}.{suffix}"
    path.write_text(failure.text)
    print(f"kept as {path.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
