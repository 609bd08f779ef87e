"""Make ``music_check.npz``, and measure it.

``python models/ears/make_music_check.py [--pack FOLDER] [-o FILE]`` trains on the tracks of
``datasets/gtzan-subset-musicnn`` and on the sounds of ``sounds.TRAINING``; with ``--measure`` it
then measures what it wrote on ``sounds.HELD_OUT`` and on the examples, and the same procedure on
tracks of artists that it was not trained on.  Needs espeak-ng; ``--measure`` also sox.

How the parameters are found
----------------------------
- A softmax regression reads each segment (`genre.models.music_check.describe`).  All tracks
  together weigh as much as all sounds; each class of sounds weighs the same.
- The least probability of music is chosen on tracks that were not trained on: with the artists
  in five folds, `REFUSED` of the tracks lie below it; of those with one segment, and of the rest.
- A kind is named from the least share of what is not music on that was right for `NAMED_RIGHT` of
  the sounds at or above it, with the makers of sounds in folds.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import sounds  # noqa: E402

from genre.audio.load import load_audio  # noqa: E402
from genre.audio.segments import spread_segments  # noqa: E402
from genre.audio.signal import Signal  # noqa: E402
from genre.datasets.load import load_dataset  # noqa: E402
from genre.evaluation.intervals import wilson_interval  # noqa: E402
from genre.models.music_check import (  # noqa: E402
    CLASSES,
    MAX_SEGMENTS,
    MusicCheck,
    check_music,
    class_probabilities,
    describe,
    judge,
    spread_values,
)
from genre.models.music_parameters import PATH, CheckParameters, save_parameters  # noqa: E402
from genre.system.threads import one_blas_thread  # noqa: E402

PACK = ROOT / "datasets" / "gtzan-subset-musicnn"
N_EACH = 8
"""Sounds of each maker in training; half of them as recorded in a room."""
N_HELD_OUT = 4
REFUSED = 0.015
NAMED_RIGHT = 0.9
N_FOLDS = 5
C = 0.1
"""Inverse strength of the penalty; chosen on the training sounds with their makers in folds."""


@dataclass(frozen=True)
class Item:
    """A track or a sound: what is read of it, and who made it."""

    label: int
    group: str
    name: str
    described: np.ndarray  # (n_segments, 400)
    is_track: bool = False


def read_tracks(pack: Path) -> list[Item]:
    """Describe each track of a pack by the segments that the check would read."""
    data = load_dataset(pack)
    items = []
    for i, track in enumerate(data.tracks):
        values = data.frames[data.track_index == i]
        described = describe(values[spread_segments(len(values), MAX_SEGMENTS)])
        artist = track.artist or track.track_id
        items.append(Item(0, artist, track.track_id, described, is_track=True))
    return items


def make_sounds(makers: dict[str, tuple[sounds.Maker, ...]], n_each: int, seed: int) -> list[Item]:
    """Make sounds and describe them."""
    items = []
    for kind, of_kind in makers.items():
        for k, maker in enumerate(of_kind):
            for i in range(n_each):
                samples = make_sound(maker, seed=(seed, k, i), in_room=i % 2 == 1)
                described = describe(spread_values(Signal(samples, sounds.SR)))
                items.append(Item(CLASSES.index(kind), maker.__name__, f"{kind} {i}", described))
    return items


def make_sound(maker: sounds.Maker, seed: tuple[int, ...], *, in_room: bool) -> np.ndarray:
    """Return the samples of one sound."""
    rng = np.random.default_rng([*seed, *maker.__name__.encode()])
    samples = maker(rng)
    return (sounds.as_recorded(rng, samples) if in_room else samples).astype(np.float32)


def fold(items: list[Item]) -> np.ndarray:
    """Return a fold for each item; artists and makers stay whole, folds are alike in size."""
    of_group: dict[str, int] = {}
    sizes = {True: [0] * N_FOLDS, False: [0] * N_FOLDS}
    groups = [(item.group, item.is_track) for item in items]
    for group in sorted(set(groups), key=lambda group: (-groups.count(group), group)):
        size = sizes[group[1]]
        of_group[group[0]] = int(np.argmin(size))
        size[of_group[group[0]]] += groups.count(group)
    return np.array([of_group[item.group] for item in items])


def fit(items: list[Item]) -> CheckParameters:
    """Train the regression; its thresholds are not chosen yet."""
    X = np.concatenate([item.described for item in items])
    n = [len(item.described) for item in items]
    labels = np.repeat([item.label for item in items], n)
    # Tracks weigh as much as all sounds; melodies as much as one kind of what is not music.
    parts = np.repeat([-1 if item.is_track else item.label for item in items], n)
    weights = np.repeat(1 / np.array(n), n)
    for part in set(parts):
        share = 0.5 if part == -1 else 0.5 / len(CLASSES)
        weights[parts == part] *= share * len(items) / weights[parts == part].sum()
    mean, scale = X.mean(axis=0), X.std(axis=0) + 1e-3
    regression = LogisticRegression(C=C, max_iter=1000)
    with one_blas_thread():  # faster for arrays of this size, and repeatable
        regression.fit((X - mean) / scale, labels, sample_weight=weights)
    return CheckParameters(
        mean, scale, regression.coef_, regression.intercept_, np.full(2, 0.5), 0.5
    )


def predict(items: list[Item], parameters: CheckParameters) -> np.ndarray:
    """Return the probabilities of each item [shape=(n_items, 5)]."""
    return np.array([class_probabilities(item.described, parameters) for item in items])


def judge_item(item: Item, parameters: CheckParameters) -> MusicCheck:
    """Decide as the program does."""
    probabilities = class_probabilities(item.described, parameters)
    return judge(probabilities, len(item.described), parameters)


def choose(tracks: list[Item], others: list[Item]) -> CheckParameters:
    """Train on all, and choose the thresholds on folds that were left out of training."""
    items = [*tracks, *others]
    folds, probabilities = fold(items), np.empty((len(items), len(CLASSES)))
    for k in range(N_FOLDS):
        trained = fit([item for item, f in zip(items, folds, strict=True) if f != k])
        left_out = [item for item, f in zip(items, folds, strict=True) if f == k]
        probabilities[folds == k] = predict(left_out, trained)
    is_long = np.array([len(item.described) > 1 for item in items])
    of_tracks, is_track = probabilities[:, 0], np.arange(len(items)) < len(tracks)
    least_music = np.array(
        [np.quantile(of_tracks[is_track & (is_long == long)], REFUSED) for long in (False, True)]
    )
    is_refused = of_tracks < least_music[is_long.astype(int)]
    least_kind = least_share(items, probabilities, is_refused)
    return replace(fit(items), least_music=least_music, least_kind=least_kind)


def least_share(items: list[Item], probabilities: np.ndarray, is_refused: np.ndarray) -> float:
    """Return from which share of what is not music on the likeliest kind is named."""
    labels = np.array([item.label for item in items])
    asked = is_refused & (labels > 0)
    others = probabilities[asked, 1:]
    shares = others.max(axis=1) / others.sum(axis=1)
    is_right = others.argmax(axis=1) + 1 == labels[asked]
    order = np.argsort(-shares)
    right_so_far = np.cumsum(is_right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right_so_far >= NAMED_RIGHT)
    return float(shares[order][good[-1]]) if len(good) else 1.0


def measure_tracks(tracks: list[Item], others: list[Item]) -> None:
    """Print how many tracks are refused by parameters of other artists, thresholds included."""
    folds, refused = fold(tracks), []
    for k in range(N_FOLDS):
        known = [track for track, f in zip(tracks, folds, strict=True) if f != k]
        parameters = choose(known, others)
        for track in (track for track, f in zip(tracks, folds, strict=True) if f == k):
            if judge_item(track, parameters).is_refused:
                refused.append(track.name)
    share = wilson_interval(len(refused), len(tracks))
    say(f"{len(refused)} tracks refused, artists whole: {share}: {refused}")


def measure_sounds(items: list[Item], parameters: CheckParameters) -> None:
    """Print how many sounds are refused, and how many of the kinds named are right."""
    checks = [judge_item(item, parameters) for item in items]
    for group in dict.fromkeys(item.group for item in items):
        of_group = [
            (item, check) for item, check in zip(items, checks, strict=True) if item.group == group
        ]
        n_refused = sum(check.is_refused for _, check in of_group)
        kinds = [str(check.looks_like) for _, check in of_group if check.is_refused]
        kind = CLASSES[of_group[0][0].label]
        say(f"  {kind:7} {group:15} {n_refused} of {len(of_group)} refused: {' '.join(kinds)}")
    pairs = [(CLASSES[item.label], c) for item, c in zip(items, checks, strict=True)]
    refused = [(kind, c) for kind, c in pairs if c.is_refused]
    n_others = sum(kind != "music" for kind, _ in pairs)
    melodies = len(pairs) - n_others
    found = [(kind, c) for kind, c in refused if kind != "music"]
    named = [(kind, c.looks_like) for kind, c in found if c.looks_like != "other"]
    n_right = sum(kind == said for kind, said in named)
    n_melodies = len(refused) - len(found)
    say(f"{len(found)} sounds refused: {wilson_interval(len(found), n_others)}")
    say(f"{n_right} kinds right where one is named: {wilson_interval(n_right, len(named))}")
    say(f"{n_melodies} melodies refused: {wilson_interval(n_melodies, melodies)}")


def measure_examples() -> None:
    """Print which of the examples are refused, by the file that the program reads."""
    files = sorted((ROOT / "samples").glob("*.ogg"))
    refused = [f.stem for f in files if check_music(load_audio(f)).is_refused]
    say(f"examples refused: {len(refused)} of {len(files)} {refused}")


def say(line: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pack", type=Path, default=PACK, help="the tracks' musicnn features")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    asked = parser.parse_args()
    if not sounds.has_speech() or (asked.measure and not sounds.has_sox()):
        sys.exit("espeak-ng, and with --measure also sox, is needed. Install it, and try again.")
    tracks, others = read_tracks(asked.pack), make_sounds(sounds.TRAINING, N_EACH, seed=1)
    parameters = choose(tracks, others)
    save_parameters(asked.output, parameters)
    say(
        f"{asked.output}: {len(tracks)} tracks, {len(others)} sounds; music from "
        f"{np.round(parameters.least_music, 3)}, a kind from {parameters.least_kind:.3f}"
    )
    if asked.measure:
        say("makers that are not in training:")
        measure_sounds(make_sounds(sounds.HELD_OUT, N_HELD_OUT, seed=2), parameters)
        say("makers of training, other seeds:")
        others_again = {kind: tuple(dict.fromkeys(of)) for kind, of in sounds.TRAINING.items()}
        measure_sounds(make_sounds(others_again, 2, seed=3), parameters)
        measure_examples()
        measure_tracks(tracks, others)


if __name__ == "__main__":
    main()
