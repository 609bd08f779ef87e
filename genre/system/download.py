"""Downloads that go on where they were cut, and why one failed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from genre.language import _

if TYPE_CHECKING:
    import requests

_BLOCK_BYTES = 2**16


def download(
    url: str, part: Path, on_progress: Callable[[int, int], None], *, timeout: tuple[float, float]
) -> None:
    """Download to a file, going on where an earlier download of it ended.

    Parameters
    ----------
    url : str
    part : Path
    on_progress : callable
        Called with the bytes that are there, and all of them (0: not known).
    timeout : (float, float)
        Seconds to wait for a connection, and for the next bytes.

    Raises
    ------
    requests.RequestException, OSError
        `cause_of` says either in words.
    """
    import requests

    n_bytes = part.stat().st_size if part.exists() else 0
    # identity: the sum is that of the archive as it is, not of what a server packs around it
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={n_bytes}-"} if n_bytes else {})
    on_progress(n_bytes, 0)
    with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable and n_bytes:
            part.unlink()  # the earlier download was of something longer
            return download(url, part, on_progress, timeout=timeout)
        response.raise_for_status()
        goes_on = response.status_code == requests.codes.partial_content
        n_bytes = n_bytes if goes_on else 0
        n_left = int(response.headers.get("Content-Length", 0))
        n_total = n_bytes + n_left if n_left else 0
        with part.open("ab" if goes_on else "wb") as file:
            for block in response.iter_content(_BLOCK_BYTES):
                file.write(block)
                n_bytes += len(block)
                on_progress(n_bytes, n_total)


def cause_of(error: Exception) -> str:
    """Say in a few words why something could not be fetched."""
    import requests
    from urllib3.exceptions import ReadTimeoutError

    response: requests.Response | None = getattr(error, "response", None)
    if response is not None:
        answer = f"{response.status_code} {response.reason}".rstrip()
        return _("the server answered {answer}").format(answer=answer)
    if isinstance(error, requests.Timeout) or isinstance(error.args[0], ReadTimeoutError):
        return _("the server took too long to answer")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return _("the connection was cut")
    if isinstance(error, requests.ConnectionError):
        return _("there is no connection to the server")
    return _("it cannot be fetched that way ({error})").format(error=type(error).__name__)
