"""Genre Lab: drop in a song, see its genre.  Start with ``make app``."""

import streamlit as st

from app_pages import access, garbage, header, listening, login, session, song_link, warm_up
from genre import paths

st.set_page_config(
    page_title="Genre Lab",
    page_icon=str(paths.ROOT / "app_pages" / "icon.png"),  # a named icon would be downloaded
    layout="wide",
    initial_sidebar_state="collapsed",
)
login.require_login()
session.start()
page = st.navigation(
    [
        st.Page(
            "app_pages/classify.py",
            title="Classify",
            icon=":material/graphic_eq:",
            help="Upload a song and see which genre the network predicts, second by second.",
            default=True,
        ),
        st.Page(
            "app_pages/train.py",
            title="Train",
            icon=":material/model_training:",
            help="Choose data and settings, press Start, and watch the network learn.",
        ),
        st.Page(
            "app_pages/compare.py",
            title="Compare",
            icon=":material/leaderboard:",
            help="Saved models and runs side by side, by their accuracy on artists that were "
            "not in training.",
        ),
        st.Page(
            "app_pages/inside.py",
            title="Inside",
            icon=":material/visibility:",
            help="Six scenes inside the LSTM: its gates and its memory for the current song.",
        ),
        *(
            [
                st.Page(
                    "app_pages/collection.py",
                    title="Collection",
                    icon=":material/library_music:",
                    help="Index a folder of your songs: search it by sound, tag or words, and see "
                    "it on a map.",
                )
            ]
            if access.is_local()  # it reads folders of this computer
            else []
        ),
    ],
    position="top",
)
song_link.reconnect()
song_link.open_songs()
header.show_header(page.url_path)
listening.reserve_place()
try:
    page.run()
finally:  # a page may end before its last line
    garbage.tidy()
    warm_up.begin()
