"""wasmtime's C API by ctypes, as much of it as `host.py` needs.

The package wasmtime has its library and declares all of its thousand functions for Python, which takes longer than everything else in
a start from the disk. So a few are declared here. `check` compares them with the package's own declarations, in every process
that compiles; one that takes all it needs from the disk takes it from processes that did, with the very same library (`identity`).
"""

from __future__ import annotations

import ctypes
import os
from ctypes import CFUNCTYPE, byref, c_bool, c_char_p, c_size_t, c_uint8, c_uint64, c_void_p
from functools import cache
from importlib.util import find_spec
from typing import Any

STACK_OVERFLOW = 0  # of the codes of traps
_F64 = 3  # of the kinds of values
_LIBRARIES = ("_libwasmtime.so", "_libwasmtime.dylib", "_wasmtime.dll")


class WasmtimeError(Exception):
    """What wasmtime says it cannot do."""


def library() -> str:
    """The path of wasmtime's library.

    Raises:
        ImportError: if it is not installed.
    """
    spec = find_spec("wasmtime")
    folders = (spec.submodule_search_locations if spec else None) or []
    found = [
        os.path.join(part.path, name)  # noqa: PTH118 (`pathlib` takes long to import)
        for folder in folders
        for part in os.scandir(folder)
        if part.is_dir()
        for name in _LIBRARIES
        if os.access(f"{part.path}{os.sep}{name}", os.R_OK)
    ]
    if len(found) == 1:
        return found[0]
    from wasmtime import _ffi  # noqa: PLC0415 (it knows, or says that there is none)

    return str(_ffi.filename)


def identity() -> tuple[str, int, int]:
    """Stands for the library: its path, size and time."""
    path = library()
    stat = os.stat(path)  # noqa: PTH116 (as above)
    return path, stat.st_size, stat.st_mtime_ns


class _Bytes(ctypes.Structure):
    """`wasm_byte_vec_t`, and vectors of anything else."""

    _fields_ = (("size", c_size_t), ("data", c_void_p))


class _Extern(ctypes.Structure):
    """`wasmtime_extern_t`: what a module imports or exports, a function or a memory."""

    _fields_ = (("kind", c_uint8), ("of", c_uint64 * 3))


_FUNC_BYTES = 16  # of `_Extern.of` that are a function

_Finalizer = CFUNCTYPE(None, c_void_p)
_NO_FINALIZER = ctypes.cast(0, _Finalizer)
OnTick = CFUNCTYPE(c_size_t, c_void_p, c_void_p, ctypes.POINTER(c_uint64), c_void_p)
# A function of the host gets its arguments, and leaves its result, in places of 16 bytes.
Import = CFUNCTYPE(c_size_t, c_void_p, c_void_p, c_void_p, c_size_t)

# Name -> what it gives, and what it takes.
_DECLARED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "wasm_byte_vec_delete": (None, (c_void_p,)),
    "wasm_config_new": (c_void_p, ()),
    "wasm_engine_delete": (None, (c_void_p,)),
    "wasm_engine_new_with_config": (c_void_p, (c_void_p,)),
    "wasm_functype_delete": (None, (c_void_p,)),
    "wasm_functype_new": (c_void_p, (c_void_p, c_void_p)),
    "wasm_trap_delete": (None, (c_void_p,)),
    "wasm_trap_message": (None, (c_void_p, c_void_p)),
    "wasm_valtype_new": (c_void_p, (c_uint8,)),
    "wasm_valtype_vec_new": (None, (c_void_p, c_size_t, c_void_p)),
    "wasmtime_config_cranelift_nan_canonicalization_set": (None, (c_void_p, c_bool)),
    "wasmtime_config_epoch_interruption_set": (None, (c_void_p, c_bool)),
    "wasmtime_config_max_wasm_stack_set": (None, (c_void_p, c_size_t)),
    "wasmtime_config_parallel_compilation_set": (None, (c_void_p, c_bool)),
    "wasmtime_context_set_epoch_deadline": (None, (c_void_p, c_uint64)),
    "wasmtime_engine_increment_epoch": (None, (c_void_p,)),
    "wasmtime_error_delete": (None, (c_void_p,)),
    "wasmtime_error_message": (None, (c_void_p, c_void_p)),
    "wasmtime_error_new": (c_void_p, (c_char_p,)),
    "wasmtime_func_call_unchecked": (c_void_p, (c_void_p, c_void_p, c_void_p, c_size_t, c_void_p)),
    "wasmtime_func_new_unchecked": (
        None,
        (c_void_p, c_void_p, Import, c_void_p, _Finalizer, c_void_p),
    ),
    "wasmtime_instance_export_get": (c_bool, (c_void_p, c_void_p, c_char_p, c_size_t, c_void_p)),
    "wasmtime_instance_new": (
        c_void_p,
        (c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_void_p),
    ),
    "wasmtime_memory_data": (c_void_p, (c_void_p, c_void_p)),
    "wasmtime_memory_data_size": (c_size_t, (c_void_p, c_void_p)),
    "wasmtime_module_delete": (None, (c_void_p,)),
    "wasmtime_module_deserialize": (c_void_p, (c_void_p, c_char_p, c_size_t, c_void_p)),
    "wasmtime_module_new": (c_void_p, (c_void_p, c_char_p, c_size_t, c_void_p)),
    "wasmtime_module_serialize": (c_void_p, (c_void_p, c_void_p)),
    "wasmtime_store_context": (c_void_p, (c_void_p,)),
    "wasmtime_store_delete": (None, (c_void_p,)),
    "wasmtime_store_epoch_deadline_callback": (None, (c_void_p, OnTick, c_void_p, _Finalizer)),
    "wasmtime_store_new": (c_void_p, (c_void_p, c_void_p, _Finalizer)),
    "wasmtime_trap_code": (c_bool, (c_void_p, c_void_p)),
    "wasmtime_trap_new": (c_void_p, (c_char_p, c_size_t)),
}


