"""Who reaches the page: this computer alone, others, or strangers; and what each may do."""

from __future__ import annotations

import os

import streamlit as st

PUBLIC_VARIABLE = "GENRE_LAB_PUBLIC"
"""``1`` where strangers reach the page; ``SECURITY.md`` says what changes."""
PUBLIC_UPLOAD_MEGABYTES = 50
"""Twenty minutes of MP3 at 320 kbit/s are 48."""


def is_public() -> bool:
    """Tell whether strangers reach the page: no run and no name is theirs unless they hold it."""
    return os.environ.get(PUBLIC_VARIABLE, "0") not in ("", "0")


def is_local() -> bool:
    """Tell whether only this computer reaches the page: its files are offered to nobody else."""
    is_near = st.get_option("server.address") in ("localhost", "127.0.0.1", "::1")
    return is_near and not is_public()  # behind a proxy, strangers seem to come from here


def max_upload_megabytes() -> int | None:
    """Return what an uploader takes at most; None for what the server takes."""
    return PUBLIC_UPLOAD_MEGABYTES if is_public() else None
