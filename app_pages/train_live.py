"""A run while it trains: its curves, its controls, and the song that it tracks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from app_pages import (
    access,
    caches,
    interface,
    presenter,
    session,
    train_data,
    train_link,
    train_results,
    train_runs,
    train_setup,
    uploads,
)
from app_pages.damaged import show_damaged
from app_pages.songs import Song, current_song, link_of, take_songs
from app_pages.train_curves import show_curves, show_song, show_stage
from app_pages.train_settings import EPOCHS, RATES, written
from genre import paths
from genre.errors import GenreError
from genre.language import _
from genre.recipes.command import nearest_preset
from genre.runs.files import read_config
from genre.runs.imported import identity_of
from genre.runs.reader import RunView
from genre.runs.stop import stop_run
from genre.runs.store import list_runs, steer_run
from genre.runs.tracked_song import check_song, pin_song
from genre.text import training as training_text
from genre.text import training_data as data_text
from genre.text.format import number
from genre.text.song import display_name

state = st.session_state
TICK_SECONDS = 1.0


def show_before() -> None:
    """Show, before there is a run, an earlier one."""
    config = state.recipe[1]
    st.header(_("Press Start to train"), anchor=False)
    earlier = caches.earlier_run(state.data, config)
    st.caption(training_text.earlier_run_line(earlier))
    draw = show_stage if presenter.is_on() else show_curves
    draw(None, earlier, config.epochs)
    show_tracking(None)
    show_runs(None)


def show_run(run: Path) -> None:
    """Show a run: live while it trains, with its results once it has ended."""
    try:
        view = train_runs.view_of(run)
    except GenreError as error:
        interface.show_error(error)
        show_runs(run)
        return
    # The browser's clock ticks only while there is something to wait for.
    is_live = view.status.is_live
    results = st.container()
    if presenter.is_on():  # the curves come first, as while it trained
        drawn, results = results, st.container()
    else:
        drawn = st.container()
    if not is_live:
        with results:
            train_results.show_end(run, view)
    with drawn:
        st.fragment(watch, run_every=TICK_SECONDS if is_live else None)(run, is_live)
    if not is_live:
        train_results.show_matrix(view)
    show_tracking(run if is_live else None)
    show_runs(run)


def watch(run: Path, was_live: bool) -> None:
    """Draw what is known of a run now."""
    try:
        view = train_runs.view_of(run)
    except GenreError as error:
        interface.show_error(error)
        return
    if was_live and not view.status.is_live:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.evaluation and view.status.state == "finished":  # the result is the heading
            st.text(training_text.state(view), width="content")
        else:
            st.header(training_text.state(view), anchor=False, width="content")
        st.text(training_text.progress(view), width="content")
    if view.status.is_live:
        st.progress(view.progress)
    earlier = caches.earlier_run(view.data, view.config, run.name)
    draw = show_stage if presenter.is_on() else show_curves
    draw(view, earlier, max(view.config.epochs, len(view.history)))
    if line := data_text.validation_line(view.facts or {}):
        st.caption(f":material/warning: {interface.literal(line)}")
    if view.status.is_live:
        show_controls(run, view)
    if view.marks:  # below the controls: the first one must not push them away
        st.caption(training_text.marks_line(view.marks))
    if view.facts:
        st.caption(data_text.dataset_line(view.facts))
        for sentence in data_text.missing_genres(view.facts):
            st.caption(f":material/info: {interface.literal(sentence)}")
    if view.song and view.facts and not presenter.is_on():
        show_song(view)


def show_controls(run: Path, view: RunView) -> None:
    """Offer pause, stop, and what may be changed while it trains."""
    name, config = run.name, view.config
    wanted = {f"rate_{name}": config.learning_rate, f"epochs_{name}": config.epochs}
    # As another tab has changed it; left alone otherwise, so that it stays while it is dragged.
    moved = {key: value for key, value in wanted.items() if state.get(key, value) != value}
    state.update(moved)
    # Given each time: without a value, the browser sets a new slider to its first stop, and
    # reports that as if the visitor had moved it.
    values = {key: {} if key in moved else {"value": wanted[key]} for key in wanted}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Resume") if view.is_pausing else _("Pause"),
            icon=":material/play_arrow:" if view.is_pausing else ":material/pause:",
            key=f"pause_{name}",
            on_click=partial(change_run, run, pause=not view.is_pausing),
        )
        st.button(
            _("Stop"),
            icon=":material/stop:",
            key=f"stop_{name}",
            on_click=partial(change_run, run, stop_run),
        )
        st.select_slider(
            _("Current learning rate"),
            sorted({*RATES, config.learning_rate}),
            format_func=written,
            key=f"rate_{name}",
            on_change=keep_rate,
            args=(run,),
            width=220,
            **values[f"rate_{name}"],
        )
        st.select_slider(
            _("Total epochs"),
            sorted({*EPOCHS, config.epochs}),
            key=f"epochs_{name}",
            on_change=keep_epochs,
            args=(run,),
            width=220,
            **values[f"epochs_{name}"],
        )


def keep_rate(run: Path) -> None:
    """Set the learning rate of a run from its slider."""
    change_run(run, learning_rate=state[f"rate_{run.name}"])


def keep_epochs(run: Path) -> None:
    """Set the epochs of a run from its slider."""
    change_run(run, epochs=state[f"epochs_{run.name}"])


def change_run(run: Path, how: Callable[..., object] = steer_run, **changes: object) -> None:
    """Change a run while it trains."""
    try:
        how(run, **changes)
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")


@st.fragment
def show_tracking(run: Path | None) -> None:
    """Choose a song to classify after each epoch, of the run that trains or else the next one."""
    song: Song | None = state.tracked_song
    label = (
        _("Track a song during training: {name}").format(
            name=interface.literal(display_name(song.name))
        )
        if song
        else _("Track a song during training")
    )
    with st.expander(label, expanded=song is None, key="track"):
        st.caption(_("After each epoch, a column shows the network's prediction for this song."))
        current = current_song()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            interface.show_examples("track_example", keep_example, run)
            if current:
                st.button(
                    _("Current song"),
                    icon=":material/push_pin:",
                    key="track_current",
                    on_click=track,
                    args=(current, run),
                )
        uploads.show_uploader(
            _("Or upload a song"), key="track_upload", on_change=keep_upload, args=(run,)
        )
        if uploads.has_unread("track_upload"):
            keep_upload(run)
        interface.show_message("track")


def keep_example(run: Path | None) -> None:
    """Track the example that was clicked."""
    if name := state.track_example:
        track(caches.example(name), run)


def keep_upload(run: Path | None) -> None:
    """Track what was uploaded."""
    is_new = uploads.has_unread("track_upload")
    if (songs := take_songs("track_upload")) and is_new:
        track(songs[0], run)


def track(song: Song, run: Path | None) -> None:
    """Track a song, in the run that trains if there is one."""
    try:
        if run:
            pin_song(run, song.content)
        else:
            check_song(song.content)
    except GenreError as error:
        interface.set_message("track", error, is_error=True)
    else:
        state.tracked_song, state.track_link = song, link_of([song], "uploads")
        session.write_link("train")


def show_runs(run: Path | None) -> None:
    """Offer the earlier runs, to open or to delete; none of others where strangers come."""
    if access.is_public():
        if run:
            show_use_settings(run)
        return
    damaged = train_runs.damaged_runs()
    unreadable = {one.name for one in damaged}
    names = [path.name for path in reversed(list_runs(paths.RUNS)) if path.name not in unreadable]
    train_link.show_import()
    if not names and not damaged:
        return
    interface.show_message("runs")
    n_runs = number(len(names) + len(damaged))
    with st.expander(_("Runs on this computer ({n})").format(n=n_runs)):
        show_damaged(damaged, "runs")
        key = f"open_run_{run.name if run else ''}"
        st.selectbox(
            _("Open"),
            names,
            placeholder=_("Choose"),
            format_func=train_runs.run_label,
            index=names.index(run.name) if run and run.name in names else None,
            key=key,
            on_change=keep_opened,
            args=(key,),
        )
        if run:
            with st.container(horizontal=True):
                show_use_settings(run)
                if access.is_local():
                    train_results.show_delete(run)


def show_use_settings(run: Path) -> None:
    """Offer to set the sliders as a run had them."""
    st.button(
        _("Use these settings"),
        icon=":material/tune:",
        key=f"use_{run.name}",
        on_click=use_settings,
        args=(run,),
    )


def use_settings(run: Path) -> None:
    """Set the sliders as a run had them."""
    try:
        config, data = read_config(run)
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")
        return
    train_setup.use_recipe(nearest_preset(config)[0].preset, config)
    state.held_out = "1" if config.evaluation == "held-out" else ""
    train_data.use_data(identity_of(run) or data)


def keep_opened(key: str) -> None:
    """Open the chosen run."""
    if state[key]:
        train_runs.show_run(state[key])
