"""Tempo, key, harmony and percussion of sounds made so that the answer is known."""

import functools
import hashlib
import json
import subprocess
import sys
import time

import numpy as np
import pytest

from genre import language
from genre.audio.load import load_audio
from genre.audio.signal import Signal, encode_wav
from genre.audio.song_facts import (
    MAJOR_PROFILE,
    MINOR_PROFILE,
    FactsJob,
    SongFacts,
    describe_song,
    estimate_key,
    known_facts,
)
from genre.errors import AudioError
from genre.paths import ROOT as PROJECT
from tests.support.command import replace_command

SR = 22_050


def clicks(bpm, seconds=15):
    rng = np.random.default_rng(11)
    samples = np.zeros(SR * seconds)
    for start in np.arange(0, len(samples) - 200, 60 * SR / bpm).astype(int):
        samples[start : start + 200] = 0.5 * rng.standard_normal(200)
    return Signal(samples, SR)


def chords(*semitones_from_c, seconds=2.0):
    times = np.arange(int(SR * seconds)) / SR
    return Signal(
        np.concatenate(
            [
                sum(0.1 * np.sin(2 * np.pi * 261.63 * 2 ** (n / 12) * times) for n in chord)
                for chord in semitones_from_c
            ]
        ),
        SR,
    )


@pytest.fixture
def progression():
    """Eight seconds of C, F, G and C major."""
    return chords((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))


def wait_for(job, seconds=290):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (facts := job.poll()) is not None:
            return facts
        time.sleep(0.05)
    job.stop()
    return pytest.fail(f"no facts after {seconds} s")


@pytest.mark.parametrize("bpm", [90, 120, 140])
def test_clicks_have_their_tempo(bpm):
    assert describe_song(clicks(bpm)).tempo_bpm == pytest.approx(bpm, rel=0.01)


def test_onsets_are_where_the_clicks_are():
    facts = describe_song(clicks(120))
    onsets = np.array(facts.onsets_over_time)
    at = np.flatnonzero(onsets > 0.5) / len(onsets) * facts.analysed_seconds

    assert onsets.max() == 1 and len(onsets) <= 1500
    assert len(at) >= 20
    np.testing.assert_allclose(at / 0.5, np.rint(at / 0.5), atol=0.2)


def test_chord_progression_has_its_key(progression):
    facts = describe_song(progression)

    assert facts.key == "C major"
    assert facts.key_confidence > 0.05
    assert int(np.argmax(facts.chroma)) in (0, 7)  # C or G, the notes of most of these chords


def test_transposed_up_key_moves_along():
    up_three = describe_song(chords((3, 7, 10), (8, 12, 15), (10, 14, 17), (3, 7, 10)))

    assert up_three.key == "D# major"


@pytest.mark.parametrize("tonic", range(12))
def test_key_of_each_profile_is_its_own(tonic):
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]

    assert estimate_key(np.roll(MAJOR_PROFILE, tonic))[0] == f"{names[tonic]} major"
    assert estimate_key(np.roll(MINOR_PROFILE, tonic))[0] == f"{names[tonic]} minor"


def test_harmonic_share_of_chords_is_high_and_of_clicks_low(progression):
    sine, struck = describe_song(progression), describe_song(clicks(120))

    assert sine.harmonic_share > 0.9 > 0.1 > struck.harmonic_share
    for facts in (sine, struck):
        assert facts.harmonic_share + facts.percussive_share == pytest.approx(1.0)


def test_noise_has_neither_tempo_nor_key(hiss):
    facts = describe_song(hiss)

    assert (facts.tempo_bpm, facts.key, facts.key_confidence) == (None, None, None)


@pytest.mark.parametrize("n_samples", [0, 100, 3 * SR])
def test_silence_and_next_to_nothing_have_no_facts(n_samples):
    facts = describe_song(Signal(np.zeros(n_samples), SR))

    assert (facts.tempo_bpm, facts.key, facts.harmonic_share) == (None, None, None)
    assert facts.seconds == n_samples / SR
    assert json.loads(json.dumps(facts.to_json()))["chroma"] == [0.0] * 12


@pytest.mark.parametrize("seconds", [0.5, 0.7, 3.0])
def test_short_sound_gets_as_many_columns_as_it_has_frames(seconds):
    facts = describe_song(chords((0, 4, 7), seconds=seconds))

    n_frames = 1 + int(SR * seconds) // 1024
    assert np.shape(facts.chroma_over_time) == (12, n_frames)
    np.testing.assert_allclose(np.mean(facts.chroma_over_time, axis=1), facts.chroma, atol=1e-3)


def test_song_longer_than_two_minutes_is_analysed_up_to_there():
    quiet_end = Signal(np.concatenate([np.tile(clicks(120).samples, 8), np.zeros(10 * SR)]), SR)
    facts = describe_song(quiet_end)

    assert (facts.seconds, facts.analysed_seconds) == (130.0, 120.0)
    assert np.shape(facts.chroma_over_time) == (12, 300)


