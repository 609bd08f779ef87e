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

from app_pages.session_entry import WIDGET, DataEntry, Entry, OpenedEntry, RecipeEntry, SceneEntry
from app_pages.session_pages import COMPARE, DATA, EXPERIMENTS, TOUR
from app_pages.session_pages import ELEMENTS as ELEMENTS_OF_PAGES
from app_pages.songs import Song
from genre.language import codes
from genre.network.held import GATES
from genre.recipes.config import BUNDLED_DATA, PRESETS
from genre.runs.reader import RunReader
from genre.scenes.descriptions import SCENES

state = st.session_state
MAX_ZOOM = 60
"""Characters of a zoom."""

TABLE = (
    # The language, on every page.
    Entry(
        "language", str, "", "the language that was chosen; empty: the browser's", "lang", "every",
        tuple(codes()),
    ),
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
    # Presenter mode, on every page.
    Entry("present", str, "", "1 in presenter mode", "present", "every", ("", "1")),
    Entry("screen_height", int, 720, "height of the window in pixels, in presenter mode"),
    Entry("presenter", object, WIDGET, "the switch of presenter mode"),
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
    Entry(
        "held_out", str, "", "1 where a test side is held out though there are few tracks",
        "held_out", "train", ("", "1"),
    ),
    Entry("tested_data", tuple, (), "the data, and its usual test, that the recipe was fitted to"),
    Entry("set_*", object, WIDGET, "each setting of the recipe that is shown"),
    Entry("more", str | None, WIDGET, "which group of further settings is shown"),
    Entry("is_preset_new", bool, False, "whether the settings were set by a preset just now"),
    Entry("last_start", float, float("-inf"), "when Start was pressed last: a double click is one"),
    Entry("tracked_song", Song | None, None, "the `Song` that runs classify after each epoch"),
    Entry("track_link", str, "", "the same for that song", "track", "train"),
    Entry("track_example", str | None, WIDGET, "example to track"),
    Entry("track_upload", object, WIDGET, "uploaded song to track"),
    Entry("name_*", str, WIDGET, "name to save a run's model as"),
    Entry("import_run_*", object, WIDGET, "the file of an experiment"),
    Entry("rate_*", float, WIDGET, "learning rate of a run"),
    Entry("epochs_*", int, WIDGET, "epochs of a run"),
    Entry("open_run_*", str | None, WIDGET, "earlier run to open"),
    *COMPARE,
    *EXPERIMENTS,
    # Collection, and the map of songs on Classify.
    Entry(
        "collection", str, "", "the collection that is shown: digits of its folder's path",
        "collection", "collection",
    ),
    Entry("collection_folder", str, WIDGET, "folder of one's own songs, to be indexed"),
    Entry("cluster", str, WIDGET, "address of the Dask scheduler to compute with"),
    Entry("cluster_watched", bool, WIDGET, "whether its workers are shown"),
    Entry("asked_text", str, WIDGET, "words to search one's own songs for"),
    Entry("asked_tag", str | None, WIDGET, "tag to search them for"),
    Entry("asked_genre", str | None, WIDGET, "verdict to search them for"),
    Entry("map_point", int | None, None, "number of the point of the map that was clicked"),
    Entry("song_map_*", dict, WIDGET, "a map of songs; a click chooses a point"),
    Entry("own_songs_*", dict, WIDGET, "a table of one's own songs; a row plays a song"),
    Entry("is_opening", bool, False, "whether one of one's own songs is to be opened on Classify"),
    *DATA,
    *TOUR,
    # Inside: the place, its widgets, and the settings of each scene.
    SceneEntry("scene", str, "way", "the scene", "scene", "inside", tuple(SCENES)),
    Entry("part", str, "", "the part of the scene; empty: its first", "part", "inside"),
    Entry("step", int, 12, "the step of the song", "step", "inside"),
    Entry("layer", int, 1, "the recurrent layer", "layer", "inside", (1, 2, 3, 4)),
    Entry("unit", int, 0, "the unit of that layer", "unit", "inside"),
    Entry(
        "direction", str, "forward", "the direction in which that layer reads", "direction",
        "inside", ("forward", "backward"),
    ),
    Entry("gate", str, "forget", "the gate that is held", "gate", "inside", GATES),
    Entry("held_units", str, "all", "whether it is held in all units, or in the chosen one",
          "held_units", "inside", ("all", "one")),
    Entry(
        "held_percent", int, 0, "what it is held at, in percent", "held_at", "inside",
        tuple(range(0, 101, 5)),
    ),
    Entry("cell_*", object, WIDGET, "the pictures of a cell: what was chosen in them"),
    Entry("at_*", str | int, WIDGET, "the widget of each of these"),
    Entry(
        "zoom", str, "", "what the drawing of the way is zoomed to", "zoom", "inside",
        max_chars=MAX_ZOOM,
    ),
    Entry("way", object, WIDGET, "that drawing: its zoom, where it stopped, what it leads to"),
    Entry("way_start", tuple | None, None, "what it shows; its first step, its window, its zoom"),
    Entry("mfcc_*", int, WIDGET, "settings of the MFCCs, for each model"),
    Entry("seed", int, 0, "how often the steps were shuffled"),
    Entry("sequences_*", bool, WIDGET, "whether the last layer returns sequences"),
    Entry("textbook_*", object, WIDGET, "the numbers of the textbook's cell, and its picture"),
    Entry("path_source", str, WIDGET, "by what the end of a segment is differentiated"),
    Entry("test_task", str, WIDGET, "task of the memory test"),
    Entry("test_cell", str, WIDGET, "cell of the memory test"),
    Entry("test_length", int, WIDGET, "steps of the memory test"),
    Entry("film_order", str, WIDGET, "which units the film shows first"),
    Entry("film_units", str, WIDGET, "how many units the film shows"),
    Entry("film_layer_*", int, WIDGET, "which layer's"),
    Entry("film_genre_*", str, WIDGET, "the genre whose score they pull on"),
    Entry("film_unit_*", int, WIDGET, "the one unit that it shows"),
    Entry("film_quantity", str, WIDGET, "the gate or state of several units"),
    Entry("second", int, -1, "the silenced second; -1 until one is chosen", "second", "inside"),
    Entry("occluded", str, WIDGET, "what the bars leave out one by one"),
    Entry("step_keys", object, WIDGET, "the buttons and keys that move, and how often"),
    Entry("n_moves", int, 0, "by how many presses of a key one has moved"),
    Entry("film_start", tuple | None, None, "what the film shows, and the second it began at"),
)  # fmt: skip

