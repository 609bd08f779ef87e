"""What to train: the recipe, with the data beside it, and Start."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import streamlit as st

from app_pages import resources, train_data, train_knobs, train_state
from app_pages.drawing import show_html
from app_pages.train_knobs import Knob, written

if TYPE_CHECKING:
    from genre.recipes.config import TrainConfig

state = st.session_state
TWICE_SECONDS = 2.0
"""A second press within this time is the same press."""


def show_setup() -> None:
    """Choose data and recipe; pressing Start begins a run."""
    problems = take_up_recipe()
    for problem in problems:
        st.warning(resources.literal(problem), icon=":material/link_off:")
    show_recipe(*train_data.show_data())


@st.fragment
def show_recipe(data: str, overview: dict[str, Any] | None) -> None:
    """Choose the recipe, and start; neither the data nor a run is drawn anew meanwhile."""
    from genre.errors import GenreError

    st.segmented_control(
        "Recipe",
        list(train_knobs.PRESETS),
        format_func=str.capitalize,
        key="preset",
        on_change=keep_preset,
        required=True,
    )
    st.caption(train_knobs.PRESETS[state.preset])
    # What the settings lead to is drawn first, though it stands below: it answers a touch of any
    # of them, and is not to wait for the other settings.
    front_place = st.container()
    try:
        config = keep_recipe()
        show_start(config, data, overview)
        show_network(config, len(overview["genres"]) if overview else 10)
    except GenreError as error:
        st.error(resources.literal(str(error)), icon=":material/error:")
    with front_place:
        show_front()
    show_more()
    state.set_anew = False


def show_front() -> None:
    """Show the settings that everybody looks at, two in a row."""
    for pair in zip(train_knobs.FRONT[::2], train_knobs.FRONT[1::2], strict=True):
        for column, knob in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                show_knob(knob)


def show_more() -> None:
    """Show the other settings, a group at a time: thirty at once would slow down each of them."""
    group = st.pills("More", list(train_knobs.MORE), key="more")
    for knob in train_knobs.MORE.get(group, ()):
        show_knob(knob)


def take_up_recipe() -> list[str]:
    """Take the recipe up where this visit left it, or from the link; return what is wrong in it."""
    from genre.recipes.link import from_query

    problems: list[str] = []
    if "recipe" not in state:
        preset, config, problems = from_query(st.query_params.to_dict())
        state.recipe = (preset, config)
    state.setdefault("preset", state.recipe[0])
    return problems


def use_recipe(preset: str, config: TrainConfig) -> None:
    """Set every widget to a recipe."""
    state.recipe, state.preset = (preset, config), preset
    state.set_anew = True
    for knob in train_knobs.ALL:
        if f"set_{knob.name}" in state:  # those on the page; the others are named when shown
            state[f"set_{knob.name}"] = getattr(config, knob.name)


def keep_preset() -> None:
    """Set every setting as the chosen preset has it."""
    from genre.recipes.config import PRESETS

    use_recipe(state.preset, PRESETS[state.preset])


def keep_recipe() -> TrainConfig:
    """Return the recipe as the widgets have it, and write it into the link."""
    from genre.recipes.link import to_query, with_changes

    kept = state.recipe[1]  # what is not on the page stands as it was
    values = {
        knob.name: state.get(f"set_{knob.name}", getattr(kept, knob.name))
        for knob in train_knobs.ALL
    }
    config = with_changes(state.preset, values)
    query = to_query(state.preset, config)
    for knob in train_knobs.ALL:
        if knob.name not in query:
            st.query_params.pop(knob.name, None)
    if any(st.query_params.get(name) != value for name, value in query.items()):
        st.query_params.update(query)
    state.recipe = (state.preset, config)
    return config


def show_knob(knob: Knob) -> None:
    """Show one setting as a slider, a switch or a choice."""
    from genre.recipes.config import TrainConfig

    about = TrainConfig.__dataclass_fields__[knob.name].metadata
    key, value = f"set_{knob.name}", getattr(state.recipe[1], knob.name)
    # Named each time, but where the state has just named it: a slider that the browser meets
    # without a value stands at its first stop, and says so, as if somebody had moved it there.
    is_named = key not in state or not state.get("set_anew", False)
    if choices := about["choices"]:
        st.selectbox(
            knob.label,
            choices,
            format_func=train_knobs.CHOICES.__getitem__,
            key=key,
            help=about["about"],
            **({"index": choices.index(value)} if is_named else {}),
        )
        return
    given = {"value": value} if is_named else {}
    if not knob.stops:
        st.toggle(knob.label, key=key, help=about["about"], **given)
    else:
        stops = sorted({*knob.stops, value, state.get(key, value)})
        st.select_slider(
            knob.label, stops, format_func=written, key=key, help=about["about"], **given
        )


def show_network(config: TrainConfig, n_genres: int) -> None:
    """Draw the network that this recipe builds."""
    from genre.charts.network_table import layer_table

    with st.expander("The network, layer by layer", expanded=True):
        show_html(layer_table(config.network_config(n_genres)), key="network")


def show_start(config: TrainConfig, data: str, overview: dict[str, Any] | None) -> None:
    """Offer Start, with how long it will take."""
    from genre.errors import GenreError
    from genre.recipes.command import changes_of
    from genre.recipes.config import PRESETS
    from genre.runs.duration import expected_seconds, segments_per_epoch
    from genre.text.format import duration

    changed = len(changes_of(config, PRESETS[state.preset]))
    is_busy = train_state.any_run_is_live()
    pressed = st.button(
        "Start after the run that trains" if is_busy else "Start",
        type="secondary" if is_busy else "primary",
        icon=":material/playlist_add:" if is_busy else ":material/play_arrow:",
        key="start",
        disabled=not data,
        width="stretch",
    )
    if overview:
        total = overview["total"]
        speed = train_state.speed(is_busy)
        n_segments = segments_per_epoch(config, total["n_tracks"] or 0, total["n_segments"])
        seconds = expected_seconds(config, n_segments, seconds_per_cost=speed)
        whence = "at the speed of the last run here" if speed else "on two cores"
        st.caption(f"About {duration(seconds)}, {whence}.")
    # Always there: it must not push Start away under the hand that moves a slider.
    st.button(
        f"Back to the preset ({changed} changed)" if changed else "As the preset has it",
        icon=":material/undo:",
        key="reset",
        on_click=keep_preset,
        disabled=not changed,
        type="tertiary",
    )
    if pressed and is_first_press():
        try:
            begin(config, data)
        except GenreError as error:
            st.error(resources.literal(str(error)), icon=":material/error:")
        else:
            st.rerun()


def is_first_press() -> bool:
    """Tell a press of a button that starts a run from the second half of a double click."""
    if time.monotonic() - state.get("pressed", -TWICE_SECONDS) < TWICE_SECONDS:
        return False
    state.pressed = time.monotonic()
    return True


def begin(config: TrainConfig, data: str) -> None:
    """Make a run, pin the song to it, and start its process."""
    from genre.runs.store import create_run, new_run, start_run
    from genre.runs.tracked_song import pin_song

    run = new_run(config, resources.RUNS)
    create_run(run, config, data)
    if song := state.get("pinned"):
        pin_song(run, song.content)
    start_run(run, worker=train_state.warm_worker())
    train_state.show_run(run.name)