def test_chroma_over_time_follows_chords():
    facts = describe_song(chords((0,), (6,)))  # C, then F sharp
    rows = np.array(facts.chroma_over_time)
    first, second = rows[:, : rows.shape[1] // 3], rows[:, -rows.shape[1] // 3 :]

    assert (np.argmax(first.mean(axis=1)), np.argmax(second.mean(axis=1))) == (0, 6)


def test_facts_survive_json(progression):
    facts = describe_song(progression)

    assert SongFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


@pytest.mark.parametrize("values", [{}, {"seconds": 1.0}, [], None], ids=repr)
def test_facts_from_other_json_are_refused(values):
    with pytest.raises(AudioError, match=r"not those this version writes; it expected analysed"):
        SongFacts.from_json(values)


def test_importing_loads_no_scipy_and_describing_no_numba():
    script = """
import sys, genre.audio.song_facts
loaded = lambda: sorted({"librosa", "numba", "scipy", "av"} & set(sys.modules))
print(loaded())
from genre.__main__ import main
main(["describe", "samples/jazz.ogg"])
print(loaded())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    first, *_, last = done.stdout.strip().split("\n")
    assert (first, last) == ("[]", "['scipy']")


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Start from a folder that holds no `genre` package."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def helper(monkeypatch):
    """Replace the command line by a script."""
    return functools.partial(replace_command, monkeypatch)


def test_job_measures_what_call_measures(progression, elsewhere):
    content = encode_wav(progression)

    facts = wait_for(job := FactsJob(content))

    assert facts.key == "C major"
    assert facts == describe_song(load_audio(content))
    assert job.poll() == facts  # asked again, it still knows


def test_job_fails_with_sentence_of_process(elsewhere):
    job = FactsJob(b"words, not music")

    with pytest.raises(AudioError, match=r"^this file is not audio this program knows.*Convert"):
        wait_for(job)
    with pytest.raises(AudioError, match=r"^this file is not audio this program knows"):
        job.poll()


def test_job_speaks_the_language_of_whoever_asked_for_it(elsewhere):
    with language.use("ko"):
        job = FactsJob(b"words, not music")

    with pytest.raises(AudioError, match=r"^이 프로그램이 아는 오디오 파일이 아닙니다"):
        wait_for(job)


@pytest.mark.parametrize(
    "script", ["raise SystemExit(1)", "1 / 0", "print('{}')", "print('not JSON')"]
)
def test_process_that_crashes_is_one_sentence(script, helper):
    helper(script)

    with pytest.raises(AudioError, match=r"ended unexpectedly \(status [01]\). Try it again"):
        wait_for(FactsJob(b"song"))


def test_facts_asked_again_are_the_same_and_each_error_is_a_new_one(helper):
    facts = SongFacts(seconds=3.0, analysed_seconds=3.0, tempo_bpm=120.0)
    helper(f"print({json.dumps(facts.to_json())!r})")
    job = FactsJob(b"song")
    assert wait_for(job) == job.poll() == facts

    helper("raise SystemExit('genre describe: this song is a list of groceries')")
    job, errors = FactsJob(b"song"), []
    for _ in range(2):
        with pytest.raises(AudioError, match=r"^this song is a list of groceries$") as raised:
            wait_for(job)
        errors.append(raised.value)
    assert errors[0] is not errors[1]  # one shared error would grow with each raise


def test_facts_job_stopped_or_too_slow_raises_one_sentence(helper, monkeypatch):
    helper("import time; time.sleep(60)")
    job = FactsJob(b"song")
    assert job.poll() is None
    job.stop()
    with pytest.raises(AudioError, match=r"was stopped. Start it again"):
        job.poll()

    monkeypatch.setattr("genre.audio.song_facts.MAX_JOB_SECONDS", -1.0)
    with pytest.raises(AudioError, match=r"took more than -1 s and was ended. Try a shorter"):
        wait_for(FactsJob(b"song"))


def test_songs_are_described_one_at_a_time_and_whose_visitor_left_is_passed_over(
    helper, monkeypatch
):
    now = [0.0]
    monkeypatch.setattr("genre.system.turns.time.monotonic", lambda: now[0])
    helper("import time; time.sleep(60)")
    first, left, last = FactsJob(b"1"), FactsJob(b"2"), FactsJob(b"3")
    assert [job.poll() for job in (first, left, last)] == [None] * 3
    assert [job.n_before for job in (first, left, last)] == [0, 1, 2]
    now[0] += 60
    last.poll()
    assert last.n_before == 1
    first.stop()
    facts = SongFacts(seconds=3.0, analysed_seconds=3.0)
    helper(f"print({json.dumps(facts.to_json())!r})")
    assert wait_for(last) == facts


def test_known_facts_are_those_of_the_examples():
    known = known_facts()
    songs = sorted((PROJECT / "samples").glob("*.ogg"))
    assert [hashlib.sha256(song.read_bytes()).hexdigest() for song in songs] == list(known)


def test_known_facts_are_what_describing_gives():
    content = (PROJECT / "samples" / "jazz.ogg").read_bytes()
    known = known_facts()[hashlib.sha256(content).hexdigest()]
    facts = describe_song(load_audio(content))
    assert (facts.key, facts.tempo_bpm) == (known.key, pytest.approx(known.tempo_bpm, abs=0.2))
    assert facts.chroma == pytest.approx(known.chroma, abs=2e-3)


def test_process_that_cannot_start_is_sentence(monkeypatch):
    def refuse(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(AudioError, match=r"cannot be started \(Cannot allocate memory\)"):
        FactsJob(b"song").poll()
