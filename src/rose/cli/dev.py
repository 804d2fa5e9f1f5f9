"""`rose dev`: a workbench for a model in the browser."""

from __future__ import annotations

import webbrowser
from importlib.util import find_spec
from pathlib import Path

import click

from rose.errors import NOWHERE, LoadError

NEEDED = ("starlette", "uvicorn", "watchfiles")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="0: any that is free.",
)
@click.option("--open/--no-open", "opens", default=True, help="Open a browser.")
def dev(file: Path, port: int, opens: bool) -> None:
    """Work on a model in the browser, where it is live.

    FILE is a Python file with @fn functions. Each gets controls for its parameters, its result and its gradient, and is built
    again whenever a Python file in the folder changes. The page is served on this machine alone, until Ctrl-C.
    """
    if not file.is_file():
        raise LoadError(f"there is no file {file}; name a Python file with @fn functions", NOWHERE)
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise LoadError(
            f"rose dev needs {', '.join(missing)}; write python -m pip install '.[dev]', in the clone",
            NOWHERE,
        )
    # what it needs is installed with an extra only
    from rose.workbench.server import listening, serve  # noqa: PLC0415

    with listening(port) as socket:
        address = f"http://127.0.0.1:{socket.getsockname()[1]}/"
        click.echo(f"{file} is live at {address} (Ctrl+C ends it)")
        if opens:
            webbrowser.open(address)
        serve(file, socket)
