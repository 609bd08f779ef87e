"""A song pinned to a run: what the run hears in it after each epoch, and what is kept of it."""

import io
import os

import numpy as np
import pytest
import soundfile as sf

from genre.audio.features import extract_segments
from genre.audio.load import load_audio
from genre.errors import AudioError, RunError
from genre.paths import ROOT
from genre.runs.store import start_run, steer_run
from genre.runs.tracked_song import MAX_SEGMENTS, SONG_FILE, check_song, pin_song, read_pinned_song
from tests.support.live_runs import RECIPE, has_ended, n_epochs, wait_for

JAZZ = ROOT / "samples" / "jazz.ogg"


def wav(samples, sr=22_050):
    file = io.BytesIO()
    sf.write(file, samples, sr, format="WAV")
    return file.getvalue()


def noise(seconds):
    return 0.1 * np.random.default_rng(3).standard_normal(int(seconds * 22_050))


def songs(events):
    return [event for event in events if event["event"] == "song"]


def test_tracked_song_has_the_steps_of_the_runs_recipe(make_run):
    run = make_run("read")
    assert read_pinned_song(run) is None
    n_segments = pin_song(run, JAZZ)

    signal = load_audio(JAZZ, sr=RECIPE.feature_config.sr)
    np.testing.assert_array_equal(
        read_pinned_song(run), extract_segments(signal, RECIPE.feature_config)
    )
    assert len(read_pinned_song(run)) == n_segments
    assert read_pinned_song(run).shape[1:] == (13, 26)


def test_tracked_song_leaves_out_silent_segments(make_run):
    run = make_run("gap")
    silence = np.zeros(6 * 22_050)
    assert pin_song(run, wav(np.concatenate([noise(3), silence, noise(3)]))) == 2


def test_tracked_long_song_has_segments_from_start_to_end(make_run):
    run = make_run("long")
    song = wav(np.concatenate([noise(3)] + [0.3 * noise(3)] * 40 + [0.01 * noise(3)]))
    signal = load_audio(song, sr=22_050)
    steps = extract_segments(signal, RECIPE.feature_config)

    assert pin_song(run, song) == MAX_SEGMENTS
    np.testing.assert_array_equal(read_pinned_song(run)[[0, -1]], steps[[0, -1]])


def test_tracked_song_stores_neither_name_nor_samples(make_run, tmp_path):
    run = make_run("private")
    song = tmp_path / "my secret song.wav"
    song.write_bytes(wav(noise(7)))
    pin_song(run, song)

    for path in run.rglob("*"):
        assert "secret" not in path.name
        assert b"secret" not in path.read_bytes()
    assert (run / SONG_FILE).stat().st_size < 10_000  # of 300 KB of samples
    with np.load(run / SONG_FILE) as arrays:
        assert arrays.files == ["steps"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (wav(np.zeros(5 * 22_050)), "this recording is silent. Choose a recording with sound"),
        (wav(noise(0.1)), "longer recording"),
        (b"this is a shopping list", "not audio"),
        (b"", "empty"),
        (JAZZ.read_bytes()[:400], "damaged"),
    ],
    ids=["silent", "0.1 s", "text", "empty", "cut off"],
)
def test_tracked_bad_song_is_refused_and_the_one_before_stays(make_run, content, sentence):
    run = make_run("bad")
    pin_song(run, JAZZ)
    before = (run / SONG_FILE).read_bytes()

    with pytest.raises(AudioError, match=sentence):
        pin_song(run, content)
    with pytest.raises(AudioError, match=sentence):
        check_song(content)
    assert (run / SONG_FILE).read_bytes() == before


def test_tracked_song_is_checked_without_a_run():
    check_song(JAZZ)


def test_tracked_song_on_a_full_disk_is_refused_and_leaves_nothing(make_run, monkeypatch):
    run = make_run("full")
    files = set(run.iterdir())

    def refuse(file, **arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", refuse)
    with pytest.raises(RunError, match=r"could not be pinned \(No space left on device\)"):
        pin_song(run, JAZZ)
    assert set(run.iterdir()) == files


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(b"no archive"),
        lambda path: path.write_bytes(b""),
        lambda path: np.savez(path, other=np.zeros(3)),
        lambda path: np.savez(path, steps=np.zeros((2, 5, 5), np.float32)),
        lambda path: np.savez(path, steps=np.zeros((2, 13, 26))),
        lambda path: np.savez(path, steps=np.array([{"a": 1}], dtype=object)),
    ],
    ids=["cut", "text", "empty", "other array", "other shape", "other type", "a pickle"],
)
def test_tracked_song_corrupt_is_none(make_run, damage):
    run = make_run("damaged")
    pin_song(run, JAZZ)
    damage(run / SONG_FILE)
    assert read_pinned_song(run) is None


def test_tracked_song_is_predicted_after_each_epoch(make_run):
    run = make_run("pinned", epochs=3)
    pin_song(run, JAZZ)
    start_run(run)
    status, events = wait_for(has_ended, run)

    assert status.state == "finished"
    assert [event["epoch"] for event in songs(events)] == [1, 2, 3]
    for event in songs(events):
        assert len(event["probabilities"]) == 2
        assert sum(event["probabilities"]) == pytest.approx(1, abs=1e-3)


def test_tracked_song_changed_while_training_does_not_stop_the_run(make_run):
    run = make_run("while", epochs=1000)
    start_run(run)
    _, events = wait_for(lambda status, events: n_epochs(events) >= 1, run)
    assert songs(events) == []

    pin_song(run, JAZZ)
    _, events = wait_for(lambda status, events: songs(events), run)
    assert songs(events)[0]["epoch"] > 1

    broken = run / "broken.part"
    broken.write_bytes(b"no archive")
    os.replace(broken, run / SONG_FILE)
    wait_for(lambda status, events: n_epochs(events) >= songs(events)[-1]["epoch"] + 2, run)
    steer_run(run, stop=True)
    assert wait_for(has_ended, run)[0].state == "stopped"
