"""A bundle as one page that needs nothing else: no server, no network, no other file."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from rose.run.bundle.defaults import default_of
from rose.run.bundle.manifest import Exported
from rose.run.bundle.script import as_json, bytes_of, joined, loader, web_file

# The page forbids itself all but its own style and script, which it knows by their digests.
_POLICY = (
    "default-src 'none'; img-src data:; style-src {style}; script-src {script} 'wasm-unsafe-eval'; "
    "base-uri 'none'; form-action 'none'"
)


def page(exported: Sequence[Exported], wasm: bytes, name: str) -> str:
    """The text of `name.html`: every function with fields for its arguments, and its result."""
    about = [["\n".join(function.doc), _defaults(function)] for function in exported]
    show = f"show(manifest, {as_json(about)}, instantiate(manifest, {bytes_of(wasm)}));\n"
    script = f"\n{loader(exported)}{joined('page.mjs')}{show}"
    style = f"\n{web_file('page.css')}"
    count = len(exported)
    parts = {
        "title": html.escape(name),
        "functions": f"{count} function{'s' if count > 1 else ''}",
        "bytes": str(len(wasm)),
        "style": style,
        "script": script,
        "policy": _POLICY.format(style=_digest(style), script=_digest(script)),
    }
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], web_file("page.html"))


def _defaults(function: Exported) -> list[Any]:
    """What the fields begin with; None for 0 and its like, also where a default is infinite or nan, which no field takes."""
    given = function.signature.defaults
    defaults = [default_of(tree, given, name) for name, tree in function.params]
    return [None if re.search("Infinity|NaN", as_json(x)) else x for x in defaults]


def _digest(text: str) -> str:
    """How a policy names an inline script or style (W3C, Content Security Policy Level 3, 2.3.1)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
