"""The sentences visitors read, and the tables they take home."""

import csv
import io
import json
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.audio.feature_config import MfccConfig
from genre.audio.song_facts import SongFacts
from genre.errors import AudioError
from genre.export.result_table import (
    COLUMNS,
    outcome_of,
    page_row,
    table_row,
    to_csv,
    to_json,
)
from genre.models.card import Figure, ModelCard
from genre.models.classifier import classify, load_classifier
from genre.models.confidence import Thresholds
from genre.models.music_check import NOT_CHECKED, MusicCheck
from genre.models.music_parameters import NonMusic
from genre.models.prediction import Prediction
from genre.network.config import NetworkConfig
from genre.paths import SAMPLES
from genre.text import accuracy as accuracy_text
from genre.text import song as song_text

GENRES = ("blues", "jazz", "rock")


def prediction(*segments, audible=None, seconds=None, **changes):
    rows = np.array(segments, np.float32)
    return Prediction(
        genres=GENRES,
        segment_probabilities=rows,
        audible=np.ones(len(rows), bool) if audible is None else np.array(audible),
        seconds=3.0 * len(rows) if seconds is None else seconds,
        segment_seconds=3.0,
        is_short=changes.get("is_short", False),
        is_truncated=changes.get("is_truncated", False),
        model="starter",
        thresholds=Thresholds(clearly=0.8, probably=0.65),
        is_one_side=changes.get("is_one_side", False),
        music=changes.get("music", MusicCheck("music", 0.9)),
    )


def card(*figures, certainty=None):
    features = MfccConfig()
    return ModelCard(
        name="starter",
        about="",
        genres=GENRES,
        features=features,
        network=NetworkConfig(n_steps=130, n_values=13, n_genres=3),
        figures=figures,
        certainty=certainty or {},
    )


LEAK_FREE = Figure("5-fold, artists whole", "tracks", 0.5, 0.45, 0.55, 430, True, "python -m genre")
LEAKY = Figure("leaky", "tracks", 0.9, 0.87, 0.93, 430, False, "python -m genre")


@pytest.mark.parametrize(
    ("segments", "headline"),
    [
        ([[0.05, 0.9, 0.05]], "Clearly jazz"),
        ([[0.2, 0.7, 0.1]], "Probably jazz"),
        ([[0.4, 0.42, 0.18]], "Not sure: jazz or blues"),
        ([[0.25, 0.5, 0.25]], "Not sure: jazz or blues"),
        ([[0.22, 0.5, 0.28]], "Not sure: jazz or rock"),
        ([[0.24, 0.52, 0.24]], "Not sure: perhaps jazz"),
    ],
)
def test_headline_follows_the_confidence(segments, headline):
    assert song_text.headline(prediction(*segments)) == headline


def test_support_counts_the_segments_that_agree():
    mixed = prediction([0.1, 0.8, 0.1], [0.1, 0.7, 0.2], [0.6, 0.3, 0.1])

    assert song_text.support(mixed).startswith("60% for jazz; 2 of 3 segments of 3 s")
    assert "from one segment" in song_text.support(prediction([0.1, 0.8, 0.1]))


