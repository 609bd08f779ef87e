"""The session state: what every key is, and which keys the page's link holds.

Conventions
-----------
`TABLE` has every key of ``st.session_state`` that holds a value between two runs of a page.
A ``*`` in a name stands for what differs: a song's digest, a run's name, a setting.

link
    The URL of the page.  `read_link` and `write_link` are the only functions that read or write
    its parameters, except for ``model``, which Streamlit binds to its widget.  A link may be
    typed by anybody: a value that cannot be used is replaced by the default.
"""

from __future__ import annotations

import copy
from typing import Any

import streamlit as st

from app_pages.session_entry import WIDGET, DataEntry, Entry, OpenedEntry, RecipeEntry
from app_pages.songs import Song
from genre.recipes.config import BUNDLED_DATA, PRESETS
from genre.runs.reader import RunReader
from genre.text.inside_scenes import SCENES

state = st.session_state


TABLE = (
    # The songs, on every page.
    Entry("songs", list, [], "each `Song` that was last uploaded, chosen or recorded"),
    Entry("songs_from", str, "", "what brought them: uploads, example or recording"),
    OpenedEntry(
        "opened", int | None, None, "index of the current song; None while none is open",
        "open", "every",
    ),
    Entry(
        "play_from", tuple, (None, 0),
        "from which second to play, and how often that was asked for: again is played again",
    ),
    Entry("undecodable", set, set(), "digests of songs whose files this browser cannot play"),
    Entry("song_player", object, WIDGET, "the player: where it was paused, what it cannot play"),
    Entry("compact_player", object, WIDGET, "the same on pages that are not about the song"),
    Entry("demo_player", object, WIDGET, "the silent picture of an example"),
    Entry("uploaded", dict, {}, "what was made of uploaded files, by their uploader and id"),
    Entry(
        "song_link", str, "", "an example's name, or the token of the kept songs", "song", "every"
    ),
    Entry("is_link_open", bool, False, "whether the songs of the link were opened"),
    Entry("ignored_uploads", set, set(), "digests of files that were replaced by an example"),
    Entry("classified", set, set(), "(digest, model) of the songs this visitor has waited for"),
    Entry("uploads", list, WIDGET, "the file uploader of Classify"),
    Entry("recording", object, WIDGET, "the recorder of Classify"),
    Entry("live", object, WIDGET, "the live listener: what was kept of its sound"),
    Entry("live_open", bool, WIDGET, "whether the live listener is open on Classify"),
    Entry("*example", str | None, WIDGET, "example songs: in the tab, at first, in the header"),
    Entry("queue_place", object, WIDGET, "where the position in the queue is shown"),
    Entry("song_place", object, WIDGET, "where in the header Classify offers other songs"),
    Entry("messages", dict, {}, "(is error, sentence) to show once, by its place on a page"),
    # The model, in the header.
    Entry("model", str, WIDGET, "name of the chosen model", "model"),
    Entry("removed_models", set, set(), "models renamed or deleted: the link may still name them"),
    # Classify.
    Entry("shown", tuple | None, None, "(digest, model) of the prediction that was drawn last"),
    Entry("table_*", dict, WIDGET, "table of several songs; its row opens a song"),
    Entry("effect_*", str | None, WIDGET, "what a song is to be heard through"),
    Entry("anyway_*", bool, WIDGET, "whether the prediction for what is no music is shown"),
    Entry("comparing", bool, WIDGET, "whether the section with other models is open"),
    Entry("compared_model", str | None, WIDGET, "another model in that section"),
    # Train.
    Entry("run", str, "", "name of the run on the page", "run", "train"),
    RecipeEntry(
        "recipe", tuple, ("recommended", PRESETS["recommended"]), "preset and `TrainConfig`",
        "preset", "train",
    ),
    Entry("reader", RunReader | None, None, "reader of that run: what was read of it so far"),
    DataEntry(
        "data", str, "", "the dataset to train on: bundled, own, or an identity that is not here",
        "data", "train", ("", *BUNDLED_DATA.values()),
    ),
    Entry("data_id", str, "", "identity of one's own data, for the link"),
    Entry("data_path", str, WIDGET, "path of one's own dataset"),
    Entry("data_zip", object, WIDGET, "uploaded zip of one's own dataset"),
    Entry("read_sources", set, set(), "(path, kind of features) of the datasets this visit read"),
    Entry("gtzan", str, WIDGET, "which part of GTZAN to download"),
    Entry("preset", str, WIDGET, "the preset"),
    Entry("set_*", object, WIDGET, "each setting of the recipe that is shown"),
    Entry("more", str | None, WIDGET, "which group of further settings is shown"),
    Entry("is_preset_new", bool, False, "whether the settings were set by a preset just now"),
    Entry("last_start", float, float("-inf"), "when Start was pressed last: a double click is one"),
    Entry("tracked_song", Song | None, None, "the `Song` that runs classify after each epoch"),
    Entry("track_link", str, "", "the same for that song", "track", "train"),
    Entry("track_example", str | None, WIDGET, "example to track"),
    Entry("track_upload", object, WIDGET, "uploaded song to track"),
    Entry("name_*", str, WIDGET, "name to save a run's model as"),
    Entry("rate_*", float, WIDGET, "learning rate of a run"),
    Entry("epochs_*", int, WIDGET, "epochs of a run"),
    Entry("open_run_*", str | None, WIDGET, "earlier run to open"),
    # Compare.
    Entry(
        "compared", str, "", "references of the chosen models and runs", "compare", "compare",
        max_chars=2000,
    ),
    Entry("leaderboard_*", dict, WIDGET, "the leaderboard; its rows choose models and runs"),
    Entry("aspect", str, WIDGET, "what of the chosen ones is shown"),
    Entry("other", str, WIDGET, "whose confusion matrix is compared with the first one's"),
    Entry("cell_genre", str | None, WIDGET, "true genre of the chosen cell of the matrix"),
    Entry("cell_given", str | None, WIDGET, "predicted genre of the chosen cell of the matrix"),
    Entry("matrix_*", dict, WIDGET, "a confusion matrix; a click chooses the cell"),
    Entry("tracks_*", dict, WIDGET, "tracks of that cell; a row opens a track"),
    Entry("rename_*", str, WIDGET, "new name of a model"),
    Entry("names_*", bool, WIDGET, "whether a model's export keeps the names of its tracks"),
    Entry("import_name", str, WIDGET, "what to call an imported model"),
    Entry("import_zip_*", object, WIDGET, "the zip of a model, or a Keras model"),
    Entry("import_*_*", object, WIDGET, "genres and features of a Keras model, by its digest"),
    Entry("n_imports", int, 0, "how many models this visit imported: a new uploader each time"),
    # Collection, and the map of songs on Classify.
    Entry(
        "collection", str, "", "the collection that is shown: digits of its folder's path",
        "collection", "collection",
    ),
    Entry("collection_folder", str, WIDGET, "folder of one's own songs, to be indexed"),
    Entry("asked_text", str, WIDGET, "words to search one's own songs for"),
    Entry("asked_tag", str | None, WIDGET, "tag to search them for"),
    Entry("asked_genre", str | None, WIDGET, "verdict to search them for"),
    Entry("map_point", int | None, None, "number of the point of the map that was clicked"),
    Entry("song_map_*", dict, WIDGET, "a map of songs; a click chooses a point"),
    Entry("own_songs_*", dict, WIDGET, "a table of one's own songs; a row plays a song"),
    Entry("is_opening", bool, False, "whether one of one's own songs is to be opened on Classify"),
    # Inside: the place, its widgets, and the settings of each scene.
    Entry("scene", str, "sequence", "the scene", "scene", "inside", tuple(SCENES)),
    Entry("part", str, "", "the part of the scene; empty: its first", "part", "inside"),
    Entry("step", int, 12, "the step of the song", "step", "inside"),
    Entry("frame", int, 60, "the MFCC frame", "frame", "inside"),
    Entry("layer", int, 1, "the recurrent layer", "layer", "inside", (1, 2, 3, 4)),
    Entry("unit", int, 0, "the unit of that layer", "unit", "inside"),
    Entry("at_*", str | int, WIDGET, "the widget of each of these"),
    Entry("series_*", dict, WIDGET, "the MFCC frames; a click chooses a frame"),
    Entry("mfcc_*", int, WIDGET, "settings of the MFCCs"),
    Entry("seed", int, 0, "how often the steps were shuffled"),
    Entry("sequences_*", bool, WIDGET, "whether the last layer returns sequences"),
    Entry("textbook_*", float, WIDGET, "cell and forget gate of the textbook's example"),
    Entry("test_cell", str, WIDGET, "cell of the recall task"),
    Entry("test_gap", int, WIDGET, "gap of the recall task"),
    Entry("film_order", str, WIDGET, "which units the film shows first"),
    Entry("film_units", str, WIDGET, "how many units the film shows"),
    Entry("film_start", tuple | None, None, "what the film shows, and the second it began at"),
)  # fmt: skip

