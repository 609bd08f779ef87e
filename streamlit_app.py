"""Genre Lab: drop in a song, see its genre.  Start with ``make app``."""

import streamlit as st

from app_pages import (
    garbage,
    header,
    languages,
    listening,
    login,
    session,
    song_link,
    warm_up,
)
from app_pages.pages import FIRST, PAGES, file_of, shown_pages
from genre import paths
from genre.language import _

st.set_page_config(
    page_title="Genre Lab",
    page_icon=str(paths.ROOT / "app_pages" / "icon.png"),  # a named icon would be downloaded
    layout="wide",
    initial_sidebar_state="collapsed",
)
login.require_login()
session.start()
languages.begin()
page = st.navigation(
    [
        st.Page(
            file_of(name),
            title=_(PAGES[name].title),
            icon=PAGES[name].icon,
            help=_(PAGES[name].about),
            default=name == FIRST,
        )
        for name in shown_pages()
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
