"""What the scenes of Inside share: their choice, the player, the words, the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app_pages import inside_state, resources
from app_pages.inside_state import Hearing, hold, keep

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from streamlit.delta_generator import DeltaGenerator

    from genre.interpret.position import Moment

state = st.session_state
PLAIN = {"displayModeBar": False}


def show_scene_choice() -> None:
    """Offer the six scenes, and the next one and the one before."""
    from genre.text.inside_scenes import SCENES

    names = list(SCENES)
    labels = {name: f"{i} {SCENES[name].label}" for i, name in enumerate(names, 1)}
    here = names.index(state.place["scene"])
    st.segmented_control(
        "Scene",
        names,
        format_func=labels.__getitem__,
        key=hold("scene"),
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
    state.place.update(scene=scene, part="")


def keep_scene() -> None:
    """Go to the scene that was chosen."""
    go_to(state.at_scene)


def show_player(song: resources.Song) -> None:
    """Play the song."""
    content, media_type = resources.playable(song)
    st.audio(content, format=media_type, alt="The song in hand")


def split(*, wide: bool = False) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the places of the picture and of the words."""
    left, right = st.columns([3, 1] if wide else [8, 5], gap="medium")
    return left.container(gap="xsmall"), right.container(gap="xsmall")


def show_title() -> None:
    """Show what the scene is called, its parts, and what to try."""
    from genre.text.inside_scenes import SCENES

    scene = SCENES[state.place["scene"]]
    st.markdown(f"#### {scene.title}")
    st.segmented_control(
        "What to look at",
        list(scene.parts),
        key=hold("part"),
        on_change=keep,
        args=("part",),
        required=True,
        label_visibility="collapsed",
    )
    st.markdown(f":material/touch_app: {scene.parts[state.place['part']]}")


def show_paragraph(whence: str) -> None:
    """Show the scene's paragraph and its source, and what is heard if it was not chosen."""
    from genre.text.inside_scenes import SCENES

    scene = SCENES[state.place["scene"]]
    st.markdown(resources.literal(scene.paragraph))
    st.caption(f"Source: {scene.source}")
    if whence:
        st.caption(whence)


def show_lack(hearing: Hearing) -> None:
    """Say what the scene cannot show of the chosen model."""
    from genre.text.inside import lack

    if sentence := lack(hearing.classifier.network.config, state.place["scene"]):
        st.info(sentence, icon=":material/info:")


def show_moment(hearing: Hearing, *, by_segment: bool = False) -> Moment:
    """Choose a step of the song, or a segment of it; return the step."""
    from genre.text.inside import moment_line, segment_line

    moment = inside_state.moment_of(hearing)
    size = moment.n_steps if by_segment else 1
    if moment.last > 0:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if not by_segment:
                st.slider(
                    "Step of the song",
                    0,
                    moment.last,
                    key=hold("step"),
                    on_change=keep,
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
    st.caption(segment_line(moment) if by_segment else moment_line(moment))
    return moment


def move(n_steps: int) -> None:
    """Go so many steps on; one before the song's start, or after its end, is brought back."""
    state.place["step"] += n_steps


def show_unit(units: tuple[int, int] | None = None) -> tuple[int, int]:
    """Choose a recurrent layer and, where there are some, a unit of it; return both."""
    place = state.place
    place["layer"] = place["layer"] if place["layer"] in (1, 2) else 1
    with st.container(horizontal=True, vertical_alignment="top"):
        st.segmented_control(
            "Layer", [1, 2], key=hold("layer"), on_change=keep, args=("layer",), required=True
        )
        last = units[place["layer"] - 1] - 1 if units else 0
        place["unit"] = min(place["unit"], last) if units else place["unit"]
        if last > 0:
            st.slider("Unit", 0, last, key=hold("unit"), on_change=keep, args=("unit",), width=200)
    return place["layer"], place["unit"]


def draw(figure: go.Figure, key: str, alt: str, height: int | None = None, **options: Any) -> None:
    """Show a chart."""
    from genre.charts.song import legible

    if height:
        figure.update_layout(height=height)
    st.plotly_chart(legible(figure, resources.ink()), key=key, config=PLAIN, alt=alt, **options)