ELEMENTS = (
    # Every page; Classify.
    "login", "logout", "song_*", "genre_bars", "csv", "json", "files", "trust", "phone_pages",
    "brand", "next_song", "previous_song",
    "arrow_keys", "bars_*", "use_model_*", "first_bars",
    "why", "moment_*", "effects", "stop_effect", "changed_bars_*", "download_changed",
    # Train.
    "train", "start", "reset", "network", "overview", "skipped", "read_again", "stop_reading",
    "fit_data", "use_split", "drop_teacher", "download_gtzan", "stop_download", "history", "song",
    "matrix", "save_*", "try_*", "resume_*", "delete_*", "html_*", "py_*", "keras_*", "pause_*",
    "stop_*", "use_*", "track", "track_current", "verdict",
    # Compare.
    "intervals", "settings", "coverage", "reliability_*", "curves", "answer", "track_mfccs",
    "open_*", "export_*", "renaming_*", "import_model", "leakage_*", "start_four",
    # Collection.
    "index_songs", "index_again", "stop_index", "delete_collection", "delete_songs",
    "song_problems", "nearest_tracks", "similar_songs_*", "open_own_*",
    "map_playhead", "own_csv", "own_json", "own_m3u",
    # Inside.
    "scene_*", "step_*", "vector", "shuffle", "shuffled_picture", "shuffled_prediction",
    "unrolled", "input_vector", "simple_step", "tanh", "slopes", "lstm_step", "half_lives_*",
    "forgetting", "recorded", "run_test", "stop_test", "test_progress", "running",
    "prediction_picture", "occlusion_*",
)  # fmt: skip
"""Keys of buttons, charts and containers: they hold no value, but no two may be the same."""


