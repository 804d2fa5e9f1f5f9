"""All commands under one name, and how their errors are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import click

from rose import __version__
from rose.cli.build import build
from rose.cli.dev import dev
from rose.cli.show import show
from rose.errors import RoseError


class _Refusal(click.ClickException):
    """An error of ours, on its way to the terminal."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"rose: {self.message}", file=file, err=True)


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RoseError as error:
            raise _Refusal(str(error)) from error


@click.group(cls=_Commands)
@click.version_option(__version__, message="rose %(version)s")
def commands() -> None:
    """Python functions to WebAssembly."""


commands.add_command(build)
commands.add_command(dev)
commands.add_command(show)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: what follows the program's name; by default what the process was started with.

    Returns:
        The exit status: 0, 1 after an error that was printed, or 2 after a command that is none.
    """
    try:
        commands(arguments, prog_name="rose")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
