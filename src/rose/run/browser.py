"""Running a module under Pyodide, through the WebAssembly of the browser or of Node that Python itself runs in.

The module's memory is not Python's there. So an instance has its buffers in Python once more: a call copies those of
the arguments over, runs, and copies those of the result back.

A browser runs nothing else while WebAssembly runs, and cannot stop it. So a limit of time ends a run only where it calls an
opaque function, and is otherwise told when the run is over; Ctrl-C ends none. Whoever has to stop anything runs
Pyodide in a Worker, and ends that.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import js  # pyright: ignore[reportMissingImports]
from pyodide.ffi import JsException, create_proxy, to_js  # pyright: ignore[reportMissingImports]

from rose.errors import MemoryLimitError, RoseError
from rose.ir.host import Host
from rose.ir.types import scalar_bytes
from rose.run.limits import check_time
from rose.wasm.layout import Buffer, Interface


class Bytes(Protocol):
    """A `Uint8Array` on the memory of an instance."""

    def assign(self, source: memoryview) -> None: ...

    def assign_to(self, target: memoryview) -> None: ...


class Module:
    """A compiled module, and its instances that are free; the counterpart of `host.Module`.

    Args:
        data: its bytes.
        interfaces: where the buffers of its functions are.
        hosts: what its imports stand for, in order.
        watched: whether it may run for long.

    Raises:
        RoseError: if the browser compiles nothing so large at once (8 MB, in Chromium's main thread).
    """

    def __init__(
        self,
        data: bytes,
        interfaces: Mapping[str, Interface],
        hosts: Sequence[Host],
        *,
        watched: bool,
    ) -> None:
        self.watched = watched
        self.interfaces = interfaces
        self.hosts = hosts
        try:
            self.module = js.WebAssembly.Module.new(to_js(data))
        except JsException as error:
            raise RoseError(
                f"the browser does not compile a module of {len(data)} bytes: {error}; run Pyodide in a Worker"
            ) from error
        self._free: deque[Instance] = deque()

    def take(self) -> Instance:
        """An instance that nobody else uses, until it is put back.

        Raises:
            MemoryLimitError: if the browser gives no memory for another one.
        """
        return self._free.pop() if self._free else Instance(self)

    def put_back(self, instance: Instance) -> None:
        """Let others use it."""
        self._free.append(instance)


class Instance:
    """One instance of a module, and its buffers in Python; the counterpart of `host.Instance`.

    Attributes:
        memory: all buffers at their addresses, as a writable memoryview of bytes.
        doubles: the same, as a ctypes array of doubles: a slice of it takes and gives lists.

    Raises:
        MemoryLimitError: if the browser gives no memory for it.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._stopped: BaseException | None = None
        self._running = ""
        imports = to_js(
            {"host": {host.js: create_proxy(self._import(host)) for host in module.hosts}},
            dict_converter=js.Object.fromEntries,
        )
        try:
            instance = js.WebAssembly.Instance.new(module.module, imports)
        except JsException as error:
            raise MemoryLimitError(
                f"the browser gives no memory for an instance of a module: {error}; make its Vecs smaller"
            ) from error
        self._exports = instance.exports
        self._entries: dict[str, Callable[[], None]] = {}
        buffers = [b for i in module.interfaces.values() for b in (*i.args, *i.results)]
        array = bytearray(-(-_span(buffers)[1] // 8) * 8)
        self.memory = memoryview(array)
        self.doubles = (ctypes.c_double * (len(array) // 8)).from_buffer(array)

    def _import(self, host: Host) -> Callable[..., float]:
        """A function of the host, to be called from the module. What it raises ends the run."""

        def call(*args: float) -> float:
            try:
                check_time(self._running)
                return host.call(*args)
            except BaseException as error:
                self._stopped = error
                raise

        return call

    def _entry(self, name: str) -> Callable[[], None]:
        """What copies the arguments of an entry, runs it, and copies its result."""
        # A proxy has attributes of its own, which a function may be named like.
        run = js.Reflect.get(self._exports, name)
        memory = js.Reflect.get(self._exports, "memory").buffer
        interface = self._module.interfaces[name]

        def view(buffers: Sequence[Buffer]) -> tuple[Bytes, memoryview]:
            start, end = _span(buffers)
            return js.Uint8Array.new(memory, start, end - start), self.memory[start:end]

        given, own_given = view(interface.args)
        result, own_result = view(interface.results)

        def entry() -> None:
            given.assign(own_given)
            run()
            result.assign_to(own_result)

        return self._entries.setdefault(name, entry)

    def call(self, name: str) -> None:
        """Run an entry, which takes its arguments from memory and leaves its results there.

        Raises:
            RoseError: if the code traps, which well-formed modules do if their calls nest too deep only.
            TimeLimitError: if a limit of time is over when it ends, or calls an opaque function.
        """
        entry = self._entries.get(name) or self._entry(name)
        outer, self._running = self._running, name
        try:
            entry()
            if self._module.watched:
                check_time(name)
        except BaseException as error:
            stopped, self._stopped = self._stopped, None
            if stopped is not None:
                raise stopped from None
            if not isinstance(error, JsException):
                raise
            raise RoseError(
                f"{name} trapped while running: {error}; if its calls nest too deep, write a rose.loop in place of "
                "functions that call each other in a long chain"
            ) from error
        finally:
            self._running = outer


def _span(buffers: Sequence[Buffer]) -> tuple[int, int]:
    """From the first address of buffers, which lie one after another, to the first behind them."""
    if not buffers:
        return 0, 0
    last = buffers[-1]
    return buffers[0].address, last.address + last.count * scalar_bytes(last.elem)
