"""`rose build`: a model's files for the web."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from rose.api import Bundle, Compiled, bundle
from rose.cli.watch import build_on_changes
from rose.errors import NOWHERE, LoadError, SizeLimitError
from rose.models import its_own_faults, load_model, public_functions
from rose.wasm.report import largest_functions

_UNITS = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "kib": 1024, "mib": 1024**2}
_SIZE = re.compile(rf"(\d+(?:\.\d+)?) ?({'|'.join(_UNITS)})", re.IGNORECASE)
_LISTED = 10  # functions of a module that is too large


@dataclass(frozen=True)
class Limit:
    """A size as it was given on the command line, and its bytes."""

    text: str
    size: int


def _limit(text: str) -> Limit:
    """Read a size.

    Raises:
        click.BadParameter: if it is none.
    """
    found = _SIZE.fullmatch(text)
    if not found:
        raise click.BadParameter(f"{text} is no size; write for example 8kB, 8KiB or 8192")
    return Limit(text, int(float(found[1]) * _UNITS[found[2].lower()]))


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
@click.option(
    "--inline", is_flag=True, help="Put the module into the .mjs, so that nothing is fetched."
)
@click.option(
    "--html", is_flag=True, help="Write a self-contained page as well, to try the functions in."
)
@click.option(
    "--csp",
    is_flag=True,
    help="Write that page in separate files, for servers whose Content-Security-Policy forbids inline scripts.",
)
@click.option(
    "--watch", is_flag=True, help="Build again whenever a Python file in FILE's folder changes."
)
@click.option(
    "--max-size",
    type=_limit,
    metavar="SIZE",
    help="Fail if the .wasm is larger (8kB, 8KiB, 8192), and list its largest functions.",
)
def build(
    *,
    file: Path,
    output: Path,
    inline: bool,
    html: bool,
    csp: bool,
    watch: bool,
    max_size: Limit | None,
) -> None:
    """Write a model's .wasm, .mjs and .d.ts.

    FILE is a Python file with @fn functions.
    """
    if watch:
        given = {"--inline": inline, "--html": html, "--csp": csp}
        flags = [flag for flag, is_given in given.items() if is_given]
        limit = ["--max-size", max_size.text] if max_size else []
        build_on_changes(file, ["--output", str(output), *flags, *limit])
        return
    functions = public_functions(load_model(file))
    with its_own_faults(file, "compiling"):
        made = bundle(functions, file.stem, inline=inline)
    if max_size:
        _check_size(made.compiled, f"{file.stem}.wasm", max_size)
    files = dict(_files(made, html=html, csp=csp))
    _write(output, files)
    for name, content in files.items():
        click.echo(f"{output / name}  {len(content)} bytes")


def _write(output: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their names, in a folder that is made if need be.

    Raises:
        LoadError: if the folder or a file cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (output / name).write_bytes(content)
    except OSError as error:
        raise LoadError(f"cannot write to {output}: {error.strerror}", NOWHERE) from None


def _files(made: Bundle, *, html: bool, csp: bool) -> Iterator[tuple[str, bytes]]:
    """The names and contents of a bundle's files.

    TypeScript looks for the types of `./name.mjs` in `name.d.mts`, and for those of `./name.js` and `./name`
    in `name.d.ts`.
    """
    yield f"{made.name}.wasm", made.wasm
    yield f"{made.name}.mjs", made.mjs.encode()
    yield f"{made.name}.d.ts", made.types.encode()
    yield f"{made.name}.d.mts", made.types.encode()
    if csp:
        for name, text in made.linked_page.items():
            yield name, text.encode()
    elif html:
        yield f"{made.name}.html", made.html.encode()


def _check_size(compiled: Compiled, name: str, limit: Limit) -> None:
    """Refuse a module that is too large.

    Raises:
        SizeLimitError: with its largest functions.
    """
    size = len(compiled.data)
    if size > limit.size:
        raise SizeLimitError(
            f"{name} has {size} bytes, and --max-size {limit.text} allows {limit.size}; export fewer functions, or make these "
            f"smaller, for example by a loop in place of what Python repeats:\n"
            f"{largest_functions(compiled.program, _LISTED)}",
            NOWHERE,
        )
