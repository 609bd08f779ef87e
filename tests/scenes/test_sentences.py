"""What the page Inside says: its scenes, and the numbers of a song in sentences."""

from dataclasses import replace

import numpy as np

from genre.audio.feature_config import MfccConfig, MusicnnConfig
from genre.interpret.position import find_index, find_position
from genre.interpret.sequence import Shuffled
from genre.scenes import sentences as wording
from genre.scenes.descriptions import SCENES, scene_of
from tests.interpret.test_trace import make_network

GENRES = ("blues", "jazz")
TEXTURES = MfccConfig(texture_frames=5)


def test_scenes_have_a_source_and_a_short_paragraph():
    assert list(SCENES) == ["way", "forgetting", "cell", "cinema", "verdict"]
    for scene in SCENES.values():
        assert 20 < len(scene.paragraph.split()) <= 60
        assert any(year in scene.source for year in ("1980", "1990", "1994", "1997", "2000"))
        assert scene.parts and all(words.endswith(".") for words in scene.parts.values())
    sources = " ".join(scene.source for scene in SCENES.values())
    for who in ("Hochreiter and Schmidhuber, 1997", "Bengio, Simard and Frasconi, 1994", "Gers"):
        assert who in sources


# Moments


def test_position_found_by_time_is_the_same_step():
    for features, n_steps in ((MfccConfig(), 130), (TEXTURES, 26)):
        for index in range(4 * n_steps):
            moment = find_position(index, (4, n_steps, 13), features)
            assert (moment.segment, moment.step) == divmod(index, n_steps)
            assert 3 * moment.segment <= moment.seconds < 3 * (moment.segment + 1) + 0.03
            assert find_index(moment.seconds, (4, n_steps, 13), features) == index


def test_position_outside_the_song_is_its_nearest_step():
    shape = (2, 26, 80)
    assert find_position(-5, shape, TEXTURES).index == 0
    assert (
        find_position(10**9, shape, TEXTURES).index == find_position(0, shape, TEXTURES).last == 51
    )
    assert find_index(100.0, shape, TEXTURES) == 51


def test_position_label_counts_from_one():
    moment = find_position(26 + 3, (9, 26, 80), TEXTURES)

    assert wording.position_line(moment) == "0:03.3, segment 2 of 9, step 4 of 26"
    assert wording.segment_line(moment) == "Segment 2 of 9, from 0:03"


# Numbers in sentences


def test_shuffle_line_says_whether_the_prediction_changed():
    shuffled = Shuffled(
        np.array([0.7, 0.3]),
        np.array([0.6, 0.4]),
        2,
        9,
        0.0,
        np.zeros((9, 1, 1)),
        np.zeros((9, 1), int),
    )
    stays = wording.shuffled_line(shuffled, GENRES)
    assert stays.startswith("The prediction stays blues (70%, then 60%); 2 of 9 segments change")
    moved = replace(shuffled, after=np.array([0.4, 0.6]))
    assert wording.shuffled_line(moved, GENRES).startswith(
        "The prediction changes from blues to jazz;"
    )


def test_pooling_line_names_the_mean_of_the_steps():
    assert "mean of the steps" in wording.pooling_line(make_network(pooling="mean_shortcut").config)
    assert wording.pooling_line(make_network(pooling="mean").config) == ""


def test_limitation_of_a_scene_for_a_model_is_said():
    lacks = {
        (cell, both): {s for s in SCENES if wording.limitation(make_network(cell=cell,
                       bidirectional=both).config, s)}
        for cell in ("lstm", "simple_rnn")
        for both in (False, True)
    }  # fmt: skip
    assert lacks[("lstm", False)] == set()
    assert lacks[("simple_rnn", False)] == {"cinema"}
    assert lacks[("lstm", True)] == {"cinema", "verdict"}


def test_step_line_says_what_each_kind_of_model_reads():
    assert wording.step_line(MusicnnConfig()) == (
        "A step of this model: the 200 values of musicnn's penultimate layer over 0.96 s, "
        "every 0.32 s, so that steps overlap."
    )
    assert wording.step_line(MusicnnConfig(50, 50)).endswith("over 0.80 s, every 0.80 s.")
    assert wording.step_line(MfccConfig(n_mfcc=20, texture_frames=5)) == (
        "A step of this model: mean and standard deviation of 20 MFCCs over 5 frames, 40 values, "
        "every 116 ms."
    )
    assert wording.step_line(MfccConfig()) == (
        "A step of this model: 13 MFCCs of a frame of 93 ms, every 23 ms."
    )


def test_scenes_of_musicnn_differ_where_they_speak_of_mfccs():
    for name, scene in SCENES.items():
        other = scene_of(name, "musicnn")
        assert scene_of(name, "mfcc") is scene
        assert list(other.parts) == list(scene.parts)
        assert "MFCC" not in other.paragraph and len(other.paragraph.split()) <= 75
