"""The tags that stand out, in words: of made-up probabilities, and of the bundled examples."""

import numpy as np
import pytest

from genre.audio.feature_config import MusicnnConfig
from genre.audio.load import load_audio
from genre.audio.musicnn import extract_windows
from genre.audio.musicnn_network import TAGS
from genre.audio.musicnn_weights import load_musicnn_weights
from genre.audio.tags import (
    MEANS,
    MIN_PROBABILITY,
    MIN_RATIO,
    WORDS,
    Tag,
    strongest_tags,
    word_probabilities,
)
from genre.datasets.pack import read_pack
from genre.errors import ParameterError
from genre.paths import DATASETS, SAMPLES


def tags(*segments):
    """Probabilities of 50 tags for each segment, zero where none is given."""
    return np.array([[given.get(tag, 0) for tag in TAGS] for given in segments], np.float32)


def words(named):
    return [tag.word for tag in named]


def test_strongest_tags_come_first_with_their_mean_over_the_segments():
    named = strongest_tags(tags({"funk": 0.5, "60s": 0.25}, {"funk": 0.25}))

    assert named == (Tag("funk", 0.375), Tag("60s", 0.125))


def test_tags_that_most_recordings_get_need_more_than_others():
    assert words(strongest_tags(tags({"rock": 0.18, "pop": 0.15, "folk": 0.1001}))) == ["folk"]
    assert words(strongest_tags(tags({"rock": 0.19, "pop": 0.16, "folk": 0.0999}))) == [
        "rock",
        "pop",
    ]


def test_tags_of_the_same_meaning_are_one_word():
    heard = tags({"female vocalists": 0.3, "female vocalist": 0.4, "Hip-Hop": 0.2, "rnb": 0.2})
    named = strongest_tags(heard)

    assert words(named) == ["female vocalists", "hip-hop", "R&B"]
    assert named[0].probability == pytest.approx(0.4)  # not their sum


def test_at_most_four_tags_are_named():
    assert len(strongest_tags(np.full((2, 50), 0.9, np.float32))) == 4


def test_segments_that_do_not_count_change_nothing():
    heard = tags({"funk": 0.5}, {"punk": 0.9})

    assert words(strongest_tags(heard, np.array([True, False]))) == ["funk"]


def test_nothing_is_named_where_nothing_stands_out():
    assert strongest_tags(np.full((3, 50), 0.05, np.float32)) == ()


@pytest.mark.parametrize(
    ("shape", "counted"), [((2, 49), [True, True]), ((2, 50), [True]), ((2, 50), [False, False])]
)
def test_arrays_that_do_not_fit_are_refused(shape, counted):
    with pytest.raises(ParameterError, match=r"expected .* and at least one"):
        strongest_tags(np.zeros(shape, np.float32), np.array(counted))


def test_every_word_stands_for_a_tag_and_looks_the_same():
    assert set(WORDS) < set(TAGS)
    named = word_probabilities(np.zeros((1, 50), np.float32))
    assert len(named) == 47
    assert [word for word in named if word != word.lower()] == ["R&B"]


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ("blues", "blues"),
        ("classical", "instrumental"),
        ("country", "country"),
        ("disco", "dance"),
        ("jazz", "jazz"),
        ("pop", "pop"),
        ("rock", "rock"),
    ],
)
def test_examples_are_described_by_their_genre(example, expected):
    signal = load_audio(SAMPLES / f"{example}.ogg", sr=16_000, max_seconds=15)
    named = strongest_tags(extract_windows(signal, MusicnnConfig()).tags)

    assert expected in words(named)[:2]


def test_means_are_about_those_of_the_bundled_windows():
    """Of whole segments, which the means are of, the project holds no values: soul differs most."""
    weights, data = load_musicnn_weights(), read_pack(DATASETS / "gtzan-subset-musicnn")
    heard = 1 / (1 + np.exp(-(data.frames @ weights.tags_kernel.T + weights.tags_bias)))
    found = [
        word_probabilities(heard[data.track_index == track].reshape(-1, 50))
        for track in range(len(data.tracks))
    ]
    means = {word: np.mean([one[word] for one in found]) for word in found[0]}

    assert len(found) == 430
    assert means == pytest.approx(means | MEANS, rel=0.55)
    assert all(mean > MIN_PROBABILITY / MIN_RATIO for mean in MEANS.values())
