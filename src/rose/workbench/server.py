"""The workbench's server, on this machine alone: its page, the latest build, and a stream of news."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from pathlib import Path
from socket import create_server
from socket import socket as Socket  # noqa: N812 (a name in lower case is a value here)

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rose.errors import NOWHERE, LoadError
from rose.workbench.session import Build, Session

LOOPBACK = "127.0.0.1"

# A page of another site that finds its way to this server, by a name that it makes mean this machine, is refused.
HOSTS = [LOOPBACK, "localhost"]

HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


async def _file(request: Request) -> Response:
    """A file of the page, as it was when the server began."""
    name = request.path_params.get("name", "index.html")
    content = PAGE.get(name)
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type=TYPES[Path(name).suffix])


def workbench(session: Session) -> Starlette:
    """The server's application. It serves the files of the page and what was built, and nothing else of the machine."""

    def latest() -> Build:
        if session.latest is None:
            raise HTTPException(404)
        return session.latest

    async def module(_: Request) -> Response:
        return Response(latest().mjs, media_type=TYPES[".mjs"])

    async def wasm(_: Request) -> Response:
        return Response(latest().wasm, media_type="application/wasm")

    async def functions(_: Request) -> Response:
        build = latest()
        return JSONResponse({"bytes": len(build.wasm), "functions": build.functions})

    async def news(_: Request) -> Response:
        return StreamingResponse(_events(session), media_type="text/event-stream")

    @asynccontextmanager
    async def watching(_: Starlette) -> AsyncGenerator[None]:
        task = asyncio.create_task(session.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return Starlette(
        routes=[
            Route("/", _file),
            Route("/model/{build:int}/functions.json", functions),
            Route("/model/{build:int}/model.mjs", module),
            Route("/model/{build:int}/model.wasm", wasm),
            Route("/news", news),
            Route("/{name}", _file),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS), Middleware(Headers)],
        lifespan=watching,
    )


PAGE = {
    entry.name: entry.read_bytes()
    for entry in files("rose.workbench").joinpath("web").iterdir()
    if Path(entry.name).suffix in TYPES
}
"""The page's files by name, read once: no request is ever looked up in a folder."""


async def _events(session: Session) -> AsyncIterator[str]:
    async for news in session.follow():
        yield f"data: {news}\n\n"


class Headers:
    """Gives every answer `HEADERS`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *more]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def listening(port: int) -> Socket:
    """A socket on this machine's own address; 0 takes any port that is free.

    Raises:
        LoadError: if the port is taken.
    """
    try:
        return create_server((LOOPBACK, port))
    except OSError as error:
        raise LoadError(
            f"cannot listen on port {port}: {os.strerror(error.errno or 0)}; write --port with another, or 0 for any that is free",
            NOWHERE,
        ) from None


def serve(path: Path, socket: Socket) -> None:
    """Serve the workbench of a model file until Ctrl-C; the streams of open pages do not keep it from ending."""
    application = workbench(Session(path.resolve()))
    config = uvicorn.Config(application, log_level="warning", timeout_graceful_shutdown=1)
    with suppress(KeyboardInterrupt):  # uvicorn raises it when it has ended
        uvicorn.Server(config).run(sockets=[socket])
