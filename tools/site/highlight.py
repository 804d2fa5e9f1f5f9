"""Source code in colours, which a style sheet gives for light and for dark."""

from __future__ import annotations

import html

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

LIGHT, DARK = "xcode", "github-dark"


def highlighted(code: str, language: str) -> str:
    """The code as HTML; a language that nobody knows stays without colours."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return f'<pre class="code">{html.escape(code)}</pre>'
    inner = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return f'<pre class="code">{inner}</pre>'


def styles() -> str:
    """The style sheet: what the formatter's classes look like."""
    light = HtmlFormatter(style=LIGHT).get_style_defs(".code")
    dark = HtmlFormatter(style=DARK).get_style_defs(".code")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
