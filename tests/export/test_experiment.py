"""A run as one file: the same elsewhere, without paths or sound; and files that mean harm."""

import io
import json
import pickle
import shutil
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from genre.cli.parser import build_parser
from genre.compare.leaderboard import list_entries
from genre.errors import RunError
from genre.export import experiment_import
from genre.export.experiment import FILES, data_name, export_experiment
from genre.export.experiment_import import import_experiment
from genre.export.run_report import run_report
from genre.models.archive import export_model
from genre.models.classifier import load_classifier
from genre.models.registry import read_card, save_model
from genre.runs.damaged import damage_of
from genre.runs.files import RunStatus, read_config, read_status, write_status
from genre.runs.imported import is_imported, read_origin
from genre.runs.keep_model import keep_model
from genre.runs.labels import RunLabel, read_label, write_label
from genre.runs.reader import RunReader
from genre.runs.store import delete_run, list_runs, start_run, steer_run
from genre.text.leaderboard import leaderboard_row, titles
from tests.support.leaderboard_runs import guesses
from tests.support.live_runs import as_lines, write_run
from tests.support.made_up import two_genre_data
from tests.support.readers import EVENTS

NAME = "20260101-120000000-custom-calm"
LABEL = RunLabel("내 첫 실험", "Zweiter Versuch:\nmehr Daten", ("rate", "가을"))


class Bomb:
    """Makes a file when it is unpickled."""

    def __reduce__(self):
        return (open, ("run-by-import", "w"))


@pytest.fixture
def run(tmp_path, bass_or_hiss):
    """A run with every kind of event, answers for each track, a model, and private places."""
    measured = {**EVENTS[-1], **guesses(two_genre_data(6)).to_dict()}
    skipped = [{"name": "a.wav", "reason": f"{tmp_path}/secret/music/a.wav is empty"}]
    data = EVENTS[1] | {"skipped": skipped}
    run = write_run(
        tmp_path / "here" / NAME,
        EVENTS[0],
        data,
        *EVENTS[2:-1],
        measured,
        data=f"{tmp_path}/secret/music",
    )
    steer_run(run, learning_rate=5e-3)
    card = replace(bass_or_hiss.card, name="model", command=f"train --data {tmp_path}/secret/music")
    save_model(bass_or_hiss.network, card, folder=run)
    write_label(run, LABEL)
    return run


@pytest.fixture
def content(run):
    return export_experiment(run)


@pytest.fixture
def there(tmp_path):
    return tmp_path / "there"


def unzip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(content, file, **values):
    """An experiment with other values in one of its JSON files."""
    files = unzip(content)
    files[file] = json.dumps(json.loads(files[file]) | values)
    return zipped(files.items())


def seen(run):
    """What pages and commands show of a run: its view, its row, its answers and its report."""
    view = RunReader(run).read()
    entries, damaged = list_entries(run.parent, run.parent, run.parent)
    assert not damaged and len(entries) == 1
    called = titles(entries)[0]
    answers = entries[0].evaluation.to_dict() if entries[0].evaluation else {}
    shown = replace(view, data="", status=RunStatus(view.status.state, view.status.reason))
    skipped = [one["name"] for one in view.facts["skipped"]]
    row = leaderboard_row(entries[0], called) | {"kind": ""}
    return replace(shown, facts={"skipped": skipped}), row, answers, run_report(run)


def test_experiment_is_the_same_elsewhere(run, content, there):
    imported, is_new = import_experiment(content, there)

    assert is_new
    assert imported == there / NAME
    assert seen(imported) == seen(run)
    assert read_label(imported) == LABEL
    own, kept = load_classifier("model", run), load_classifier("model", imported)
    assert kept.card == replace(own.card, command="train --data music")
    assert all((kept.network.weights[k] == v).all() for k, v in own.network.weights.items())
    assert export_experiment(imported) == content
    assert damage_of(imported) == ""
    assert keep_model(imported, "kept", there.parent / "models").name == "kept"


def test_real_run_is_the_same_elsewhere(finished_run, there):
    imported, _ = import_experiment(export_experiment(finished_run), there)
    own = finished_run.parent.parent / "alone" / finished_run.name
    shutil.copytree(finished_run, own, dirs_exist_ok=True)

    assert seen(imported) == seen(own)
    assert json.loads((imported / "events.jsonl").read_bytes().split(b"\n")[0])["time"] > 0
    assert read_origin(imported).identity.startswith("made-up~")
    with zipfile.ZipFile(io.BytesIO(export_experiment(finished_run))) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist()[:-1])
    assert str(finished_run.parent.parent).encode() not in text


