"""A run while it trains: its curves, its controls, and the song that it learns to hear."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app_pages import resources, train_data, train_end, train_setup, train_state
from app_pages.train_curves import show_curves, show_song
from app_pages.train_knobs import EPOCHS, RATES, written

if TYPE_CHECKING:
    from pathlib import Path

    from genre.runs.reader import RunView

state = st.session_state
TICK_SECONDS = 1.0


def show_before() -> None:
    """Show, before there is a run, what such a run looked like."""
    from genre.runs.store import list_runs
    from genre.text import training as training_text

    config = state.recipe[1]
    st.subheader("Press Start and watch it learn", anchor=False)
    ghost = train_state.ghost_of(state.data, config, "", len(list_runs(resources.RUNS)))
    st.caption(training_text.ghost_line(ghost))
    show_curves(None, ghost, config.epochs)
    show_pin(None)
    show_runs(None)


def show_run(run: Path) -> None:
    """Show a run: live while it trains, with its results once it has ended."""
    from genre.errors import GenreError

    try:
        view = train_state.view_of(run)
    except GenreError as error:
        st.error(str(error), icon=":material/error:")
        show_runs(run)
        return
    # The browser's clock ticks only while there is something to wait for.
    is_live = view.status.is_live
    if not is_live:
        train_end.show_end(run, view)
    st.fragment(watch, run_every=TICK_SECONDS if is_live else None)(run, is_live)
    if not is_live:
        train_end.show_matrix(view)
    show_pin(run if is_live else None)
    show_runs(run)


def watch(run: Path, was_live: bool) -> None:
    """Draw what is known of a run now."""
    from genre.errors import GenreError
    from genre.runs.store import list_runs
    from genre.text import training as training_text

    try:
        view = train_state.view_of(run)
    except GenreError as error:
        st.error(str(error), icon=":material/error:")
        return
    if was_live and not view.status.is_live:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(training_text.state(view), anchor=False, width="content")
        st.text(training_text.progress(view), width="content")
    if view.status.is_live:
        st.progress(view.progress)
    ghost = train_state.ghost_of(view.data, view.config, run.name, len(list_runs(resources.RUNS)))
    show_curves(view, ghost, max(view.config.epochs, len(view.history)))
    if view.status.is_live:
        show_controls(run, view)
    if view.marks:  # below the controls: the first one must not push them away
        st.caption(training_text.marks_line(view.marks))
    if view.facts:
        st.caption(training_text.dataset_line(view.facts))
        for sentence in training_text.absences(view.facts):
            st.caption(f":material/info: {resources.literal(sentence)}")
    if view.song and view.facts:
        show_song(view)


def show_controls(run: Path, view: RunView) -> None:
    """Offer pause, stop, and what may be changed while it trains."""
    name = run.name
    config = view.config
    wanted = {f"rate_{name}": config.learning_rate, f"epochs_{name}": config.epochs}
    # As another tab has changed it; left alone otherwise, not to jump under a finger.
    moved = {key: value for key, value in wanted.items() if state.get(key, value) != value}
    state.update(moved)
    # Named again each time: a slider that the browser meets without a value stands at its first
    # stop, and says so, as if somebody had moved it there.
    values = {key: {} if key in moved else {"value": wanted[key]} for key in wanted}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Go on" if view.is_pausing else "Pause",
            icon=":material/play_arrow:" if view.is_pausing else ":material/pause:",
            key=f"pause_{name}",
            on_click=partial(steer, run, pause=not view.is_pausing),
        )
        st.button(
            "Stop",
            icon=":material/stop:",
            key=f"stop_{name}",
            on_click=partial(steer, run, stop=True),
        )
        st.select_slider(
            "Learning rate now",
            sorted({*RATES, config.learning_rate}),
            format_func=written,
            key=f"rate_{name}",
            on_change=keep_rate,
            args=(run,),
            width=220,
            **values[f"rate_{name}"],
        )
        st.select_slider(
            "Epochs in all",
            sorted({*EPOCHS, config.epochs}),
            key=f"epochs_{name}",
            on_change=keep_epochs,
            args=(run,),
            width=220,
            **values[f"epochs_{name}"],
        )


def keep_rate(run: Path) -> None:
    """Let a run go on with the learning rate that the slider names."""
    steer(run, learning_rate=state[f"rate_{run.name}"])


def keep_epochs(run: Path) -> None:
    """Let a run go on to the epoch that the slider names."""
    steer(run, epochs=state[f"epochs_{run.name}"])


def steer(run: Path, **changes: object) -> None:
    """Tell a run what is wanted of it."""
    from genre.errors import GenreError
    from genre.runs.store import steer_run

    try:
        steer_run(run, **changes)
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")


@st.fragment
def show_pin(run: Path | None) -> None:
    """Choose a song to watch the network learn: for the next run, or for the one that trains."""
    from genre.text.song import display_name

    song = state.get("pinned")
    pinned = f": {resources.literal(display_name(song.name))}" if song else ""
    with st.expander(f"Watch it learn your song{pinned}", expanded=song is None, key="pin"):
        st.caption("After each epoch a column shows what the network makes of it.")
        held = resources.song_in_hand()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.pills(
                "A sketch",
                resources.sketches(),
                format_func=str.capitalize,
                key="pin_sketch",
                on_change=keep_pinned_sketch,
                args=(run,),
            )
            if held:
                st.button(
                    "The song in hand",
                    icon=":material/push_pin:",
                    key="pin_held",
                    on_click=pin,
                    args=(held, run),
                )
        st.file_uploader("Or a clip of yours", key="pin_upload", on_change=keep_clip, args=(run,))
        if resources.has_untaken("pin_upload"):
            keep_clip(run)
        if problem := state.pop("pin_problem", ""):
            st.error(resources.literal(problem), icon=":material/error:")


def keep_pinned_sketch(run: Path | None) -> None:
    """Pin the pressed sketch."""
    if name := state.pin_sketch:
        pin(resources.sketch(name), run)


def keep_clip(run: Path | None) -> None:
    """Pin what was dropped."""
    if file := state.pin_upload:
        pin(resources.Song.of(file.name, file.getvalue()), run)
    resources.note_taken("pin_upload")


def pin(song: resources.Song, run: Path | None) -> None:
    """Pin a song, to the run that trains if there is one."""
    from genre.errors import GenreError
    from genre.runs.tracked_song import check_song, pin_song

    try:
        if run:
            pin_song(run, song.content)
        else:
            check_song(song.content)
    except GenreError as error:
        state.pin_problem = str(error)
    else:
        state.pinned = song


def show_runs(run: Path | None) -> None:
    """Offer the earlier runs, to look at or to delete."""
    from genre.runs.store import list_runs

    names = [path.name for path in reversed(list_runs(resources.RUNS))]
    if not names:
        return
    with st.expander(f"Runs on this computer ({len(names)})"):
        shown = names.index(run.name) if run and run.name in names else None
        st.selectbox(
            "Look at",
            names,
            format_func=called,
            index=shown,
            key=f"look_at_{run.name if run else ''}",
            on_change=keep_looked_at,
            args=(f"look_at_{run.name if run else ''}",),
        )
        if run:
            with st.container(horizontal=True):
                st.button(
                    "Use its settings",
                    icon=":material/tune:",
                    key=f"use_{run.name}",
                    on_click=use_settings,
                    args=(run,),
                )
                if resources.is_home():
                    train_end.show_delete(run)


def called(name: str) -> str:
    """Return what to call a run in a list: when it was made, and the end of its name."""
    from genre.runs.names import read_name

    short, moment = read_name(name)
    return f"{moment}, {short}" if moment else short


def use_settings(run: Path) -> None:
    """Set the sliders as a run had them."""
    from genre.errors import GenreError
    from genre.recipes.command import nearest_preset
    from genre.runs.files import read_config

    try:
        config, data = read_config(run)
    except GenreError as error:
        st.toast(str(error), icon=":material/error:")
        return
    train_setup.use_recipe(nearest_preset(config)[0].preset, config)
    train_data.use_data(data)


def keep_looked_at(key: str) -> None:
    """Look at the chosen run."""
    if state[key]:
        train_state.show_run(state[key])
