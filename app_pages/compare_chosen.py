"""What is the same and what differs between the chosen models and runs."""

from __future__ import annotations

import streamlit as st

from app_pages import compare_caches, compare_models, compare_tracks, interface, reading
from genre.charts import compare as compare_charts
from genre.compare.leaderboard import LeaderboardEntry
from genre.language import N_, _
from genre.models.measured_on import measured_on
from genre.text import compare as compare_text
from genre.text.leaderboard import settings_rows, titles

state = st.session_state


def show_chosen(chosen: list[LeaderboardEntry]) -> None:
    """Show an aspect of the chosen entries."""
    aspects = {
        N_("Differences"): show_differences,
        N_("Reading"): show_readings,
        N_("Confusion matrices"): compare_tracks.show_matrices,
        N_("Confidence"): show_confidence,
        N_("Learning curves"): show_curves,
        N_("Details"): compare_models.show_cards,
    }
    aspect = interface.choose_one(
        _("Aspect"),
        list(aspects),
        format_func=_,
        key="aspect",
        default="Differences",
        label_visibility="collapsed",
        persist_state="session",
    )
    aspects[aspect](chosen, titles(chosen))


def show_differences(chosen: list[LeaderboardEntry], names: list[str]) -> None:
    """Show how far apart their accuracies are, and the settings in which they differ."""
    left, right = st.columns(2, gap="large")
    with left:
        if any(entry.leak_free for entry in chosen):
            interface.draw_once(
                lambda: compare_charts.entry_intervals(chosen, names),
                compare_caches.key_of(chosen),
                "intervals",
                _(
                    "The accuracy of each on artists that were not in training, with its 95% "
                    "interval."
                ),
            )
        for line in compare_caches.difference_lines(chosen):
            st.text(line)
        for entry, title in zip(chosen, names, strict=True):
            st.text(compare_text.figure_line(entry, title))
    with right:
        rows = settings_rows(chosen)
        if rows:
            st.markdown(interface.bold(_("Settings that differ")))
            st.dataframe(rows, hide_index=True, placeholder="", key="settings",
                         column_config={"setting": _("Setting")},
                         alt=_("The settings in which the chosen ones differ"))  # fmt: skip
        elif len(chosen) > 1:
            st.caption(_("All known settings are the same."))
        else:
            st.caption(_("Select another row to see what differs."))


def show_readings(chosen: list[LeaderboardEntry], names: list[str]) -> None:
    """Show what the figures of each say."""
    for entry, title in zip(chosen, names, strict=True):
        st.markdown(interface.bold(interface.literal(title)))
        reading.show_entry(entry)


def show_confidence(chosen: list[LeaderboardEntry], names: list[str]) -> None:
    """Show how reliable their probabilities are."""
    known = [(c.evaluation, title) for c, title in zip(chosen, names, strict=True) if c.evaluation]
    for evaluation, title in known:
        st.text(compare_text.confidence_line(evaluation, title))
    if not any(evaluation.predictions for evaluation, _title in known):
        interface.show_info(
            _(
                "The prediction for each track is not known here. Train a run on the page Train "
                "to see it."
            )
        )
        return
    left, right = st.columns(2, gap="large")
    kept = dict(zip(names, (c.evaluation for c in chosen), strict=True))
    with left:
        st.markdown(interface.bold(_("Accuracy without the least confident predictions")))
        interface.draw(
            compare_charts.accuracy_against_coverage(kept),
            "coverage",
            _("Share of correct predictions, by the share of tracks that get a prediction."),
        )
    for i, (evaluation, title) in enumerate(known):
        with (right, left)[i % 2]:
            if evaluation.predictions:
                said = _("{title}: confidence and accuracy").format(title=title)
                st.markdown(f"**{interface.literal(said)}**")
                st.caption(
                    interface.literal(
                        _("On the line, confidence equals accuracy; {about}.").format(
                            about=measured_on(evaluation.about)
                        )
                    )
                )
                interface.draw(
                    compare_charts.reliability_diagram(evaluation, names.index(title)),
                    f"reliability_{i}",
                    _("The accuracy of {title}, by its confidence.").format(title=title),
                )


def show_curves(chosen: list[LeaderboardEntry], names: list[str]) -> None:
    """Show their accuracy over the epochs in one picture."""
    without = [t for c, t in zip(chosen, names, strict=True) if not c.history]
    if len(without) < len(chosen):
        st.caption(
            _(
                "Accuracy per segment of 3 s in each epoch: solid for the training side, dashed "
                "for the validation side."
            )
        )
        histories = {t: c.history for c, t in zip(chosen, names, strict=True)}
        interface.draw(
            compare_charts.overlaid_histories(histories),
            "curves",
            _("Training and validation accuracy of each, epoch by epoch."),
        )
    for entry, title in zip(chosen, names, strict=True):
        if warning := compare_text.leaky_curve_line(entry, title):
            st.caption(f":material/warning: {interface.literal(warning)}")
    for title in without:
        st.caption(
            ":material/info: "
            + _("No learning curves for {title}: its training run is not here.").format(
                title=interface.literal(title)
            )
        )
