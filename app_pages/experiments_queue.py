"""The sweeps there are: how far each is, stop and go on, its runs, the best of them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import damaged, interface, train_runs, train_settings
from genre import paths
from genre.errors import GenreError
from genre.language import _
from genre.sweeps.chosen import chosen_ones, figures_of_test
from genre.sweeps.files import Sweep, SweepState, SweepStatus, read_job, read_state, read_sweep
from genre.sweeps.standings import standings
from genre.sweeps.store import (
    delete_sweep,
    list_damaged_sweeps,
    list_sweeps,
    start_sweep,
    stop_sweep,
)
from genre.text import sweeps as sweep_text
from genre.text.training import run_headline

state = st.session_state
N_SHOWN = 20
TICK_SECONDS = 1.0
PLACE = "sweeps"


def any_sweep() -> bool:
    """Tell whether there is a sweep."""
    return bool(list_sweeps(paths.SWEEPS))


def show_sweeps() -> None:
    """Show the sweeps, the latest first."""
    interface.show_message(PLACE)
    broken = list_damaged_sweeps(paths.SWEEPS)
    damaged.show_damaged(broken, PLACE)
    names = {one.name for one in broken}
    found = [path for path in list_sweeps(paths.SWEEPS) if path.name not in names]
    for number, folder in enumerate(reversed(found[-N_SHOWN:])):
        try:
            sweep, status = read_sweep(folder), read_job(folder)
            now = read_state(sweep)
        except GenreError as error:  # it was deleted, or damaged, at this moment
            interface.show_error(error)
            continue
        with st.expander(
            interface.literal(f"{sweep.spec.label}: {sweep_text.outcome_word(status)}"),
            icon=":material/tune:",
            expanded=status.is_live or number == 0,
        ):
            show_sweep(sweep, now, status)


def show_sweep(sweep: Sweep, now: SweepState, status: SweepStatus) -> None:
    """Show one sweep."""
    line = sweep_text.plan_line(sweep.spec, len(sweep.configurations))
    st.caption(interface.literal(line))
    if status.is_live:
        st.fragment(watch_sweep, run_every=TICK_SECONDS)(sweep.folder)
    else:
        show_ended(sweep, now, status)
    show_best(sweep, now)
    show_runs(sweep, now)


def watch_sweep(folder: Path) -> None:
    """Show how far a sweep is that is at work."""
    status = read_job(folder)
    known = f"sweep_seen_{folder.name}"
    seen = (status.n_ended, status.n_trials)
    if not status.is_live or state.get(known, seen) != seen:
        state[known] = seen
        st.rerun()
    state[known] = seen
    share = status.n_ended / status.n_trials if status.n_trials else 0.0
    st.progress(min(1.0, share), text=sweep_text.progress_line(status))
    st.button(
        _("Stop"), icon=":material/stop:", key=f"stop_sweep_{folder.name}", on_click=stop,
        args=(folder,),
    )  # fmt: skip


def show_ended(sweep: Sweep, now: SweepState, status: SweepStatus) -> None:
    """Show how a sweep ended; offer to go on, and to delete it."""
    if status.state == "failed":
        interface.show_error(sweep_text.state_line(status))
    elif status.state != "finished":
        interface.show_info(sweep_text.state_line(status))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if any(trial.is_open for trial in now.trials):
            key = f"sweep_budget_{sweep.name}"
            minutes = int(now.minutes) if now.minutes else None
            st.number_input(
                _("Budget (minutes)"), 1, 10_000, minutes, key=key, width=180,
                placeholder=_("No limit"),
            )  # fmt: skip
            st.button(
                _("Go on"), type="primary", icon=":material/resume:", on_click=go_on,
                key=f"go_on_{sweep.name}", args=(sweep.folder, key),
            )  # fmt: skip
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_(sweep_text.DELETE_NOTE))
            st.button(
                _("Delete sweep"), key=f"delete_sweep_{sweep.name}", on_click=delete,
                args=(sweep.folder,),
            )  # fmt: skip


def show_best(sweep: Sweep, now: SweepState) -> None:
    """Show the configurations in order, and the test of the chosen one, of each group."""
    ranked = standings(sweep, now)
    if not ranked:
        return
    columns = labels_of(sweep) | sweep_text.standing_columns()
    shares = {
        name: st.column_config.NumberColumn(columns[name], format="percent")
        for name in ("score", "low", "high")
    }
    st.dataframe(
        sweep_text.standing_rows(sweep, ranked),
        hide_index=True,
        key=f"standings_{sweep.name}",
        column_config={**columns, **shares},
        alt=_("Combinations by their accuracy on the validation set, the best first"),
    )
    for line in (
        sweep_text.metric_line(sweep.spec),
        sweep_text.split_line(sweep.spec, labels_of(sweep)),
    ):
        if line:
            st.caption(line)
    for chosen in chosen_ones(sweep, now):
        line = sweep_text.chosen_line(sweep, chosen, labels_of(sweep))
        st.markdown(interface.bold(interface.literal(line)))
        for seed, evaluation, config in figures_of_test(chosen, paths.RUNS):
            headline = run_headline(evaluation, config)
            st.caption(interface.literal(sweep_text.result_line(seed, headline)))


def labels_of(sweep: Sweep) -> dict[str, str]:
    """Return what the swept settings are called."""
    labels = {setting.name: _(setting.label) for setting in train_settings.ALL}
    return {name: labels.get(name, name) for name in sweep.spec.settings}


def show_runs(sweep: Sweep, now: SweepState) -> None:
    """Show the queue of runs; a chosen row opens its run on Train."""
    columns = labels_of(sweep) | sweep_text.trial_columns()
    score = st.column_config.NumberColumn(columns["score"], format="percent")
    picked = st.dataframe(
        sweep_text.trial_rows(sweep, now),
        hide_index=True,
        key=f"sweep_runs_{sweep.name}",
        column_config={**columns, "score": score},
        on_select="rerun",
        selection_mode="single-row",
        alt=_("The runs of this sweep, in order; a row opens its run on Train"),
    )
    rows = picked.selection.rows if picked else []
    if rows and (run := now.trials[rows[0]].run):
        train_runs.show_run(run)
        st.switch_page("app_pages/train.py")


def stop(folder: Path) -> None:
    """Stop a sweep."""
    try:
        stop_sweep(folder, paths.RUNS)
    except GenreError as error:
        interface.set_message(PLACE, error, is_error=True)


def go_on(folder: Path, key: str) -> None:
    """Go on with a sweep, with the budget in the field."""
    try:
        start_sweep(folder, minutes=state[key])
    except GenreError as error:
        interface.set_message(PLACE, error, is_error=True)


def delete(folder: Path) -> None:
    """Delete a sweep."""
    try:
        delete_sweep(folder)
    except GenreError as error:
        interface.set_message(PLACE, error, is_error=True)
