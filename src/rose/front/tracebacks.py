"""Tracebacks of errors of ours show the user's lines alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any, TypeVar

from rose.errors import RoseError, is_users
from rose.front.tracer import tracing

F = TypeVar("F", bound=Callable[..., Any])


def shorten(error: RoseError) -> None:
    """Take from an error's traceback the frames that are not the user's, where it leaves what users called.

    Nothing happens inside of a trace, which it has yet to leave, nor if the environment says ROSE_TRACEBACK=full.
    """
    if tracing() or os.environ.get("ROSE_TRACEBACK") == "full":
        return
    users: list[TracebackType] = []
    entry = error.__traceback__
    while entry is not None:
        if is_users(entry.tb_frame.f_code.co_filename):
            users.append(entry)
        entry = entry.tb_next
    shown: TracebackType | None = None
    for entry in reversed(users):
        shown = TracebackType(shown, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    error.__traceback__ = shown


def short(method: F) -> F:
    """Mark a method that users call: errors of ours that leave it have short tracebacks."""

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except RoseError as error:
            shorten(error)
            raise

    return call  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # it has the signature of what it wraps
