"""The stops on the song: the numbers in their sentences, and which answer holds."""

from dataclasses import replace

import numpy as np
import pytest

from genre.audio.features import frames_to_steps
from genre.interpret.running_prediction import predict_prefixes
from genre.interpret.trace import trace_song
from genre.interpret.way import trace_way
from genre.language import use
from genre.models.classifier import load_classifier
from genre.models.song_analysis import analyze_song
from genre.paths import SAMPLES
from genre.scenes.film_text import final_prediction_line
from genre.scenes.way_picture import way_data
from genre.text.genres import genre_name
from genre.tour import memory_reveals, song_reveals
from genre.tour.memory_reveals import small_percent
from genre.tour.song_reveals import Heard


@pytest.fixture(scope="module")
def jazz():
    """The jazz example as three models read it."""
    read = {}
    for name in ("starter", "simple-rnn", "course"):
        classifier = load_classifier(name)
        read[name] = Heard(analyze_song(SAMPLES / "jazz.ogg", classifier), classifier)
    return read


def with_steps(song, steps):
    return Heard(replace(song.analysis, steps=steps), song.classifier)


def test_waveform_counts_the_samples_that_it_draws(jazz):
    found = song_reveals.reveal_waveform(jazz["starter"])
    assert found.answer == 2
    assert "22,050 numbers a second" in found.sentence
    assert "66,150" in found.sentence and f"{634_795:,}" in found.sentence
    assert len(found.chart["low"]) == song_reveals.N_BUCKETS
    assert max(*found.chart["high"], *[-low for low in found.chart["low"]]) == 100


def test_frames_are_those_that_the_network_reads(jazz):
    song = jazz["starter"]
    found = song_reveals.reveal_frames(song)
    assert "26 steps of 80 values" in found.sentence and "2,544 times" in found.sentence
    steps = song.analysis.steps[song.first_audible]
    drawn = np.array(found.chart["values"])
    assert drawn.shape == (80, 26)
    assert np.array_equal(drawn.argmax(axis=1)[:20], steps.T.argmax(axis=1)[:20])


def test_order_of_equal_steps_changes_nothing(jazz):
    song = jazz["starter"]
    steps = np.repeat(song.analysis.steps[:, :1], 26, axis=1)
    found = song_reveals.reveal_order(with_steps(song, steps))
    assert found.answer == 0
    assert "0 of 9 segments change" in found.sentence
    assert "averages tell the network nearly all" in found.sentence


def test_order_is_judged_by_the_network_itself(jazz):
    song = jazz["starter"]
    found, shuffled = song_reveals.reveal_order(song), song_reveals.shuffle(song)
    again = song.classifier.network.predict_proba(shuffled.steps).mean(axis=0)
    rows = {row["label"]: [value for value, _ in row["bars"]] for row in found.chart["rows"]}
    jazz_index = song.analysis.prediction.genres.index("jazz")
    assert rows["jazz"][1] == pytest.approx(again[jazz_index], abs=1e-6)
    moved = abs(rows["jazz"][1] - rows["jazz"][0])
    assert found.answer == (1 if moved > song_reveals.ABOUT_AS_SURE else 0)


def test_shuffled_sound_has_the_steps_in_the_order_of_the_shuffled_prediction(jazz):
    song = jazz["starter"]
    in_order, shuffled = song_reveals.hear_shuffled(song, seconds=3.0)
    steps, other = song.analysis.steps[0], song_reveals.shuffle(song).steps[0]
    assert len(in_order.samples) == len(shuffled.samples) == 66_150
    sources = [next(i for i in range(26) if np.array_equal(steps[i], one)) for one in other]
    bounds, fade = np.arange(27) * 66_150 // 26, 220
    lengths = np.diff(bounds)[sources]
    for place in (0, 7, 25):
        begin, source = lengths[:place].sum(), bounds[sources[place]]
        heard = shuffled.samples[begin + fade : begin + lengths[place] - fade]
        played = in_order.samples[source + fade : source + lengths[place] - fade]
        np.testing.assert_allclose(heard, played, atol=1e-6)
    assert not np.array_equal(in_order.samples, shuffled.samples)


def test_forgetting_compares_both_cells(jazz):
    found = memory_reveals.reveal_forgetting(jazz["starter"], jazz["simple-rnn"])
    assert found.models == ("starter", "simple-rnn")
    lstm, simple = found.chart["series"]
    assert lstm["y"][-1] > 1.2 * simple["y"][-1]
    assert "reaches further back" in found.sentence
    assert small_percent(simple["y"][-1]) in found.sentence
    assert found.answer == (2 if simple["y"][-1] < 0.01 else 1 if simple["y"][-1] < 0.5 else 0)