def test_experiment_has_no_path_and_no_sound(content, run, tmp_path):
    (run / "song.npz").write_bytes(b"what was heard")
    files = unzip(export_experiment(run))
    model = unzip(files["model.zip"])

    assert tuple(files) == FILES
    assert set(model) == {"card.json", "weights.npz"}
    for part in (*files.values(), *model.values()):
        assert str(tmp_path).encode() not in part
        assert b"secret" not in part
    assert b"music" in files["config.json"]
    assert export_experiment(run) == content


def test_imported_again_it_is_there(run, content, there):
    first, _ = import_experiment(content, there)
    write_label(first, RunLabel("another"))

    assert import_experiment(content, there) == (first, False)
    assert import_experiment(content, run.parent) == (run, False)
    assert list_runs(there) == [first] and not is_imported(run)
    assert read_label(first) == RunLabel("another")
    delete_run(first)
    assert import_experiment(content, there) == (first, True)


def test_another_experiment_of_the_name_gets_a_number(run, content, there):
    import_experiment(content, there)
    with (run / "events.jsonl").open("ab") as file:
        file.write(as_lines({"event": "phase", "phase": "finished", "time": 18.0}))

    assert import_experiment(export_experiment(run), there) == (there / f"{NAME}-2", True)


@pytest.mark.parametrize("state", ["stopped", "failed", "finished"])
def test_imported_run_does_not_go_on(run, there, state):
    write_status(run, RunStatus(state, "asked to"))
    imported, _ = import_experiment(export_experiment(run), there)

    assert read_status(imported).state == state
    assert is_imported(imported)
    for resume in (False, True):
        with pytest.raises(RunError, match="was imported: it cannot go on here"):
            start_run(imported, resume=resume)


def test_run_at_work_is_not_exported(run):
    write_status(run, RunStatus("queued", heartbeat=time.time()))

    with pytest.raises(RunError, match=r"is at work\. Stop it"):
        export_experiment(run)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        *(("gtzan-subset", "gtzan-subset"), ("/srv/me/gtzan-subset", "gtzan-subset~")),
        *(("/srv/me/내 음악", "내 음악"), ("C:\\Users\\me\\m.zip", "m.zip"), ("/", "data")),
        *(("..", "data"), ("\\\\host\\share\\x", "x"), ("a/../..", "data"), ("\udcff", "?")),
    ],
)
def test_data_are_called_by_a_name_and_no_path(data, name):
    assert data_name(data) == name
    assert data_name(name) == name


@pytest.mark.parametrize("data", ["/etc/passwd", "../../x", "\\\\evil\\share\\x", "~/x"])
def test_place_that_a_file_names_is_no_place_here(content, there, data):
    imported, _ = import_experiment(changed(content, "config.json", data=data), there)

    assert read_config(imported)[1] in ("passwd", "x")


