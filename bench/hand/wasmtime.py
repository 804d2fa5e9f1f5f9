"""C compiled to wasm, in wasmtime, called as our own modules are. usage: python -m bench.hand.wasmtime JOB"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import wasmtime

from bench.measuring import measure, read_job, report, sizes, timed
from rose.run.host import Module


def addresses(data: bytes, names: Sequence[str]) -> list[int]:
    """What functions give that `Instance.call` would not: where the numbers are, in every instance."""
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, data), []).exports(store)
    return [exports[name](store) for name in names]  # type: ignore[operator]


def main() -> None:
    job = read_job()
    data = (Path(job["folder"]) / "program.wasm").read_bytes()
    instance, compile_ms = timed(lambda: Module(data, watched=False).take())
    size = len(job["points"][0])
    memory = np.frombuffer(instance.memory, dtype=np.float64)
    at_x, at_answer = [address // 8 for address in addresses(data, ("arguments", "results"))]
    x, answer = memory[at_x:][:size], memory[at_answer:][: 1 + size]

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