def test_forgetting_says_where_the_lstm_reaches_no_further(jazz):
    found = memory_reveals.reveal_forgetting(jazz["starter"], jazz["starter"])
    assert "about the same on this song" in found.sentence
    swapped = memory_reveals.reveal_forgetting(jazz["simple-rnn"], jazz["starter"])
    assert "reaches no further back" in swapped.sentence


def test_valve_is_the_gate_of_the_unit_that_keeps_longest(jazz):
    song = jazz["starter"]
    found = memory_reveals.reveal_valve(song)
    trace = trace_song(song.classifier.network, song.analysis.steps, song.classifier.features)
    best = max(trace.layers, key=lambda layer: layer.mean_forget.max())
    unit = int(best.mean_forget.argmax())
    assert f"Unit {unit} of layer {best.layer} has the longest memory" in found.sentence
    seconds = np.log(2) / -np.log(best.mean_forget.max()) * trace.step_seconds
    assert f"half is gone after {seconds:.1f} s" in found.sentence
    assert found.answer == 1
    assert found.chart["series"][0]["y"][3] == pytest.approx(
        best.columns["forget_gate"][3, unit], rel=1e-3
    )


def test_decision_is_the_median_over_the_audible_segments(jazz):
    song = jazz["starter"]
    found = memory_reveals.reveal_decision(song)
    features = song.classifier.features
    running = predict_prefixes(song.classifier.network, song.analysis.steps, features)
    seconds = running.decided_seconds[song.analysis.prediction.audible]
    assert f"within {np.median(seconds):.1f} s of 3 s" in found.sentence
    assert found.answer == (0 if np.median(seconds) <= 1 else 1 if np.median(seconds) <= 2 else 2)
    assert found.chart["mark"] == pytest.approx(seconds.max())


def test_ear_compares_two_models_and_quotes_their_folds_with_the_caveat(jazz):
    starter, course = jazz["starter"], jazz["course"]
    found = song_reveals.reveal_ear(course, starter)
    one, two = course.analysis.prediction, starter.analysis.prediction
    assert found.answer == (
        0 if one.genre == two.genre else 1 + (two.probability > one.probability)
    )
    for heard in (course, starter):
        figure = heard.classifier.card.leak_free_figure
        assert f"{figure.value:.0%} of {figure.n} tracks" in found.sentence
    assert "musicnn" not in found.sentence
    taught = replace(
        starter.classifier.card, recipe={"teacher_features": "musicnn", "teacher": 1.0}
    )
    other = replace(starter.classifier, card=taught)
    assert (
        "musicnn itself" in song_reveals.reveal_ear(course, Heard(starter.analysis, other)).sentence
    )


def test_silence_at_the_beginning_is_passed_over(jazz):
    song = jazz["starter"]
    audible = song.analysis.prediction.audible.copy()
    audible[:2] = False
    quiet = replace(song.analysis.prediction, audible=audible)
    view = replace(song.analysis.view, prediction=quiet)
    later = Heard(replace(song.analysis, view=view), song.classifier)
    assert "segment 3" in song_reveals.reveal_waveform(later).about
    assert "segment 3" in song_reveals.reveal_frames(later).about


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0%"),
        (0.53, "53%"),
        (0.0145, "1.5%"),
        (0.00004, "0.004%"),
        (1e-6, "0.0001%"),
        (1, "100%"),
    ],
)
def test_small_shares_are_written_with_enough_digits(share, written):
    assert small_percent(share) == written


def test_steps_are_not_the_frames():
    """Guards the fixture's meaning: texture windows make 26 steps of 130 frames."""
    features = load_classifier("starter").features
    frames = np.zeros((1, features.n_frames, features.frame_values), np.float32)
    assert frames_to_steps(frames, features).shape == (1, 26, 80)


def test_genres_have_the_names_of_the_language(jazz):
    song = jazz["starter"]
    with use("ko"):
        names = {genre_name(genre) for genre in song.analysis.prediction.genres}
        order = song_reveals.reveal_order(song).chart["rows"]
        ear = song_reveals.reveal_ear(song, song).chart["rows"]
        decided = memory_reveals.reveal_decision(song).chart["series"]
        way = way_data(trace_way(song.analysis, song.classifier), song.analysis.prediction)
        running = predict_prefixes(
            song.classifier.network, song.analysis.steps, song.classifier.features
        )
        final = final_prediction_line(running, 0, song.analysis.prediction.genres)
    assert "jazz" not in names
    assert {row["label"] for row in (*order, *ear)} <= names
    assert {line["name"] for line in decided} <= names
    assert set(way["verdict"]["genres"]) == names and way["verdict"]["genre"] in names
    assert any(name in final for name in names)
