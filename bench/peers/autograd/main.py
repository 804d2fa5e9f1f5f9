"""PyPI autograd, on NumPy's arrays. usage: python -m bench.peers.autograd.main JOB"""

from __future__ import annotations

import numpy as np
from autograd import numpy as traced
from autograd import value_and_grad

from bench.measuring import measure, read_job, report
from bench.peers.arrays import PROGRAMS, Arrays, python_loop


def main() -> None:
    job = read_job()
    arrays = Arrays(traced, np.array, np.array, python_loop)
    call = value_and_grad(PROGRAMS[job["problem"]](arrays, job["size"]))
    report(measure(job, call, given=np.array, read=lambda found: [found[0], *found[1]]))


if __name__ == "__main__":
    main()
