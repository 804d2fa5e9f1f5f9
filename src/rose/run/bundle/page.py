"""A bundle as a page in which its functions can be tried: in one file, or in files that a strict policy allows."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from rose.run.bundle.defaults import default_of
from rose.run.bundle.manifest import Exported
from rose.run.bundle.script import address_of, as_json, bytes_of, joined, loader, web_file

# The page in one file forbids itself all but its own style and script, which it knows by their digests.
_POLICY = (
    "default-src 'none'; img-src data:; style-src {style}; script-src {script} 'wasm-unsafe-eval'; "
    "base-uri 'none'; form-action 'none'"
)

# What the pages say where their script does not run.
_STOPPED = (
    "If this text stays, the script in this page did not run. Either scripts are switched off, or the server that sent the page "
    "forbids scripts that stand in pages, by its Content-Security-Policy. Then open the file itself, or build the page in "
    "separate files, which that policy allows: rose build --csp"
)
_LINKED_STOPPED = (
    "If this text stays, the script of this page did not run. Either scripts are switched off, or the page was opened as a file: "
    "it needs a server. A page that needs none is built by rose build --html"
)


def page(exported: Sequence[Exported], wasm: bytes, name: str) -> str:
    """The text of `name.html`: every function with fields for its arguments, and its result; it needs no other file."""
    show = f"show(manifest, {_about(exported)}, instantiate(manifest, {bytes_of(wasm)}));\n"
    script = f"\n{loader(exported)}{joined('page.mjs')}{show}"
    style = f"\n{web_file('page.css')}"
    policy = _POLICY.format(style=_digest(style), script=_digest(script))
    parts = {
        "links": f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<link rel="icon" href="data:,">\n'
        f"<style>{style}</style>",
        "stopped": _STOPPED,
        "script": f'<script type="module">{script}</script>',
    }
    return _filled(exported, wasm, name, parts)


def linked_page(exported: Sequence[Exported], wasm: bytes, name: str) -> dict[str, str]:
    """The same page in files, by their names, which fetch `name.wasm` beside them.

    Nothing of it is inline, so that it works under the policy `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'`.
    """
    module = f"new URL({as_json(address_of(f'{name}.wasm'))}, import.meta.url)"
    show = f"loadFrom(manifest, {module}).then((model) => show(manifest, {_about(exported)}, model));\n"
    parts = {
        "links": f'<link rel="icon" href="{address_of(f"{name}.svg")}">\n'
        f'<link rel="stylesheet" href="{address_of(f"{name}.css")}">',
        "stopped": _LINKED_STOPPED,
        "script": f'<script type="module" src="{address_of(f"{name}.page.mjs")}"></script>',
    }
    return {
        f"{name}.html": _filled(exported, wasm, name, parts),
        f"{name}.css": web_file("page.css"),
        f"{name}.svg": web_file("page.svg"),
        f"{name}.page.mjs": f"{loader(exported)}{joined('page.mjs')}{show}",
    }


def _filled(exported: Sequence[Exported], wasm: bytes, name: str, own: dict[str, str]) -> str:
    """The frame of both pages around what is a page's own."""
    count = len(exported)
    parts = own | {
        "title": html.escape(name),
        "functions": f"{count} function{'s' if count > 1 else ''}",
        "bytes": str(len(wasm)),
    }
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], web_file("page.html"))


def _about(exported: Sequence[Exported]) -> str:
    """What the script shows of the functions beside their types: docstrings, and what the fields begin with."""
    return as_json([["\n".join(function.doc), _defaults(function)] for function in exported])


def _defaults(function: Exported) -> list[Any]:
    """What the fields begin with; None for 0 and its like, also where a default is infinite or nan, which no field takes."""
    given = function.signature.defaults
    defaults = [default_of(tree, given, name) for name, tree in function.params]
    return [None if re.search("Infinity|NaN", as_json(x)) else x for x in defaults]


def _digest(text: str) -> str:
    """How a policy names an inline script or style (W3C, Content Security Policy Level 3, 2.3.1)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
