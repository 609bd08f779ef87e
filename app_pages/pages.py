"""The pages there are, and which of them a visitor may see: one list for all that names them."""

from __future__ import annotations

from typing import NamedTuple

from app_pages import access
from genre.language import N_


class Page(NamedTuple):
    """How a page is called, its icon, and what it is for."""

    title: str
    icon: str
    about: str


PAGES = {
    "classify": Page(
        N_("Classify"),
        ":material/graphic_eq:",
        N_("Upload a song and see which genre the network predicts, second by second."),
    ),
    "train": Page(
        N_("Train"),
        ":material/model_training:",
        N_("Choose data and settings, press Start, and watch the network learn."),
    ),
    "data": Page(
        N_("Data"),
        ":material/dataset:",
        N_("Build a dataset of your own recordings: classes, clips, and which labels look wrong."),
    ),
    "compare": Page(
        N_("Compare"),
        ":material/leaderboard:",
        N_(
            "Saved models and runs side by side, by their accuracy on artists that were not in "
            "training."
        ),
    ),
    "experiments": Page(
        N_("Experiments"),
        ":material/science:",
        N_(
            "All runs in one table: their curves, settings and differences, and sweeps over "
            "settings."
        ),
    ),
    "inside": Page(
        N_("Inside"),
        ":material/visibility:",
        N_("How the current song passes through the LSTM, its gates and its memory."),
    ),
    "tour": Page(
        N_("Tour"),
        ":material/tour:",
        N_("Ten questions about the current song, to guess and to see: for a projector."),
    ),
    "collection": Page(
        N_("Collection"),
        ":material/library_music:",
        N_("Index a folder of your songs: search it by sound, tag or words, and see it on a map."),
    ),
}
"""In their order; each is the module of its name."""
FIRST = "classify"
"""The page at the address of the app itself."""


def file_of(name: str) -> str:
    """Return the script of a page."""
    return f"app_pages/{name}.py"


def shown_pages() -> list[str]:
    """Return the names of the pages that whoever reaches the app may see."""
    hidden = set()
    if not access.is_local():
        hidden |= {"data", "collection"}  # they read and write folders of this computer
    if access.is_public():
        hidden.add("experiments")  # no run is shown to strangers
    return [name for name in PAGES if name not in hidden]
