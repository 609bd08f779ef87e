"""The server of the app: Streamlit's own, with a drop zone that is there before Streamlit is.

Streamlit's page takes the path of its address for a folder of the server at first: opened as
``/inside`` it asks ``/inside/_stcore/health``, and only after two failures, which the console
shows, one folder above.  Here each page is told, and asks once.  The first page has a drop zone
before that (`app_pages.early_drop_zone`), and scripts come from memory (`app_pages.script_files`).
It also sends files of the disk that are too large for memory.  ``streamlit run streamlit_app.py``
works as well, without all of this.
"""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from app_pages import downloads, early_drop_zone, script_files
from app_pages.pages import FIRST, PAGES
from genre import paths
from genre.sweeps.takeover import take_over_once

SCRIPT = Path(__file__).resolve().parent / "streamlit_app.py"
WHERE = '<script>window.__streamlit={BACKEND_BASE_URL:new URL(".",location.href).href}</script>'
OPEN_AFTER_SECONDS = 1.0


@cache
def document() -> str:
    """Return Streamlit's page, with where its server is before its own scripts."""
    page = (Path(get_static_dir()) / "index.html").read_text(encoding="utf-8")
    return page.replace("<script", f"{WHERE}<script", 1)


async def show(request: Any) -> Response:
    """Answer with that page; as Streamlit's, it is asked for again each time."""
    page = document()
    if request.url.path == f"{BASE}/":
        early = early_drop_zone.markup(request.query_params, request.headers)
        page = page.replace("<body>", f"<body>{early}", 1)
    return HTMLResponse(page, headers={"Cache-Control": "no-cache"})


async def send(request: Any) -> Response:
    """Answer with a file that a page offers; where it is gone, with that page."""
    file = downloads.find(request.path_params["token"])
    return FileResponse(file, filename=file.name) if file else RedirectResponse(f"{BASE}/data")


def address() -> str:
    """Return where this computer's browser finds the app."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://localhost:{st.get_option('server.port')}{BASE}"


@asynccontextmanager
async def begin(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Read the scripts, go on with sweeps that were killed with the machine, and open a browser.

    Streamlit opens one only for a script; here it opens once the server answers.
    """
    loop = asyncio.get_running_loop()
    loop.run_in_executor(None, script_files.prepare)
    loop.run_in_executor(None, take_over_once, paths.SWEEPS, paths.RUNS)
    if not st.get_option("server.headless"):
        loop.call_later(
            OPEN_AFTER_SECONDS,  # it listens by then, and knows its port if that asked for is taken
            lambda: loop.run_in_executor(None, webbrowser.open, address()),
        )
    yield {}


BASE = f"/{(st.get_option('server.baseUrlPath') or '').strip('/')}".rstrip("/")
app = st.App(
    SCRIPT,
    lifespan=begin,
    middleware=[Middleware(script_files.ScriptFiles, begin=f"{BASE}/static/")],
    routes=[
        *(Route(f"{BASE}/{'' if page == FIRST else page}", show) for page in PAGES),
        Route(downloads.begin_serving(BASE), send),
    ],
)