ELEMENTS = (
    # Every page; Classify.
    "html_lang", "theme", "login", "logout", "song_*", "genre_bars", "csv", "json", "files",
    "trust", "phone_pages", "brand", "next_song", "previous_song",
    "arrow_keys", "header", "back_to_tour", "bars_*", "use_model_*", "first_bars",
    "why", "moment_*", "effects", "stop_effect", "changed_bars_*", "download_changed",
    # Train.
    "train", "train_settings", "start", "reset",
    "network", "overview", "skipped", "read_again", "stop_reading",
    "fit_data", "use_split", "use_evaluation", "split_table",
    "drop_teacher", "download_gtzan", "stop_download", "history", "song",
    "matrix", "save_*", "try_*", "resume_*", "delete_*", "html_*", "py_*", "keras_*",
    "zip_*", "import_experiment", "pause_*",
    "stop_*", "use_*", "track", "track_current", "verdict",
    # Compare.
    "intervals", "settings", "coverage", "reliability_*", "curves", "answer", "track_mfccs",
    "open_*", "export_*", "renaming_*", "import_model", "leakage_*", "start_four",
    *ELEMENTS_OF_PAGES,
    # Collection.
    "index_songs", "index_again", "stop_index", "delete_collection", "delete_songs",
    "song_problems", "nearest_tracks", "similar_songs_*", "open_own_*",
    "cluster_part", "workers", "map_playhead", "own_csv", "own_json", "own_m3u",
    # Inside.
    "scene_*", "step_*", "shuffle", "shuffled_picture", "shuffled_prediction",
    "tanh", "slopes", "half_lives_*", "hold_*",
    "paths", "recorded", "run_test", "stop_test", "learning", "running",
    "prediction_picture", "occlusion_*", "scene_controls",
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
