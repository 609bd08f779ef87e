"""Details of each model and run; models are renamed, deleted and exported here."""

from __future__ import annotations

import streamlit as st

from app_pages import access, interface, train_runs
from genre import paths
from genre.compare.leaderboard import LeaderboardEntry
from genre.errors import GenreError
from genre.language import _
from genre.models.archive import (
    BUNDLED_MODELS,
    delete_model,
    export_model,
    rename_model,
)
from genre.models.card_schema import MAX_LABEL
from genre.models.registry import read_card
from genre.text.accuracy import card_lines
from genre.text.compare import figure_line
from genre.text.leaderboard import recipe_line

state = st.session_state


def show_cards(chosen: list[LeaderboardEntry], names: list[str]) -> None:
    """Show what is known of each entry, and what can be done with it."""
    for entry, title in zip(chosen, names, strict=True):
        with st.container(border=True):
            st.markdown(f"**{interface.literal(title)}**")
            if entry.kind == "model":
                show_model(entry)
            else:
                show_run(entry, title)


def show_model(entry: LeaderboardEntry) -> None:
    """Show a model's card, and, on this computer, what can be done with it."""
    try:
        card = read_card(entry.name, paths.MODELS)
    except GenreError as error:
        interface.show_error(error)
        return
    for line in card_lines(card):
        st.text(line)
    if access.is_local():
        show_actions(entry, card.label or card.name)


def show_run(entry: LeaderboardEntry, title: str) -> None:
    """Show the result of a run, and offer to open it."""
    st.text(figure_line(entry, title))
    st.text(_("Trained on {data} by {recipe}.").format(data=entry.data, recipe=recipe_line(entry)))
    if st.button(_("Open on Train"), icon=":material/model_training:",
                 key=f"open_{entry.name}"):  # fmt: skip
        train_runs.show_run(entry.name)
        st.switch_page("app_pages/train.py")


def show_actions(entry: LeaderboardEntry, label: str) -> None:
    """Offer to rename, delete and export a model."""
    name = entry.name
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover(_("Export"), icon=":material/download:"):
            with_names = st.checkbox(
                _("Include the names of its training tracks"),
                key=f"names_{name}",
                help=_(
                    "Also the paths in its commands. Names of GTZAN's tracks are always included."
                ),
            )
            st.download_button(
                _("Download"),
                lambda: export_model(name, paths.MODELS, with_names=with_names),
                f"{name}.zip",
                "application/zip",
                key=f"export_{name}",
                on_click="ignore",
            )
        if name in BUNDLED_MODELS:
            st.caption(_("This model is part of the app: it cannot be renamed or deleted."))
            return
        with st.popover(_("Rename"), icon=":material/edit:"):
            st.text_input(_("New name"), label, key=f"rename_{name}", max_chars=MAX_LABEL)
            st.button(_("Rename"), key=f"renaming_{name}", on_click=rename, args=(name,))
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_("This deletes the model. Its training run stays."))
            st.button(_("Delete"), key=f"delete_{name}", on_click=delete, args=(name,))


def rename(name: str) -> None:
    """Give a model the name in the field."""
    try:
        new_name = rename_model(name, state[f"rename_{name}"], paths.MODELS)
    except GenreError as error:
        interface.set_message("models", error, is_error=True)
        return
    if state.get("model") == name:
        state.model = new_name
    if new_name != name:  # else its label alone has changed
        update_chosen(name, new_name)
    interface.set_message(
        "models", _("{name} was renamed to {new_name}.").format(name=name, new_name=new_name)
    )


def delete(name: str) -> None:
    """Delete a model; if it was the chosen one, the header chooses another."""
    try:
        delete_model(name, paths.MODELS)
    except GenreError as error:
        interface.set_message("models", error, is_error=True)
        return
    update_chosen(name, "")
    interface.set_message("models", _("{name} was deleted.").format(name=name))


def update_chosen(name: str, new_name: str) -> None:
    """Give a chosen model its new name, or choose it no longer if that is empty."""
    chosen = [new_name if part == name else part for part in state.compared.split(",")]
    state.compared = ",".join(part for part in chosen if part)
    state.removed_models.add(name)  # the link may still name it
