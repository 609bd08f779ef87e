"""A download is a process: it is watched by a file, stopped by one, and noticed when killed."""

import json
import os
import signal
import sys
import time

import pytest

from genre.__main__ import main
from genre.datasets import gtzan_download
from genre.datasets.gtzan import find_source
from genre.datasets.gtzan_download import (
    STATUS_FILE,
    DownloadStatus,
    read_download,
    run_download,
    start_download,
    stop_download,
)
from genre.errors import DatasetError
from tests.support.gtzan_server import Server, pack, serve, tiny_gtzan


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of a tiny GTZAN, which the environment names, and an empty cache."""
    server = Server(pack("tar.gz", tiny_gtzan()), "tar.gz")
    running = serve(server)
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GENRE_LAB_GTZAN_MINI_URL", server.url)
    monkeypatch.setenv("GENRE_LAB_GTZAN_MINI_MD5", server.md5)
    yield server
    running.shutdown()
    running.server_close()


@pytest.fixture
def source(server):
    return find_source("mini")


def wait_for(source, wanted):
    """Watch a download until what is wanted holds of its status, and return the statuses."""
    seen = []
    for _ in range(600):
        seen.append(read_download(source))
        if wanted(seen[-1]):
            return seen
        time.sleep(0.05)
    raise AssertionError(seen[-1])


def has_ended(status):
    return not status.is_live


def under_way(status):
    return status.state == "downloading" and status.n_done > 0


def write(source, status):
    source.folder.mkdir(parents=True, exist_ok=True)
    gtzan_download._job(source).write(status)


def test_download_reports_each_state_until_ready(server, source):
    assert read_download(source) == DownloadStatus("absent")
    server.seconds_per_block = 0.1

    start_download(source)
    seen = wait_for(source, has_ended)

    states = list(dict.fromkeys(status.state for status in seen))
    assert states[0] == "starting"
    assert states[-1] == "ready"
    assert "downloading" in states
    assert seen[-1].path == str(source.folder / "gtzan-mini")
    done = [s.n_done for s in seen if s.state == "downloading"]
    assert done == sorted(done)
    assert {s.n_total for s in seen if s.state == "downloading"} <= {0, len(server.archive)}
    assert not list(source.folder.glob("**/*.part"))


def test_download_stopped_resumes_later(server, source):
    server.seconds_per_block = 0.3
    start_download(source)
    wait_for(source, under_way)

    stop_download(source)
    assert wait_for(source, has_ended)[-1].state == "stopped"

    server.seconds_per_block = 0
    start_download(source)
    assert wait_for(source, has_ended)[-1].state == "ready"
    assert server.asked[1].startswith("bytes=")


def test_download_killed_is_failed_and_the_next_resumes(server, source):
    server.seconds_per_block = 0.3
    start_download(source)
    pid = wait_for(source, under_way)[-1].pid
    os.kill(pid, signal.SIGKILL)

    ended = wait_for(source, has_ended)[-1]
    assert (ended.state, ended.reason) == ("failed", "its process was ended. Start it again.")

    server.seconds_per_block = 0
    start_download(source)
    assert wait_for(source, has_ended)[-1].state == "ready"


def test_download_started_twice_has_one_process(server, source):
    server.seconds_per_block = 0.3
    start_download(source)
    before = wait_for(source, under_way)[-1]

    with pytest.raises(DatasetError, match=r"is being fetched by another process\. Wait"):
        start_download(source)
    with pytest.raises(DatasetError, match=r"is being fetched by another process\. Wait"):
        run_download(source)

    assert read_download(source).pid == before.pid
    server.seconds_per_block = 0
    assert wait_for(source, has_ended)[-1].state == "ready"
    assert len(server.asked) == 1


def test_download_failed_has_state_and_reason(server, source):
    server.status = 404

    start_download(source)
    ended = wait_for(source, has_ended)[-1]

    assert ended.state == "failed"
    assert f"{source.url} could not be fetched: the server answered 404" in ended.reason


def test_folder_put_there_by_hand_is_ready(source):
    for name, content in tiny_gtzan().items():
        path = source.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    assert read_download(source) == DownloadStatus("ready", path=str(source.folder / "genres"))


def test_download_deleted_is_absent(server, source):
    assert run_download(source).state == "ready"
    for path in (source.folder / "gtzan-mini").rglob("*.wav"):
        path.unlink()

    assert read_download(source) == DownloadStatus("absent")


def test_stop_of_an_earlier_download_does_not_stop_the_next(server, source):
    write(source, DownloadStatus("downloading", pid=1, process_started=1.0))
    (source.folder / "stop").touch()

    assert run_download(source).state == "ready"


def test_stop_without_a_download_does_nothing(source):
    stop_download(source)

    assert not source.folder.exists()


def test_download_interrupted_is_stopped(server, source):
    def interrupt(stage, n_done, n_total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_download(source, interrupt)

    assert read_download(source).state == "stopped"
    assert run_download(source).state == "ready"  # the turn was given back


def test_download_file_has_the_documented_keys(server, source):
    run_download(source)

    document = json.loads((source.folder / STATUS_FILE).read_text())
    assert document["version"] == 1
    assert set(document) == {
        *("version", "state", "n_done", "n_total", "reason", "path"),
        *("pid", "process_started", "heartbeat"),
    }


def test_download_to_an_unwritable_folder_is_refused(tmp_path, monkeypatch, source):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GENRE_LAB_CACHE", str(tmp_path / "file"))

    for start in (start_download, run_download):
        with pytest.raises(DatasetError, match=r"cannot be written to .*GENRE_LAB_CACHE"):
            start(source)


def test_command_without_an_answer_downloads_nothing(server, source, capsys, monkeypatch):
    with open(os.devnull) as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        assert main(["get-gtzan", "mini"]) == 1

    said = capsys.readouterr().err
    assert said.index("No licence") < said.index("Download it? [y/N]")
    assert server.url in said
    assert "nothing was downloaded" in said
    assert server.asked == []


def test_command_downloads_and_prints_the_folder(server, source, capsys):
    assert main(["get-gtzan", "--yes"]) == 0
    said = capsys.readouterr()
    assert said.out == f"{source.folder / 'gtzan-mini'}\n"
    assert "No licence" in said.err

    assert main(["get-gtzan"]) == 0  # it is there: nothing to ask
    assert capsys.readouterr().out == said.out


def test_command_failed_prints_the_reason(server, source, capsys):
    server.status = 404

    assert main(["get-gtzan", "--yes"]) == 1
    assert "the server answered 404 Not Found" in capsys.readouterr().err
