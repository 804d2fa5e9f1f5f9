"""PyPI jax, on the CPU: arrays, a scan for the steps, one compiled function. usage: python -m bench.peers.jax.main JOB"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from jax import lax
from jax import numpy as jnp

from bench.measuring import measure, read_job, report, timed
from bench.peers.arrays import PROGRAMS, Arrays

jax.config.update("jax_enable_x64", True)


def loop(steps: int, state: Any, step: Any) -> Any:
    return lax.scan(lambda before, t: (step(t, before), None), state, jnp.arange(steps))[0]


def main() -> None:
    job = read_job()
    arrays = Arrays(jnp, jnp.array, jnp.array, loop)
    loss = PROGRAMS[job["problem"]](arrays, job["size"])
    example = jnp.array(job["points"][0])
    lowered, build_ms = timed(lambda: jax.jit(jax.value_and_grad(loss)).lower(example))
    compiled, compile_ms = timed(lowered.compile)

    def call(x: Any) -> Any:
        return jax.block_until_ready(compiled(x))

    figures = measure(
        job, call, given=jnp.array, read=lambda found: np.concatenate([[found[0]], found[1]])
    )
    report({"build_ms": build_ms, "compile_ms": compile_ms, **figures})


if __name__ == "__main__":
    main()
