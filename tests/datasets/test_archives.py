"""What is taken out of a zip or a tar, and what it cannot do."""

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from genre.datasets import archives
from genre.datasets.archives import unpack_genres
from genre.datasets.types import Skipped
from genre.errors import DatasetError

FILES = {"rock/a.wav": b"first", "jazz/b.wav": b"second"}


def packed(path, files, *, kind="tar.gz", extra=()):
    """An archive with this content under each name, and members made by hand."""
    path = path / f"music.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz" if kind == "tar.gz" else "w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in extra:
            archive.addfile(info)
    return path


@pytest.fixture
def out(tmp_path):
    """An empty folder to unpack into, with nothing beside it."""
    (tmp_path / "alone" / "out").mkdir(parents=True)
    return tmp_path / "alone" / "out"


def files_in(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize("around", ["", "genres/", "gtzan_mini-main/genres/", "./genres/"])
def test_genres_are_found_however_deep_they_lie(tmp_path, out, kind, around):
    files = {f"{around}{name}": content for name, content in FILES.items()}
    files |= {f"{around}artists.csv": b"track_id,artist\n", f"{around}._hidden.wav": b""}

    skipped = unpack_genres(packed(tmp_path, files, kind=kind), out)

    assert files_in(out) == FILES | {"artists.csv": b"track_id,artist\n"}
    assert skipped == []


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize("name", ["../evil.wav", "/tmp/evil.wav", "jazz/../../evil.wav"])
def test_archive_with_paths_outside_writes_nothing_there(tmp_path, out, kind, name):
    skipped = unpack_genres(packed(tmp_path, FILES | {name: b"evil"}, kind=kind), out)

    assert skipped == [Skipped(name, "its path leads out of the archive")]
    assert files_in(out.parent) == {f"out/{name}": content for name, content in FILES.items()}


@pytest.mark.parametrize("genre", ["..", "../../evil", "/tmp/evil", r"..\evil", "C:evil"])
def test_genre_in_a_table_of_the_archive_writes_nothing_outside(tmp_path, out, genre):
    table = f"file,genre\na.wav,{genre}\nb.wav,jazz\n".encode()
    path = packed(tmp_path, FILES | {"tracks.csv": table})

    skipped = unpack_genres(path, out)

    assert skipped == [Skipped(f"{genre}/", "no folder can have this name")]
    assert files_in(out.parent) == {"out/jazz/b.wav": b"second", "out/tracks.csv": table}


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_tar_with_links_and_devices_gives_plain_files_only(tmp_path, out, kind):
    info = tarfile.TarInfo("jazz/c.wav")
    info.type, info.linkname = kind, "/etc/passwd"

    skipped = unpack_genres(packed(tmp_path, FILES, extra=[info]), out)

    reason = "it is neither a file nor a folder"
    if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        reason = "it is a link, not a recording"
    assert skipped == [Skipped("jazz/c.wav", reason)]
    assert files_in(out) == FILES


def test_member_of_tar_that_the_standard_librarys_filter_refuses_is_left_out(
    tmp_path, out, monkeypatch
):
    seen = []

    def data_filter(member, folder):
        seen.append(folder)
        if member.name == "jazz/c.wav":
            raise tarfile.OutsideDestinationError(member, folder)
        return member

    monkeypatch.setattr(tarfile, "data_filter", data_filter)
    skipped = unpack_genres(packed(tmp_path, FILES | {"jazz/c.wav": b"c"}), out)

    assert skipped == [Skipped("jazz/c.wav", "it is neither a file nor a folder")]
    assert files_in(out) == FILES and {str(Path(folder).parent) for folder in seen} == {str(out)}


def test_member_of_tar_whose_name_no_system_can_write_is_left_out(tmp_path, out):
    skipped = unpack_genres(packed(tmp_path, FILES | {"jazz/c\0é.wav": b"c"}), out)

    assert [one.reason for one in skipped] == ["it is neither a file nor a folder"]
    assert files_in(out) == FILES


def test_tar_that_grows_two_hundredfold_is_refused_unwritten(tmp_path, out, monkeypatch):
    monkeypatch.setattr(archives, "SMALL_BYTES", 2**20)
    path = packed(tmp_path, FILES | {"rock/big.wav": bytes(8 * 2**20)})

    with pytest.raises(DatasetError, match=r"holds 3 files that unpack to 8 MiB.*200 times"):
        unpack_genres(path, out)
    assert files_in(out) == {}


@pytest.mark.parametrize(("limit", "value"), [("MAX_MEMBERS", 3), ("MAX_BYTES", 2**20)])
def test_tar_is_not_listed_beyond_what_it_may_hold(tmp_path, out, monkeypatch, limit, value):
    """To list a compressed tar is to unpack all of it, which may be endless."""
    monkeypatch.setattr(archives, limit, value)
    path = packed(tmp_path, {f"rock/{i}.wav": bytes(2**19) for i in range(50)})

    with pytest.raises(DatasetError, match=r"music.tar.gz holds [34] files"):
        unpack_genres(path, out)


def test_member_longer_than_it_claims_is_skipped(tmp_path, out):
    """A zip's header may lie: such a member is damaged, the others are not."""
    path = packed(tmp_path, {"rock/a.wav": b"x" * 5000} | {"jazz/b.wav": b"second"}, kind="zip")
    content = path.read_bytes()
    path.write_bytes(content.replace((5000).to_bytes(4, "little"), (1000).to_bytes(4, "little")))

    skipped = unpack_genres(path, out)

    assert skipped == [Skipped("rock/a.wav", "it is damaged in the archive")]
    assert files_in(out) == {"jazz/b.wav": b"second"}


def test_corrupt_member_costs_no_other(tmp_path, out):
    path = packed(tmp_path, FILES | {"rock/c.wav": b"sound" * 100}, kind="zip")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"soundsound", b"soundSound", 1))

    assert unpack_genres(path, out) == [Skipped("rock/c.wav", "it is damaged in the archive")]
    assert files_in(out) == FILES


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_cut_off_tar_is_refused(tmp_path, out, share):
    noise = random.Random(1).randbytes(40_000)
    content = packed(tmp_path, {"rock/n.wav": noise} | FILES).read_bytes()
    path = tmp_path / "music.tar.gz"
    path.write_bytes(content[: round(share * len(content))])

    with pytest.raises(DatasetError, match=r"music.tar.gz cannot be unpacked"):
        unpack_genres(path, out)


@pytest.mark.parametrize(
    "content",
    [b"", b"text", gzip.compress(b"no tar", mtime=0), b"PK\x03\x04 not"],  # the same in each worker
    ids=["nothing", "text", "gzip", "zip"],
)
def test_file_that_is_not_an_archive_is_refused(tmp_path, out, content):
    path = tmp_path / "music.tar.gz"
    path.write_bytes(content)

    with pytest.raises(DatasetError, match=r"music.tar.gz cannot be unpacked.*Pack the folder"):
        unpack_genres(path, out)


def test_progress_counts_files_and_may_end_it(tmp_path, out):
    reported = []
    path = packed(tmp_path, FILES)

    unpack_genres(path, out, on_progress=lambda *args: reported.append(args))
    assert reported == [(1, 2), (2, 2)]

    def stop(n_done, n_files):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack_genres(path, out, on_progress=stop)
