"""The card of each contender, and the life of a saved model: renamed, deleted, handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app_pages import compare_state, resources, train_state

if TYPE_CHECKING:
    from genre.compare.leaderboard import Contender

state = st.session_state


def show_cards(chosen: list[Contender], called: list[str]) -> None:
    """Show what is known of each contender, and what can be done with it."""
    for contender, title in zip(chosen, called, strict=True):
        with st.container(border=True):
            st.markdown(f"**{resources.literal(title)}**")
            if contender.kind == "model":
                show_model(contender)
            else:
                show_run(contender, title)


def show_model(contender: Contender) -> None:
    """Show a model's card, and on this computer its life."""
    from genre.errors import GenreError
    from genre.models.registry import read_card
    from genre.text.song import card_lines

    try:
        card = read_card(contender.name, resources.MODELS)
    except GenreError as error:
        st.error(resources.literal(str(error)), icon=":material/error:")
        return
    for line in card_lines(card):
        st.text(line)
    if resources.is_home():
        show_life(contender)


def show_run(contender: Contender, title: str) -> None:
    """Show what a run has come to, and the way to it."""
    from genre.text.compare import figure_line, recipe_line

    st.text(figure_line(contender, title))
    st.text(f"Trained on {contender.data} by {recipe_line(contender)}.")
    if st.button("Open it on Train", icon=":material/model_training:",
                 key=f"open_{contender.name}"):  # fmt: skip
        train_state.show_run(contender.name)
        resources.go_to("app_pages/train.py")


def show_life(contender: Contender) -> None:
    """Offer to rename, delete and export a model."""
    from genre.models.archive import BUNDLED_MODELS, export_model

    name = contender.name
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover("Export", icon=":material/download:"):
            with_names = st.checkbox(
                "With the names of the tracks it has heard",
                key=f"names_{name}",
                help="And with the paths in its commands. Names of GTZAN's tracks always stay.",
            )
            st.download_button(
                "Download the zip",
                lambda: export_model(name, resources.MODELS, with_names=with_names),
                f"{name}.zip",
                "application/zip",
                key=f"export_{name}",
                on_click="ignore",
            )
        if name in BUNDLED_MODELS:
            st.caption("It comes with the program: it keeps its name and stays.")
            return
        with st.popover("Rename", icon=":material/edit:"):
            st.text_input("New name", name, key=f"rename_{name}", max_chars=64)
            st.button("Rename it", key=f"renaming_{name}", on_click=rename, args=(name,))
        with st.popover("Delete", icon=":material/delete:"):
            st.write("Its weights and its card are gone then. A run it came from stays.")
            st.button("Delete it", key=f"delete_{name}", on_click=delete, args=(name,))


def rename(name: str) -> None:
    """Give a model the name in the field."""
    from genre.errors import GenreError
    from genre.models.archive import rename_model

    new_name = state[f"rename_{name}"].strip()
    try:
        rename_model(name, new_name, resources.MODELS)
    except GenreError as error:
        state.life = (False, str(error))
        return
    if state.get("model") == name:
        state.model = new_name
    follow(name, new_name)
    state.life = (True, f"{name} is now called {new_name}.")


def delete(name: str) -> None:
    """Delete a model; the header lets another one listen, if this one did."""
    from genre.errors import GenreError
    from genre.models.archive import delete_model

    try:
        delete_model(name, resources.MODELS)
    except GenreError as error:
        state.life = (False, str(error))
        return
    follow(name, "")
    state.life = (True, f"{name} is deleted.")


def follow(name: str, new_name: str) -> None:
    """Let what is chosen, and the link, follow a model to its new name, or forget it."""
    chosen = [new_name if part == name else part for part in state.compared.split(",")]
    state.compared = ",".join(part for part in chosen if part)
    st.query_params.pop("compare", None)
    state.setdefault("gone", set()).add(name)  # the link may still name it as the one that listens


def show_import() -> None:
    """Offer to take in a model from a zip."""
    n = state.setdefault("n_imports", 0)
    with st.popover("Take in a model", icon=":material/upload:"):
        st.caption("A zip that was exported here or by somebody else. Only numbers are read.")
        st.file_uploader("The zip", type="zip", key=f"import_{n}")
        st.text_input("Call it (as its card does, if empty)", key="import_name", max_chars=64)
        st.button(
            "Take it in",
            key="take_in",
            disabled=not state.get(f"import_{n}"),
            on_click=take_in,
            args=(n,),
        )


def take_in(n: int) -> None:
    """Import the model in the drop zone."""
    from genre.errors import GenreError
    from genre.models.archive import import_model

    try:
        name = import_model(
            state[f"import_{n}"].getvalue(), state.import_name.strip(), resources.MODELS
        )
    except GenreError as error:
        state.life = (False, str(error))
        return
    state.n_imports, state.import_name = n + 1, ""
    compare_state.choose(
        [c for c in compare_state.contenders()[0] if c.kind == "model" and c.name == name]
    )
    state.life = (True, f"{name} is here. What its card says was not measured here.")


def show_outcome() -> None:
    """Say what came of the last change."""
    went_well, sentence = state.pop("life", (True, ""))
    if sentence and went_well:
        st.success(resources.literal(sentence), icon=":material/check:")
    elif sentence:
        st.error(resources.literal(sentence), icon=":material/error:")
