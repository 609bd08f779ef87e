"""From a recording to its genre: cold, warm, and the features alone."""

from __future__ import annotations

import io
import json
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.recordings import make_mp3
from benchmarks.stopwatch import Child, race, run_child, timed
from benchmarks.table import Bench, Row, benchmark, memory_row, time_row


@benchmark("cold")
def cold_classify(bench: Bench) -> list[Row]:
    """One file in a fresh process, as on the command line.

    `python -m genre classify` on a 30 s MP3, with the model `ear`, and the usual script
    (librosa's loading and MFCCs, Keras's `load_model` and `predict`, the network of `starter`):
    medians of 5 and 3 runs in turns, after a warm-up of each so that both find their
    compiled files.  Memory is the process's high-water mark.
    """
    clip = make_mp3(bench.folder, 30)
    ours = run_child(["-m", "genre", "classify", "--json", clip])
    predictions = json.loads(ours.stdout)[0]["genre"], ""
    peaks: tuple[list[int], list[int]] = ([], [])

    def run(side: int, arguments: list[str | Path]) -> Callable[[], float]:
        def once() -> float:
            nonlocal predictions
            child: Child = run_child(arguments)
            peaks[side].append(child.peak)
            if side == 1:
                predictions = predictions[0], child.stdout.split()[-1]
            return child.seconds

        return once

    seconds = race(
        run(0, ["-m", "genre", "classify", clip]),
        run(1, ["-m", "benchmarks.usual_script", clip]),
        bench.times(5),
        bench.times(3),
    )
    than = "the usual script"
    memory = [statistics.median(side) for side in peaks]
    return [
        time_row("A 30 s MP3, cold: time", *seconds, than=than, times_faster=10),
        memory_row("A 30 s MP3, cold: memory", *memory, than=than, times_less=5),
        Row(
            "A 30 s MP3, cold: prediction",
            predictions[0],
            f"{predictions[1]}, {than}",
            "the same genre",
            predictions[0] == predictions[1],
        ),
    ]


@benchmark("warm")
def warm_classify(bench: Bench) -> list[Row]:
    """An upload in a process that is already running: from bytes to a prediction.

    Beside it librosa's loading and MFCCs of each segment with this project's NumPy
    network, so without Keras's cost: medians of 7 runs in turns, after a warm-up of each.
    """
    import librosa

    from benchmarks.librosa_features import extract_steps
    from genre.models.classifier import classify, load_classifier

    classifier = load_classifier("starter")

    def classify_with_librosa(content: bytes) -> np.ndarray:
        samples, _ = librosa.load(io.BytesIO(content), sr=classifier.features.sr)
        return classifier.predict_proba(extract_steps(samples, classifier.features)).mean(axis=0)

    rows = []
    for length, seconds, under in (("30 s", 30, 0.15), ("4 minute", 240, 1.0)):
        content = make_mp3(bench.folder, seconds).read_bytes()
        taken = race(
            timed(lambda content=content: classify(content, classifier)),
            timed(lambda content=content: classify_with_librosa(content)),
            bench.times(7),
            bench.times(7),
        )
        what = f"A {length} MP3, warm, from bytes to prediction"
        rows.append(time_row(what, *taken, than="librosa and the NumPy network", under=under))
    return rows


@benchmark("impression")
def first_impression(bench: Bench) -> list[Row]:
    """The model `ear`: a short and a long MP3, and the long one's first impression.

    From bytes, in a process that is already running: medians of 7 runs in turns, after a warm-up
    of each.  Beside the first impression the whole analysis; beside the short one `starter`.
    """
    from genre.models.classifier import classify, load_classifier
    from genre.models.song_analysis import N_FIRST, analyze_in_stages, analyze_song

    ear, starter = load_classifier("ear"), load_classifier("starter")
    short, long = (make_mp3(bench.folder, seconds).read_bytes() for seconds in (30, 240))
    n_times = (bench.times(7), bench.times(7))
    of_short = race(
        timed(lambda: classify(short, ear)), timed(lambda: classify(short, starter)), *n_times
    )
    first, whole = race(
        timed(lambda: next(analyze_in_stages(long, ear))),
        timed(lambda: analyze_song(long, ear)),
        *n_times,
    )
    what = f"A 4 minute MP3, warm, `ear`, to the prediction from {N_FIRST} segments"
    return [
        time_row("A 30 s MP3, warm, `ear`", *of_short, than="`starter`", under=0.5),
        time_row(what, first, whole, than="all 80", under=0.6),
        Row("A 4 minute MP3, warm, `ear`, all 80", f"{whole:.2f} s", "", "under 4.00 s", whole < 4),
    ]


@benchmark("mfcc")
def mfcc_front_end(bench: Bench) -> list[Row]:
    """The MFCCs of 30 s of decoded audio, each segment by itself.

    Beside `librosa.feature.mfcc` of each segment: medians of 7 runs in turns, after a
    warm-up of each, and the largest difference between any two coefficients.
    """
    from benchmarks.librosa_features import extract_mfccs
    from genre.audio.features import extract_frames
    from genre.audio.load import load_audio
    from genre.models.classifier import load_classifier

    features = load_classifier("starter").features
    signal = load_audio(make_mp3(bench.folder, 30), sr=features.sr)
    taken = race(
        timed(lambda: extract_frames(signal, features)),
        timed(lambda: extract_mfccs(signal.samples, features)),
        bench.times(7),
        bench.times(7),
    )
    frames, expected = extract_frames(signal, features), extract_mfccs(signal.samples, features)
    difference = float(np.abs(frames - expected).max())
    than = "librosa, segment by segment"
    return [
        time_row(f"{features.n_mfcc} MFCCs of 30 s", *taken, than=than),
        Row(
            f"{features.n_mfcc} MFCCs of 30 s: largest difference",
            f"{difference:.1e}",
            f"values up to {np.abs(expected).max():.0f}, {than}",
            "within 1e-3",
            difference < 1e-3,
        ),
    ]