def start() -> None:
    """Give every key its default that has one and does not come from a link."""
    for entry in TABLE:
        if entry.default is not WIDGET and not entry.page and entry.name not in state:
            state[entry.name] = copy.copy(entry.default)


def default(name: str) -> Any:
    """Return the value that a key has unless a visitor or a link sets it."""
    return next(entry.default for entry in TABLE if entry.name == name)


def read_link(page: str) -> list[str]:
    """Set the keys of a page from its link, unless this visit has set them before.

    Parameters
    ----------
    page : str
        ``train``, ``compare``, ``inside``; ``every`` for what each page's link holds.

    Returns
    -------
    problems : list of str
        A sentence for each parameter that cannot be used, where its page reports it.
    """
    query, problems = st.query_params.to_dict(), []
    for entry in TABLE:
        if entry.page == page and entry.name not in state:
            state[entry.name], found = entry.read(query)
            problems += found
    return problems


def in_link(name: str) -> Any:
    """Return what the link gives a key, whatever its widget has."""
    entry = next(entry for entry in TABLE if entry.name == name)
    return entry.read(st.query_params.to_dict())[0]


def write_link(page: str) -> None:
    """Write the keys of a page into its link."""
    for entry in TABLE:
        if entry.page == page and entry.name in state:
            wanted = entry.write(state[entry.name])
            for parameter in entry.parameters:
                if parameter not in wanted:
                    st.query_params.pop(parameter, None)
            if any(st.query_params.get(name) != value for name, value in wanted.items()):
                st.query_params.update(wanted)


def bind_widget(name: str) -> str:
    """Give a widget the value of a key that stays while the widget is away.

    Returns
    -------
    key : str
        The widget's own key.
    """
    key = f"at_{name}"
    state[key] = state[name]
    return key


def keep_widget(name: str) -> None:
    """Set such a key to the value of its widget."""
    state[name] = state[f"at_{name}"]
