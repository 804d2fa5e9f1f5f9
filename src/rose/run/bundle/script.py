"""The ES module that loads a WebAssembly module, with the bytes beside it or inside."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from rose.run.bundle.manifest import Exported, manifest

# What a bundle goes without: comments for readers of the sources, and what makes modules of its files.
_LEFT_OUT = re.compile(
    r"^ */\*\*[\s\S]*?\*/\n"
    r"|/\*\*[\s\S]*?\*/ "
    r"|^ *//.*\n"
    r"|^import .*\n"
    r"|^export (?=function|async function)"
    r"|^\n",
    re.MULTILINE,
)


def web_file(name: str) -> str:
    """A file of `rose/run/web`."""
    return files("rose.run").joinpath("web", name).read_text(encoding="utf-8")


def joined(*names: str) -> str:
    """JavaScript files of `rose/run/web`, each after those that it imports, as the text of one."""
    return "".join(_LEFT_OUT.sub("", web_file(name)) for name in names)


def as_json(value: Any) -> str:
    """JSON that may stand in any script: it is ASCII, and has no `<` that could end the script."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def address_of(file: str) -> str:
    """The address of a file beside the one that it stands in."""
    return "./" + re.sub(r"[^\w.-]", lambda found: quote(found[0]), file)


def loader(exported: Sequence[Exported]) -> str:
    """What all loaders begin with: the functions that load, and `manifest`."""
    return f"{joined('marshal.mjs', 'load.mjs')}const manifest = {as_json(manifest(exported))};\n"


def bytes_of(wasm: bytes) -> str:
    """JavaScript that gives a module's bytes."""
    return f'Uint8Array.from(atob("{b64encode(wasm).decode()}"), (c) => c.charCodeAt(0))'


def script(exported: Sequence[Exported], name: str) -> str:
    """The text of `name.mjs`, which finds `name.wasm` beside itself.

    The address is written as bundlers of scripts know it, so that they take the file along.
    """
    return (
        f"{loader(exported)}\n"
        "/** Load the module: from beside this file, or from a URL, a Response, bytes or a WebAssembly.Module. */\n"
        "export const load = (source, options) =>\n"
        f"  loadFrom(manifest, source ?? new URL({as_json(address_of(f'{name}.wasm'))}, import.meta.url), options);\n\n"
        "/** Instantiate at once from bytes or a WebAssembly.Module. */\n"
        "export const loadSync = (source, options) => instantiate(manifest, source, options);\n"
    )


def inline_script(exported: Sequence[Exported], wasm: bytes) -> str:
    """The text of a `name.mjs` that has the module in it, and fetches nothing."""
    return (
        f"{loader(exported)}const bytes = () => {bytes_of(wasm)};\n\n"
        "/** Load the module: the one in here, or from a URL, a Response, bytes or a WebAssembly.Module. */\n"
        "export const load = (source, options) => loadFrom(manifest, source ?? bytes(), options);\n\n"
        "/** Instantiate at once: the module in here, or bytes, or a WebAssembly.Module. */\n"
        "export const loadSync = (source, options) => instantiate(manifest, source ?? bytes(), options);\n"
    )
