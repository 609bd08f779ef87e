"""Mapped arrays of shared values on their way to workers: in pieces, where they are not yet.

Conventions
-----------
A piece goes to all workers that lack the file, one of them for each cache, and the next one after
it: here, at the scheduler and at a worker no more than some pieces are in memory.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genre.cluster.kept_files import Folded, SharedFile, keep, look_for, open_shared, take_piece
from genre.errors import ClusterError
from genre.language import _
from genre.storage.mapped import MappedArray, digest_of

if TYPE_CHECKING:
    from distributed import Client

PIECE_BYTES = 8 * 2**20


def fold(value: Any) -> tuple[Any, dict[SharedFile, Path]]:
    """Return what is sent of a shared value, and the files that are sent beside it.

    Returns
    -------
    sent : object
        The value itself where no array in it is mapped, else `Folded`.
    files : dict
        By what a worker knows them by, where they are here.
    """
    import cloudpickle

    files: dict[SharedFile, Path] = {}

    class Folder(cloudpickle.Pickler):  # type: ignore[misc]
        def reducer_override(self, obj: Any) -> Any:
            if not isinstance(obj, MappedArray):
                return super().reducer_override(obj)
            path, part, n_parts = obj.__reduce__()[1]
            file = shared_file(path)
            files[file] = path
            return open_shared, (file, part, n_parts)

    # Arrays in memory are passed over: they are large, and most values have no other.
    Folder(io.BytesIO(), protocol=5, buffer_callback=lambda buffer: None).dump(value)
    if not files:
        return value, {}
    content = io.BytesIO()
    Folder(content, protocol=5).dump(value)
    return Folded(content.getvalue()), files


def shared_file(path: Path) -> SharedFile:
    """Return what workers know a file by; it is read for that once, until it is another."""
    stat = path.stat()
    digest = _digest(path.resolve(), stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return SharedFile(str(path.resolve()), stat.st_size, digest)


@lru_cache(maxsize=64)
def _digest(path: Path, *_stamp: int) -> str:
    return digest_of(path)


def send_files(client: Client, files: Mapping[SharedFile, Path]) -> None:
    """Send files to the workers that lack them.

    Raises
    ------
    ClusterError
        If a worker cannot keep one.
    """
    if not files:
        return
    answers = client.run(look_for, list(files), on_error="return")
    heard = {at: answer for at, answer in answers.items() if isinstance(answer, tuple)}
    for file, path in files.items():
        lacking = {cache: at for at, (cache, lacks) in heard.items() if file.sha256 in lacks}
        if lacking:
            _send(client, sorted(lacking.values()), file, path)


def _send(client: Client, workers: list[str], file: SharedFile, path: Path) -> None:
    """Send one file; a worker that is lost meanwhile is passed over."""
    sending = secrets.token_hex(4)
    try:
        with path.open("rb") as content:
            for offset in range(0, file.n_bytes, PIECE_BYTES):
                piece = content.read(PIECE_BYTES)
                answers = client.run(
                    take_piece, file, sending, offset, piece, workers=workers, on_error="return"
                )
                workers = [at for at in workers if isinstance(answers.get(at), str)]
                _check(workers, answers)
                if not workers:
                    return
    finally:  # what is not whole is removed
        if workers:
            client.run(keep, file, sending, workers=workers, on_error="return")


def _check(workers: list[str], answers: Mapping[str, Any]) -> None:
    """Raise if the system of a worker has refused a piece."""
    for at in workers:
        if reason := answers[at]:
            raise ClusterError(
                _(
                    "the worker at {place} cannot keep the data ({reason}). Free some "
                    "space for its cache, or name another folder in GENRE_LAB_CACHE there."
                ).format(place=at, reason=reason)
            )
