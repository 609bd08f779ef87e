"""A run's curves, and the song it learns to hear, as they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages.drawing import show_drawings

if TYPE_CHECKING:
    from genre.runs.reader import RunView
    from genre.runs.reference_runs import EarlierRun


def show_curves(view: RunView | None, ghost: EarlierRun | None, n_epochs: int) -> None:
    """Draw accuracy and loss as far as they have come, the best earlier run behind."""
    from genre.charts.svg_curves import curve_sample, training_curves

    figures = [
        (
            heading,
            training_curves(
                view.history if view else (),
                metric,
                [mark.epoch for mark in view.marks] if view else (),
                ghost=ghost.history if ghost else (),
                batches=view.batches if view else (),
                n_epochs=n_epochs,
            ),
        )
        for heading, metric in (
            ("Accuracy per segment", "accuracy"),
            ("Loss per segment (nats)", "loss"),
        )
    ]
    samples = ["training", "validation", *(["ghost"] if ghost else [])]
    legend = "".join(f"<span>{curve_sample(kind)}</span>" for kind in samples)
    show_drawings(figures, key="history", legend=legend)


def show_song(view: RunView) -> None:
    """Draw what the pinned song was to the network after each epoch."""
    from genre.charts.svg_curves import song_columns

    st.markdown("**What your song was to it after each epoch**")
    song = song_columns(view.song, view.facts["genres"], view.config.epochs)
    show_drawings([("The dot marks the most probable genre", song)], key="song")
