"""Tempo, key and harmonic share of a song, beside librosa's."""

from __future__ import annotations

import numpy as np

from benchmarks import librosa_facts
from benchmarks.recordings import make_mp3
from benchmarks.stopwatch import race, run_child, timed
from benchmarks.table import ROOT, Bench, Row, benchmark, time_row

TRACKS = ROOT.parent / "shared" / "data" / "gtzan-subset"
N_TRACKS = 60
MIN_TRACK_BYTES = 400_000
"""Of a FLAC file: whole clips of 30 s, not the excerpts of 3 s."""


@benchmark("facts")
def song_facts(bench: Bench) -> list[Row]:
    """Song facts of a 30 s MP3, each time in a fresh process, and warm.

    Cold is `python -m genre describe`, as the page starts it. Beside it the same facts by
    librosa: for a machine's first visitor (numba's cache is empty, once), and for later ones;
    medians of 5 and 3 runs in turns. Warm is from samples, in a process that is already running:
    medians of 7 runs in turns.
    """
    from genre.audio.load import load_audio
    from genre.audio.song_facts import MAX_ANALYSED_SECONDS, describe_song

    clip = make_mp3(bench.folder, 30)
    arguments = ["-m", "benchmarks.librosa_facts", clip, bench.folder / "numba"]
    ours_first = run_child(["-m", "genre", "describe", "--json", clip]).seconds
    first = run_child(arguments).seconds
    cold = race(
        lambda: run_child(["-m", "genre", "describe", "--json", clip]).seconds,
        lambda: run_child(arguments).seconds,
        bench.times(5),
        bench.times(3),
    )
    short, long = (
        load_audio(path) for path in (clip, make_mp3(bench.folder, MAX_ANALYSED_SECONDS))
    )
    warm = race(
        timed(lambda: describe_song(short)),
        timed(lambda: _librosas(short.samples)),
        *[bench.times(7)] * 2,
    )
    of_long = race(
        timed(lambda: describe_song(long)),
        timed(lambda: _librosas(long.samples)),
        *[bench.times(3)] * 2,
    )
    return [
        time_row("Song facts of 30 s, first visitor", ours_first, first, than="librosa", under=5),
        time_row("Song facts of 30 s, next visitors", *cold, than="librosa", under=5),
        time_row("Song facts of 30 s, warm", *warm, than="librosa", under=1.5),
        time_row("Song facts of 2 minutes or more, warm", *of_long, than="librosa", under=6),
    ]


def _librosas(samples: np.ndarray) -> None:
    librosa_facts.tempo_and_onsets(samples)
    librosa_facts.chroma(samples)
    librosa_facts.harmonic_share(samples)


@benchmark("facts-equal")
def equal_facts(bench: Bench) -> list[Row]:
    """Of the ten examples and 60 tracks of GTZAN, how many have the facts that librosa gives.

    The tracks are spread over the genres, whole clips. Tempo is the same where it lies within a
    frame of librosa's, which answers in whole frames of 23 ms.
    """
    from genre.audio.load import load_audio
    from genre.audio.song_facts import describe_song, estimate_key

    tracks = [p for p in sorted(TRACKS.glob("*/*.flac")) if p.stat().st_size > MIN_TRACK_BYTES]
    step = max(1, len(tracks) // bench.times(N_TRACKS))
    songs = [*sorted((ROOT / "samples").glob("*.ogg")), *tracks[::step][: bench.times(N_TRACKS)]]
    same_key, same_tempo, differences = 0, 0, []
    for path in songs:
        signal = load_audio(path)
        facts = describe_song(signal)
        tempo, _ = librosa_facts.tempo_and_onsets(signal.samples)
        same_key += facts.key == estimate_key(librosa_facts.chroma(signal.samples).mean(axis=1))[0]
        frames = [60 * librosa_facts.SR / 512 / bpm for bpm in (facts.tempo_bpm or np.inf, tempo)]
        same_tempo += facts.tempo_bpm is None or abs(frames[0] - frames[1]) < 1
        share = librosa_facts.harmonic_share(signal.samples)
        differences.append(abs(share - (facts.harmonic_share or 0)))
    n, worst = len(songs), max(differences)
    return [
        Row("Song facts: the same key", f"{same_key} of {n} songs", "librosa"),
        Row("Song facts: the same tempo", f"{same_tempo} of {n} songs", "librosa"),
        Row("Song facts: harmonic share", f"within {worst:.1e}", "librosa", "0.02", worst <= 0.02),
    ]
