"""A run's curves, and its prediction for a song, epoch by epoch."""

from __future__ import annotations

import streamlit as st

from app_pages import interface
from app_pages.drawing import show_drawings
from genre.charts.probability_table import confusion_table, song_table
from genre.charts.song_columns import song_columns
from genre.charts.svg_curves import curve_sample, training_curves
from genre.language import N_, _
from genre.runs.reader import RunView
from genre.runs.reference_runs import EarlierRun

CONFUSION = N_("Confusion: tracks of the test side")


def show_stage(view: RunView | None, earlier: EarlierRun | None, n_epochs: int) -> None:
    """Draw curves, tracked song and confusion matrix side by side on a projector's screen."""
    figures = curves(view, earlier, n_epochs)
    genres = view.facts.get("genres", ()) if view else ()
    if view and genres:
        if view.song:
            drawn = song_table(view.song, genres, view.config.epochs)
            figures.append((_("Your song, epoch by epoch"), drawn))
        if view.evaluation:
            counts = view.evaluation["confusion_matrix"]
            drawn = confusion_table(view.evaluation["genres"], counts)
            is_pooled = view.config.evaluation == "pooled"
            heading = _("Confusion: all tracks") if is_pooled else _(CONFUSION)
            figures.append((heading, drawn))
        elif view.confusion:
            drawn = confusion_table(genres, view.confusion)
            figures.append((_("Confusion: validation segments"), drawn))
    show_drawings(figures, key="history", legend=legend(view, earlier), fills=True)


def show_curves(view: RunView | None, earlier: EarlierRun | None, n_epochs: int) -> None:
    """Draw accuracy and loss as far as they have come, the best earlier run behind them."""
    show_drawings(curves(view, earlier, n_epochs), key="history", legend=legend(view, earlier))


def curves(
    view: RunView | None, earlier: EarlierRun | None, n_epochs: int
) -> list[tuple[str, str]]:
    """Return accuracy and loss, each with its heading."""
    return [
        (
            heading,
            training_curves(
                view.history if view else (),
                metric,
                [mark.epoch for mark in view.marks] if view else (),
                ghost=earlier.history if earlier else (),
                folds=view.folds.earlier if view else (),
                batches=view.batches if view else (),
                n_epochs=n_epochs,
            ),
        )
        for heading, metric in (
            (_("Accuracy per segment"), "accuracy"),
            (_("Loss per segment (nats)"), "loss"),
        )
    ]


def legend(view: RunView | None, earlier: EarlierRun | None) -> str:
    """Return a sample of each line."""
    pale = ["folds"] if view and view.folds.earlier else ["ghost"] if earlier else []
    samples = ["training", "validation", *pale]
    return "".join(f"<span>{curve_sample(kind)}</span>" for kind in samples)


def show_song(view: RunView) -> None:
    """Draw the network's prediction for the tracked song after each epoch."""
    st.markdown(interface.bold(_("Prediction for your song after each epoch")))
    song = song_columns(view.song, view.facts["genres"], view.config.epochs)
    show_drawings([(_("The dot marks the most probable genre"), song)], key="song")
