"""A run's curves, and its prediction for a song, epoch by epoch."""

from __future__ import annotations

import streamlit as st

from app_pages.drawing import show_drawings
from genre.charts.svg_curves import curve_sample, song_columns, training_curves
from genre.runs.reader import RunView
from genre.runs.reference_runs import EarlierRun


def show_curves(view: RunView | None, earlier: EarlierRun | None, n_epochs: int) -> None:
    """Draw accuracy and loss as far as they have come, the best earlier run behind them."""
    figures = [
        (
            heading,
            training_curves(
                view.history if view else (),
                metric,
                [mark.epoch for mark in view.marks] if view else (),
                ghost=earlier.history if earlier else (),
                batches=view.batches if view else (),
                n_epochs=n_epochs,
            ),
        )
        for heading, metric in (
            ("Accuracy per segment", "accuracy"),
            ("Loss per segment (nats)", "loss"),
        )
    ]
    samples = ["training", "validation", *(["ghost"] if earlier else [])]
    legend = "".join(f"<span>{curve_sample(kind)}</span>" for kind in samples)
    show_drawings(figures, key="history", legend=legend)


def show_song(view: RunView) -> None:
    """Draw the network's prediction for the tracked song after each epoch."""
    st.markdown("**Prediction for your song after each epoch**")
    song = song_columns(view.song, view.facts["genres"], view.config.epochs)
    show_drawings([("The dot marks the most probable genre", song)], key="song")
