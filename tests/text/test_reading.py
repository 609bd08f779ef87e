"""The sentences of a reading: those of the bundled results, pinned to their figures."""

import shutil
from dataclasses import replace

import pytest

from genre.compare.leaderboard import list_entries
from genre.evaluation.intervals import wilson_interval
from genre.language import use
from genre.models.registry import read_card
from genre.paths import MODELS_BUNDLED, RECORDED, RECORDED_LEAKAGE, RESULTS
from genre.reading.figures import Finding
from genre.reading.next_rules import next_step as next_rule
from genre.reading.read import RULES, read_result
from genre.reading.sources import earlier_results, figures_of_folder, figures_of_model
from genre.recipes.config import PRESETS
from genre.runs.files import RunStatus, write_status
from genre.text.reading import HOW, reading_lines
from tests.support.readings import earlier, result, rows, tracks

MUSICNN = (
    "The model ear, which reads them: +22.7 points compared with starter on the same 430 tracks "
    "(95% interval +13.8 to +30.9; musicnn may know the artists)."
)


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    return list_entries(MODELS_BUNDLED, tmp_path_factory.mktemp("runs"), RESULTS)[0]


@pytest.fixture(scope="module")
def before(entries):
    return earlier_results(entries)


def said_of_model(name, entries, before):
    entry = next(entry for entry in entries if entry.name == name)
    figures = figures_of_model(entry, read_card(name, MODELS_BUNDLED), before)
    return [line.text for line in reading_lines(read_result(figures))]


def said_of_run(folder, tmp_path, before):
    run = tmp_path / "mine"
    shutil.copytree(folder, run)
    write_status(run, RunStatus("finished"))
    figures = figures_of_folder(run, before)
    return [line.text for line in reading_lines(read_result(figures))]


def test_reading_of_the_recorded_quick_run(tmp_path, before):
    assert said_of_run(RECORDED / "quick", tmp_path, before) == [
        (
            "Reggae is most often taken for hiphop: 21 of 28 tracks. All of them are by Bob "
            "Marley, the only artist of the genre in the test."
        ),
        (
            "Validation is right for 78% of segments and the test for 29%, which is more than "
            "chance. Validation has no blues, jazz; without them the test would be right for 33%. "
            "With as much of each genre as validation has, it would be 72%."
        ),
        (
            "Of 108 test tracks 57 are by one artist a genre (blues, pop, reggae, rock), so the "
            "accuracy depends on a few artists."
        ),
        "Metal is recognised best (10 of 10 tracks), disco worst (1 of 10).",
        f"Next: features of musicnn (preset ear) instead of MFCCs. {MUSICNN}",
    ]


def test_reading_of_a_recorded_run_that_overfits(tmp_path, before):
    said = said_of_run(RECORDED_LEAKAGE / "artist", tmp_path, before)

    assert said[1] == (
        "Overfitting: validation loss was lowest after epoch 5 (2.17) and is 6.69 at the end, "
        "while training loss fell from 1.15 to 0.08."
    )
    assert said[-1].startswith("Next: early stopping (patience 5)")


def test_reading_of_a_recorded_run_with_leakage(tmp_path, before):
    assert said_of_run(RECORDED_LEAKAGE / "track", tmp_path, before)[-1] == (
        "Next: the artist split, whose figure is not raised by data leakage. In runs that come "
        "with the program it took the accuracy from 55% to 38%."
    )


def test_reading_of_a_recorded_control(tmp_path, before):
    said = said_of_run(RECORDED_LEAKAGE / "artist-permuted", tmp_path, before)

    assert said[0] == (
        "No better than guessing: right for 13% of 108 tracks (95% interval 8% to 21%), and always "
        "predicting classical for 10%."
    )
    assert len(said) == 2


def test_reading_of_the_recorded_tutorial_run(tmp_path, before):
    said = said_of_run(RECORDED / "course", tmp_path, before)

    assert said[0] == "Pop is most often taken for disco: 4 of 4 tracks, by 4 artists."
    assert said[1] == (
        "Not overfitting, and not finished: validation loss still fell in the last 7 epochs, from "
        "1.12 to 0.95."
    )


def test_reading_of_the_starter(entries, before):
    assert said_of_model("starter", entries, before) == [
        "Reggae is most often taken for hiphop: 23.7 of 44 tracks, 23 of them by Bob Marley.",
        (
            "+5.1 points compared with simple-rnn on the 430 tracks that both were tested on (95% "
            "interval +2.2 to +8.2): more than chance. They differ in: cell."
        ),
        "Classical is recognised best (40.7 of 42 tracks), blues worst (6 of 41).",
        f"Next: features of musicnn (preset ear) instead of MFCCs. {MUSICNN}",
    ]


