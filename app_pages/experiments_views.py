"""What is compared of the chosen runs: curves, settings, seeds, differences on shared tracks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import experiments_caches, interface
from genre.charts import experiments as charts
from genre.charts.experiments import MAX_CONFIGURATIONS
from genre.compare.leaderboard import LeaderboardEntry
from genre.errors import GenreError
from genre.experiments.configurations import Quantity, configurations, figure_of
from genre.experiments.curves import MAX_CURVES, Axis, curves_of
from genre.experiments.records import METRICS, RunRecord
from genre.language import N_, _
from genre.text import experiments as experiments_text
from genre.text.format import count

state = st.session_state
TICK_SECONDS = 2.0
"""Between two readings of runs that train."""
AXES: dict[Axis, str] = {"epoch": N_("Epochs"), "seconds": N_("Training time")}


def show_views(chosen: list[RunRecord], shown: list[RunRecord]) -> None:
    """Show a view of the chosen runs; of all in the table where none is chosen.

    Parameters
    ----------
    chosen, shown : list of RunRecord
        The rows that are selected, and all rows of the table.
    """
    views = {
        N_("Curves"): show_curves,
        N_("Settings"): show_settings,
        N_("Seeds"): show_seeds,
        N_("Difference"): show_difference,
    }
    view = interface.choose_one(
        _("View"),
        list(views),
        format_func=_,
        key="runs_view",
        default="Curves",
        label_visibility="collapsed",
        persist_state="session",
    )
    views[view](chosen, shown)


def show_curves(chosen: list[RunRecord], shown: list[RunRecord]) -> None:
    """Draw the curves of the chosen runs, or of the latest; those that train are drawn again."""
    drawn = (chosen or shown)[:MAX_CURVES]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Figure"),
            METRICS,
            format_func=lambda name: _(experiments_text.METRIC_NAMES[name]),
            key="curve_metric",
            width=240,
        )
        st.selectbox(
            _("Over"), list(AXES), format_func=lambda name: _(AXES[name]), key="curve_over",
            width=180,
        )  # fmt: skip
        st.slider(
            _("Smoothing"), 0.0, 0.99, step=0.01, key="curve_smoothing", width=220,
            help=_(
                "Weight of the exponential moving average, with bias correction. The curves as "
                "measured stay behind it, pale."
            ),
        )  # fmt: skip
        is_phone = "Mobi" in st.context.headers.get("User-Agent", "")
        st.toggle(
            _("Drag to zoom"), value=not is_phone, key="curve_zoom",
            help=_("Drag over a part of the chart to zoom in; it stays while runs train on."),
        )  # fmt: skip
    if not chosen and len(shown) > len(drawn):
        st.caption(_("No row is chosen: the latest {runs}.").format(runs=count(len(drawn), "run")))
    elif len(chosen) > MAX_CURVES:
        most = _("The first {runs} of the chosen ones are drawn.")
        st.caption(most.format(runs=count(MAX_CURVES, "run")))
    n_live = sum(record.status.is_live for record in drawn)
    st.fragment(watch_curves, run_every=TICK_SECONDS if n_live else None)(drawn, n_live)


def watch_curves(drawn: list[RunRecord], n_live: int) -> None:
    """Draw the curves of some runs as far as they have come."""
    if n_live:
        drawn = experiments_caches.again(drawn)
        if sum(record.status.is_live for record in drawn) < n_live:
            st.rerun()  # one has ended: the table says so
    metric, over = state.curve_metric, state.curve_over
    curves = curves_of(
        drawn, experiments_text.titles(drawn), metric, over=over, weight=state.curve_smoothing
    )
    if not any(curve.x for curve in curves):
        interface.show_info(_("None of these runs has finished an epoch with this figure yet."))
        return
    *of, part = state.curve_part or (None, None)
    is_zoomed = of == [metric, over]
    figure = charts.overlaid_curves(
        curves, metric, over=over, zooms=state.curve_zoom, part=part if is_zoomed else None
    )
    # Streamlit makes a chart with other data anew, so the page keeps the zoom.
    alt = _("The chosen figure of each run over its epochs.")
    how: dict[str, Any] = (
        {"on_select": keep_part, "selection_mode": "box"} if state.curve_zoom else {}
    )
    interface.draw(figure, "run_curves", alt, **how)
    if is_zoomed:
        st.button(_("Show all"), icon=":material/zoom_out_map:", key="show_all", on_click=show_all)
    without = [curve.name for curve in curves if not curve.x]
    notes = [
        _("A cross ends the curve of a run that was stopped or failed.")
        * any(curve.ended_early and curve.x for curve in curves),
        _("Without this figure: {names}.").format(names=", ".join(without)) * bool(without),
    ]
    if line := " ".join(note for note in notes if note):
        st.caption(interface.literal(line))


def keep_part() -> None:
    """Zoom in on the part of the curves that was dragged over, until all is shown again."""
    if boxes := state.run_curves.selection.box:
        (x, y) = (tuple(sorted(boxes[-1][axis])) for axis in ("x", "y"))
        state.curve_part = (state.curve_metric, state.curve_over, (x, y))


def show_all() -> None:
    """Show all of the curves."""
    state.curve_part = ()


def show_recorded() -> None:
    """Draw the curves of the runs that come with the program."""
    records = experiments_caches.recorded()
    show_curves(records, records)


def show_settings(chosen: list[RunRecord], shown: list[RunRecord]) -> None:
    """Draw each run as a line through its settings."""
    drawn = chosen or shown
    of = choose_quantity()
    try:
        figure = charts.parallel_coordinates(drawn, of)
    except GenreError as error:
        interface.show_info(error)
        return
    interface.draw(
        figure,
        "run_settings",
        _("Each run as a line through its settings, coloured by its accuracy."),
    )
    n_without = sum(figure_of(record, of) is None for record in drawn)
    line = _("Drag along an axis to keep the runs that pass there; drag its name to move it.")
    if n_without:
        line += " " + _("Without this accuracy: {runs}.").format(runs=count(n_without, "run"))
    st.caption(line)


def show_seeds(chosen: list[RunRecord], shown: list[RunRecord]) -> None:
    """Show how far the runs of each configuration spread over their seeds."""
    of = choose_quantity()
    found = configurations(chosen or shown, of)
    found = [one for one in found if one.values(of) or one.values(of, ended_early=True)]
    if not found:
        interface.show_info(_("None of these runs has this accuracy."))
        return
    titles = experiments_text.configuration_titles(found)
    interface.draw(
        charts.seed_spread(found, titles, of),
        "run_seeds",
        _("The accuracy of each run by its configuration, with the mean over seeds."),
    )
    rows = [
        experiments_text.spread_row(place, one, title, of)
        for place, (one, title) in enumerate(zip(found, titles, strict=True), start=1)
    ]
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="",
        key="run_configurations",
        column_config={
            "place": number(_("No."), width=50),
            "configuration": st.column_config.TextColumn(_("Configuration"), pinned=True),
            "mean": number(_("Mean"), format="%.1f%%"),
            "std": number(_("Standard deviation (points)"), format="%.1f"),
            "lowest": number(_("Lowest"), format="%.1f%%"),
            "highest": number(_("Highest"), format="%.1f%%"),
            "runs": number(_("Runs")),
            "ended_early": number(_("Stopped or failed")),
        },
        alt=_("Each configuration with mean and spread over its seeds"),
    )
    st.caption(
        _(
            "Runs with the same settings but for the seed, which decides the split too. Means "
            "leave out what was stopped or failed."
        )
    )
    if len(found) > MAX_CONFIGURATIONS:
        st.caption(_("The {n} best are drawn.").format(n=MAX_CONFIGURATIONS))


def choose_quantity() -> Quantity:
    """Offer which accuracy is looked at."""
    names = experiments_text.QUANTITY_NAMES
    return st.selectbox(
        _("Accuracy"), list(names), format_func=lambda name: _(names[name]), key="run_quantity",
        width=320,
    )  # fmt: skip


def show_difference(chosen: list[RunRecord], shown: list[RunRecord]) -> None:
    """Show the paired difference of the first chosen run and each other, or a saved model."""
    if not chosen:
        interface.show_info(_("Choose a run in the table, and another one or a model here."))
        return
    names = [one.name for one in chosen]
    titles = dict(zip(names, experiments_text.titles(chosen), strict=True))
    models = {one.name: one for one in experiments_caches.models()}
    with st.container(horizontal=True):
        if state.get("first_run") not in names:
            state.first_run = names[0]
        st.selectbox(
            _("Run"), names, format_func=lambda name: titles[name], key="first_run", width=320
        )
        st.selectbox(
            _("Also with a saved model"), list(models), index=None, placeholder=_("Choose"),
            key="other_model", width=320,
        )  # fmt: skip
    first = next(one for one in chosen if one.name == state.first_run)
    others = [one for one in chosen if one is not first][: MAX_CURVES - 1]
    model = models.get(state.other_model) if state.other_model else None
    compared: list[RunRecord | LeaderboardEntry] = [*others, *([model] if model else [])]
    for other in compared:
        lines = experiments_caches.shared_lines(first, other)
        if isinstance(lines, GenreError):
            interface.show_error(lines)
            continue
        with st.container(gap=None):
            for line in lines:
                st.text(line)
    if not compared:
        st.caption(_("Choose a second row in the table, or a model here."))
    elif len(compared) > 1:
        st.caption(
            _(
                "Where runs are equal, one difference in twenty seems significant all the same: "
                "repeat with other seeds what is close."
            )
        )
