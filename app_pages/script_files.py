"""Streamlit's own scripts, styles and fonts, from memory and compressed.

A page asks for a hundred of them, three megabytes.  Streamlit opens each anew in a thread, and
sends it as it is: a class that opens the app in the same instant waits for that, and for its
network.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from streamlit.file_util import get_static_dir

FOLDER = Path(get_static_dir())
KINDS = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
"""What is answered for, by the end of its name."""
COMPRESSED = {".js", ".css"}
LEVEL = 6
FOR_EVER = "public, immutable, max-age=31536000"  # as Streamlit says: each name has its digest


@cache
def paths() -> dict[str, Path]:
    """Return the files by their names below the server's ``static/``."""
    folder = FOLDER / "static"
    found = (path for path in folder.rglob("*") if path.suffix in KINDS)
    return {path.relative_to(folder).as_posix(): path for path in found}


def prepare() -> None:
    """Read what every page asks for, before the first visitor does."""
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    for name in re.findall(r'"\./static/([^"]+)"', page):
        if path := paths().get(name):
            _read(path)


class ScriptFiles:
    """Middleware that answers for these files alone.

    Parameters
    ----------
    app : callable
        What answers for all else; also for parts of a file, and to who takes nothing compressed.
    begin : str
        The beginning of their addresses.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], begin: str) -> None:
        self._app, self._begin = app, begin

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer a request."""
        path = paths().get(scope.get("path", "").removeprefix(self._begin))
        if path is None or scope.get("method") != "GET" or not _takes_whole(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
        if path.suffix in COMPRESSED:
            headers["content-encoding"] = "gzip"
        # In a thread the first time: compressing the largest takes 30 ms.
        content = _contents.get(path) or await asyncio.to_thread(_read, path)
        await Response(content, media_type=KINDS[path.suffix], headers=headers)(
            scope, receive, send
        )


def _takes_whole(headers: Headers) -> bool:
    return "gzip" in headers.get("accept-encoding", "") and "range" not in headers


_contents: dict[Path, bytes] = {}  # about a megabyte for all pages of the app


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    _contents[path] = gzip.compress(content, LEVEL) if path.suffix in COMPRESSED else content
    return _contents[path]
