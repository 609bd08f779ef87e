"""The page of a run to take home: what it says, what it keeps to itself, what it looks like."""

import datetime
import json
import re
import shlex
import shutil
import time
from dataclasses import asdict, replace
from html.parser import HTMLParser

import pytest

from genre.__main__ import build_parser, main
from genre.cli.training import asked_recipe
from genre.errors import ModelError, RunError
from genre.export.run_report import run_report
from genre.models.card import Figure
from genre.models.registry import read_keras_file, save_model
from genre.paths import MODELS, RECORDED
from genre.recipes.command import nearest_preset, training_command
from genre.recipes.config import PRESETS, TrainConfig
from genre.runs.files import RunStatus, write_status
from genre.runs.store import create_run

GENRES = ["bass", "hiss"]
BEGUN = datetime.datetime(2026, 11, 22, 18, 37, 59, tzinfo=datetime.UTC).timestamp()
HOSTILE = "<img src=x onerror=alert(1)>\"'&"
DATA = {
    "event": "data",
    "name": "gtzan-subset",
    "genres": GENRES,
    "n_tracks": 40,
    "n_segments": {"train": 60, "validation": 20, "test": 30},
    "absent_genres": {"validation": ["hiss"]},
    "skipped": [{"name": "my secret song", "reason": "the recording is silent"}],
}
EVALUATION = {
    "event": "evaluation",
    "about": "a test set of artists not in training",
    "genres": GENRES,
    "track_accuracy": {"value": 0.7, "low": 0.4, "high": 0.89, "n": 10},
    "segment_accuracy": {"value": 0.6, "low": 0.42, "high": 0.75, "n": 30},
    "confusion_matrix": [[5, 1], [2, 2]],
    "n_left_out": 0,
}
CHANGED = replace(PRESETS["quick"], preset="custom", learning_rate=3e-3, batch_size=16, roll=False)


def epoch(number, **values):
    row = {"loss": 2 / number, "accuracy": 1 - 1 / (number + 1), "learning_rate": 1e-3}
    row |= {"val_loss": 2.5 / number, "val_accuracy": min(1.0, 0.25 * number)}
    return {"event": "epoch", "epoch": number} | row | values


def batch(number, done, of=10):
    return {"event": "batch", "epoch": number, "batch": done, "n_batches": of}


FINISHED = [DATA, epoch(1), epoch(2), epoch(3), EVALUATION]


@pytest.fixture
def make_run(tmp_path, bass_or_hiss):
    """Write a run's files as its process would, with a model where it has been evaluated."""

    def make(events, *, state="finished", reason="", config=CHANGED, data="gtzan-subset", **card):
        run = tmp_path / "runs" / "first"
        create_run(run, config, data)
        write_status(run, RunStatus(state, reason, heartbeat=time.time()))
        lines = [json.dumps({"time": BEGUN} | event) for event in events]
        (run / "events.jsonl").write_text("\n".join([*lines, ""]))
        if any(event["event"] == "evaluation" for event in events):
            figure = Figure(EVALUATION["about"], "tracks", 0.7, 0.4, 0.89, 10, True, "python -m x")
            values = {
                "name": "model",
                "figures": (figure,),
                "data": {"name": "d", "n_tracks": 30, "n_segments": 80, "n_artists": 9},
                "heard": {"ab": "my secret song"},
                "versions": {"keras": "3.15.1"},
                "created": "2026-11-22T18:37:20+00:00",
            }
            model = replace(bass_or_hiss.card, **values | card)
            save_model(bass_or_hiss.network, model, folder=run)
        return run

    return make