def hostile(name, content):
    """An experiment that means harm, by what it is called below."""
    files = unzip(content)
    match name:
        case "no zip":
            return b"GIF89a"
        case "cut short":
            return content[: len(content) // 2]
        case "changed bytes":
            middle = content.index(b"events.jsonl") + 300
            return content[:middle] + b"\0\1\2\3" + content[middle + 4 :]
        case "leads out":
            return zipped([*files.items(), ("../../evil", b"")])
        case "absolute":
            return zipped([*files.items(), ("/tmp/evil", b"")])
        case "an extra file":
            return zipped([*files.items(), ("sound.wav", b"")])
        case "twice":
            return zipped([*files.items(), ("label.json", b"{}")])
        case "a link":
            link = zipfile.ZipInfo("label.json")
            link.external_attr = 0o120777 << 16
            return zipped([*[f for f in files.items() if f[0] != "label.json"], (link, "/etc")])
        case "no events":
            return zipped([f for f in files.items() if f[0] != "events.jsonl"])
        case "a bomb of events":
            files["events.jsonl"] = b" " * (33 * 2**20)
        case "a bomb of nesting":
            files["experiment.json"] = b"[" * 60_000
        case "a pickle for a model":
            files["model.zip"] = pickle.dumps(Bomb())
        case "a model of pickles":
            model = unzip(files["model.zip"])
            card = json.loads(model["card.json"])
            weights = pickle.dumps(Bomb())
            digest = __import__("hashlib").sha256(weights).hexdigest()
            card["sha256"]["weights.npz"] = digest
            parts = [("card.json", json.dumps(card)), ("weights.npz", weights)]
            files["model.zip"] = zipped(parts)
        case "a model in Keras":
            files["model.zip"] = zipped(
                [*unzip(files["model.zip"]).items(), ("run_me.py", b"print()")]
            )
        case "a label of half a letter":
            files["label.json"] = b'{"version": 1, "label": "\\ud800", "notes": "", "tags": []}'
        case "a line that is no event":
            files["events.jsonl"] += b'{"event": 1}\n'
        case "an epoch of text":
            files["events.jsonl"] += b'{"event": "epoch", "epoch": "x", "time": 1}\n'
        case "a matrix that does not fit":
            last = json.loads(files["events.jsonl"].strip().split(b"\n")[-1])
            last["answers"]["given"][0] = 99
            files["events.jsonl"] += as_lines(last)
    return zipped(files.items())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no zip", "File is not a zip file"),
        ("cut short", "File is not a zip file"),
        ("changed bytes", "no experiment that can be read"),
        ("leads out", r"contains '\.\./\.\./evil', a path outside of it"),
        ("absolute", r"'/tmp/evil', a path outside of it"),
        ("an extra file", r"contains 'sound\.wav', expected experiment\.json"),
        ("twice", r"contains 'label\.json' twice"),
        ("a link", r"contains the link 'label\.json'"),
        ("no events", r"has no events\.jsonl"),
        ("a bomb of events", r"events\.jsonl has 34,603,008 bytes where at most"),
        ("a bomb of nesting", "experiment.json: it is"),
        ("a pickle for a model", "cannot be read"),
        ("a model of pickles", "weights cannot be read"),
        ("a model in Keras", r"contains 'run_me\.py'"),
        ("a label of half a letter", "a text that is not Unicode"),
        ("a line that is no event", r"event of line 12 of events\.jsonl is 1"),
        ("an epoch of text", r"line 12 of events\.jsonl"),
        ("a matrix that does not fit", r"line 12 of events\.jsonl"),
    ],
)
def test_hostile_file_is_one_sentence_and_leaves_nothing(
    content, there, tmp_path, monkeypatch, name, said
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(RunError, match=said) as caught:
        import_experiment(hostile(name, content), there)
    assert len(str(caught.value)) < 500
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("experiment.json", {"version": 2}),
        ("experiment.json", {"name": 7}),
        ("experiment.json", {"state": "fitting"}),
        ("experiment.json", {"reason": None}),
        ("experiment.json", {"data": ["x"]}),
        ("experiment.json", {"identity": "\ud800"}),
        ("experiment.json", {"control": {"learning_rate": "fast"}}),
        ("experiment.json", {"control": {"epochs": -1}}),
        ("config.json", {"version": 2}),
        ("config.json", {"recipe": {"units_1": 10**9}}),
        ("config.json", {"recipe": {"nothing": 1}}),
        ("config.json", {"recipe": []}),
        ("config.json", {"data": 5}),
        ("config.json", {"created": "now"}),
        ("config.json", {"created": 1e300}),
        ("label.json", {"tags": "all"}),
        ("label.json", {"label": "x" * 1000}),
    ],
)
def test_value_of_a_wrong_kind_is_refused_and_leaves_nothing(content, there, file, values):
    with pytest.raises(RunError, match="no experiment that can be read"):
        import_experiment(changed(content, file, **values), there)
    assert not list(there.glob("*"))


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "..", "", "con", "x" * 300, "내 것"])
def test_name_that_a_file_gives_is_made_fit(content, there, name):
    run, _ = import_experiment(changed(content, "experiment.json", name=name), there)

    assert run.parent == there
    assert list_runs(there) == [run]


def test_full_disk_is_one_sentence_and_leaves_nothing(content, there, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(experiment_import, "write_status", refuse)
    with pytest.raises(RunError, match=r"could not be saved \(No space left on device\)"):
        import_experiment(content, there)
    assert not list(there.iterdir())


def test_commands_export_and_import(run, there, tmp_path, monkeypatch, capsys):
    from genre.cli import runs as commands

    monkeypatch.setattr(commands, "RUNS", there)
    out = tmp_path / "calm.zip"
    line = ["export", str(run), "--experiment", str(out)]
    assert commands.export(build_parser().parse_args(line)) == 0
    take = build_parser().parse_args(["import", str(out)])
    for said in ("imported; to see it", "is here already, as"):
        assert commands.import_run(take) == 0
        printed = capsys.readouterr()
        assert said in printed.err
        assert str(there / NAME) in printed.out
    assert commands.runs(build_parser().parse_args(["runs"])) == 0
    assert f"imported  {LABEL.label}" in capsys.readouterr().out
    with pytest.raises(RunError, match="No such file"):
        import_experiment(Path(tmp_path / "gone.zip"), there)


def test_model_of_an_experiment_is_a_model_to_import(content, tmp_path):
    from genre.models.archive import import_model

    name = import_model(unzip(content)["model.zip"], "taken out", tmp_path / "models")
    assert read_card(name, tmp_path / "models").label == "taken out"
    assert export_model(name, tmp_path / "models")
