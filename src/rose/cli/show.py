"""`rose show`: a function at a stage of compilation."""

from __future__ import annotations

from pathlib import Path

import click

from rose.api import STAGES, Fn
from rose.api.stats import stats
from rose.errors import NOWHERE, LoadError
from rose.models import its_own_faults, load_model, public_functions


@click.command()
@click.argument("function", metavar="FILE:fn")
@click.option("--stage", type=click.Choice(list(STAGES)), default="ir", show_default=True)
@click.option("--stats", "with_stats", is_flag=True, help="Print where time and bytes go instead.")
def show(function: str, stage: str, *, with_stats: bool) -> None:
    """Print a function at a stage of compilation."""
    file, _, name = function.rpartition(":")
    if not file or not name:
        raise LoadError(f"name a file and a function, FILE:fn; given {function}", NOWHERE)
    functions = public_functions(module := load_model(Path(file)))
    value = getattr(module, name, None)
    if callable(value) and not isinstance(value, Fn):
        raise LoadError(
            f"{name} of {file} is not marked with @rose.fn; write @rose.fn above its def", NOWHERE
        )
    if not isinstance(value, Fn):
        raise LoadError(
            f"{file} has no function {name}; it has {', '.join(functions)}",
            NOWHERE,
        )
    with its_own_faults(Path(file), "compiling"):
        click.echo(stats(value) if with_stats else STAGES[stage](value), nl=False)
