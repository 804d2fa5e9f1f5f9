"""The state of a workbench: the last build that worked, what is wrong with the present file, and who waits for news."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchfiles import PythonFilter, awatch

LONGEST_OUTPUT = 4000  # characters of what a model printed that are shown


@dataclass(frozen=True)
class Build:
    """A model that was built.

    Attributes:
        number: of the build, from 1 on; addresses carry it, so that no cache mixes builds.
        functions: what `rose.workbench.describe` says of them.
    """

    number: int
    wasm: bytes
    mjs: str
    functions: list[dict[str, Any]]


@dataclass
class Session:
    """A model file that is watched and rebuilt.

    Attributes:
        path: of the file.
        latest: the last build that worked.
        state: "building", "ready" or "failed": how it stands with the file as it is now.
        error: of the file as it is now, if it failed.
        output: what the model printed when it ran, shortened.
    """

    path: Path
    latest: Build | None = None
    state: str = "building"
    error: dict[str, Any] | None = None
    output: str = ""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def news(self) -> str:
        """What a page has to know, as JSON."""
        return json.dumps(
            {
                "file": self.path.name,
                "state": self.state,
                "build": self.latest.number if self.latest else 0,
                "error": self.error,
                "output": self.output,
            }
        )

    async def follow(self) -> AsyncIterator[str]:
        """The news of now, and then whenever there are others."""
        while True:
            changed = self._changed
            yield self.news()
            await changed.wait()

    async def run(self) -> None:
        """Build, and build again at every change of a Python file in the model's folder, until cancelled."""
        under_way = asyncio.create_task(self._rebuild())
        try:
            async for _ in awatch(self.path.parent, watch_filter=PythonFilter(), debounce=100):
                under_way.cancel()
                under_way = asyncio.create_task(self._rebuild())
        finally:
            under_way.cancel()
            await asyncio.wait([under_way])

    def _tell(self, state: str) -> None:
        self.state = state
        told, self._changed = self._changed, asyncio.Event()
        told.set()

    async def _rebuild(self) -> None:
        """Build once; a build that is cancelled, as the file changed again, ends its process."""
        self._tell("building")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "rose.workbench.build", str(self.path)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        self.output = said.decode(errors="replace")[-LONGEST_OUTPUT:]
        self._take(out, process.returncode)

    def _take(self, out: bytes, status: int | None) -> None:
        """The result of a build's process: a line of JSON, or nothing if it died."""
        answer: dict[str, Any] = (
            json.loads(out) if out and status == 0 else {"ok": False, "error": _died(status)}
        )
        self.error = answer.get("error")
        if answer["ok"]:
            number = self.latest.number + 1 if self.latest else 1
            wasm = base64.b64decode(answer["wasm"])
            self.latest = Build(number, wasm, answer["mjs"], answer["functions"])
        self._tell("ready" if answer["ok"] else "failed")


def _died(status: int | None) -> dict[str, Any]:
    message = (
        f"the model ended the process that built it, with status {status}; see what it printed"
    )
    return {"kind": "Crash", "message": message, "file": "", "line": 0, "excerpt": []}
