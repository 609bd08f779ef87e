"""What is done to the program: each function is one trial."""

import contextlib
import io
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from genre.compare.leaderboard import list_entries
from genre.datasets.folder import extract_folder
from genre.datasets.load import USUAL_FEATURES
from genre.datasets.pack import read_pack, write_pack
from genre.datasets.read_job import read_reading, start_reading, stop_reading
from genre.datasets.uploads import keep_zip
from genre.errors import GenreError
from genre.evaluation.cv_results import write_result
from genre.models.archive import delete_model, export_model, import_model, rename_model
from genre.models.registry import list_models, load_model, save_model
from genre.network.forward import Network
from genre.recipes.config import PRESETS
from genre.runs.damaged import list_damaged
from genre.runs.files import history_of, read_control, read_events, read_status
from genre.runs.store import create_run, delete_run, list_runs, new_run, start_run, steer_run
from genre.runs.tracked_song import pin_song
from tests.chaos.killing import kill_after, start_fork, undisturbed_seconds
from tests.support.live_runs import RECIPE, has_ended, wait_for
from tests.support.made_up import bass_or_hiss_classifier, two_genre_data
from tests.support.readers import listed_by_command
from tests.support.recordings import recording
from tests.support.small_disk import small_disk

N_KILLS = 10
"""In one trial, where starting costs nothing."""


def version_of_model(n):
    """A network and card that are told from others by their number."""
    hand_set = bass_or_hiss_classifier()
    weights = {name: array + n for name, array in hand_set.network.weights.items()}
    return Network(hand_set.network.config, weights), replace(hand_set.card, about=str(n))


def save_version(folder, n):
    network, card = version_of_model(n)
    save_model(network, card, folder=folder, replace=True)


def check_models(folder, versions):
    """Every model is whole, one of those that were saved, and nothing else lies there."""
    for name in list_models(folder):
        network, card = load_model(name, folder)
        assert int(card.about) in versions
        expected, _ = version_of_model(int(card.about))
        for array in network.weights:
            np.testing.assert_array_equal(network.weights[array], expected.weights[array])
    assert {path.name for path in folder.iterdir()} == set(list_models(folder))


def saving(folder: Path, rng) -> None:
    """A model that is saved over itself, killed at random moments."""
    save_version(folder, 0)
    seconds = undisturbed_seconds(lambda: save_version(folder, 1))
    for n in range(2, 2 + N_KILLS):
        kill_after(start_fork(lambda n=n: save_version(folder, n)), rng.uniform(0, 2 * seconds))
        assert list_models(folder) == ["ear"]
        check_models(folder, range(n + 1))


def writing_a_pack(folder: Path, rng) -> None:
    """A pack that is written over another, killed at random moments."""
    packs = [two_genre_data(2), two_genre_data(3)]
    write_pack(folder / "pack", packs[0])
    (folder / "pack" / "README.md").write_text("about it")
    seconds = undisturbed_seconds(lambda: write_pack(folder / "pack", packs[1]))
    for n in range(N_KILLS):
        work = start_fork(lambda n=n: write_pack(folder / "pack", packs[n % 2]))
        kill_after(work, rng.uniform(0, 1.5 * seconds))
        found = read_pack(folder / "pack")
        expected = next(one for one in packs if len(one.tracks) == len(found.tracks))
        assert found.tracks == expected.tracks
        np.testing.assert_allclose(found.frames, expected.frames, atol=0.01)
        assert (folder / "pack" / "README.md").read_text() == "about it"
    write_pack(folder / "pack", packs[0])
    assert [path.name for path in folder.iterdir()] == ["pack"]


def make_music(folder):
    for genre in ("jazz", "rock"):
        (folder / genre).mkdir(parents=True)
        for i in range(4):
            content = recording("wav16", 3.2 + 0.1 * i + 0.05 * (genre == "rock"), noise=0.05)
            (folder / genre / f"{genre}{i}.wav").write_bytes(content)
    return folder


def extract(music):
    return extract_folder(music, USUAL_FEATURES["mfcc"], n_jobs=1)


def same_data(one, other):
    """Whether two datasets are the same, bit for bit."""
    return one.tracks == other.tracks and np.array_equal(one.frames, other.frames)


