"""A login before the first page, where whoever runs the server has set one up."""

from __future__ import annotations

import streamlit as st

from genre.language import _


def require_login() -> None:
    """Ask for a login where Streamlit's secrets have a provider (``[auth]``); else do nothing.

    The script ends here until the visitor has logged in.
    """
    if not st.secrets.load_if_toml_exists() or "auth" not in st.secrets:
        return
    if not st.user.get("is_logged_in"):
        st.title("Genre Lab", anchor=False)
        st.write(_("Whoever runs this server asks you to log in."))
        st.button(
            _("Log in"), type="primary", icon=":material/login:", key="login", on_click=st.login
        )
        st.stop()
    st.button(_("Log out"), type="tertiary", icon=":material/logout:", key="logout",
              on_click=st.logout)  # fmt: skip
