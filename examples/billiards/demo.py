"""The billiards demo: aim by gradient descent in Python, then build the page and serve it.

python examples/billiards/demo.py [--no-serve] [--port N]
"""

import argparse
import functools
import http.server
from pathlib import Path

import model
from rich.console import Console
from rich.progress import Progress

from rose.cli.command_line import main as rose

FOLDER = Path(__file__).parent
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
    return first, model.loss(position, velocity, GOAL, TARGET)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of this folder, with the types that browsers ask of modules and WebAssembly."""

    extensions_map = {  # noqa: RUF012 (the base class declares it so)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about requests."""


def serve(port: int, console: Console) -> None:
    """Serve the page on the loopback address until interrupted."""
    handler = functools.partial(Handler, directory=str(FOLDER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        console.print(f"the page: http://127.0.0.1:{server.server_port}/  (Ctrl+C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("bye")


def main() -> None:
    """Run the demo."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--no-serve", action="store_true", help="end after building the page")
    arguments.add_argument("--port", type=int, default=0, help="default: any free port")
    options = arguments.parse_args()
    console = Console()
    with Progress(console=console) as progress:
        first, last = aim(progress)
    console.print(f"loss before: {first:.15f}")
    console.print(f"loss after {STEPS} steps of gradient descent: {last:.3e}")
    rose(["build", str(FOLDER / "model.py"), "-o", str(FOLDER / "dist")])
    if not options.no_serve:
        serve(options.port, console)


if __name__ == "__main__":
    main()
