"""What is declared of wasmtime's library is as the package has it; a library that is not so is not called."""

import ctypes
from ctypes import c_size_t, c_void_p

import pytest

from rose.run import bindings


def test_the_library_is_as_it_is_declared() -> None:
    bindings.check.__wrapped__()


@pytest.mark.parametrize(
    "declared",
    [(c_void_p, ()), (None, (c_void_p, c_void_p)), (None, (c_void_p, c_size_t, c_void_p))],
)  # fmt: skip
def test_a_library_with_other_functions_is_refused(
    declared: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bindings._DECLARED, "wasmtime_engine_increment_epoch", declared)
    with pytest.raises(ImportError, match="wasmtime_engine_increment_epoch of wasmtime is not"):
        bindings.check.__wrapped__()


def test_a_library_with_other_structures_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "_LAYOUT", [ctypes.sizeof(c_void_p)])
    with pytest.raises(ImportError, match="the structures of wasmtime are not"):
        bindings.check.__wrapped__()


def test_what_wasmtime_refuses_is_said() -> None:
    engine = bindings.Engine(watched=False, stack=2**19, parallel=False)
    with pytest.raises(bindings.WasmtimeError, match="magic header"):
        bindings.Module(engine, b"no module")
    with pytest.raises(bindings.WasmtimeError):
        bindings.Module(engine, b"no code", known=True)
