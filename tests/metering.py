"""What a program costs: instructions of the IR by the interpreter, and what its module does, moved bytes included."""

from __future__ import annotations

import random
from typing import Any

import wasmtime
from flat import flat_args, gradient

from rose import Fn
from rose.api.compiling import _lower
from rose.checking import _pulled_back, _random
from rose.opt import optimize
from rose.run import marshal
from rose.run.interp import Counter, interpret
from rose.wasm.encode import encode
from rose.wasm.module import Function, Module, reachable

BULK = ("memory.copy", "memory.fill")


def second(f: Fn[..., Any], args: tuple[Any, ...]) -> tuple[Fn[..., Any], tuple[Any, ...]]:
    """Reverse mode over `gradient`, and arguments for it: those of f, and a cotangent."""
    g = gradient(f)
    return _pulled_back(g), (args, _random(g.signature.result, random.Random(0)))


def instructions(f: Fn[..., Any], args: tuple[Any, ...]) -> int:
    """Executed instructions of the optimised IR."""
    counter = Counter()
    interpret(optimize(f.func), flat_args(f, args), counter)
    return counter.count


def fuel(f: Fn[..., Any], args: tuple[Any, ...]) -> int:
    """Executed instructions of the module, where to copy or clear eight bytes is a few of them."""
    program, _ = _lower({"f": f})
    module = program.module
    slow = {name: _bulk_by_steps(name) for name in BULK}
    for function in module.own:
        function.body[:] = [("call", slow[op[0]]) if op[0] in slow else op for op in function.body]
    exports = module.exports
    again = Module(reachable(exports.values()), exports, module.data_start, module.memory_bytes)
    config = wasmtime.Config()
    config.consume_fuel = True
    store = wasmtime.Store(wasmtime.Engine(config))
    store.set_fuel(10**15)
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, encode(again)), [])
    memory, entry = instance.exports(store)["memory"], instance.exports(store)["f"]
    assert isinstance(memory, wasmtime.Memory)
    assert isinstance(entry, wasmtime.Func)
    buffer: Any = memory.get_buffer_ptr(store)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    view = memoryview(buffer).cast("B")
    sig = f.signature
    marshal.write(view, sig.params, sig.names, args, program.interfaces["f"].args, function="f")
    before = store.get_fuel()
    entry(store)
    return before - store.get_fuel()


def _bulk_by_steps(name: str) -> Function:
    """A function that does what the instruction does, and then counts its bytes in steps of eight."""
    function = Function(name, ("i32", "i32", "i32"))
    function.body = [
        *[("local.get", k) for k in range(3)],
        (name,),
        ("loop", None),
        ("local.get", 2),
        ("i32.const", 8),
        ("i32.sub",),
        ("local.tee", 2),
        ("i32.const", 0),
        ("i32.gt_s",),
        ("br_if", 0),
        ("end",),
    ]
    return function