def _declared() -> Any:
    """The library, whose functions know what they take."""
    dll = ctypes.CDLL(library())
    for name, (gives, takes) in _DECLARED.items():
        function = getattr(dll, name)
        function.restype, function.argtypes = gives, takes
    return dll


_dll = _declared()


@cache
def check() -> None:
    """See to it that the library's functions and structures are as they are declared here.

    Raises:
        ImportError: if they are not, as those of a future version may be.
    """
    from wasmtime import _ffi  # noqa: PLC0415 (which takes long)

    theirs: Any = _ffi
    for name, (gives, takes) in _DECLARED.items():
        function = getattr(theirs.dll, name)
        if _widths((gives, *takes)) != _widths((function.restype, *function.argtypes)):
            raise ImportError(f"{name} of wasmtime is not as it is known to this version of rose")
    extern, func = theirs.wasmtime_extern_t, theirs.wasmtime_func_t
    layout = [
        ctypes.sizeof(extern),
        extern.of.offset,
        ctypes.sizeof(func),
        ctypes.sizeof(theirs.wasmtime_instance_t),
        theirs.WASMTIME_EXTERN_FUNC.value,
        theirs.WASM_F64.value,
        ctypes.sizeof(theirs.wasm_byte_vec_t),
        theirs.wasm_byte_vec_t.data.offset,
        theirs.wasmtime_trap_code_enum.WASMTIME_TRAP_CODE_STACK_OVERFLOW.value,
    ]
    if layout != _LAYOUT:
        raise ImportError(
            "the structures of wasmtime are not as they are known to this version of rose"
        )


_LAYOUT = [32, 8, _FUNC_BYTES, 16, 0, _F64, 16, 8, STACK_OVERFLOW]


def _widths(types: tuple[Any, ...]) -> list[tuple[bool, int]]:
    """Of what a function gives and takes: whether it is there, and how wide it is."""
    return [(t is not None, ctypes.sizeof(t) if t is not None else 0) for t in types]


# --- what there is one of --------------------------------------------------------------------------------------


class _Owned:
    """Something of the library's, given back when nobody has it any more."""

    pointer: int | None = None
    _delete: Any

    def __del__(self) -> None:
        if self.pointer is not None:
            self._delete(self.pointer)
            self.pointer = None


class Engine(_Owned):
    """What compiles.

    Args:
        watched: whether code asks in every loop and function whether an epoch has ended.
        stack: bytes that it may take of a thread's.
        parallel: whether several threads compile.
    """

    _delete = _dll.wasm_engine_delete

    def __init__(self, *, watched: bool, stack: int, parallel: bool) -> None:
        config = _dll.wasm_config_new()
        _dll.wasmtime_config_cranelift_nan_canonicalization_set(config, False)
        _dll.wasmtime_config_max_wasm_stack_set(config, stack)
        _dll.wasmtime_config_epoch_interruption_set(config, watched)
        _dll.wasmtime_config_parallel_compilation_set(config, parallel)
        self.pointer = _dll.wasm_engine_new_with_config(config)

    def increment_epoch(self) -> None:
        _dll.wasmtime_engine_increment_epoch(self.pointer)


class Module(_Owned):
    """A compiled module.

    Args:
        engine: what compiles it.
        data: its bytes, or if it is `known`, what `serialized` gave.

    Raises:
        WasmtimeError: if they are none, or the system has no memory for the code.
    """

    _delete = _dll.wasmtime_module_delete

    def __init__(self, engine: Engine, data: bytes, *, known: bool = False) -> None:
        if not known:
            check()
        make = _dll.wasmtime_module_deserialize if known else _dll.wasmtime_module_new
        made = c_void_p()
        _succeed(make(engine.pointer, data, len(data), byref(made)))
        self.pointer = made.value

    def serialized(self) -> bytes:
        """The machine code, for the same version of wasmtime on the same processor."""
        found = _Bytes()
        _succeed(_dll.wasmtime_module_serialize(self.pointer, byref(found)))
        return _taken(found)


