"""Rules on genres: what is mixed up with what and by whom, which are learnt, and on whom tested.

Conventions
-----------
A rule takes the figures of a result and returns a finding, or None where nothing is to be said.
Its docstring says when it speaks and why there.
"""

from __future__ import annotations

from collections import Counter

from genre.evaluation.intervals import wilson_interval
from genre.reading.figures import Figures, Finding
from genre.reading.statistics import ALPHA, binomial_tail

LEAST_CONFUSED = 3
"""Tracks; one or two of a kind happen anywhere."""
LEAST_OF_GENRE = 5
"""Tracks of a genre that is called best or worst."""
MAIN_SHARE = 0.5
"""From this share on, one artist is named for a confusion: more than all others together."""
LARGE_SHARE = 0.25
"""Of the test: with genres of one artist below it, the accuracy hardly depends on them."""


def confused_pair(figures: Figures) -> Finding | None:
    """Find the most frequent confusion, and the artist behind most of it.

    It speaks of the cell off the diagonal with the most tracks, if these are `LEAST_CONFUSED` or
    more, and more than errors spread evenly over tracks and genres would put there: a binomial
    test at 5%, divided by the number of cells (Bonferroni), since the largest is chosen.  Genres
    that could not be learnt are left out: their tracks have to go elsewhere.
    """
    evaluation = figures.evaluation
    if not evaluation or not evaluation.predictions:
        return None
    genres, matrix = evaluation.genres, evaluation.confusion_matrix
    rows = [i for i, genre in enumerate(genres) if genre not in figures.unlearnt and any(matrix[i])]
    if len(genres) < 2 or not rows:
        return None
    n_of = {i: float(matrix[i].sum()) for i in rows}
    n_wrong = sum(n_of[i] - float(matrix[i, i]) for i in rows)
    cells = [(i, j) for i in rows for j in range(len(genres)) if i != j]
    true, given = max(cells, key=lambda cell: float(matrix[cell]))
    n = float(matrix[true, given])
    by_chance = n_of[true] / sum(n_of.values()) / (len(genres) - 1)
    tail = binomial_tail(round(n), round(n_wrong), by_chance)
    if n < LEAST_CONFUSED - 1e-9 or tail > ALPHA / len(cells):
        return None
    return Finding(
        "confused_pair",
        90,
        {"genre": genres[true], "given": genres[given], "n": n, "n_tracks": n_of[true]}
        | _by_whom(figures, genres[true], genres[given]),
    )


def _by_whom(figures: Figures, genre: str, given: str) -> dict[str, object]:
    """Return who made the tracks of a cell: the main artist, if there is one, and how many."""
    by_artist: Counter[str | None] = Counter()
    predictions = figures.evaluation.predictions if figures.evaluation else ()
    for answer, weight in zip(predictions, figures.weights, strict=True):
        if (answer.genre, answer.given) == (genre, given):
            by_artist[answer.artist] += weight  # type: ignore[assignment]
    named = {artist: n for artist, n in by_artist.items() if artist}
    values: dict[str, object] = {"n_artists": 0 if None in by_artist else len(named)}
    if named:
        artist = max(named, key=lambda name: named[name])
        if named[artist] >= 2 and named[artist] > MAIN_SHARE * sum(by_artist.values()):
            alone = figures.artists[genre] == {artist}
            values |= {"artist": artist, "n_artist": named[artist], "is_only_artist": alone}
    return values


def genre_extremes(figures: Figures) -> Finding | None:
    """Find the genres that are recognised best and worst.

    It speaks if their 95% Wilson intervals do not overlap.  These are taken of as many as there are
    *artists*, not tracks, since those of one artist are not independent; and two intervals of
    95% that do not touch differ at about 0.6%, which allows for the choice of two among ten.
    """
    evaluation = figures.evaluation
    if not evaluation or not evaluation.predictions:
        return None
    found = []
    for i, genre in enumerate(evaluation.genres):
        n, n_right = float(evaluation.confusion_matrix[i].sum()), evaluation.confusion_matrix[i, i]
        if n < LEAST_OF_GENRE - 1e-9 or genre in figures.unlearnt:
            continue
        n_artists = len({a.group for a in evaluation.predictions if a.genre == genre})
        share = float(n_right) / n
        found.append((wilson_interval(share * n_artists, n_artists), genre, n, float(n_right)))
    if len(found) < 2:
        return None
    best = max(found, key=lambda row: (row[0].value, row[2]))
    worst = min(found, key=lambda row: (row[0].value, -row[2]))
    if best[0].low <= worst[0].high:
        return None
    names = ("best", "n_best", "n_best_right", "worst", "n_worst", "n_worst_right")
    return Finding("genre_extremes", 50, dict(zip(names, (*best[1:], *worst[1:]), strict=True)))


def unlearnt_genre(figures: Figures) -> Finding | None:
    """Find genres that were tested without a track to learn from: always, where there are any."""
    evaluation = figures.evaluation
    if not evaluation or not figures.unlearnt:
        return None
    rows = [i for i, genre in enumerate(evaluation.genres) if genre not in figures.unlearnt]
    n = float(evaluation.confusion_matrix[rows].sum())
    n_right = sum(float(evaluation.confusion_matrix[i, i]) for i in rows)
    return Finding(
        "unlearnt_genre",
        92,
        {
            "genres": figures.unlearnt,
            "is_cross_validated": figures.is_cross_validated,
            "others": wilson_interval(n_right, n) if n else None,
        },
    )


def one_artist(figures: Figures) -> Finding | None:
    """Find genres that are tested on one artist alone.

    It speaks of a held-out test without data leakage, if such genres (of two tracks or more) have
    `LARGE_SHARE` of its tracks: the accuracy then depends on a few artists.
    """
    evaluation = figures.evaluation
    if not evaluation or figures.is_cross_validated or not figures.is_leak_free:
        return None
    n_of = Counter(answer.genre for answer in evaluation.predictions)
    alone = tuple(
        genre
        for genre in evaluation.genres
        if n_of[genre] >= 2 and len(of := figures.artists[genre]) == 1 and None not in of
    )
    n, n_tracks = sum(n_of[genre] for genre in alone), sum(n_of.values())
    if not alone or n < LARGE_SHARE * n_tracks:
        return None
    return Finding("one_artist", 65, {"genres": alone, "n": n, "n_tracks": n_tracks})