def test_silent_segments_are_neither_counted_nor_hidden():
    quiet_end = prediction([0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [1, 0, 0], audible=[True, True, False])
    assert "2 of 2 segments" in song_text.support(quiet_end)
    assert "1 of 3 segments are silent" in " ".join(song_text.notes(quiet_end))


def test_short_and_long_recordings_are_marked():
    short = prediction([0.1, 0.8, 0.1], seconds=1.2, is_short=True)
    long = prediction([0.1, 0.8, 0.1], seconds=1200, is_truncated=True)

    assert "lasts 1.2 s, less than a segment of 3 s" in song_text.notes(short)[0]
    assert "longer than 20 minutes: only the first 20" in song_text.notes(long)[0]
    assert song_text.notes(prediction([0.1, 0.8, 0.1])) == []


def test_recording_of_one_side_is_marked():
    (note,) = song_text.notes(prediction([0.1, 0.8, 0.1], is_one_side=True))

    assert "cancel each other" in note
    assert "only the loudest channel was analysed" in note


def test_accuracy_quoted_is_leak_free_with_count_and_interval():
    said = accuracy_text.accuracy(card(LEAKY, LEAK_FREE))

    assert "430 tracks" in said
    assert "kept out of training" in said
    assert "50%" in said
    assert "45% to 55%" in said
    assert "artists whole" in said
    assert "90%" not in said
    assert "gets about 33%" in said


def test_accuracy_of_an_unmeasured_model_says_so():
    assert "never measured" in accuracy_text.accuracy(card(LEAKY))


def test_track_record_is_of_the_same_confidence_level():
    said = {"clearly": {"n": 100, "n_right": 78}, "unsure": {"n": 50, "n_right": 15}}
    clear, unsure = prediction([0.05, 0.9, 0.05]), prediction([0.4, 0.42, 0.18])

    record = accuracy_text.track_record(clear, card(certainty=said))
    assert "the predictions for 100 tracks were 'clearly'" in record
    assert "78% of those were right (95% interval 69% to 85%)" in record
    assert "30% of those" in accuracy_text.track_record(unsure, card(certainty=said))
    assert accuracy_text.track_record(clear, card()) == ""


def test_interval_of_a_confidence_level_counts_each_track_once():
    three_rounds = {"clearly": {"n": 300, "n_right": 234}, "unsure": {"n": 990, "n_right": 300}}
    record = accuracy_text.track_record(
        prediction([0.05, 0.9, 0.05]), card(LEAK_FREE, certainty=three_rounds)
    )

    assert "the predictions for 100 tracks were 'clearly'" in record
    assert "78% of those were right (95% interval 69% to 85%)" in record


@given(st.one_of(st.none(), st.text(max_size=400)))
def test_file_name_of_any_text_can_be_shown(name):
    shown = song_text.display_name(name)

    assert 0 < len(shown) <= 60
    assert "/" not in shown
    assert shown.isprintable() or "\u3000" in shown or any(c.isspace() for c in shown)


@pytest.mark.parametrize("n_characters", [59, 60, 61, 62, 300])
def test_file_name_too_long_keeps_its_ending(n_characters):
    name = "x" * (n_characters - 4) + ".mp3"
    shown = song_text.display_name(name)
    assert shown.endswith(".mp3")
    assert len(shown) <= 60
    assert ("…" in shown) == (shown != name) == (n_characters > 60)


def test_notes_name_the_remainder_that_fills_no_segment():
    rest = prediction([0.1, 0.8, 0.1], seconds=5.9)
    assert "The last 2.9 s do not fill a segment of 3 s" in song_text.notes(rest)[0]
    assert song_text.notes(prediction([0.1, 0.8, 0.1], seconds=3.4)) == []


def test_trust_is_one_line_of_small_numbers():
    said = {"clearly": {"n": 100, "n_right": 91}, "unsure": {"n": 50, "n_right": 24}}
    line = accuracy_text.trust(prediction([0.02, 0.95, 0.03]), card(LEAK_FREE, certainty=said))
    assert line.startswith("Right for 9 in 10 when it is this confident; for ")
    assert line.endswith("of all songs by artists not in training.")
    assert len(line) < 100

    unsure = prediction([0.3, 0.36, 0.34])
    line = accuracy_text.trust(unsure, card(LEAK_FREE, certainty=said))
    assert line.startswith("Right for 1 in 2 when it is not sure; ")
    assert accuracy_text.trust(unsure, card(LEAK_FREE)).startswith("Right for ")
    assert "never measured" in accuracy_text.trust(unsure, card(LEAKY))


def test_rest_that_rounds_to_a_segment_is_never_called_one():
    [note] = song_text.notes(prediction([0.1, 0.6, 0.3], seconds=5.97))
    assert note.startswith("The last 2.9 s do not fill a segment of 3 s")


def test_card_lines_call_a_leaky_figure_leaky():
    lines = accuracy_text.card_lines(card(LEAK_FREE, LEAKY))

    assert not any("leakage" in line for line in lines if "50%" in line)
    assert all("leakage" in line for line in lines if "90%" in line)
    assert sum("python -m genre" in line for line in lines) == 2


def test_card_of_a_model_taught_by_musicnn_says_so():
    taught = {"teacher": 0.7, "teacher_features": "musicnn"}
    said = "Trained on the answers of a classifier that reads musicnn values"
    for recipe, expected in ((taught, 1), (taught | {"teacher": 0.0}, 0), ({}, 0)):
        lines = accuracy_text.card_lines(replace(card(LEAK_FREE), recipe=recipe))
        assert sum(said in line for line in lines) == expected


def test_song_facts_missing_are_said_to_be_unknown():
    lines = {label: value for label, value, _ in song_text.fact_lines(SongFacts(3.0, 3.0))}
    assert lines == {
        "Tempo": "no steady beat",
        "Likely key": "none stands out",
        "Harmonic": "unknown",
        "Percussive": "unknown",
    }


def test_row_of_a_bad_file_has_the_same_columns():
    good = table_row(("a.wav", prediction([0.1, 0.6, 0.3])))
    bad = table_row(("b.wav", AudioError("this file is empty")))

    assert tuple(good) == tuple(bad) == COLUMNS
    assert good["genre"] == "jazz"
    assert good["second_guess"] == "rock"
    assert good["second_probability"] == pytest.approx(0.3, abs=1e-4)
    assert bad["problem"] == "this file is empty"
    assert bad["genre"] is None


def test_page_row_has_whole_percents_and_no_error_text():
    outcomes = [("a.wav", prediction([0.1234, 0.6, 0.2766])), ("b.wav", AudioError("empty"))]

    assert page_row(outcomes[0])["second_probability"] == 0.28
    assert page_row(outcomes[1])["certainty"] == "could not be read"
    assert page_row(outcomes[1])["problem"] == "empty"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_csv_name_cannot_run_as_a_formula(start):
    text = to_csv([(f"{start}1+1.wav", AudioError("empty"))])
    assert next(csv.DictReader(io.StringIO(text)))["file"] == f"'{start}1+1.wav"


def test_json_holds_every_segment():
    entries = json.loads(to_json([("a.wav", prediction([0.1, 0.6, 0.3], [0.2, 0.5, 0.3]))]))
    assert [s["start_seconds"] for s in entries[0]["timeline"]] == [0, 3]


def test_upload_result_has_a_printable_name():
    assert outcome_of("C:\\music\\a.wav", AudioError("empty"))[0] == "a.wav"


@pytest.mark.parametrize("kind", [*get_args(NonMusic), "other"])
def test_not_music_is_one_sentence_with_its_kind(kind):
    refused = prediction([0.1, 0.7, 0.2], music=MusicCheck(kind, 0.1))
    row = page_row(("a.wav", refused))

    assert song_text.not_music(refused) == (
        f"This is not a song I can judge: it sounds like {song_text.NOT_MUSIC[kind]}."
    )
    assert row["certainty"] == f"not music: {song_text.NOT_MUSIC[kind]}"
    assert row["genre"] is row["probability"] is row["second_guess"] is None
    assert row["file"] == "a.wav" and row["seconds"] == 3.0
    assert table_row(("a.wav", refused))["genre"] == "jazz"
    assert to_csv([("a.wav", refused)]).splitlines()[1].endswith(f",3.0,{kind},")
    assert json.loads(to_json([("a.wav", refused)]))[0]["looks_like"] == kind


@pytest.mark.parametrize("check", [MusicCheck("music", 0.9), NOT_CHECKED])
def test_not_music_says_nothing_of_music_and_of_what_was_not_checked(check):
    checked = prediction([0.1, 0.7, 0.2], music=check)

    assert song_text.not_music(checked) == ""
    assert page_row(("a.wav", checked))["genre"] == "jazz"


def test_notes_say_why_music_was_not_checked():
    checked = prediction([0.1, 0.7, 0.2], music=MusicCheck(None, problem="it is missing."))

    assert song_text.notes(checked) == ["Whether this is music was not checked: it is missing."]


def test_examples_that_ear_misses_are_those_that_are_said_to_be():
    ear = load_classifier("ear")
    given = {path.stem: classify(path, ear).genre for path in SAMPLES.glob("*.ogg")}

    missed = {genre: other for genre, other in given.items() if genre != other}

    assert len(given) == 10
    assert set(missed) == set(song_text.MISSED_EXAMPLES)
    assert all(missed[genre] in song_text.MISSED_EXAMPLES[genre] for genre in missed)
    assert song_text.about_example("metal").endswith("ear takes them for rock")
