"""Files that a browser fetches from the disk as they are: of any size, never whole in memory.

Streamlit's download button takes a file's content, and holds it until the visit ends.  Here the
server's own route reads a file piece by piece (`server.py`).  An address has a token that is drawn
at random and only a page tells, so whoever does not see the page cannot ask for the file.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote

import streamlit as st

ROUTE = "files"
_tokens: dict[Path, str] = {}
_server: list[str] = []


def begin_serving(base: str) -> str:
    """Note that this process answers at these addresses; return the path of its route.

    Parameters
    ----------
    base : str
        What stands before every path of the server: empty, or ``/lab``.
    """
    _server[:] = [f"{base}/{ROUTE}"]
    return f"{base}/{ROUTE}/{{token}}/{{name}}"


def find(token: str) -> Path | None:
    """Return the file of a token; None where there is none, or it is gone."""
    return next((file for file, own in _tokens.items() if own == token and file.is_file()), None)


def show_download(label: str, file: Path, *, key: str) -> None:
    """Show a button that downloads a file, where the server of this process can send it."""
    if not _server:  # `streamlit run streamlit_app.py`: the page says where the file is
        return
    token = _tokens.setdefault(file, secrets.token_urlsafe(16))
    address = f"{_server[0]}/{token}/{quote(file.name)}"
    st.link_button(label, address, icon=":material/download:", key=key)
