"""Models and runs that cannot be read: a row each, with the reason, and a way to delete it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app_pages import access, interface
from genre import paths
from genre.errors import GenreError
from genre.evaluation.cv_results import delete_result
from genre.language import N_, _
from genre.models.archive import BUNDLED_MODELS, delete_model
from genre.runs.damaged import DamagedEntry
from genre.runs.store import delete_run
from genre.sweeps.store import delete_sweep
from genre.text.song import display_name

DAMAGED = {
    "run": N_("**damaged** run {name}: {reason}"),
    "model": N_("**damaged** model {name}: {reason}"),
    "result": N_("**damaged** result {name}: {reason}"),
    "sweep": N_("**damaged** sweep {name}: {reason}"),
}
"""What is said of each kind."""
WHAT_GOES = {
    "run": N_("This deletes its folder and all that is in it."),
    "model": N_("This deletes its folder and all that is in it."),
    "result": N_(
        "This deletes the file. A model whose figures it holds stays, without its tracks."
    ),
    "sweep": N_("The list of this sweep is deleted. Its runs stay on Train and Compare."),
}
"""What each kind loses with Delete."""


def show_damaged(damaged: Sequence[DamagedEntry], place: str) -> None:
    """Show a row for each, with what can be done about it.

    Parameters
    ----------
    damaged : sequence of DamagedEntry
    place : str
        Where the page shows its messages.
    """
    for one in damaged:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                _(DAMAGED[one.kind]).format(
                    name=interface.literal(display_name(one.name)),
                    reason=interface.literal(one.reason),
                ),
                icon=":material/error:",
            )
            if access.is_local() and _can_be_deleted(one):
                # A folder may have any name, in any bytes.
                key = f"{one.kind}_{interface.short_digest(ascii(one.name))}"
                with st.popover(_("Delete"), icon=":material/delete:"):
                    st.write(_(WHAT_GOES[one.kind]))
                    st.button(_("Delete"), key=f"delete_damaged_{key}", on_click=_delete,
                              args=(one, place))  # fmt: skip


def _can_be_deleted(one: DamagedEntry) -> bool:
    return one.kind != "model" or one.name not in BUNDLED_MODELS


def _delete(one: DamagedEntry, place: str) -> None:
    """Delete a damaged model or run."""
    try:
        if one.kind == "run":
            delete_run(paths.RUNS / one.name)
        elif one.kind == "sweep":
            delete_sweep(paths.SWEEPS / one.name)
        elif one.kind == "model":
            delete_model(one.name, paths.MODELS)
        else:
            delete_result(one.name, paths.RESULTS)
    except GenreError as error:
        interface.set_message(place, error, is_error=True)
    else:
        interface.set_message(place, _("{name} was deleted.").format(name=display_name(one.name)))
