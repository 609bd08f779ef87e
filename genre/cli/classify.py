"""The command ``classify``: recordings, and folders of them, to lines, CSV, JSON or genre tags.

Conventions
-----------
As `genre.cli.songs`.  In a folder everything is classified whose name ends as that of a
recording, at any depth; what else is there is only counted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from genre.cli.songs import load_model, progress_bar, say
from genre.cli.terminal import genre_name, printable
from genre.datasets.data_files import list_files, list_others
from genre.errors import AudioError, GenreError, ParameterError
from genre.export.genre_tag import (
    NoTagError,
    check_writable,
    read_genre_tag,
    reason_against,
    write_genre_tag,
)
from genre.export.result_table import Outcome, to_csv, to_json
from genre.models.classifier import Classifier, classify_all
from genre.models.prediction import Prediction
from genre.system.files import write_bytes
from genre.text.format import count, percent
from genre.text.song import CONFIDENCE_LABELS, not_music


def classify(arguments: argparse.Namespace) -> int:
    """Predict the genre of recordings."""
    _check_options(arguments)
    classifier = load_model(arguments.model)
    recordings, problems = find_recordings(arguments.files)
    outcomes: list[Outcome] = []
    tags = TagWriter(arguments.min_confidence or "clearly", is_real=arguments.yes)
    is_silent = bool(arguments.json or arguments.csv) and not arguments.out
    is_stopped = False
    try:
        for name, path, outcome in _classified(recordings, classifier, has_bar=is_silent):
            outcomes.append((name, outcome))
            if isinstance(outcome, GenreError):
                say(f"{printable(name)}: {outcome}")
            elif arguments.write_tags:
                tags.take(name, path, outcome)
            elif not is_silent:
                print_prediction(name, outcome)
    except KeyboardInterrupt:
        is_stopped = True
        say(f"stopped after {len(outcomes)} of {len(recordings)}; what was done is kept")
    outcomes += problems
    if arguments.write_tags:
        tags.summarise()
    else:
        _write_table(outcomes, arguments)
    has_failed = any(isinstance(outcome, GenreError) for _, outcome in outcomes)
    return 130 if is_stopped else int(has_failed or tags.n_failed > 0)


def find_recordings(sources: Sequence[str]) -> tuple[list[tuple[str, str]], list[Outcome]]:
    """Find the recordings that files and folders hold.

    Parameters
    ----------
    sources : sequence of str
        Paths.

    Returns
    -------
    recordings : list of (str, str)
        What each is called, and its path.  Of a folder that is given alone, the names are
        paths in it; else they begin as the folder was given.
    problems : list of (str, GenreError)
        Folders that hold none.  What else is passed over was said.
    """
    recordings: list[tuple[str, str]] = []
    problems: list[Outcome] = []
    for source in sources:
        if not os.path.isdir(source):
            recordings.append((source, source))
            continue
        files, skipped = list_files(Path(source))
        for one in [*skipped, *list_others(files, (), ())]:
            say(f"passed over {printable(one.name)}: {one.reason}")
        found = [file for file in files if file.is_recording]
        if not found:
            problem = AudioError("this folder holds no recordings. Give another one.")
            say(f"{printable(source)}: {problem}")
            problems.append((source, problem))
        for file in found:
            inside = os.path.relpath(file.path, source)
            name = inside if len(sources) == 1 else os.path.join(source, inside)
            recordings.append((name, str(file.path)))
    return recordings, problems


class TagWriter:
    """Writes genre tags one by one, or only says what would be written."""

    def __init__(self, least: str, *, is_real: bool) -> None:
        self.least, self.is_real = least, is_real
        self.n_changed = self.n_left = self.n_failed = 0

    def take(self, name: str, path: str, prediction: Prediction) -> None:
        """Write the genre of a prediction into a file, if it is one to rely on."""
        shown, genre = printable(name), prediction.genre
        try:
            old = read_genre_tag(Path(path))
            reason = reason_against(prediction, self.least)
            if not reason and old.casefold() == genre.casefold():
                reason = "it is there already"
            if not reason:
                check_writable(Path(path))
                if self.is_real:
                    write_genre_tag(Path(path), genre)
        except NoTagError as error:
            old, reason = "", str(error)
        except (GenreError, OSError) as error:
            self.n_failed += 1
            say(f"{shown}: {error}")
            return
        before = genre_name(old) if old else "no genre"
        if reason:
            self.n_left += 1
            print(f"{shown}: {before} stays ({reason})")
        else:
            self.n_changed += 1
            label = CONFIDENCE_LABELS[prediction.confidence]
            print(
                f"{shown}: {before} -> {genre_name(genre)} "
                f"({label}, {percent(prediction.probability)})"
            )

    def summarise(self) -> None:
        """Say what was done, or how to do it."""
        tags = count(self.n_changed, "genre tag")
        failed = f", {self.n_failed} could not be changed" if self.n_failed else ""
        rest = f"{count(self.n_left, 'file')} left as before{failed}."
        if self.is_real:
            say(f"{tags} written, {rest}")
        else:
            how = " Nothing was written; --yes writes them." if self.n_changed else ""
            say(f"{tags} would be written, {rest}{how}")


def print_prediction(path: str, prediction: Prediction) -> None:
    """Print one prediction as a line, then its limits."""
    shown, second = printable(path), prediction.ranking[1]
    minutes, seconds = divmod(round(prediction.seconds), 60)
    second_probability = prediction.probabilities[prediction.genres.index(second)]
    if refusal := not_music(prediction):
        print(f"{shown}: {refusal} Asked all the same, the model says:")
    print(
        f"{shown}: {CONFIDENCE_LABELS[prediction.confidence]}"
        f"{':' if prediction.confidence == 'unsure' else ''} {genre_name(prediction.genre)} "
        f"{percent(prediction.probability)}, then {genre_name(second)} "
        f"{percent(second_probability)} ({minutes}:{seconds:02d})",
        flush=True,
    )
    if prediction.is_short:
        say(f"{shown}: shorter than a segment, so it was repeated to fill one")
    if prediction.is_truncated:
        say(f"{shown}: longer than 20 minutes, only the first 20 were analysed")
    if prediction.is_one_side:
        say(f"{shown}: its channels cancel, only the loudest was analysed")
    if prediction.music.problem:
        say(f"{shown}: whether this is music was not checked: {prediction.music.problem}")


def _check_options(arguments: argparse.Namespace) -> None:
    """Raise where options do not belong together, before anything is classified."""
    if (arguments.yes or arguments.min_confidence) and not arguments.write_tags:
        flag = "--yes" if arguments.yes else "--min-confidence"
        raise ParameterError(f"{flag} was given without --write-tags. Add that, or leave it out.")
    if arguments.out and not (arguments.csv or arguments.json):
        raise ParameterError("--out was given without --csv or --json. Add one of them.")
    out = Path(arguments.out or "out.csv")
    if out.is_dir() or not out.parent.is_dir():
        raise ParameterError(
            f"--out is {str(out)!r}, which is a folder or lies in none. Name a file in a folder "
            "that exists."
        )


def _classified(
    recordings: Sequence[tuple[str, str]], classifier: Classifier, *, has_bar: bool
) -> Iterator[tuple[str, str, Prediction | GenreError]]:
    """Yield the name, path and outcome of each recording, with a progress bar if wanted."""
    with progress_bar("recording") if has_bar else nullcontext() as on_progress:
        paths = [path for _, path in recordings]
        outcomes = classify_all(paths, classifier)
        for n_done, ((name, _), (path, outcome)) in enumerate(
            zip(recordings, outcomes, strict=True), start=1
        ):
            yield name, path, outcome
            if on_progress:
                on_progress(n_done, len(recordings), name)


def _write_table(outcomes: Sequence[Outcome], arguments: argparse.Namespace) -> None:
    """Write the outcomes as CSV or JSON, where that was asked for."""
    if not (arguments.csv or arguments.json):
        return
    text = to_json(outcomes) if arguments.json else to_csv(outcomes)
    if arguments.out:
        write_bytes(Path(arguments.out), text.encode("utf-8", "backslashreplace"))
    else:
        sys.stdout.write(text)
