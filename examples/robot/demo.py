"""Trains the walking robot.

python examples/robot/demo.py [--seed N] [--steps N]
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[1]))

from robot import model


def train(seed: int, steps: int, progress: Progress) -> tuple[float, float]:
    """Gradient descent from the weights of a seed; gives the loss before and after."""
    network = model.random_network(seed)
    first = model.loss(network)
    task = progress.add_task("training", total=steps)
    for _ in range(steps):
        loss, network = model.train(network)
        progress.update(task, advance=1, description=f"training, loss {loss:.3f}")
    last = model.loss(network)  # those above are before their steps
    progress.update(task, description=f"training, loss {last:.3f}")
    return first, last


def main() -> None:
    """Run the demo."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1, help="of the first weights; default: 1")
    arguments.add_argument("--steps", type=int, default=100, help="of training; default: 100")
    options = arguments.parse_args()
    console = Console()
    with Progress(console=console) as progress:
        first, last = train(options.seed, options.steps, progress)
    console.print(f"loss before: {first:.15f}")
    console.print(f"loss after {options.steps} steps of training: {last:.15f}")


if __name__ == "__main__":
    main()
