"""Inside the LSTM: six scenes on the song in hand, one idea on one screen."""

from __future__ import annotations

import streamlit as st

from app_pages import (
    free_keys,
    header,
    inside_cell,
    inside_cinema,
    inside_forgetting,
    inside_network,
    inside_parts,
    inside_sequence,
    inside_state,
    inside_verdict,
    resources,
)

SHOW = {
    "sequence": inside_sequence.show,
    "network": inside_network.show,
    "forgetting": inside_forgetting.show,
    "cell": inside_cell.show,
    "cinema": inside_cinema.show,
    "verdict": inside_verdict.show,
}

place = inside_state.place()
song, whence = inside_state.song_to_show()
with st.container(horizontal=True, vertical_alignment="center"):
    inside_parts.show_scene_choice()
    player_place = st.container(width=300)
classifier = header.chosen_classifier()
if classifier is None:
    st.stop()
with st.spinner("Listening", show_time=True):
    hearing = inside_state.hear(song, classifier)
    if resources.went_wrong(hearing):
        st.error(f"{hearing} Shown instead: a sketch.", icon=":material/error:")
        song, whence = resources.sketch(inside_state.SAMPLE), ""
        hearing = inside_state.hear(song, classifier)
if resources.went_wrong(hearing):
    st.error(str(hearing), icon=":material/error:")
    st.stop()
if place["scene"] != "cinema" or place["part"] != "Film":  # the film has a player of its own
    with player_place:
        inside_parts.show_player(song)
left, right = inside_parts.split(wide=place["scene"] == "cinema")
with right:
    inside_parts.show_title()
    SHOW[place["scene"]](hearing, left)
    inside_parts.show_paragraph(whence)
inside_state.write_link()
free_keys.free_keys()
