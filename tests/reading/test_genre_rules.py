"""The rules on genres: where each speaks, and where it does not."""

from dataclasses import replace

import numpy as np
import pytest

from genre.reading.genre_rules import confused_pair, genre_extremes, one_artist, unlearnt_genre
from tests.support.readings import GENRES, result, tracks

RIGHT = [tracks("metal", "metal", 10), tracks("pop", "pop", 10)]


def jazz_to_metal(n, **who):
    return result(
        tracks("jazz", "metal", n, **who), tracks("jazz", "jazz", 10 - n, start=n), *RIGHT
    )


def test_confusion_of_three_tracks_is_found_and_of_two_is_not():
    found = confused_pair(jazz_to_metal(3))

    assert (found.values["genre"], found.values["given"]) == ("jazz", "metal")
    assert (found.values["n"], found.values["n_tracks"]) == (3, 10)
    assert confused_pair(jazz_to_metal(2)) is None


def test_confusion_like_errors_spread_evenly_is_not_found():
    """Three of eight errors in one of six cells happen one time in seven."""
    others = [
        ("jazz", "pop"),
        ("metal", "jazz"),
        ("metal", "pop"),
        ("pop", "jazz"),
        ("pop", "metal"),
    ]
    spread = result(
        tracks("jazz", "metal", 3),
        *(tracks(genre, given, 1) for genre, given in others),
        *(tracks(genre, genre, n, start=9) for genre, n in (("jazz", 6), ("metal", 8), ("pop", 8))),
    )
    assert confused_pair(spread) is None


def test_confusion_names_the_artist_of_more_than_half():
    three = confused_pair(jazz_to_metal(4, by=["Nina", "Nina", "Nina", "Miles"]))
    two = confused_pair(jazz_to_metal(4, by=["Nina", "Nina", "Miles", "Miles"]))

    assert (three.values["artist"], three.values["n_artist"]) == ("Nina", 3)
    assert not three.values["is_only_artist"]
    assert "artist" not in two.values
    assert two.values["n_artists"] == 2


def test_confusion_says_where_a_genre_has_one_artist_alone():
    figures = result(
        tracks("jazz", "metal", 4, artist="Nina"), tracks("jazz", "jazz", 2, artist="Nina"), *RIGHT
    )
    assert confused_pair(figures).values["is_only_artist"]


def test_confusion_counts_an_unknown_artist_as_none():
    figures = jazz_to_metal(4)
    unknown = tuple(replace(a, artist=None) for a in figures.evaluation.predictions)
    figures = replace(figures, evaluation=replace(figures.evaluation, predictions=unknown))

    assert confused_pair(figures).values["n_artists"] == 0


def test_confusion_of_a_genre_that_could_not_be_learnt_is_left_out():
    figures = jazz_to_metal(8)

    assert confused_pair(figures)
    assert confused_pair(replace(figures, absent_genres={"train": ["jazz"]})) is None


@pytest.mark.parametrize(("n_right", "is_found"), [(3, True), (5, False)])
def test_extremes_are_found_where_intervals_do_not_touch(n_right, is_found):
    """10 of 10 is 72% or more; 3 of 10 is 60% at most, 5 of 10 76%."""
    figures = result(
        tracks("jazz", "jazz", n_right), tracks("jazz", "pop", 10 - n_right),
        tracks("metal", "metal", 10),
    )  # fmt: skip
    found = genre_extremes(figures)

    assert bool(found) is is_found
    if found:
        assert (found.values["best"], found.values["worst"]) == ("metal", "jazz")
        assert (found.values["n_best_right"], found.values["n_worst_right"]) == (10, n_right)


def test_extremes_count_artists_not_tracks():
    """Ten tracks of two artists say as much as two."""
    figures = result(
        tracks("jazz", "pop", 10, by=["Nina", "Miles"]),
        tracks("metal", "metal", 10, by=["Slayer", "Anthrax"]),
    )
    assert genre_extremes(figures) is None


def test_extremes_need_five_tracks_of_a_genre():
    five, four = (result(tracks("jazz", "pop", n), tracks("metal", "metal", 10)) for n in (5, 4))

    assert genre_extremes(five)
    assert genre_extremes(four) is None


def test_extremes_leave_out_what_could_not_be_learnt():
    figures = result(tracks("jazz", "pop", 10), *RIGHT)

    assert genre_extremes(figures).values["worst"] == "jazz"
    assert genre_extremes(replace(figures, absent_genres={"train": ["jazz"]})) is None


