"""The command line: `rose build` and `rose show`."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from rose import __version__
from rose.api import STAGES, Fn, bundle
from rose.errors import NOWHERE, LoadError, Location, RoseError


def load_model(path: Path) -> ModuleType:
    """Run a model file as a module of its own name, with its folder importable.

    Raises:
        LoadError: if there is no such file, or running it fails; the location is the line that failed.
        RoseError: what the model itself runs into.
    """
    if not path.is_file():
        raise LoadError(f"there is no file {path}", NOWHERE)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise LoadError(f"{path} is not a Python file; models end in .py", NOWHERE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except RoseError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if f.filename == str(path)] or frames
        location = Location(own[-1].filename, own[-1].lineno or 0)
        if isinstance(error, SyntaxError):
            location = Location(str(path), error.lineno or 0)
        kind = type(error).__name__
        raise LoadError(f"running {path} failed: {kind}: {error}", location) from error
    finally:
        sys.path.pop(0)
    return module


def public_functions(module: ModuleType) -> dict[str, Fn[..., object]]:
    """The functions that a model exports: those in `__all__`, else all whose names have no underscore first.

    Raises:
        LoadError: if there are none, or `__all__` names what is no @fn.
    """
    file = module.__file__ or ""
    names = getattr(module, "__all__", None)
    if names is None:
        return _some(
            {
                name: value
                for name, value in vars(module).items()
                if isinstance(value, Fn) and not name.startswith("_")
            },
            file,
        )
    found = {}
    for name in names:
        value = getattr(module, name, None)
        if not isinstance(value, Fn):
            raise LoadError(
                f"__all__ of {file} names {name}, which is no function marked with @rose.fn", NOWHERE
            )
        found[name] = value
    return _some(found, file)


def _some(functions: dict[str, Fn[..., object]], file: str) -> dict[str, Fn[..., object]]:
    if not functions:
        raise LoadError(f"{file} has no function to build; mark one with @rose.fn", NOWHERE)
    return functions


def build(arguments: argparse.Namespace) -> None:
    """Write NAME.wasm, NAME.mjs and NAME.d.ts for a model."""
    path: Path = arguments.file
    folder: Path = arguments.output
    files = bundle(public_functions(load_model(path)), path.stem)
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, content in (
        ("wasm", files.wasm),
        ("mjs", files.mjs.encode()),
        ("d.ts", files.types.encode()),
    ):
        target = folder / f"{path.stem}.{suffix}"
        target.write_bytes(content)
        print(f"{target}  {len(content)} bytes")


def show(arguments: argparse.Namespace) -> None:
    """Print one stage of one function."""
    file, _, name = arguments.function.rpartition(":")
    if not file:
        raise LoadError(f"name a file and a function, FILE:fn; given {arguments.function}", NOWHERE)
    functions = public_functions(module := load_model(Path(file)))
    value = getattr(module, name, None)
    if not isinstance(value, Fn):
        raise LoadError(
            f"{file} has no function {name}; it has {', '.join(functions)}", NOWHERE
        )
    print(STAGES[arguments.stage](value), end="")


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = argparse.ArgumentParser(prog="rose", description="Python functions to WebAssembly.")
    top.add_argument("--version", action="version", version=f"rose {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("build", help="write a model's .wasm, .mjs and .d.ts")
    one.add_argument("file", type=Path, metavar="FILE", help="a Python file with @fn functions")
    one.add_argument(
        "-o", "--output", type=Path, default=Path("dist"), metavar="DIR", help="default: dist"
    )
    one.set_defaults(run=build)
    one = commands.add_parser("show", help="print a function at a stage of compilation")
    one.add_argument("function", metavar="FILE:fn", help="a Python file and a function in it")
    one.add_argument("--stage", choices=list(STAGES), default="ir", help="default: ir")
    one.set_defaults(run=show)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit status: 0, or 1 after an error that was printed."""
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except RoseError as error:
        print(f"rose: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