@contextlib.contextmanager
def cache_in(folder):
    """The user's cache, in a folder."""
    kept = os.environ.get("GENRE_LAB_CACHE")
    os.environ["GENRE_LAB_CACHE"] = str(folder)
    try:
        yield folder
    finally:
        os.environ.pop("GENRE_LAB_CACHE")
        if kept is not None:
            os.environ["GENRE_LAB_CACHE"] = kept


def extracting(folder: Path, rng) -> None:
    """An extraction into the cache, killed at random moments, ends with the same data."""
    music = make_music(folder / "music")
    with cache_in(folder / "undisturbed"):
        expected = extract(music)
        shutil.rmtree(folder / "undisturbed")
        seconds = undisturbed_seconds(lambda: extract(music))
    with cache_in(folder / "cache") as cache:
        for _ in range(N_KILLS // 2):
            kill_after(start_fork(lambda: extract(music)), rng.uniform(0, seconds))
        assert same_data(extract(music), expected)
        assert same_data(extract(music), expected)  # of what is kept
        (cache / "extracted" / "new.npz").touch()  # something is extracted: it is tidied up then
        (music / "rock" / "more.wav").write_bytes(recording("wav16", 3.05, noise=0.05))
        extract(music)
        assert not list((cache / "extracted").glob(".*.part"))


def indexing(folder: Path, rng) -> None:
    """A reading for the page Train, killed with its process, goes on when it is asked for again."""
    music = str(make_music(folder / "music"))
    with cache_in(folder / "cache"):
        start_reading(music)
        time.sleep(rng.uniform(0, 5))
        if (reading := read_reading(music)).is_live:
            os.kill(reading.pid, 9)
        end = time.monotonic() + 60
        while (reading := read_reading(music)).is_live and time.monotonic() < end:
            time.sleep(0.02)
        assert reading.state in ("failed", "ready"), reading
        start_reading(music)
        while (reading := read_reading(music)).is_live and time.monotonic() < end:
            time.sleep(0.05)
        assert reading.state == "ready", reading
        assert (reading.n_done, len(reading.overview["genres"])) == (8, 2)
        stop_reading(music)


def undisturbed_run(folder: Path) -> tuple[Path, float]:
    """A run that nothing disturbs, and how long it takes; made once for all trials."""
    run = folder / "runs" / "undisturbed"
    if not run.exists():
        write_pack(folder / "data", two_genre_data())
        create_run(run, RECIPE, str(folder / "data"))
        start = time.monotonic()
        start_run(run)
        wait_for(has_ended, run)
        (folder / "seconds").write_text(str(time.monotonic() - start))
    return run, float((folder / "seconds").read_text())


def training(folder: Path, rng) -> None:
    """A run that is killed and resumed, twice, ends bit for bit as an undisturbed one."""
    expected, seconds = undisturbed_run(folder.parent / "training-undisturbed")
    run = folder / "runs" / "killed"
    create_run(run, RECIPE, str(expected.parent.parent / "data"))
    start_run(run)
    for _ in range(2):
        time.sleep(rng.uniform(0, seconds))
        if not (status := read_status(run)).is_live:
            break
        with contextlib.suppress(ProcessLookupError):  # it has ended this very moment
            os.kill(status.pid, 9)
        status, _ = wait_for(has_ended, run)
        assert not list_damaged(run.parent)
        assert "killed" in listed_by_command(run.parent)
        if status.state == "finished":
            break
        start_run(run, resume=True)
    status, events = wait_for(has_ended, run)
    assert status.state == "finished", status
    assert history_of(events) == history_of(read_events(expected)[0])
    (ours, _), (theirs, _) = (load_model("model", one) for one in (run, expected))
    for name in theirs.weights:
        np.testing.assert_array_equal(ours.weights[name], theirs.weights[name])
    assert not [path for path in run.rglob(".*") if path.suffix == ".part"]


def filling_the_disk(folder: Path, rng) -> None:
    """On a disk that is full, or nearly: what is written is there or refused, the old is whole."""
    pack, song = two_genre_data(2), recording("au", 3.1)
    document = {"data": "x", "answers": list(range(3_000))}
    with small_disk(folder / "disk", 1_500) as disk, cache_in(disk / "cache"):
        save_version(disk / "models", 0)
        write_pack(disk / "pack", pack)
        run = disk / "runs" / "one"
        create_run(run, PRESETS["quick"], "gtzan-subset")
        write_result(disk / "crossval-a.json", document)
        exported = export_model("ear", disk / "models")
        room = shutil.disk_usage(disk).free - rng.choice([0, 4_096, rng.randrange(120_000)])
        (disk / "ballast").write_bytes(b"x" * max(0, room))
        work = [
            lambda: save_version(disk / "models", 1),
            lambda: import_model(exported, "other", disk / "models"),
            lambda: create_run(disk / "runs" / "two", PRESETS["quick"], "gtzan-subset"),
            lambda: steer_run(run, pause=True),
            lambda: pin_song(run, song),
            lambda: keep_zip(b"x" * 30_000, "music.zip"),
            lambda: rename_model("ear", "ear", disk / "models"),
        ]
        commands = [  # the command line says of an OSError what it is
            lambda: write_pack(disk / "pack", two_genre_data(3)),
            lambda: write_result(disk / "crossval-a.json", document),
        ]
        for one in rng.sample([*work, *commands], len(work) + len(commands)):
            with contextlib.suppress(GenreError, *([OSError] if one in commands else [])):
                one()
        assert "ear" in list_models(disk / "models")
        (disk / "ballast").unlink()
        check_models_but_imported(disk / "models")
        assert read_pack(disk / "pack").tracks[: len(pack.tracks) // 2]
        assert not list_damaged(disk / "runs")
        read_control(run)
        assert (disk / "crossval-a.json").stat().st_size > 3_000
        delete_run(run)


def check_models_but_imported(folder):
    with contextlib.suppress(GenreError):
        delete_model("other", folder)
    check_models(folder, (0, 1))


def crowding(folder: Path, rng) -> None:
    """Several processes on one home, one of them killed: all that is left can be read."""
    home = folder / "home"
    save_version(home / "models", 0)
    music = make_music(home / "music")
    exported = export_model("ear", home / "models")
    with cache_in(home / "cache"):
        expected = extract(music)
        shutil.rmtree(home / "cache")
        seeds = [rng.randrange(2**32) for _ in range(3)]
        pids = [start_fork(lambda s=s: busy(home, music, exported, expected, s)) for s in seeds]
        kill_after(pids[0], rng.uniform(0, 2))
        for pid in pids[1:]:
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert same_data(extract(music), expected)
    for name in list_models(home / "models"):
        load_model(name, home / "models")
    _, damaged = list_entries(home / "models", home / "runs", home / "results")
    assert not damaged, damaged
    assert not list_damaged(home / "runs")
    listed_by_command(home / "runs")
    assert not [path for path in (home / "models").iterdir() if path.name.startswith(".saving")]


def busy(home, music, exported, expected, seed) -> None:
    """Do for two seconds what pages and commands do; only the package's own errors are met."""
    import random

    rng = random.Random(seed)
    models, runs = home / "models", home / "runs"
    names = ["ear", "one", "two"]

    def on_a_run(do):
        for run in list_runs(runs)[:1]:
            do(run)

    work = [
        lambda: save_version(models, rng.randrange(9)),
        lambda: rename_model(rng.choice(names[1:]), rng.choice(names), models),
        lambda: delete_model(rng.choice(names[1:]), models),
        lambda: import_model(exported, rng.choice(names), models),
        lambda: export_model(rng.choice(names), models),
        lambda: list_entries(models, runs, home),
        lambda: create_run(new_run(PRESETS["quick"], runs), PRESETS["quick"], "gtzan-subset"),
        lambda: on_a_run(lambda run: steer_run(run, pause=rng.random() < 0.5)),
        lambda: on_a_run(delete_run),
        lambda: listed_by_command(runs),
        lambda: same_data(extract(music), expected) or 1 / 0,
    ]
    end = time.monotonic() + 2
    while time.monotonic() < end:
        with contextlib.suppress(GenreError), contextlib.redirect_stdout(io.StringIO()):
            rng.choice(work)()


SCENARIOS = {
    "saving a model": saving,
    "writing a pack": writing_a_pack,
    "extraction": extracting,
    "full disk": filling_the_disk,
    "several processes on one home": crowding,
    "reading a dataset": indexing,
    "training": training,
}
"""The cheap ones first."""
