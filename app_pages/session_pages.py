"""Keys of the session state of Compare, Experiments, Data and Tour: part of `app_pages.session`."""

from __future__ import annotations

from app_pages.session_entry import MAX_NAMES, WIDGET, Entry
from genre.tour.stops import PLANS, STOPS

COMPARE = (
    Entry(
        "compared", str, "", "references of the chosen models and runs", "compare", "compare",
        max_chars=MAX_NAMES,
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
    Entry("n_imports", int, 0, "how many files this visit imported: a new uploader each time"),
)  # fmt: skip

EXPERIMENTS = (
    Entry("section", str, "runs", "the section", "section", "experiments", ("runs", "sweeps")),
    Entry(
        "picked", str, "", "names of the runs whose rows are chosen", "runs", "experiments",
        max_chars=MAX_NAMES,
    ),
    Entry("runs_table_*", dict, WIDGET, "the table of runs; its rows choose runs"),
    Entry("runs_states", list, WIDGET, "states to show runs of"),
    Entry("runs_tags", list, WIDGET, "tags to show runs of"),
    Entry("runs_sweeps", list, WIDGET, "sweeps to show runs of"),
    Entry("runs_view", str, WIDGET, "what of the chosen runs is shown"),
    Entry("curve_metric", str, WIDGET, "the figure whose curves are drawn"),
    Entry("curve_over", str, WIDGET, "what they are drawn over"),
    Entry("curve_smoothing", float, WIDGET, "how much they are smoothed"),
    Entry("run_curves", dict, WIDGET, "the curves: the part that was dragged over"),
    Entry("curve_part", tuple, (), "what of the curves is shown: figure, axis, both ranges"),
    Entry("curve_zoom", bool, WIDGET, "whether dragging over them zooms"),
    Entry("run_quantity", str, WIDGET, "which accuracy of the runs is looked at"),
    Entry("first_run", str, WIDGET, "the run that others are subtracted from"),
    Entry("other_model", str | None, WIDGET, "a saved model to subtract from it"),
    Entry("measured_choice", tuple, (), "the runs a choice among which was measured"),
    Entry("label_of_*", str, WIDGET, "new label of a run"),
    Entry("tags_of_*", list, WIDGET, "new tags of a run"),
    Entry("notes_of_*", str, WIDGET, "new notes on a run"),
    Entry("sweep_*", object, WIDGET, "what of a new sweep was chosen, and of those there are"),
    Entry("opens_train", bool, False, "whether a run is to be opened on Train"),
)  # fmt: skip

DATA = (
    Entry("dataset", str, "", "the open dataset: the name of its folder", "dataset", "data"),
    Entry("built_clip", str, "", "the file of the clip that is heard"),
    Entry("n_built", int, 0, "how often files were taken in: a new uploader each time"),
    Entry("built_*", object, WIDGET, "names, classes, sources and tables of the page Data"),
)

TOUR = (
    Entry("tour_stop", int, 1, "the stop", "stop", "tour", tuple(range(1, len(STOPS) + 1))),
    Entry("tour_plan", str, "all", "the way through: all stops, or the essential ones", "plan",
          "tour", tuple(PLANS)),
    Entry("tour_notes", str, "", "1 in the speaker's window", "notes", "tour", ("", "1")),
    Entry("tour", object, WIDGET, "the tour: where the browser has gone"),
)  # fmt: skip

ELEMENTS = (
    "show_all", "run_settings", "run_seeds", "run_configurations", "measure_choice",
    "run_label", "label_form_*", "save_label_*", "open_record_*",
    "start_sweep", "stop_sweep_*", "go_on_*", "delete_sweep_*", "standings_*",
    "build_*",
)  # fmt: skip
"""Keys of their buttons, charts and containers, which hold no value."""
