"""What to train: the data, the recipe, and Start."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import streamlit as st

from app_pages import (
    caches,
    interface,
    session,
    train_check,
    train_data,
    train_runs,
    train_settings,
)
from app_pages.drawing import show_html
from app_pages.train_settings import Setting, written
from genre import paths
from genre.charts.network_table import layer_table
from genre.errors import GenreError
from genre.language import N_, _
from genre.recipes.command import changes_of
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.link import with_changes
from genre.recipes.prepare import check_source, source_settings
from genre.runs.duration import expected_seconds
from genre.runs.store import start_new_run
from genre.system.installed import check_training
from genre.text import training as training_text

state = st.session_state
QUEUE_FULL = N_("The queue of runs is full. Try again in some minutes.")
TICK_SECONDS = 1.0
DOUBLE_CLICK_SECONDS = 2.0
"""A second click within this time is part of the same double click."""


def show_setup(problems: list[str]) -> None:
    """Choose data and recipe, and start; say what the link names and cannot be used."""
    for problem in problems:
        st.warning(interface.literal(problem), icon=":material/link_off:")
    state.setdefault("preset", state.recipe[0])
    data, overview = train_data.show_data(state.recipe[1].features)
    show_recipe(data, overview, (state.data, state.recipe[1].features))


@st.fragment
def show_recipe(data: str, overview: dict[str, Any] | None, drawn: tuple[str, str]) -> None:
    """Choose the recipe, and start; neither a run nor, unless it changes, the data is drawn again.

    ``drawn`` is the chosen data and the kind of features as the data was drawn with them.
    """
    if drawn != (state.data, state.recipe[1].features):
        st.rerun()
    if fitting := train_check.usual_settings(data, overview, state.recipe[1]):
        use_settings(state.recipe[1], fitting)
    interface.choose_one(
        _("Recipe"),
        list(train_settings.PRESETS),
        format_func=lambda name: _(train_settings.PRESET_NAMES[name]),
        key="preset",
        on_change=keep_preset,
    )
    st.caption(_(train_settings.PRESETS[state.preset]))
    # The duration and the network are drawn first, though they stand below: they change with each
    # setting, and need not wait for the other settings to be drawn.
    main_place = st.container()
    try:
        config = keep_recipe()
        show_start(config, data, overview)
        show_network(config, len(overview["genres"]) if overview else 10)
    except GenreError as error:
        interface.show_error(error)
    with main_place:
        show_main_settings()
    show_more_settings()
    state.is_preset_new = False


def show_main_settings() -> None:
    """Show the settings that are changed most often, two in a row."""
    for pair in zip(train_settings.MAIN[::2], train_settings.MAIN[1::2], strict=True):
        for column, setting in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                show_setting(setting)


def show_more_settings() -> None:
    """Show the other settings, a group at a time: thirty at once would slow each one down."""
    group = st.pills(_("More"), list(train_settings.MORE), format_func=_, key="more")
    for setting in train_settings.MORE.get(group, ()):
        if only_for(setting) in (None, state.recipe[1].features):
            show_setting(setting)


def only_for(setting: Setting) -> str | None:
    """Return which features a setting is for; None if for all."""
    return TrainConfig.__dataclass_fields__[setting.name].metadata["only"]


def use_recipe(preset: str, config: TrainConfig) -> None:
    """Set every widget to a recipe."""
    state.recipe, state.preset = (preset, config), preset
    state.is_preset_new = True
    for setting in train_settings.ALL:
        if f"set_{setting.name}" in state:  # those on the page; the others are set when shown
            state[f"set_{setting.name}"] = getattr(config, setting.name)


def keep_preset() -> None:
    """Set every setting as the chosen preset has it, and the bundled data that fits it."""
    use_recipe(state.preset, PRESETS[state.preset])
    state.tested_data = ()  # few tracks are tested by folds again
    train_data.fit_data(state.recipe[1].features)


def keep_features() -> None:
    """Choose the bundled data that fits the chosen features."""
    train_data.fit_data(keep_recipe().features)


def keep_evaluation() -> None:
    """Note that the visitor chose how the recipe is tested."""
    state.held_out = "1" if state.set_evaluation == "held-out" else ""


ON_CHANGE = {"features": keep_features, "evaluation": keep_evaluation}


def keep_recipe() -> TrainConfig:
    """Return the recipe as the widgets have it, and write it into the link."""
    kept = state.recipe[1]  # what is not on the page stays
    values = {
        setting.name: state.get(f"set_{setting.name}", getattr(kept, setting.name))
        for setting in train_settings.ALL
    }
    config = with_changes(state.preset, fit_to_features(values, kept.features))
    state.recipe = (state.preset, config)
    session.write_link("train")
    return config


def fit_to_features(values: dict[str, Any], before: str) -> dict[str, Any]:
    """Return settings with those of other features unset, and those of newly chosen ones set."""
    chosen, preset, usual = values["features"], PRESETS[state.preset], TrainConfig()
    fitting = dict(values)
    for setting in train_settings.ALL:
        only = only_for(setting)
        if only and only != chosen:
            fitting[setting.name] = getattr(usual, setting.name)
        elif only and chosen != before:
            source = preset if preset.features == chosen else usual
            fitting[setting.name] = getattr(source, setting.name)
    return fitting


def show_setting(setting: Setting) -> None:
    """Show one setting as a slider, a switch or a choice."""
    about = TrainConfig.__dataclass_fields__[setting.name].metadata
    label, help_text = _(setting.label), _(about["about"])
    key, value = f"set_{setting.name}", getattr(state.recipe[1], setting.name)
    # Given each time, unless the state was just set: without a value, the browser sets a new
    # slider to its first stop, and reports that as if the visitor had moved it.
    has_value = key not in state or not state.is_preset_new
    if choices := about["choices"]:
        st.selectbox(
            label,
            choices,
            format_func=lambda choice: _(train_settings.CHOICES[choice]),
            key=key,
            help=help_text,
            on_change=ON_CHANGE.get(setting.name),
            **({"index": choices.index(value)} if has_value else {}),
        )
        return
    given = {"value": value} if has_value else {}
    if not setting.stops:
        st.toggle(label, key=key, help=help_text, **given)
    else:
        stops = sorted({*setting.stops, value, state.get(key, value)})
        st.select_slider(label, stops, format_func=written, key=key, help=help_text, **given)


def show_network(config: TrainConfig, n_genres: int) -> None:
    """Draw the network that this recipe builds."""
    with st.expander(_("Network layers"), expanded=True):
        show_html(layer_table(config.network_config(n_genres)), key="network")


def show_start(config: TrainConfig, data: str, overview: dict[str, Any] | None) -> None:
    """Offer Start, with how long it will take."""
    changed = len(changes_of(config, PRESETS[state.preset]))
    is_busy = train_runs.any_run_is_live()
    try:
        check_training()
    except GenreError as error:
        interface.show_info(error)
        data = ""
    if data:
        try:
            check_source(data, config)
        except GenreError as error:
            interface.show_error(error)
            train_data.show_fit_data(config.features)
            show_without_teacher(data, config)
            data = ""
        else:
            data = data if train_check.show_check(data, overview, config, use_settings) else ""
    if train_runs.is_queue_full():
        st.info(_(QUEUE_FULL), icon=":material/hourglass:")
        data = ""
    clicked = st.button(
        _("Start after the current run") if is_busy else _("Start"),
        type="secondary" if is_busy else "primary",
        icon=":material/playlist_add:" if is_busy else ":material/play_arrow:",
        key="start",
        disabled=not data,
        width="stretch",
    )
    if overview:
        is_waited_for = train_runs.keeps_worker_warm() and not caches.step_cost(config)
        tick = TICK_SECONDS if is_waited_for else None
        st.fragment(show_duration, run_every=tick)(config, overview["total"], is_waited_for)
    # Always there, so that Start does not move while a setting is changed.
    st.button(
        _("Reset to preset ({n} changed)").format(n=changed) if changed else _("Nothing changed"),
        icon=":material/undo:",
        key="reset",
        on_click=keep_preset,
        disabled=not changed,
        type="tertiary",
    )
    if clicked and is_first_click():
        try:
            begin(config, data)
        except GenreError as error:
            interface.show_error(error)
        else:
            st.rerun()


def show_without_teacher(data: str, config: TrainConfig) -> None:
    """Offer to train without a teacher, where only its values are missing in the data."""
    if settings := source_settings(data, config):
        st.button(
            _("Train without a teacher"),
            icon=":material/school:",
            key="drop_teacher",
            on_click=use_settings,
            args=(config, settings),
        )


def use_settings(config: TrainConfig, settings: dict[str, Any]) -> None:
    """Change the settings of a recipe to those that work."""
    use_recipe(state.preset, replace(config, **settings, preset="custom"))


def show_duration(config: TrainConfig, total: dict[str, Any], was_waiting: bool) -> None:
    """Show how long the run will take, as soon as a step of it has been measured here."""
    cost = caches.step_cost(config)
    if cost and was_waiting:
        st.rerun()  # without the browser's clock
    seconds = expected_seconds(config, total["n_tracks"] or 0, total["n_segments"], cost)
    st.caption(training_text.duration_line(seconds, is_measured=bool(cost)))


def is_first_click() -> bool:
    """Tell a click on a button that starts a run from the second half of a double click."""
    if time.monotonic() - state.last_start < DOUBLE_CLICK_SECONDS:
        return False
    state.last_start = time.monotonic()
    return True


def begin(config: TrainConfig, data: str) -> None:
    """Start a new run with the tracked song, and open it."""
    # All that asks Streamlit comes first: there a rerun may end this one.
    song, worker = state.tracked_song, caches.warm_worker()
    content = song.content if song else None
    run = start_new_run(config, data, paths.RUNS, song=content, worker=worker)
    train_runs.show_run(run.name)
