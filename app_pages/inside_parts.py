"""What the scenes of Inside share: their choice, titles and text, the step and the unit."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface, session
from app_pages.inside_caches import AnalysedSong
from app_pages.session_entry import MAX_DIGITS
from genre.interpret.position import Position
from genre.language import _
from genre.scenes.descriptions import RENAMED_PARTS, SCENES, scene_of
from genre.scenes.sentences import limitation, position_line, segment_line, step_line

state = st.session_state
PLACE = ("step", "unit", "layer")
WITHOUT_STEPS = {"Simple RNN", "Hold", "Why tanh", "Memory test", "Textbook", "Live"}
"""Parts that show another model than the chosen one, or none, or have no room for it."""


def choose_part() -> None:
    """Choose the first part of the scene, unless one of its parts is chosen."""
    parts = SCENES[state.scene].parts
    part = RENAMED_PARTS.get(state.part, state.part)
    state.part = part if part in parts else next(iter(parts))
    if (state.scene, state.part) != ("way", "Drawing"):
        state.way_start = None  # it begins at the step that is chosen by then


def show_scene_choice() -> None:
    """Offer the scenes, and the next one and the one before."""
    names = list(SCENES)
    labels = {name: f"{i} {_(SCENES[name].label)}" for i, name in enumerate(names, 1)}
    here = names.index(state.scene)
    interface.choose_one(
        _("Scene"),
        names,
        format_func=labels.__getitem__,
        key=session.bind_widget("scene"),
        on_change=keep_scene,
        label_visibility="collapsed",
    )
    for name, label, key, to in (
        ("back", _("Back"), "PageUp", here - 1),
        ("next", _("Next"), "PageDown", here + 1),
    ):
        is_there = 0 <= to < len(names)
        st.button(
            label,
            key=f"scene_{name}",
            shortcut=key,
            disabled=not is_there,
            on_click=go_to,
            args=(names[to] if is_there else "",),
        )


def go_to(scene: str) -> None:
    """Go to a scene, to its first part."""
    state.scene, state.part = scene, ""


def keep_place(place: Any) -> None:
    """Choose the step, unit, layer and direction of a picture; a browser may send anything."""
    if not isinstance(place, dict):
        return
    for name in PLACE:
        value = place.get(name)
        if isinstance(value, int | float) and 0 <= value < 10**MAX_DIGITS:
            state[name] = max(int(value), 1) if name == "layer" else int(value)
    if place.get("direction") in ("forward", "backward"):
        state.direction = place["direction"]


def keep_scene() -> None:
    """Go to the scene that was chosen."""
    go_to(state.at_scene)


def split(*, wide: bool = False) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the columns of the charts and of the text."""
    left, right = st.columns([3, 1] if wide else [8, 5], gap="medium")
    return left.container(gap="xsmall"), right.container(gap="xsmall")


def controls() -> DeltaGenerator:
    """Return the row of what a picture is set with; in presenter mode it is a bar at the bottom."""
    return st.container(
        key="scene_controls", horizontal=True, vertical_alignment="bottom", gap="small"
    )


def show_title(analysed: AnalysedSong) -> None:
    """Show what the scene is called, its parts, and what to try."""
    scene = scene_of(state.scene, analysed.classifier.features.kind)
    st.header(_(scene.title), anchor=False)
    interface.choose_one(
        _("What to look at"),
        list(scene.parts),
        format_func=_,
        key=session.bind_widget("part"),
        on_change=session.keep_widget,
        args=("part",),
        label_visibility="collapsed",
    )
    st.markdown(f":material/touch_app: {_(scene.parts[state.part])}")


def show_paragraph(analysed: AnalysedSong, about_song: str) -> None:
    """Show what a step is, the scene's paragraph, its source, and which song if none was chosen.

    The paragraph stands in the scene's first part; in the others, which need the room, it is the
    help of the source.
    """
    features = analysed.classifier.features
    scene = scene_of(state.scene, features.kind)
    if state.part not in WITHOUT_STEPS:
        st.caption(step_line(features))
    paragraph = interface.literal(_(scene.paragraph))
    is_first = state.part == next(iter(scene.parts))
    if is_first:
        st.markdown(paragraph)
    source = _("Source: {source}").format(source=_(scene.source))
    st.caption(source, help=None if is_first else paragraph)
    if about_song:
        st.caption(about_song)


def show_limits(analysed: AnalysedSong) -> None:
    """Say what the scene cannot show of the chosen model."""
    if sentence := limitation(analysed.classifier.network.config, state.scene):
        interface.show_info(sentence)


def show_moment(analysed: AnalysedSong, *, by_segment: bool = False) -> Position:
    """Choose a step of the song, or a segment of it; return the step."""
    moment = inside_caches.moment_of(analysed)
    size = moment.n_steps if by_segment else 1
    if moment.last > 0:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if not by_segment:
                st.slider(
                    _("Step of the song"),
                    0,
                    moment.last,
                    key=session.bind_widget("step"),
                    on_change=session.keep_widget,
                    args=("step",),
                    width=170,
                )
            for name, label, key, by in (
                ("earlier", _("Earlier"), "Left", -size),
                ("later", _("Later"), "Right", size),
            ):
                st.button(
                    label,
                    key=f"step_{name}",
                    shortcut=key,
                    on_click=move,
                    args=(by,),
                )
    st.caption(segment_line(moment) if by_segment else position_line(moment))
    return moment


def move(n_steps: int) -> None:
    """Go so many steps on; the scene stays within the song."""
    state.step += n_steps


def show_unit(units: tuple[int, ...], *, with_units: bool = True) -> tuple[int, int]:
    """Choose a recurrent layer and, where asked for, a unit of it; return both."""
    state.layer = min(state.layer, len(units))
    with st.container(horizontal=True, vertical_alignment="top"):
        interface.choose_one(
            _("Layer"),
            list(range(1, len(units) + 1)),
            key=session.bind_widget("layer"),
            on_change=session.keep_widget,
            args=("layer",),
        )
        last = units[state.layer - 1] - 1 if with_units else 0
        state.unit = min(state.unit, last) if with_units else state.unit
        if last > 0:
            st.slider(
                _("Unit"),
                0,
                last,
                key=session.bind_widget("unit"),
                on_change=session.keep_widget,
                args=("unit",),
                width=200,
            )
    return state.layer, state.unit
