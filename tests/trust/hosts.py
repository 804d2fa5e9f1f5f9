"""Programs run from their bytes alone, by wasmtime, Node and Chromium: arguments in memory, results out of it."""

from __future__ import annotations

import base64
import json
import struct
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

from flat import is_list
from playwright.sync_api import Browser

from rose.ir.func import Func
from rose.ir.types import Array, Bool, Index, Real, Scalar, scalar_bytes
from rose.opt import finish
from rose.primitives.memory import nested
from rose.run.host import Instance, Module
from rose.wasm.encode import encode
from rose.wasm.layout import Buffer, Interface
from rose.wasm.program import Export, lower_program

SCRIPT = Path(__file__).with_name("host.mjs")
CODES: dict[type[Scalar], str] = {Real: "d", Index: "I", Bool: "?"}


def _leaves(types: Sequence[Any]) -> tuple[tuple[Scalar, tuple[int, ...]], ...]:
    return tuple((t.elem, t.shape) if isinstance(t, Array) else (t, ()) for t in types)


class Bytes:
    """A module of a few Funcs, which are lowered as they are unless `finished`."""

    def __init__(self, funcs: Mapping[str, Func], *, finished: bool = False) -> None:
        self.program = lower_program(
            [
                Export(
                    name,
                    finish(f) if finished else f,
                    _leaves(f.param_types),
                    _leaves(f.result_types),
                )
                for name, f in funcs.items()
            ]
        )
        self.data = encode(self.program.module)

    def interface(self, name: str) -> Interface:
        return self.program.interfaces[name]

    def as_written(self, name: str, args: Sequence[Any]) -> list[tuple[int, bytes]]:
        """The bytes of the arguments and where they go."""
        return [
            (buffer.address, struct.pack(f"<{buffer.count}{CODES[type(buffer.elem)]}", *_flat(arg)))
            for buffer, arg in zip(self.interface(name).args, args, strict=True)
        ]

    def as_read(self, name: str, found: Sequence[bytes]) -> list[Any]:
        """The results from their bytes."""
        return [
            nested(struct.unpack(f"<{b.count}{CODES[type(b.elem)]}", data), b.shape)
            for b, data in zip(self.interface(name).results, found, strict=True)
        ]

    def places(self, name: str) -> list[tuple[int, int]]:
        return [(b.address, _bytes(b)) for b in self.interface(name).results]


def _bytes(buffer: Buffer) -> int:
    return prod(buffer.shape) * scalar_bytes(buffer.elem)


def _flat(value: Any) -> list[Any]:
    return [x for item in value for x in _flat(item)] if is_list(value) else [value]


class Wasmtime(Bytes):
    """The module in wasmtime."""

    @cached_property
    def instance(self) -> Instance:
        hosts = [i.host for i in self.program.module.imports if i.host is not None]
        return Module(self.data, watched=False, hosts=hosts).take()

    def run(self, name: str, args: Sequence[Any]) -> list[Any]:
        memory = self.instance.memory
        for address, data in self.as_written(name, args):
            memory[address : address + len(data)] = data
        self.instance.call(name)
        return self.as_read(
            name, [bytes(memory[start : start + size]) for start, size in self.places(name)]
        )


class Script:
    """What runs modules in JavaScript, one request after another: a Node process or a page."""

    def ask(self, request: dict[str, Any]) -> Any:
        raise NotImplementedError

    def run(self, module: Bytes, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Any]]:
        """The results of some calls of a fresh instance."""
        request = {
            "wasm": base64.b64encode(module.data).decode(),
            "calls": [
                {
                    "name": name,
                    "args": [
                        [address, base64.b64encode(data).decode()]
                        for address, data in module.as_written(name, args)
                    ],
                    "results": module.places(name),
                }
                for name, args in calls
            ],
        }
        return [
            module.as_read(name, [base64.b64decode(x) for x in found])
            for (name, _), found in zip(calls, self.ask(request), strict=True)
        ]


class Node(Script):
    """A Node process, which is asked line by line."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, request: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, answer
        return answer["results"]

    def close(self) -> None:
        self.process.communicate()


class Chromium(Script):
    """A page of a browser."""

    def __init__(self, browser: Browser) -> None:
        self.page = browser.new_page()
        self.page.add_script_tag(content=SCRIPT.read_text(), type="module")
        self.page.wait_for_function("globalThis.handle !== undefined")

    def ask(self, request: dict[str, Any]) -> Any:
        answer = json.loads(self.page.evaluate("text => answered(text)", json.dumps(request)))
        assert "error" not in answer, answer
        return answer["results"]

    def close(self) -> None:
        self.page.close()