def test_genre_of_one_artist_in_folds_could_not_be_learnt():
    figures = result(tracks("jazz", "metal", 4, artist="Nina"), *RIGHT, is_cross_validated=True)
    found = unlearnt_genre(figures)

    assert found.values["genres"] == ("jazz",)
    assert (found.values["others"].value, found.values["others"].n) == (1.0, 20)
    assert unlearnt_genre(replace(figures, is_leak_free=False)) is None  # other tracks of hers
    assert unlearnt_genre(replace(figures, is_cross_validated=False)) is None


def test_genre_without_a_training_track_could_not_be_learnt():
    figures = result(tracks("jazz", "metal", 4), *RIGHT)

    assert unlearnt_genre(figures) is None
    lacking = replace(figures, absent_genres={"train": ["jazz"]})
    assert unlearnt_genre(lacking).values["genres"] == ("jazz",)
    untested = replace(figures, absent_genres={"train": ["disco"], "validation": ["jazz"]})
    assert unlearnt_genre(untested) is None


@pytest.mark.parametrize(("n", "is_found"), [(5, True), (4, False)])
def test_one_artist_of_a_quarter_of_the_test_is_found(n, is_found):
    figures = result(tracks("jazz", "jazz", n, artist="Nina"), tracks("pop", "pop", 20 - n))
    found = one_artist(figures)

    assert bool(found) is is_found
    if found:
        assert found.values == {"genres": ("jazz",), "n": 5, "n_tracks": 20}


def test_one_artist_is_said_of_a_held_out_test_without_leakage_alone():
    figures = result(tracks("jazz", "jazz", 10, artist="Nina"), tracks("pop", "pop", 10))

    assert one_artist(figures)
    assert one_artist(replace(figures, is_cross_validated=True)) is None
    assert one_artist(replace(figures, is_leak_free=False)) is None


def test_confusion_needs_three_tracks_however_unlikely_two_are():
    """Both errors of 42 tracks in one cell of six: 1 in 1,764 by chance."""
    two, three = (
        result(
            tracks("jazz", "metal", n), tracks("metal", "metal", 20), tracks("pop", "pop", 20)
        )
        for n in (2, 3)
    )  # fmt: skip
    assert confused_pair(two) is None
    assert confused_pair(three)


def test_confusion_is_chosen_among_the_cells_of_tested_genres():
    """1.1% and 1.6% by chance: 5% for all cells are 1.25% for the four of two genres."""
    wrong = tracks("jazz", "metal", 3), tracks("jazz", "jazz", 1)
    assert confused_pair(result(*wrong, tracks("metal", "metal", 5)))
    assert confused_pair(result(*wrong, tracks("metal", "metal", 4))) is None


def test_confusion_names_an_artist_of_two_tracks_or_more():
    """Of rounds of folds a track counts in parts: here 1.6 of 3 tracks are hers."""

    def rounds(name, artist, n_wrong):
        said = ["metal"] * n_wrong + ["jazz"] * (5 - n_wrong)
        groups = (tracks("jazz", given, 1, artist=artist) for given in said)
        return [replace(answer, track_id=name) for group in groups for answer in group]

    hers = [*rounds("a", "Nina", 4), *rounds("b", "Nina", 4)]
    others = [*rounds("c", "A", 2), *rounds("d", "B", 2), *rounds("e", "C", 3)]
    found = confused_pair(result(hers, others, *RIGHT))
    more = confused_pair(result(hers, rounds("f", "Nina", 4), others, *RIGHT))

    assert found.values["n"] == pytest.approx(3)
    assert "artist" not in found.values
    assert more.values["artist"] == "Nina"
    assert more.values["n_artist"] == pytest.approx(2.4)


def test_confusion_needs_two_genres_of_which_one_could_be_learnt():
    figures = jazz_to_metal(8)
    alone = replace(figures.evaluation, genres=("jazz",), confusion_matrix=np.array([[8]]))

    assert confused_pair(replace(figures, evaluation=alone)) is None
    assert confused_pair(replace(figures, absent_genres={"train": list(GENRES)})) is None


def test_rules_on_genres_say_nothing_without_predictions():
    counts = jazz_to_metal(8)
    counts = replace(counts, evaluation=replace(counts.evaluation, predictions=()))
    for rule in (confused_pair, genre_extremes, unlearnt_genre, one_artist):
        assert rule(result()) is None
        assert rule(counts) is None
