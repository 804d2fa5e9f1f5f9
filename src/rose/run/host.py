"""Running a module in Python through wasmtime."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rose.errors import MemoryLimitError, RoseError
from rose.ir.host import Host
from rose.run import bindings
from rose.run.limits import Interrupts, check_time

TICK = 0.05  # seconds from one look at a watched run to the next
STACK = 512 * 1024  # bytes that WebAssembly may take of the stack of a thread
_SPARE = 128 * 1024  # bytes of it that the host itself needs


class _Engines:
    """The engines of the process, made when first needed.

    Code that is *watched* asks in every loop and function whether it is to stop, which can take half of its speed.
    A child of `fork` has none of the threads that compile for its parent, nor the one that ticks: it makes engines
    of its own for what it compiles, and goes on to use its parent's for what was compiled before.
    """

    def __init__(self) -> None:
        self.after_fork()
        self._parallel = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.after_fork)

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._parallel = False
        self._made: dict[bool, bindings.Engine] = {}
        self._ticking: list[bindings.Engine] = []

    def get(self, *, watched: bool) -> bindings.Engine:
        """The engine for code of a kind."""
        with self._lock:
            if watched not in self._made:
                self._made[watched] = bindings.Engine(
                    watched=watched, stack=STACK, parallel=self._parallel
                )
            return self._made[watched]

    def tick(self, engine: bindings.Engine) -> None:
        """See to it that the watched code of an engine is looked after from now on, in this process."""
        if engine in self._ticking:
            return
        with self._lock:
            if engine not in self._ticking:
                self._ticking.append(engine)
                threading.Thread(
                    target=_tick, args=(engine,), name="rose ticks", daemon=True
                ).start()


def _tick(engine: bindings.Engine) -> None:
    while True:
        time.sleep(TICK)
        engine.increment_epoch()


_ENGINES = _Engines()


class Module:
    """A compiled module, and its instances that are free.

    Args:
        data: its bytes.
        watched: whether it may run for long, and so is to be stoppable.
        native: what `native` was of the same bytes, to spare compiling them.
        hosts: what its imports stand for, in order.

    Attributes:
        is_new: whether it was compiled here, as there was no `native`, or none that fits.

    Raises:
        MemoryLimitError: if the system gives no memory for the code.
    """

    def __init__(
        self,
        data: bytes,
        *,
        watched: bool,
        native: bytes | None = None,
        hosts: Sequence[Host] = (),
    ) -> None:
        self.hosts = hosts
        self.engine = _ENGINES.get(watched=watched)
        self.watched = watched
        known = None if native is None else self._known(native)
        self.is_new = known is None
        try:
            self.module = known or bindings.Module(self.engine, data)
        except bindings.WasmtimeError as error:
            raise _no_memory("the code of a module", error) from error
        self._free: deque[Instance] = deque()

    def _known(self, native: bytes) -> bindings.Module | None:
        """What was compiled before, unless by another wasmtime or for another processor."""
        try:
            return bindings.Module(self.engine, native, known=True)
        except bindings.WasmtimeError:
            return None

    @property
    def native(self) -> bytes:
        """The machine code, for the same version of wasmtime on the same processor."""
        return self.module.serialized()

    def take(self) -> Instance:
        """An instance that nobody else uses, until it is put back.

        Raises:
            MemoryLimitError: if the system gives no memory for another one.
        """
        try:
            return self._free.pop()
        except IndexError:
            return Instance(self)

    def put_back(self, instance: Instance) -> None:
        """Let others use it."""
        self._free.append(instance)


def _no_memory(what: str, error: Exception) -> MemoryLimitError:
    """The only reason why wasmtime does not take a module of ours."""
    assert "memory" in str(error), f"wasmtime refuses {what}: {error}"
    return MemoryLimitError(
        f"the system gives no memory for {what}; make its Vecs smaller, or give the process more"
    )


_DOUBLES = ctypes.POINTER(ctypes.c_double)


class Instance:
    """One instance of a module: its memory and its entries. One thread at a time may use it.

    Attributes:
        memory: all of the instance's memory, as a writable memoryview of bytes. It keeps the instance alive.
        doubles: the same, as a ctypes array of doubles: a slice of it takes and gives lists.

    Raises:
        MemoryLimitError: if the system gives no memory for it.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._store = bindings.Store(module.engine)
        self._stopped: BaseException | None = None
        self._callbacks: list[Any] = []  # kept, since wasmtime does not know of Python's references
        imports = [self._import(host) for host in module.hosts]
        try:
            self._instance = bindings.Instance(self._store, module.module, imports)
        except bindings.WasmtimeError as error:
            raise _no_memory("an instance of a module", error) from error
        self._entries: dict[str, Callable[[], int | None]] = {}
        self._trap = ctypes.c_void_p()  # the address of a trap
        self._trap_pointer = ctypes.cast(ctypes.byref(self._trap), ctypes.c_void_p)
        self._slots = (ctypes.c_uint64 * 2)()
        array = self._bytes()
        self.memory = memoryview(array).cast("B")
        self.doubles = (ctypes.c_double * (len(array) // 8)).from_buffer(array)
        self._interrupts = Interrupts()
        self._running = ""
        if module.watched:
            self._watch()

    def _import(self, host: Host) -> Any:
        """A function of the host, to be called from the module. What it raises ends the run."""
        count = host.count

        def call(_: Any, __: Any, values: Any, ___: int) -> int:
            try:
                doubles = ctypes.cast(values, _DOUBLES)
                doubles[0] = host.call(*[doubles[2 * k] for k in range(count)])
            except BaseException as error:  # noqa: BLE001 (it goes on behind the code that is stopped here)
                self._stopped = error
                return bindings.new_trap(b"stopped")
            return 0

        callback = bindings.Import(call)
        self._callbacks.append(callback)
        return self._store.function(callback, count)

    def _bytes(self) -> Any:
        array = self._instance.memory("memory")
        # The bytes are the store's, which must outlive every view on them.
        array._rose_keeps = self._store
        return array

    def _watch(self) -> None:
        # Kept, since wasmtime does not know of Python's references.
        self._on_tick = bindings.OnTick(self._look)
        self._store.watch(self._on_tick)

    def _look(self, context: Any, data: Any, more: Any, kind: Any) -> int:
        """Called from running code after a tick. Gives the address of an error, which ends the run, or 0."""
        more[0] = 1
        try:
            check_time(self._running)
        except BaseException as error:  # noqa: BLE001 (it goes on behind the code that is stopped here)
            self._stopped = error
        if self._stopped is None and not self._interrupts.pending:
            return 0
        return bindings.new_error(b"stopped")

    def _entry(self, name: str) -> Callable[[], int | None]:
        """What runs an entry, and gives the address of an error."""
        function = self._instance.function(name)
        entry = partial(
            bindings.call_unchecked,
            self._store.context,
            function,
            self._slots,
            0,
            self._trap_pointer,
        )
        return self._entries.setdefault(name, entry)

    def call(self, name: str) -> None:
        """Run an entry, which takes its arguments from memory and leaves its results there.

        Raises:
            RoseError: if the code traps, which well-formed modules do if their calls nest too deep only.
            TimeLimitError: if a limit of time is over.
            KeyboardInterrupt: if Ctrl-C is pressed meanwhile.
        """
        if not _THREAD.has_stack:
            _check_stack()
        entry = self._entries.get(name) or self._entry(name)
        if self._module.watched:
            _ENGINES.tick(self._module.engine)  # in a child of `fork`, nothing ticks yet
            self._running = name
            before = self._interrupts.keep()
            try:
                error = entry()
                if error or self._trap.value:
                    self._fail(name, error)
            finally:
                self._interrupts.deliver(before)
            return
        error = entry()
        if error or self._trap.value:
            self._fail(name, error)

    def _fail(self, name: str, error: int | None) -> None:
        """Raise what a run ended with, and make the instance ready for the next."""
        stopped, self._stopped = self._stopped, None
        reason = _take_error(error) if error else _take_trap(name, self._trap.value)
        self._trap.value = None
        if stopped is not None:
            raise stopped
        if not self._interrupts.pending:  # which is raised as soon as the signal is handled
            raise reason


def _take_error(address: int) -> RoseError:
    return RoseError(bindings.take_error(address))


def _take_trap(name: str, address: int | None) -> RoseError:
    code, message = bindings.take_trap(address or 0)
    if code != bindings.STACK_OVERFLOW:
        reason = message.strip().rpartition("wasm trap: ")[2]  # behind the calls under way
        return RoseError(
            f"{name} was ended by WebAssembly: {reason}; buffers that are filled in place are not checked: "
            "keep the indices in them below the lengths of their Vecs"
        )
    return RoseError(
        f"the calls of {name} nest too deep for WebAssembly's stack of {STACK // 1024} kB; "
        "write a rose.loop in place of functions that call each other in a long chain"
    )


class _Thread(threading.local):
    has_stack = False


_THREAD = _Thread()


def _check_stack() -> None:
    """Refuse to run in a thread with so small a stack that running out of it would end the process.

    Raises:
        RoseError: if it is smaller than what WebAssembly may take.
    """
    size = _stack_bytes()
    if size is not None and size < STACK + _SPARE:
        raise RoseError(
            f"this thread has a stack of {size // 1024} kB, and compiled functions need one of {(STACK + _SPARE) // 1024} kB; "
            "call threading.stack_size with more, or with 0, before starting the thread"
        )
    _THREAD.has_stack = True


def _stack_bytes() -> int | None:
    """The size of this thread's stack, where the system tells (glibc and musl)."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "pthread_getattr_np"):
        return None
    libc.pthread_self.restype = ctypes.c_void_p
    attributes = (ctypes.c_uint64 * 16)()  # as large as any pthread_attr_t, and aligned
    if libc.pthread_getattr_np(ctypes.c_void_p(libc.pthread_self()), attributes):
        return None
    start, size = ctypes.c_void_p(), ctypes.c_size_t()
    libc.pthread_attr_getstack(attributes, ctypes.byref(start), ctypes.byref(size))
    libc.pthread_attr_destroy(attributes)
    return size.value
