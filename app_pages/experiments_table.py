"""The table of all runs: what is filtered, what is chosen, what choosing the best costs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

import streamlit as st

from app_pages import experiments_caches, interface
from genre.errors import GenreError
from genre.experiments.records import RunRecord
from genre.experiments.selection import LEAST_RUNS, comparable
from genre.language import _
from genre.text import experiments as experiments_text
from genre.text.format import count
from genre.text.song import display_name

state = st.session_state


def filter_runs(records: list[RunRecord], sweeps: Mapping[str, str]) -> list[RunRecord]:
    """Offer tags, sweeps and states; return the runs that have what is chosen of each.

    Parameters
    ----------
    records : list of RunRecord
    sweeps : mapping of str to str
        The sweep of each run that is part of one, by the run's name.
    """
    tags = sorted({tag for record in records for tag in record.label.tags}, key=str.casefold)
    names = sorted({sweeps[record.name] for record in records if record.name in sweeps})
    states = {experiments_text.state_of(record) for record in records}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen_states = _choose(
            _("State"), "runs_states", [s for s in experiments_text.STATES if s in states],
            format_func=lambda name: _(experiments_text.STATES[name]),
        )  # fmt: skip
        chosen_tags = _choose(_("Tags"), "runs_tags", tags)
        chosen_sweeps = _choose(_("Sweep"), "runs_sweeps", names)
    return [
        record
        for record in records
        if not chosen_states or experiments_text.state_of(record) in chosen_states
        if not chosen_tags or set(chosen_tags) & set(record.label.tags)
        if not chosen_sweeps or sweeps.get(record.name) in chosen_sweeps
    ]


def _choose(label: str, key: str, options: list[str], **how: Any) -> list[str]:
    """Offer to choose some of several options; nothing where there is one at most."""
    if key in state:  # a run's tag may be gone
        state[key] = [one for one in state[key] if one in options]
    if not options or (len(options) == 1 and key == "runs_states"):
        return []
    return st.multiselect(label, options, key=key, placeholder=_("All"), width=260, **how)


def show_table(
    shown: list[RunRecord], titles: list[str], sweeps: Mapping[str, str]
) -> list[RunRecord]:
    """Show the runs, a row each; return those whose rows are chosen, in the order of the table."""
    wanted = {unquote(part) for part in state.picked.split(",") if part}
    settings = experiments_text.settings_columns(shown)
    rows = [
        experiments_text.run_row(
            record, title, sweeps.get(record.name, ""),
            {name: values[i] for name, values in settings.items()},
        )
        for i, (record, title) in enumerate(zip(shown, titles, strict=True))
    ]  # fmt: skip
    hidden = {
        name
        for name in ("tags", "sweep", "notes", "leaky", "interval", "test")
        if not any(row[name] for row in rows)
    }
    key = f"runs_table_{interface.short_digest(*(ascii(record.name) for record in shown))}"
    chosen = [i for i, record in enumerate(shown) if record.name in wanted]
    st.dataframe(
        [{name: value for name, value in row.items() if name not in hidden} for row in rows],
        hide_index=True,
        placeholder="",
        height=min(38 + 35 * len(rows), 400),
        key=key,
        on_select=partial(keep_picked, key, shown),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": chosen}},
        column_config=_columns() | {
            f"set_{name}": name.replace("_", " ") for name in settings
        },
        alt=_("All runs, a row each, with the settings in which they differ"),
    )  # fmt: skip
    missing = wanted - {record.name for record in shown}
    line = _("{n_shown} shown, {n_chosen} chosen.").format(
        n_shown=count(len(shown), "run"), n_chosen=len(chosen)
    )
    if not chosen:
        line += " " + _("Choose rows to compare them, or one alone to name it.")
    if missing:
        names = ", ".join(display_name(name) for name in sorted(missing)[:3])
        line += " " + _("Chosen, but not in the table: {names}.").format(names=names)
    st.caption(interface.literal(line))
    return [shown[i] for i in chosen]


def keep_picked(key: str, shown: list[RunRecord]) -> None:
    """Choose the runs whose rows are selected."""
    rows = set(state[key].selection.rows)
    state.picked = ",".join(quote(one.name) for i, one in enumerate(shown) if i in rows)


def show_choice(shown: list[RunRecord]) -> None:
    """Say what the best of the runs in the table owes to the choice, measured on demand."""
    among = comparable(shown)
    if len(among) < LEAST_RUNS:
        return
    of = experiments_caches.key_of(among)
    cost = experiments_caches.selection_cost(among) if state.measured_choice == of else None
    if isinstance(cost, GenreError):
        interface.show_error(cost)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        line = experiments_text.choice_line(shown, cost)
        st.caption(
            f":material/warning: {interface.literal(line)}",
            help=interface.literal(experiments_text.choice_rule()),
            width="content",
        )
        if state.measured_choice != of:
            st.button(
                _("Measure how much"), key="measure_choice", on_click=measure_choice, args=(of,)
            )
    if state.measured_choice == of and cost is None:
        interface.show_info(
            _("The runs were tested on too few artists to measure it. Ten are needed.")
        )


def measure_choice(of: experiments_caches.Key) -> None:
    """Measure the cost of choosing among these runs, from now on."""
    state.measured_choice = of


def _columns() -> dict[str, Any]:
    """Return what each column is called, how its values look and what they mean."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "run": text(_("Run"), pinned=True, help=_("Its label, or the end of its name.")),
        "state": _("State"),
        "best_validation": number(
            _("Best validation"),
            format="%.1f%%",
            help=_("The highest validation accuracy per segment of any epoch."),
        ),
        "test": number(
            _("Test"),
            format="%.0f%%",
            help=_("Accuracy per track on artists that were not in training."),
        ),
        "interval": _("95% interval"),
        "tracks": number(_("Tracks"), help=_("Tracks of the test side.")),
        "leaky": number(
            _("With data leakage"),
            format="%.0f%%",
            help=_("It says nothing about new music, and cannot be compared with the others."),
        ),
        "epochs": number(_("Epochs"), help=_("Epochs that were finished.")),
        "tags": st.column_config.ListColumn(_("Tags")),
        "sweep": _("Sweep"),
        "seconds": number(_("Training time (s)"), format="%.0f"),
        "data": _("Data"),
        "made": st.column_config.DatetimeColumn(_("Started"), format="YYYY-MM-DD HH:mm"),
        "notes": text(_("Notes"), width="medium"),
    }
