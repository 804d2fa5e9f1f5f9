"""What `make demo` runs: both simulations from Python, then the site, built and served.

python tools/demo.py [--no-serve] [--port N]
"""

from __future__ import annotations

import argparse
import functools
import http.server
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SITE = ROOT / "site"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the types that browsers ask of modules and WebAssembly, under the strictest policy."""

    extensions_map = {  # noqa: RUF012 (the base class declares it so)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def end_headers(self) -> None:
        if self.path.startswith("/playground/"):  # it makes scripts of what visitors write
            return super().end_headers()
        policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
        self.send_header("Content-Security-Policy", policy)
        return super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about requests."""


def serve(port: int) -> None:
    """Serve the site on the loopback address until interrupted."""
    handler = functools.partial(Handler, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"the site: http://127.0.0.1:{server.server_port}/  (Ctrl+C ends)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("bye")


def main() -> None:
    """Run the demo."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--no-serve", action="store_true", help="end after building the site")
    arguments.add_argument("--port", type=int, default=0, help="default: any free port")
    options = arguments.parse_args()
    for title, script in {
        "Billiards": "examples/billiards/demo.py",
        "The walking robot": "examples/robot/demo.py",
        "The site": "tools/site/build.py",
    }.items():
        print(title, flush=True)
        subprocess.run([sys.executable, ROOT / script], check=True)
    if not options.no_serve:
        serve(options.port)


if __name__ == "__main__":
    main()
