"""What a run is called: its label, notes and tags, to be changed; and where it is opened."""

from __future__ import annotations

import streamlit as st

from app_pages import interface
from genre.errors import GenreError
from genre.experiments.records import RunRecord
from genre.language import _
from genre.runs.labels import MAX_LABEL, MAX_NOTES, MAX_TAGS, RunLabel, write_label
from genre.text import experiments as experiments_text

state = st.session_state


def show_label(record: RunRecord, known_tags: list[str]) -> None:
    """Offer to change what a run is called, and to open it on Train.

    Parameters
    ----------
    record : RunRecord
    known_tags : list of str
        Of all runs, to be chosen from.
    """
    key = interface.short_digest(ascii(record.name))
    title = interface.literal(experiments_text.titles([record])[0])
    heading = _("Label, notes and tags of {name}").format(name=title)
    # A form keeps what is typed until it is saved.
    with st.expander(heading, key="run_label"), st.form(f"label_form_{key}", border=False):
        st.text_input(
            _("Label"), record.label.label, max_chars=MAX_LABEL, key=f"label_of_{key}",
            placeholder=record.name,
        )  # fmt: skip
        st.multiselect(
            _("Tags"), sorted({*known_tags, *record.label.tags}, key=str.casefold),
            list(record.label.tags), key=f"tags_of_{key}", accept_new_options=True,
            max_selections=MAX_TAGS, placeholder=_("Choose, or type a new one"),
        )  # fmt: skip
        st.text_area(_("Notes"), record.label.notes, max_chars=MAX_NOTES, key=f"notes_of_{key}")
        st.form_submit_button(
            _("Save"), icon=":material/save:", key=f"save_label_{key}", on_click=save_label,
            args=(record, key),
        )  # fmt: skip
    interface.show_message("run_label")
    st.button(
        _("Open on Train"), icon=":material/model_training:", key=f"open_record_{key}",
        on_click=open_run, args=(record,),
    )  # fmt: skip


def save_label(record: RunRecord, key: str) -> None:
    """Keep what was typed; what cannot be kept is said, and nothing is lost."""
    label = RunLabel(
        state[f"label_of_{key}"], state[f"notes_of_{key}"], tuple(state[f"tags_of_{key}"])
    )
    try:
        write_label(record.run, label)
    except GenreError as error:
        interface.set_message("run_label", error, is_error=True)
    else:
        interface.set_message("run_label", _("Saved."))


def open_run(record: RunRecord) -> None:
    """Open a run on the page Train."""
    state.run, state.reader = record.name, None
    state.opens_train = True
