"""A server on this machine that gives out a tiny GTZAN, well or badly."""

import contextlib
import hashlib
import http.server
import io
import re
import tarfile
import threading
import time
import zipfile
from dataclasses import dataclass, field

import numpy as np

from genre.audio.signal import Signal, encode_wav
from genre.datasets.gtzan import GtzanSource

SR = 22_050


def tiny_gtzan() -> dict[str, bytes]:
    """Two genres of two clips, one clip that cannot be read, and what else lies about."""
    rng = np.random.default_rng(1)
    files = {
        f"genres/{genre}/{genre}.0000{i}.wav": encode_wav(
            Signal(0.1 * rng.standard_normal(4 * SR), SR)
        )
        for genre in ("blues", "jazz")
        for i in range(2)
    }
    return files | {"genres/jazz/jazz.00054.wav": b"RIFF, and then nothing", "genres/a.mf": b"a"}


def pack(kind: str, files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                archive.writestr(f"gtzan_mini-main/{name}", content)
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@dataclass
class Server:
    """What it gives out, how, and what it was asked for.

    ``cut_after`` closes each connection after so many bytes, ``seconds_per_block`` makes
    it slow, ``takes_ranges`` is whether a download can go on where it ended.
    """

    archive: bytes
    kind: str
    cut_after: int | None = None
    seconds_per_block: float = 0.0
    takes_ranges: bool = True
    status: int = 200
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sound/genres.{self.kind}"

    @property
    def md5(self) -> str:
        return hashlib.md5(self.archive, usedforsecurity=False).hexdigest()

    def source(self, **changes) -> GtzanSource:
        values = {"name": "mini", "title": "Tiny GTZAN", "url": self.url, "md5": self.md5}
        return GtzanSource(**values | {"n_tracks": 4, "size": "next to nothing"} | changes)

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range", "")
        self.asked.append(wanted)
        if self.status != 200:
            request.send_error(self.status)
            return
        start = int(match[1]) if (match := re.fullmatch(r"bytes=(\d+)-", wanted)) else 0
        if not self.takes_ranges:
            start = 0
        if start and start >= len(self.archive):
            request.send_error(416)
            return
        content = self.archive[start:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        for at in range(0, len(content[: self.cut_after]), 2**16):
            request.wfile.write(content[at : min(at + 2**16, self.cut_after or len(content))])
            time.sleep(self.seconds_per_block)


def serve(server: Server) -> http.server.ThreadingHTTPServer:
    """Start serving, and note the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            with contextlib.suppress(ConnectionError):  # the client has gone
                server.answer(self)

        def log_message(self, *words):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = running.server_address[1]
    threading.Thread(target=running.serve_forever, args=[0.01], daemon=True).start()
    return running
