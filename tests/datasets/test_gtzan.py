"""GTZAN is fetched, checked and unpacked once, from a server as good or bad as they are."""

import hashlib
import re
import socket

import pytest

from genre.audio.feature_config import MfccConfig
from genre.datasets import gtzan
from genre.datasets.gtzan import SOURCES, download_gtzan, find_gtzan, find_source
from genre.datasets.load import load_dataset
from genre.errors import DatasetError, ParameterError
from tests.support.gtzan_server import Server, pack, serve, tiny_gtzan

CLIPS = [f"{genre}.0000{i}" for genre in ("blues", "jazz") for i in range(2)]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache of its own."""
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(params=["tar.gz"])
def server(request):
    """A server with a tiny GTZAN."""
    server = Server(pack(request.param, tiny_gtzan()), request.param)
    running = serve(server)
    yield server
    running.shutdown()
    running.server_close()


def left_in(source):
    """The names of all that lies in the folder of a source, but for the genres."""
    return sorted(path.name for path in source.folder.iterdir())


@pytest.mark.parametrize("server", ["tar.gz", "zip"], indirect=True)
def test_gtzan_downloaded_is_unpacked_and_corrupt_files_are_skipped(server):
    reported = []
    source = server.source()

    folder = download_gtzan(source, on_progress=lambda *args: reported.append(args))
    data = load_dataset(folder, features=MfccConfig(n_mfcc=3))

    assert (data.name, data.genres) == ("gtzan-mini", ("blues", "jazz"))
    assert [track.track_id for track in data.tracks] == CLIPS
    assert [skipped.name for skipped in data.skipped] == ["jazz.00054"]
    n_bytes = len(server.archive)
    fetched = [(n_done, n_total) for stage, n_done, n_total in reported if stage == "downloading"]
    assert fetched[0] == (0, 0)
    assert fetched[-1] == (n_bytes, n_bytes)
    assert reported[-1] == ("unpacking", 5, 5)
    assert left_in(source) == ["gtzan-mini"]  # the archive is not kept


def test_second_time_nothing_is_fetched(server):
    folder = download_gtzan(server.source())
    assert len(server.asked) == 1

    assert download_gtzan(server.source()) == folder == find_gtzan(server.source())
    assert len(server.asked) == 1


def test_archive_with_another_checksum_is_refused_and_deleted(server):
    source = server.source(md5="0" * 32)

    with pytest.raises(DatasetError, match=rf"{source.url} sends is not the archive.*{'0' * 32}"):
        download_gtzan(source)

    assert find_gtzan(source) is None
    assert [path for path in source.folder.rglob("*") if path.is_file()] == []


def test_download_cut_off_is_reported_and_resumes_next_time(server):
    server.cut_after = 300_000
    source = server.source()

    with pytest.raises(
        DatasetError, match=r"could not be fetched: the connection was cut\. Check the network"
    ):
        download_gtzan(source)
    server.cut_after = None

    assert load_dataset(download_gtzan(source)).genres == ("blues", "jazz")
    assert server.asked == ["", "bytes=262144-"]  # whole blocks


def test_download_without_ranges_starts_again(server):
    server.cut_after, server.takes_ranges = 300_000, False
    with pytest.raises(DatasetError, match="was cut"):
        download_gtzan(server.source())
    server.cut_after = None

    assert find_gtzan(server.source()) is None
    assert download_gtzan(server.source()).name == "gtzan-mini"


def test_partial_file_longer_than_the_archive_is_dropped(server):
    source = server.source()
    part = source.folder / ".incoming" / f"{source.md5}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(len(server.archive) + 1))

    assert download_gtzan(source).name == "gtzan-mini"
    assert server.asked == [f"bytes={len(server.archive) + 1}-", ""]


def test_partial_file_of_another_archive_is_downloaded_again(server):
    source = server.source()
    part = source.folder / ".incoming" / f"{source.md5}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"something else")

    with pytest.raises(DatasetError, match=r"is not the archive.*Try again"):
        download_gtzan(source)
    assert download_gtzan(source).name == "gtzan-mini"


def test_download_without_a_network_says_how_to_do_it_by_hand(server):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/sound/genres.tar.gz"
    source = server.source(url=url)

    with pytest.raises(DatasetError) as reported:
        download_gtzan(source)

    assert str(reported.value) == (
        f"{url} could not be fetched: there is no connection to the server. Check the network and "
        f"try again, or fetch it with a browser and put genres.tar.gz as it is into "
        f"'{source.folder}'."
    )
    assert source.folder.is_dir()  # or there would be no place to put it


@pytest.mark.parametrize(("status", "said"), [(404, "404 Not Found"), (503, "503 Service")])
def test_download_refused_by_the_server_names_its_answer(server, status, said):
    server.status = status

    with pytest.raises(DatasetError, match=f"could not be fetched: the server answered {said}"):
        download_gtzan(server.source())


@pytest.mark.parametrize("url", ["nowhere", "file:///etc/passwd", "http://"])
def test_download_from_an_invalid_address_is_refused(server, url):
    with pytest.raises(DatasetError, match=r"could not be fetched: it cannot be fetched that way"):
        download_gtzan(server.source(url=url))


def test_download_from_a_silent_server_times_out(server, monkeypatch):
    monkeypatch.setattr(gtzan, "TIMEOUT", (1, 0.2))
    server.seconds_per_block = 20

    with pytest.raises(DatasetError, match=r"could not be fetched: the server took too long to"):
        download_gtzan(server.source())


def test_stop_while_fetching_keeps_what_there_is(server):
    n_done = 0

    def on_progress(stage, done, total):
        nonlocal n_done
        n_done = done

    source = server.source()
    stopped = download_gtzan(source, on_progress=on_progress, should_stop=lambda: n_done >= 2**18)

    assert stopped is None
    assert find_gtzan(source) is None
    assert download_gtzan(source).name == "gtzan-mini"
    assert re.fullmatch(r"bytes=\d{6,}-", server.asked[1])


def test_stop_while_unpacking_leaves_nothing_half_unpacked(server):
    stages = []
    source = server.source()
    stopped = download_gtzan(
        source,
        on_progress=lambda stage, *_: stages.append(stage),
        should_stop=lambda: stages[-1:] == ["unpacking"],
    )

    assert stopped is None
    assert left_in(source) == [".incoming"]
    assert download_gtzan(source).name == "gtzan-mini"
    assert len(server.asked) == 1  # the archive was whole


@pytest.mark.parametrize("server", ["tar.gz", "zip"], indirect=True)
@pytest.mark.parametrize("prefix", ["", "gtzan_mini-"])
def test_archive_put_there_by_hand_is_unpacked(server, prefix):
    source = server.source(url="http://127.0.0.1:1/nowhere")
    source.folder.mkdir(parents=True)
    name = f"{prefix}main.{server.kind}"  # a browser may call it otherwise
    (source.folder / name).write_bytes(server.archive)

    assert download_gtzan(source).name == "gtzan-mini"
    assert left_in(source) == sorted(["gtzan-mini", name])  # it is theirs


def test_archive_put_there_by_hand_with_another_checksum_is_refused(server):
    source = server.source(url="http://127.0.0.1:1/nowhere")
    source.folder.mkdir(parents=True)
    (source.folder / "genres.tar.gz").write_bytes(b"half of it")

    md5 = hashlib.md5(b"half of it", usedforsecurity=False).hexdigest()
    with pytest.raises(DatasetError, match=rf"genres\.tar\.gz' is not .*md5 is {md5}.*unpack it"):
        download_gtzan(source)


def test_folder_put_there_by_hand_is_found(server):
    source = server.source(url="http://127.0.0.1:1/nowhere")
    for name, content in tiny_gtzan().items():
        path = source.folder / "Data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    assert find_gtzan(source) == download_gtzan(source) == source.folder / "Data" / "genres"


def test_archive_without_genres_is_refused():
    server = Server(pack("zip", {"readme.txt": b"nothing", "genres/a/a.wav": b"one"}), "zip")
    running = serve(server)
    try:
        with pytest.raises(DatasetError, match=r"holds no folder of recordings for each of two"):
            download_gtzan(server.source())
    finally:
        running.shutdown()
        running.server_close()


def test_cache_that_cannot_be_written_to_is_said(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "file"))

    with pytest.raises(DatasetError, match=r"file/gtzan/mini' could not be written .*permissions"):
        download_gtzan(server.source())


def test_download_on_a_full_disk_is_refused(server, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gtzan, "unpack_genres", full)

    with pytest.raises(DatasetError, match=r"No space left on device\)\. Free some space and try"):
        download_gtzan(server.source())


def test_sources_are_those_that_were_published():
    assert {name: source.md5 for name, source in SOURCES.items()} == {
        "mini": "44f7f23af8363d96c59663a987f29a4c",
        "full": "5b3d6dddb579ab49814ab86dba69e7c7",
    }
    assert all(source.url.startswith("https://") for source in SOURCES.values())
    assert SOURCES["full"].archive_name == "genres.tar.gz"
    assert all("No licence" in source.note for source in SOURCES.values())


def test_environment_names_another_address_and_sum(monkeypatch, cache):
    monkeypatch.setenv("GENRE_LAB_GTZAN_FULL_URL", "http://localhost/genres.tar.gz?download=1")
    monkeypatch.setenv("GENRE_LAB_GTZAN_FULL_MD5", "A" * 32)

    source = find_source("full")

    assert (source.url, source.md5) == ("http://localhost/genres.tar.gz?download=1", "a" * 32)
    assert source.archive_name == "genres.tar.gz"
    assert source.folder == cache / "gtzan" / "full"
    assert find_source("mini") == SOURCES["mini"]


def test_source_with_an_invalid_checksum_or_name_is_refused(monkeypatch):
    monkeypatch.setenv("GENRE_LAB_GTZAN_MINI_MD5", "abc")

    with pytest.raises(ParameterError, match=r"GTZAN_MINI_MD5 is 'abc', expected 32 hex"):
        find_source("mini")
    with pytest.raises(ParameterError, match=r"no GTZAN 'half'\. Choose one of mini, full"):
        find_source("half")
