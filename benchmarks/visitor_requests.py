"""What a visitor's browser asks of a server: the files of the page, and a widget's new value."""

from __future__ import annotations

import contextlib
import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

from streamlit.proto.WidgetStates_pb2 import WidgetState

LONGEST_SECONDS = 120.0
_ASSET = re.compile(rb'(?:src|href)="\./([^"]+\.(?:js|css|woff2))"')


def widget_state(widget_id: str, value: object) -> WidgetState:
    """Return what is sent for a widget; for the kinds of values see `Visitor.click`."""
    state = WidgetState(id=widget_id)
    if value is None:
        state.trigger_value = True
    elif isinstance(value, bool):
        state.bool_value = value
    elif isinstance(value, str):
        state.string_value = value
    elif isinstance(value, list):
        state.string_array_value.data[:] = value
    return state


def fetch_files(url: str) -> None:
    """Fetch a page and the files it names over one connection."""
    with contextlib.closing(HTTPConnection(urlsplit(url).netloc, timeout=LONGEST_SECONDS)) as host:
        host.request("GET", "/")
        html = host.getresponse().read()
        for name in sorted(set(_ASSET.findall(html))):
            host.request("GET", f"/{name.decode()}", headers={"Accept-Encoding": "gzip"})
            host.getresponse().read()
