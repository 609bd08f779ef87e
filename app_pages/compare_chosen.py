"""What the chosen contenders have in common and what not, one aspect at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app_pages import compare_life, compare_state, compare_tracks, resources

if TYPE_CHECKING:
    from genre.compare.leaderboard import Contender

state = st.session_state
PLAIN = {"displayModeBar": False}


def show_chosen(chosen: list[Contender]) -> None:
    """Show an aspect of the chosen contenders."""
    from genre.text.compare import titles

    aspects = {
        "What differs": show_differences,
        "What they mix up": compare_tracks.show_matrices,
        "How sure they are": show_certainty,
        "Curves": show_curves,
        "Cards": compare_life.show_cards,
    }
    aspect = st.segmented_control(
        "Aspect",
        list(aspects),
        key="aspect",
        default="What differs",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    aspects[aspect or "What differs"](chosen, titles(chosen))


def show_differences(chosen: list[Contender], called: list[str]) -> None:
    """Show how far apart their figures are, and the settings in which they differ."""
    from genre.charts import compare as compare_charts
    from genre.text import compare as compare_text

    left, right = st.columns(2, gap="large")
    with left:
        if any(contender.honest for contender in chosen):
            show(
                compare_charts.contender_intervals(chosen, called),
                "intervals",
                "The accuracy of each on artists unheard, with its 95% interval.",
            )
        for line in compare_state.difference_lines(chosen):
            st.text(line)
        for contender, title in zip(chosen, called, strict=True):
            st.text(compare_text.figure_line(contender, title))
    with right:
        rows = compare_text.settings_rows(chosen)
        if rows:
            st.markdown("**Settings that differ**")
            st.dataframe(rows, hide_index=True, placeholder="", key="settings",
                         alt="The settings in which the chosen ones differ")  # fmt: skip
        elif len(chosen) > 1:
            st.caption("Their known settings are the same.")
        else:
            st.caption("Tick another row to see what differs.")


def show_certainty(chosen: list[Contender], called: list[str]) -> None:
    """Show how far their probabilities can be believed."""
    from genre.charts import compare as compare_charts
    from genre.text import compare as compare_text

    known = [(c.evaluation, title) for c, title in zip(chosen, called, strict=True) if c.evaluation]
    for evaluation, title in known:
        st.text(compare_text.sure_line(evaluation, title))
    if not any(evaluation.answers for evaluation, _ in known):
        no_answers()
        return
    left, right = st.columns(2, gap="large")
    kept = dict(zip(called, (c.evaluation for c in chosen), strict=True))
    with left:
        st.markdown("**If the unsure verdicts were withheld**")
        show(
            compare_charts.accuracy_against_coverage(kept),
            "coverage",
            "How many of the verdicts are right, by how many tracks get one.",
        )
    for i, (evaluation, title) in enumerate(known):
        with (right, left)[i % 2]:
            if evaluation.answers:
                st.markdown(f"**{resources.literal(title)}: how sure, and how often right**")
                st.caption(resources.literal(f"On the line: as right as sure; {evaluation.about}."))
                show(
                    compare_charts.reliability_diagram(evaluation, called.index(title)),
                    f"reliability_{i}",
                    f"How often {title} is right, by how sure it is.",
                )


def show_curves(chosen: list[Contender], called: list[str]) -> None:
    """Show their accuracy over the epochs in one picture."""
    from genre.charts import compare as compare_charts
    from genre.text import compare as compare_text

    without = [t for c, t in zip(chosen, called, strict=True) if not c.history]
    if len(without) < len(chosen):
        st.caption(
            "Per segment of 3 s while they trained: solid on what was learnt (seen in training), "
            "dashed on the validation side."
        )
        histories = {t: c.history for c, t in zip(chosen, called, strict=True)}
        show(
            compare_charts.overlaid_histories(histories),
            "curves",
            "Training and validation accuracy of each, epoch by epoch.",
        )
    for contender, title in zip(chosen, called, strict=True):
        if warning := compare_text.leaky_curve_line(contender, title):
            st.caption(f":material/warning: {resources.literal(warning)}")
    for title in without:
        st.caption(
            f":material/info: The run that {resources.literal(title)} comes from is not here, "
            "so it has no curves."
        )


def no_answers() -> None:
    """Say why there is nothing to see behind a figure."""
    st.info(
        "What was said of each track was not kept for these: they were measured elsewhere, or "
        "before that was done. Train a run on the page Train to look behind its figure.",
        icon=":material/info:",
    )


def show(figure: Any, key: str, alt: str) -> None:
    """Draw a figure that is only looked at."""
    from genre.charts import song as song_charts

    st.plotly_chart(song_charts.legible(figure, resources.ink()), key=key, config=PLAIN, alt=alt)
