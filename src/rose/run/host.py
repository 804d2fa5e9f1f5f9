"""Running a module in Python through wasmtime. The only file that imports wasmtime."""

from __future__ import annotations

import ctypes
import threading
from typing import Any

import wasmtime
from wasmtime import _ffi

from rose.errors import RoseError

_ENGINE: list[wasmtime.Engine] = []
_ENGINE_LOCK = threading.Lock()


def _engine() -> wasmtime.Engine:
    """The one engine of the process, made when first needed."""
    with _ENGINE_LOCK:
        if not _ENGINE:
            config = wasmtime.Config()
            config.cranelift_nan_canonicalization = False
            _ENGINE.append(wasmtime.Engine(config))
    return _ENGINE[0]


# A prototype of our own: the wrapper that wasmtime-py offers converts every argument, at 30 times the cost.
_call = ctypes.CFUNCTYPE(
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_void_p,
)(("wasmtime_func_call_unchecked", _ffi.dll))


class Instance:
    """One instance of a module: its memory and its entries.

    Attributes:
        memory: all of the instance's memory, as a writable memoryview of bytes. It keeps the instance alive.
        lock: to be held from filling argument buffers to reading results.
    """

    def __init__(self, data: bytes) -> None:
        engine = _engine()
        self._store = wasmtime.Store(engine)
        self._module = wasmtime.Module(engine, data)
        self._instance = wasmtime.Instance(self._store, self._module, [])
        self._context = ctypes.cast(self._store._context(), ctypes.c_void_p)
        self._exports = self._instance.exports(self._store)
        self._functions: dict[str, Any] = {}
        self._trap = ctypes.c_void_p()
        self._trap_pointer = ctypes.cast(ctypes.byref(self._trap), ctypes.c_void_p)
        self._slots = (ctypes.c_uint64 * 2)()
        self.lock = threading.Lock()
        self.memory = self._view()

    def _view(self) -> memoryview:
        memory = self._exports["memory"]
        assert isinstance(memory, wasmtime.Memory), "every module exports its memory"
        array = memory.get_buffer_ptr(self._store)
        # The bytes are the store's, which must outlive every view on them.
        array._rose_keeps = self._store  # type: ignore[attr-defined]
        return memoryview(array).cast("B")

    def call(self, name: str) -> None:
        """Run an entry, which takes its arguments from memory and leaves its results there.

        Raises:
            RoseError: if the code traps, which well-formed modules do not.
        """
        function = self._functions.get(name)
        if function is None:
            export = self._exports[name]
            assert isinstance(export, wasmtime.Func), "entries are functions"
            function = ctypes.cast(ctypes.byref(export._func), ctypes.c_void_p)
            self._functions[name] = function
        error = _call(self._context, function, self._slots, 0, self._trap_pointer)
        if error or self._trap.value:
            self._trap.value = None
            raise RoseError(f"{name} trapped while running")
