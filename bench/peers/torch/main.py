"""PyPI torch, on the CPU, eagerly. usage: python -m bench.peers.torch.main JOB"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from bench.measuring import measure, read_job, report
from bench.peers.arrays import PROGRAMS, Arrays, python_loop


def main() -> None:
    job = read_job()
    real = partial(torch.tensor, dtype=torch.float64)
    loss = PROGRAMS[job["problem"]](Arrays(torch, real, torch.tensor, python_loop), job["size"])

    def call(x: Any) -> Any:
        value = loss(x)
        return value.detach(), torch.autograd.grad(value, x)[0]

    report(
        measure(
            job,
            call,
            given=partial(real, requires_grad=True),
            read=lambda found: [found[0].item(), *found[1].tolist()],
        )
    )


if __name__ == "__main__":
    main()
