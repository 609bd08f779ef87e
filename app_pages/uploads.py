"""What visitors upload and record: every uploader and recorder of the app, and what is in them.

Streamlit holds the bytes of an uploaded file in memory until the session ends, minutes after the
visitor has left, if ever.  `take` makes of each file what a page needs of it, once, and frees
these bytes.  The widget goes on showing the file; its value is from then on a `DeletedFile`, an
id without name and content.  So it is when the server was restarted: the browser still shows
the file, and only the link knows what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from app_pages import access
from genre.language import N_

state = st.session_state
LOST = N_(
    "The uploaded file is no longer here: the server was restarted, or there was no "
    "room for it. Upload it again."
)


def show_uploader(label: str, *, key: str, **options: Any) -> None:
    """Show an uploader; `take` returns what is in it."""
    limit = access.max_upload_megabytes()
    st.file_uploader(label, key=key, max_upload_size=limit, **options)


def show_recorder(label: str, *, key: str, **options: Any) -> None:
    """Show a recorder; `take` returns what is in it."""
    st.audio_input(label, key=key, **options)


def has_unread(key: str) -> bool:
    """Tell whether an uploader holds a file that no callback has read.

    An uploader's callback can be cut short: where a fragment runs each second, such a run may
    bring the file a moment before the upload does, and is ended by it.  Streamlit then assumes
    that the callback is done.
    """
    return not {file.file_id for file in _held(key)} <= set(state.uploaded.get(key, {}))


def take(key: str, keep: Callable[[UploadedFile], Any]) -> list[Any]:
    """Return what was made of each file in an uploader, in its order; make it of new ones.

    Parameters
    ----------
    key : str
        Of the uploader or recorder.
    keep : function
        Makes of an uploaded file what is needed of it, None for nothing.  What it raises ends
        this; the file is tried again.

    Returns
    -------
    made : list
        None for a file that is lost.
    """
    known, files = state.uploaded.get(key, {}), _held(key)
    made: dict[str, Any] = {}
    for file in files:
        if file.file_id in known:
            made[file.file_id] = known[file.file_id]
        else:
            made[file.file_id] = keep(file) if isinstance(file, UploadedFile) else None
    state.uploaded[key] = made
    for file in files:
        _free(file)
    return list(made.values())


def _held(key: str) -> list[UploadedFile | DeletedFile]:
    """Return the files that an uploader holds, one or several."""
    files = state.get(key) or []
    return files if isinstance(files, list) else [files]


def _free(file: UploadedFile | DeletedFile) -> None:
    """Free the bytes of a file, in Streamlit's store and in the widget's value."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    if isinstance(file, UploadedFile):
        file.seek(0)
        file.truncate()
