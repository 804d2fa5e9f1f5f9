"""`rose build`: a model's files for the web."""

from __future__ import annotations

from pathlib import Path

import click

from rose.api import bundle
from rose.errors import NOWHERE, LoadError
from rose.models import its_own_faults, load_model, public_functions


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("dist"),
    show_default=True,
    metavar="DIR",
    help="The folder to write to.",
)
def build(file: Path, output: Path) -> None:
    """Write a model's .wasm, .mjs and .d.ts.

    FILE is a Python file with @fn functions.
    """
    functions = public_functions(load_model(file))
    with its_own_faults(file, "compiling"):
        files = bundle(functions, file.stem)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for suffix, content in (
            ("wasm", files.wasm),
            ("mjs", files.mjs.encode()),
            ("d.ts", files.types.encode()),
        ):
            target = output / f"{file.stem}.{suffix}"
            target.write_bytes(content)
            click.echo(f"{target}  {len(content)} bytes")
    except OSError as error:
        raise LoadError(f"cannot write to {output}: {error.strerror}", NOWHERE) from None
