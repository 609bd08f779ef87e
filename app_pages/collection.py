"""Index a folder of songs, search it, and see it on the map."""

from __future__ import annotations

import streamlit as st

from app_pages import collection_index, collection_search, header, interface, session
from app_pages.collection_map import open_collection, show_map
from app_pages.songs import current_song
from genre.language import _

for problem in session.read_link("collection"):
    st.caption(interface.literal(problem))
st.header(_("Your songs"), anchor=False)
collection_index.show_index()
opened = open_collection()
if opened:
    collection_index.show_overview(*opened)
    if opened[1].n_songs:
        collection_search.show_search(*opened)
        show_map(current_song(), header.chosen_classifier())
session.write_link("collection")
if st.session_state.pop("is_opening", False):
    st.switch_page("app_pages/classify.py")