class Store(_Owned):
    """What an instance has in memory."""

    _delete = _dll.wasmtime_store_delete

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.pointer = _dll.wasmtime_store_new(engine.pointer, None, _NO_FINALIZER)
        self.context = c_void_p(_dll.wasmtime_store_context(self.pointer))

    def watch(self, look: Any) -> None:
        """Call an `OnTick` from running code after every epoch; it gives the address of an error, or 0."""
        _dll.wasmtime_context_set_epoch_deadline(self.context, 1)
        _dll.wasmtime_store_epoch_deadline_callback(self.pointer, look, None, _NO_FINALIZER)

    def function(self, call: Any, count: int) -> _Extern:
        """An `Import` of so many doubles as what a module imports."""
        types: list[_Bytes] = []
        for number in (count, 1):
            kinds = (c_void_p * number)(*[_dll.wasm_valtype_new(_F64) for _ in range(number)])
            types.append(_Bytes())
            _dll.wasm_valtype_vec_new(byref(types[-1]), number, kinds)
        type = _dll.wasm_functype_new(*map(byref, types))
        made = _Extern()  # of kind 0, a function
        _dll.wasmtime_func_new_unchecked(
            self.context,
            type,
            call,
            None,
            _NO_FINALIZER,
            ctypes.addressof(made) + _Extern.of.offset,
        )
        _dll.wasm_functype_delete(type)
        return made


class Instance:
    """An instance of a module, which lives as long as its store.

    Raises:
        WasmtimeError: if the system has no memory for it.
    """

    def __init__(self, store: Store, module: Module, imports: list[_Extern]) -> None:
        self._store = store
        self._instance = (c_uint64 * 2)()
        trap = c_void_p()
        given = (_Extern * len(imports))(*imports)
        _succeed(
            _dll.wasmtime_instance_new(
                store.context, module.pointer, given, len(imports), self._instance, byref(trap)
            )
        )
        if trap.value:
            raise WasmtimeError(take_trap(trap.value)[1])

    def _export(self, name: str) -> _Extern:
        found, text = _Extern(), name.encode()
        there = _dll.wasmtime_instance_export_get(
            self._store.context, self._instance, text, len(text), byref(found)
        )
        assert there, f"{name} is exported"
        return found

    def function(self, name: str) -> Any:
        """An exported function, as `wasmtime_func_call_unchecked` wants it."""
        return (c_uint8 * _FUNC_BYTES).from_buffer(self._export(name), _Extern.of.offset)

    def memory(self, name: str) -> Any:
        """All bytes of an exported memory, for as long as the store is there."""
        memory = byref(self._export(name), _Extern.of.offset)
        size = _dll.wasmtime_memory_data_size(self._store.context, memory)
        return (c_uint8 * size).from_address(_dll.wasmtime_memory_data(self._store.context, memory))


# A prototype of its own: an ordinary function of ctypes converts every argument, at some times the cost.
call_unchecked = CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p)(
    ("wasmtime_func_call_unchecked", _dll)
)


# --- errors ----------------------------------------------------------------------------------------------------


def new_error(text: bytes) -> int:
    """The address of an error, which ends a run."""
    return _dll.wasmtime_error_new(text) or 0


def new_trap(text: bytes) -> int:
    """The address of a trap, which ends a run."""
    return _dll.wasmtime_trap_new(text, len(text)) or 0


def take_error(address: int) -> str:
    """What an error says, which is gone then."""
    text = _Bytes()
    _dll.wasmtime_error_message(address, byref(text))
    _dll.wasmtime_error_delete(address)
    return _taken(text).decode(errors="replace")


def take_trap(address: int) -> tuple[int | None, str]:
    """The code of a trap, if it has one, and what it says; it is gone then."""
    code, text = c_uint8(), _Bytes()
    known = _dll.wasmtime_trap_code(address, byref(code))
    _dll.wasm_trap_message(address, byref(text))
    _dll.wasm_trap_delete(address)
    return code.value if known else None, _taken(text).decode(errors="replace").rstrip("\0")


def _taken(found: _Bytes) -> bytes:
    """The bytes that the library gave, which are given back."""
    data = ctypes.string_at(found.data, found.size)
    _dll.wasm_byte_vec_delete(byref(found))
    return data


def _succeed(error: int | None) -> None:
    """Raise the error of the library's that there is."""
    if error:
        raise WasmtimeError(take_error(error))
