"""Every module that a test emits is checked by wabt: that it is valid, and that its bytes are what `.wat` shows.

Modules go to a Node process as they are made; its answers are asked for when all tests are over.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import rose.api.compiling
import rose.wasm.encode
from rose.wasm.module import Module
from rose.wasm.wat import print_module

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / ".npm"
MOST_TEXT = 200_000  # bytes of a module whose text is compared; larger ones are validated only


@dataclass
class Validator:
    """The modules of this session.

    Attributes:
        asked: which test emitted each module that was sent, in order.
        answers: what is wrong with each; "" for nothing.
    """

    asked: list[str] = field(default_factory=list[str])
    answers: list[str] = field(default_factory=list[str])
    seen: set[bytes] = field(default_factory=set[bytes])
    process: Any = None
    reader: Any = None

    def emitted(self, module: Module, data: bytes) -> None:
        """Send a module to be checked, unless it was before."""
        digest = sha256(data).digest()
        if digest in self.seen:
            return
        self.seen.add(digest)
        process = self.process or self._start()
        request = {
            "wasm": base64.b64encode(data).decode(),
            "wat": print_module(module) if len(data) <= MOST_TEXT else None,
        }
        self.asked.append(os.environ.get("PYTEST_CURRENT_TEST", "?"))
        process.stdin.write(json.dumps(request) + "\n")

    def _start(self) -> Any:
        self.process = subprocess.Popen(
            ["node", ROOT / "tests" / "validator.mjs", NPM / "package.json"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self.process

    def _read(self) -> None:
        for line in self.process.stdout:
            self.answers.append(json.loads(line))

    def faults(self) -> list[str]:
        """Wait for all answers; what is wrong with which test's module."""
        if self.process is None:
            return []
        self.process.stdin.close()
        self.reader.join()
        self.process.stdout.close()
        self.process.wait()
        assert len(self.answers) == len(self.asked), "the validator stopped early"
        return [f"{t}: {a}" for t, a in zip(self.asked, self.answers, strict=True) if a]


def is_there() -> bool:
    """Whether wabt is installed, which `make test` does."""
    return (NPM / "node_modules" / "wabt").exists()


def watch() -> Validator:
    """Have every module that is encoded from now on checked."""
    validator, encode = Validator(), rose.wasm.encode.encode

    def watched(module: Module) -> bytes:
        data = encode(module)
        validator.emitted(module, data)
        return data

    rose.wasm.encode.encode = watched
    rose.api.compiling.encode = watched  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    return validator
