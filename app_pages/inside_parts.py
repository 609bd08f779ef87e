"""What the scenes of Inside share: their choice, titles and text, the step and the unit."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import inside_caches, interface, session
from app_pages.inside_caches import AnalysedSong
from genre.interpret.position import Position
from genre.text.inside import limitation, position_line, segment_line, step_line
from genre.text.inside_scenes import SCENES, scene_of

state = st.session_state
WITHOUT_STEPS = ("One step", "Why tanh", "Memory test", "Textbook", "Live")
"""Parts that show another model than the chosen one, or none."""


def choose_part() -> None:
    """Choose the first part of the scene, unless one of its parts is chosen."""
    parts = SCENES[state.scene].parts
    if state.part not in parts:
        state.part = next(iter(parts))


def show_scene_choice() -> None:
    """Offer the six scenes, and the next one and the one before."""
    names = list(SCENES)
    labels = {name: f"{i} {SCENES[name].label}" for i, name in enumerate(names, 1)}
    here = names.index(state.scene)
    st.segmented_control(
        "Scene",
        names,
        format_func=labels.__getitem__,
        key=session.bind_widget("scene"),
        on_change=keep_scene,
        required=True,
        label_visibility="collapsed",
    )
    for label, key, to in (("Back", "PageUp", here - 1), ("Next", "PageDown", here + 1)):
        is_there = 0 <= to < len(names)
        st.button(
            label,
            key=f"scene_{label.lower()}",
            shortcut=key,
            disabled=not is_there,
            on_click=go_to,
            args=(names[to] if is_there else "",),
        )


def go_to(scene: str) -> None:
    """Go to a scene, to its first part."""
    state.scene, state.part = scene, ""


def keep_scene() -> None:
    """Go to the scene that was chosen."""
    go_to(state.at_scene)


def split(*, wide: bool = False) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the columns of the charts and of the text."""
    left, right = st.columns([3, 1] if wide else [8, 5], gap="medium")
    return left.container(gap="xsmall"), right.container(gap="xsmall")


def show_title(analysed: AnalysedSong) -> None:
    """Show what the scene is called, its parts, and what to try."""
    scene = scene_of(state.scene, analysed.classifier.features.kind)
    st.header(scene.title, anchor=False)
    st.segmented_control(
        "What to look at",
        list(scene.parts),
        key=session.bind_widget("part"),
        on_change=session.keep_widget,
        args=("part",),
        required=True,
        label_visibility="collapsed",
    )
    st.markdown(f":material/touch_app: {scene.parts[state.part]}")


def show_paragraph(analysed: AnalysedSong, about_song: str) -> None:
    """Show what a step is, the scene's paragraph, its source, and which song if none was chosen."""
    features = analysed.classifier.features
    scene = scene_of(state.scene, features.kind)
    if state.part not in WITHOUT_STEPS:
        st.caption(step_line(features))
    st.markdown(interface.literal(scene.paragraph))
    st.caption(f"Source: {scene.source}")
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
                    "Step of the song",
                    0,
                    moment.last,
                    key=session.bind_widget("step"),
                    on_change=session.keep_widget,
                    args=("step",),
                    width=170,
                )
            for label, key, by in (("Earlier", "Left", -size), ("Later", "Right", size)):
                st.button(
                    label,
                    key=f"step_{label.lower()}",
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
        st.segmented_control(
            "Layer",
            list(range(1, len(units) + 1)),
            key=session.bind_widget("layer"),
            on_change=session.keep_widget,
            args=("layer",),
            required=True,
        )
        last = units[state.layer - 1] - 1 if with_units else 0
        state.unit = min(state.unit, last) if with_units else state.unit
        if last > 0:
            st.slider(
                "Unit",
                0,
                last,
                key=session.bind_widget("unit"),
                on_change=session.keep_widget,
                args=("unit",),
                width=200,
            )
    return state.layer, state.unit
