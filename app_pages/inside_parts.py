"""What the scenes of Inside share: their choice, the player, the words, the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app_pages import inside_state, resources
from app_pages.inside_state import Hearing, hold, keep

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from genre.explain_moment import Moment

state = st.session_state
PLAIN = {"displayModeBar": False}


def show_scene_choice() -> None:
    """Offer the six scenes, and the next one and the one before."""
    from genre.inside_scenes import SCENES

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
    for label, icon, key, to in (
        ("Back", ":material/arrow_back:", "PageUp", here - 1),
        ("Next", ":material/arrow_forward:", "PageDown", here + 1),
    ):
        is_there = 0 <= to < len(names)
        st.button(
            label,
            icon=icon,
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


def show_title() -> None:
    """Show what the scene is called, its parts, and what to try."""
    from genre.inside_scenes import SCENES

    scene = SCENES[state.place["scene"]]
    st.subheader(scene.title, anchor=False)
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


def show_paragraph() -> None:
    """Show the scene's paragraph and its source."""
    from genre.inside_scenes import SCENES

    scene = SCENES[state.place["scene"]]
    st.markdown(resources.literal(scene.paragraph))
    st.caption(f"Source: {scene.source}")


def show_lack(hearing: Hearing) -> None:
    """Say what the scene cannot show of the chosen model."""
    from genre.wording_inside import lack

    if sentence := lack(hearing.classifier.network.config, state.place["scene"]):
        st.info(sentence, icon=":material/info:")


def show_moment(hearing: Hearing, *, by_segment: bool = False) -> Moment:
    """Choose a step of the song, or a segment of it; return the step."""
    from genre.wording_inside import moment_line

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
                    width=180,
                )
            for label, icon, key, by in (
                ("Earlier", ":material/chevron_left:", "Left", -size),
                ("Later", ":material/chevron_right:", "Right", size),
            ):
                st.button(
                    label,
                    icon=icon,
                    key=f"step_{label.lower()}",
                    shortcut=key,
                    on_click=move,
                    args=(by,),
                )
    st.caption(moment_line(moment))
    return moment


def move(n_steps: int) -> None:
    """Go so many steps on; one before the song's start, or after its end, is brought back."""
    state.place["step"] += n_steps


def show_layer() -> int:
    """Choose a recurrent layer."""
    if state.place["layer"] not in (1, 2):
        state.place["layer"] = 1
    st.segmented_control(
        "Layer", [1, 2], key=hold("layer"), on_change=keep, args=("layer",), required=True
    )
    return state.place["layer"]


def show_unit(n_units: int) -> int:
    """Choose a unit of a layer."""
    state.place["unit"] = min(state.place["unit"], n_units - 1)
    if n_units > 1:
        st.slider("Unit", 0, n_units - 1, key=hold("unit"), on_change=keep, args=("unit",))
    return state.place["unit"]


def draw(figure: go.Figure, key: str, alt: str, height: int | None = None, **options: Any) -> None:
    """Show a chart."""
    from genre.charts import legible

    if height:
        figure.update_layout(height=height)
    st.plotly_chart(legible(figure, resources.ink()), key=key, config=PLAIN, alt=alt, **options)
