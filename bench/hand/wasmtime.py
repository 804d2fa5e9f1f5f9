"""C compiled to wasm, in wasmtime, called as our own modules are. usage: python -m bench.hand.wasmtime JOB"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import measure, read_job, report, sizes, timed
from rose.run.host import Instance, Module


def place(instance: Instance, name: str) -> int:
    """The address that a function gives, which only `Instance.call` would not."""
    return int(instance._exports[name](instance._store))  # type: ignore[operator]


def main() -> None:
    job = read_job()
    data = (Path(job["folder"]) / "program.wasm").read_bytes()
    instance, compile_ms = timed(lambda: Module(data, watched=False).take())
    size = len(job["points"][0])
    memory = np.frombuffer(instance.memory, dtype=np.float64)
    x, answer = (
        memory[place(instance, name) // 8 :][:count]
        for name, count in [("arguments", size), ("results", 1 + size)]
    )

    def call(point: Any) -> Any:
        x[:] = point
        instance.call("run")
        return answer

    figures = measure(job, call, given=np.array)
    report(
        {"compile_ms": compile_ms, **figures, **sizes(data), "memory_bytes": len(instance.memory)}
    )


if __name__ == "__main__":
    main()
