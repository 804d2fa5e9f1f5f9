"""Our module in Chromium, built before. usage: python -m bench.ours.chromium JOB"""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from bench.engines import BROWSER
from bench.measuring import read_job, report, sizes

BENCH = Path(__file__).resolve().parent.parent

MEASURE = """
async (job) => {
  const { measure, timed } = await import("/js/measure.mjs");
  const { inPlace } = await import("/ours/in_place.mjs");
  const bytes = await (await fetch("/job/program.wasm")).arrayBuffer();
  const [model, compile_ms] = await timed(async () => {
    const { load } = await import("/job/program.mjs");
    return load(bytes);
  });
  const { call, read } = inPlace(model.gradient);
  const figures = await measure(job, call, read);
  return { compile_ms, ...figures, memory_bytes: model.memory.buffer.byteLength };
}
"""


class Files(SimpleHTTPRequestHandler):
    """Serves the benchmark's files, and the job's under /job, to a page that may look at exact clocks."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *arguments: object, job_folder: str) -> None:
        self.job_folder = job_folder
        super().__init__(*arguments, directory=str(BENCH))  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        named = urlsplit(path).path
        if named.startswith("/job/"):
            return str(Path(self.job_folder) / Path(named).name)
        return super().translate_path(path)

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>bench</title>")

    def end_headers(self) -> None:
        # Without these a page's clock moves in steps of 0.1 ms.
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def main() -> None:
    job = read_job()
    handler = partial(Files, job_folder=job["folder"])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(0)
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        figures = page.evaluate(MEASURE, job)
        browser.close()
        server.shutdown()
    report({**figures, **sizes((Path(job["folder"]) / "program.wasm").read_bytes())})


if __name__ == "__main__":
    main()
