"""Aims a billiard shot by gradient descent.

python examples/billiards/demo.py
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[1]))

from billiards import model

STEPS = 200
RATE = 0.01
GOAL = (0.9, 0.75)
TARGET = 10


def aim(progress: Progress) -> tuple[float, float]:
    """Gradient descent on the cue ball's position and velocity; gives the loss before and after."""
    position, velocity = [0.1, 0.5], [0.3, 0.0]
    task = progress.add_task("aiming", total=STEPS)
    first = model.loss(position, velocity, GOAL, TARGET)
    for _ in range(STEPS):
        loss, (d_position, d_velocity) = model.loss_and_grad(position, velocity, GOAL, TARGET)
        position = [x - RATE * d for x, d in zip(position, d_position, strict=True)]
        velocity = [v - RATE * d for v, d in zip(velocity, d_velocity, strict=True)]
        progress.update(task, advance=1, description=f"aiming, loss {loss:.3e}")
    last = model.loss(position, velocity, GOAL, TARGET)  # those above are before their steps
    progress.update(task, description=f"aiming, loss {last:.3e}")
    return first, last


def main() -> None:
    """Run the demo."""
    console = Console()
    with Progress(console=console) as progress:
        first, last = aim(progress)
    console.print(f"loss before: {first:.15f}")
    console.print(f"loss after {STEPS} steps of gradient descent: {last:.3e}")


if __name__ == "__main__":
    main()