class Reader(HTMLParser):
    """What a page holds: its elements with their attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(page)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_finished_run_says_how_right_it_is_and_of_what(make_run):
    text = Reader(run_report(make_run(FINISHED))).text

    assert (
        "Right for 70% of 10 tracks (95% interval 40% to 89%; a test set of artists not "
        "in training)." in text
    )
    assert "Guessing at random among 2 genres gets about 50%" in text
    assert "Trained for 3 of the 15 epochs" in text
    assert "validation: hiss" in text
    assert "1 unusable recording" in text
    assert "Measured by: python -m x" in text
    assert "Made 2026-11-22 18:37 (UTC) with keras 3.15.1" in text
    assert "Started 2026-11-22 18:37 (UTC)" in text
    assert "Leaky" not in text


def test_settings_that_differ_from_preset_come_first(make_run):
    page = run_report(make_run(FINISHED))

    names = re.findall(r'<th scope="row"><code>(\w+)</code><small>', page)
    assert names[:3] == ["learning_rate", "batch_size", "roll"]
    assert set(names) == set(asdict(CHANGED)) - {"preset"}
    assert page.count('<tr class="changed">') == 3
    assert "python -m genre train --preset quick" in page


def test_leaky_figure_is_never_without_its_label(make_run):
    config = replace(PRESETS["course"], epochs=3)

    page = run_report(make_run(FINISHED, config=config))
    assert "Data leakage: the course split" in page


def test_page_stands_alone_and_can_be_read_aloud(make_run):
    page = run_report(make_run(FINISHED))
    reader = Reader(page)

    assert "http" not in page
    assert "url(" not in page
    assert not [a for _, a in reader.elements if "src" in a or "href" in a]
    assert not reader.all("script")
    assert reader.all("html") == [{"lang": "en"}]
    assert len(reader.all("h1")) == 1
    assert len(reader.all("h2")) == 8
    assert all("scope" in attributes for attributes in reader.all("th"))
    drawings = reader.all("svg")
    assert [drawing["role"] for drawing in drawings] == ["img", "img"]
    assert (
        "training from 50.0% to 75.0%, validation from 25.0% to 75.0%"
        in (drawings[0]["aria-label"])
    )
    sections = [attributes["aria-labelledby"] for attributes in reader.all("section")]
    assert sections == [attributes["id"] for attributes in reader.all("h2")]


def test_matrix_counts_tracks_and_frames_what_was_right(make_run):
    page = run_report(make_run(FINISHED))

    cells = re.findall(r'<td style="--share: ([\d.]+)" class="(\w*)">(\d+)</td>', page)
    assert [int(n) for _, _, n in cells] == [5, 1, 2, 2]
    assert [kind for _, kind, _ in cells] == ["right", "", "", "right"]
    assert [float(share) for share, _, _ in cells] == pytest.approx([0.5, 0.1, 0.3, 0.3])


def test_report_says_what_the_figures_say_and_how_that_is_known(make_run):
    text = Reader(run_report(make_run(FINISHED))).text

    assert "What the figures say" in text
    assert "No better than guessing: right for 70% of 10 tracks" in text
    assert "Rule “guessing”" in text


def test_report_of_a_run_without_a_result_has_no_reading(make_run):
    assert "What the figures say" not in run_report(make_run([DATA, epoch(1)]))


def test_report_of_a_run_names_no_artist(tmp_path):
    run = tmp_path / "quick"
    shutil.copytree(RECORDED / "quick", run)
    write_status(run, RunStatus("finished"))
    page = run_report(run)

    assert "Reggae is most often taken for hiphop: 21 of 28 tracks." in page
    assert "Marley" not in page


def test_report_of_a_run_names_no_path_and_no_recording(make_run):
    run = make_run(FINISHED, data="/srv/me/private/songs")
    page = run_report(run)

    for secret in ("secret", "private", "/srv", str(run.parent)):
        assert secret not in page
    assert "--data songs" in page


def test_report_of_hostile_files_shows_them_as_text(make_run):
    events = [
        DATA | {"name": HOSTILE, "genres": ["a", HOSTILE]},
        epoch(1),
        EVALUATION | {"genres": ["a", HOSTILE], "about": HOSTILE},
    ]
    run = make_run(
        events,
        data=HOSTILE,
        versions={HOSTILE: HOSTILE},
        figures=(Figure(HOSTILE, "tracks", 0.7, 0.4, 0.89, 10, True, HOSTILE),),
    )
    page = run_report(run.rename(run.with_name(HOSTILE)))

    assert not Reader(page).all("img")
    assert "onerror=alert(1)&gt;" in page


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        ("queued", "", "This run has not finished yet"),
        ("stopped", "asked to", "This run stopped before it was tested. It was stopped"),
        ("failed", "killed", "This run failed before it was tested. It failed: killed."),
        ("failed", "diverged: the loss is no longer a number.", "Training diverged: there is"),
        (
            "failed",
            "there is no dataset at '/srv/me/private'.",
            "The error message is in the folder",
        ),
    ],
    ids=["queued", "stopped", "killed", "diverged", "with a path"],
)
def test_report_of_an_unfinished_run_is_a_page(make_run, state, reason, expected):
    text = Reader(run_report(make_run([], state=state, reason=reason))).text

    assert expected in text
    assert "private" not in text
    assert "Training curves" not in text
    assert "Settings" in text


def test_report_of_a_steered_run_marks_each_change(make_run):
    events = [
        DATA,
        batch(1, 5),
        {"event": "phase", "phase": "paused"},
        {"event": "phase", "phase": "fitting"},
        epoch(1),
        {"event": "changed", "setting": "learning_rate", "value": 0.004},
        batch(2, 2),
        {"event": "resumed", "epoch": 1},
        epoch(2),
    ]

    page = run_report(make_run(events, state="stopped", reason="asked to"))

    assert page.count('<line class="mark"') == 2 * 3
    assert "after 0.5 epochs: paused" in Reader(page).text
    assert "after 1 epochs: learning rate 0.004" in Reader(page).text
    assert "after 1 epochs: resumed" in Reader(page).text
    assert "Changes during training are not part of the command" in Reader(page).text


def test_report_of_a_thousand_epochs_stays_small(make_run):
    page = run_report(make_run([DATA, *(epoch(n) for n in range(1, 1001)), EVALUATION]))

    assert len(page) < 300_000


@pytest.mark.parametrize("config", [*PRESETS.values(), CHANGED, TrainConfig(seed=3)])
def test_command_makes_same_recipe(config):
    words = shlex.split(training_command(config, "my songs; rm"))
    arguments = build_parser().parse_args(words[3:])

    assert replace(asked_recipe(arguments), preset=config.preset) == config
    assert arguments.data == "my songs; rm"
    assert words[:4] == ["python", "-m", "genre", "train"]


def test_recipe_is_compared_with_preset_it_is_nearest_to():
    assert nearest_preset(CHANGED)[0] == PRESETS["quick"]
    assert nearest_preset(CHANGED)[1] == ("learning_rate", "batch_size", "roll")
    assert nearest_preset(PRESETS["course"]) == (PRESETS["course"], ())


def test_export_writes_page_and_script_and_replaces_neither(make_run, tmp_path, capsys):
    run = make_run([*FINISHED, {"event": "changed", "setting": "epochs", "value": 3}])
    page, script = tmp_path / "out" / "run.html", tmp_path / "out" / "run.py"

    assert main(["export", str(run), "--html", str(page)]) == 0
    assert main(["export", str(run), "--script", str(script)]) == 0
    assert "changes made during training are not in the script" in capsys.readouterr().err
    assert page.read_text() == run_report(run)
    compile(script.read_text(), "run.py", "exec")
    assert sorted(file.name for file in page.parent.iterdir()) == ["run.html", "run.py"]

    page.write_text("mine")
    assert main(["export", str(run), "--html", str(page)]) == 2
    assert "exists. Choose another name, or add --replace" in capsys.readouterr().err
    assert page.read_text() == "mine"
    assert main(["export", str(run), "--html", str(page), "--replace"]) == 0
    assert page.read_text() == run_report(run)


def test_export_writes_script_of_saved_model_but_no_page_of_it(tmp_path, capsys):
    script = tmp_path / "starter.py"

    assert main(["export", "starter", "--script", str(script)]) == 0
    assert "EPOCHS = 40" in script.read_text()
    assert main(["export", "starter", "--html", str(tmp_path / "starter.html")]) == 2
    assert "starter is a saved model; its curves are in its training run" in capsys.readouterr().err
    assert main(["export", "nobody", "--html", str(tmp_path / "nobody.html")]) == 1


def test_report_of_a_missing_run_is_refused(tmp_path):
    with pytest.raises(RunError, match="cannot be read"):
        run_report(tmp_path / "absent")


def test_keras_file_of_model_is_given_as_it_is(make_run, tmp_path):
    path = shutil.copytree(MODELS / "starter", tmp_path / "starter") / "model.keras"

    assert read_keras_file("starter", tmp_path) == path.read_bytes()
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(ModelError, match=r"model\.keras of the model starter is corrupt"):
        read_keras_file("starter", tmp_path)
    with pytest.raises(ModelError, match=r"model was saved without model\.keras"):
        read_keras_file("model", make_run(FINISHED))