def test_reading_of_the_tutorial_model_says_what_could_not_be_learnt(entries, before):
    said = said_of_model("course", entries, before)

    assert said[0] == (
        "Could not be learnt: blues, classical, reggae, rock. Each has one artist, so nothing is "
        "left to train on when its tracks are tested. Without them it is right for 47% of 53 "
        "tracks."
    )
    assert "Not sure of any of its 95 tracks." in said
    assert said[-1] == ("Next: add recordings by other artists of blues, classical, reggae, rock.")


def test_reading_of_the_other_models(entries, before):
    assert said_of_model("ear", entries, before) == [
        (
            "+22.7 points compared with starter on the 430 tracks that both were tested on (95% "
            "interval +13.8 to +30.9): more than chance. musicnn may know the artists."
        ),
        "Its confidence can be relied on: it is 74% on average, and 76% is right.",
    ]
    assert (
        "Not sure of 252 of 430 tracks (confidence below 0.511); of the others 66% is right."
        in said_of_model("simple-rnn", entries, before)
    )


def one_of_each():
    """A finding of every kind of sentence."""
    sides = {"validation": 0.9, "test": 0.5}
    reasons = {"absent": ("jazz",), "without": 0.6, "alone": "pop", "n_alone": 5, "n_validation": 9}
    accuracy = wilson_interval(3, 10)
    guess = {"accuracy": accuracy, "chance": 0.5, "genre": "jazz"}
    unlearnt = {"genres": ("jazz",), "others": None}
    cell = {"genre": "jazz", "given": "pop", "n": 4, "n_tracks": 9, "n_artists": 0}
    loss = {"epoch": 3, "lowest": 1.0, "end": 2.0, "loss_then": 1.0, "loss_end": 0.5}
    yield from (Finding("not_above_guessing", 0, guess | {"is_below": b}) for b in (True, False))
    yield from (
        Finding("unlearnt_genre", 0, unlearnt | {"is_cross_validated": b}) for b in (True, False)
    )
    yield Finding("confused_pair", 0, cell)
    yield Finding("validation_gap", 0, sides | {"is_chance": True})
    yield Finding("validation_gap", 0, sides | {"is_chance": False} | reasons)
    yield from (Finding("overfitting", 0, loss | {"keeps_best": b}) for b in (True, False))
    yield Finding("stopped", 0, {"n": 2, "n_epochs": 9})
    yield Finding("early_stopping", 0, {"n": 5, "n_epochs": 9, "best": 2})
    sure = {"confidence": 0.5, "accuracy": 0.7}
    yield Finding("calibration", 0, sure | {"verdict": "not_sure_enough"})
    yield Finding("calibration", 0, sure | {"verdict": "too_sure"})
    for step in STEPS:
        yield Finding("next_step", 0, step | {"brought": {}})


STEPS = (
    {"step": "name_artists"}, {"step": "resume", "n": 9}, {"step": "more_epochs", "n": 30},
    {"step": "more_dropout", "n": 0.3}, {"step": "cross_validation", "genres": ("jazz",)},
    {"step": "temperature", "is_too_sure": True, "n": 1.2},
    {"step": "temperature", "is_too_sure": False, "n": 1.2},
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_kind_of_sentence_is_whole_in_each_language(language):
    findings = tuple(one_of_each())
    with use(language):
        said = [line.text for line in reading_lines(findings)]

    assert len(set(said)) == len(findings)
    for sentence in said:
        assert sentence.endswith(".")
        assert not set("{}") & set(sentence)
        assert any("가" <= c <= "힣" for c in sentence) is (language == "ko")


@pytest.mark.parametrize(("kind", "whose"), [("run", "your runs"), ("recorded", "the program")])
def test_what_a_change_brought_says_in_whose_runs(kind, whose):
    recipe, right = PRESETS["quick"], tracks("jazz", "jazz", 40)
    missed = [replace(answer, given="pop") for answer in right[:20]]
    pair = (
        earlier("long", replace(recipe, epochs=30), right, kind=kind),
        earlier("short", recipe, missed, right[20:], kind=kind),
    )
    falling = rows([2 - 0.1 * i for i in range(8)])
    said = reading_lines(read_result(result(right, history=falling, earlier=pair)))[-1].text

    assert said.startswith("Next: more epochs, such as 30.")
    assert f"{whose} epochs from 15 to 30 brought +50.0 points on the same 40 tracks" in said


def test_every_rule_says_how_it_is_known():
    assert set(HOW) == {*RULES, next_rule.__name__}
    figures = result(tracks("jazz", "pop", 40, artist="Nina"), tracks("pop", "pop", 40))
    for line in reading_lines(read_result(figures)):
        assert line.how == HOW[line.rule]


def test_reading_without_names_has_no_artist():
    figures = result(tracks("jazz", "pop", 40, artist="Nina"), tracks("pop", "pop", 40))
    findings = read_result(figures)

    assert "Nina" in reading_lines(findings)[1].text
    without = reading_lines(findings, names_artists=False)
    assert without[1].text == "Jazz is most often taken for pop: 40 of 40 tracks."
