"""What a dataset that was built here is called in sentences: its label, never its folder's name."""

import json
from dataclasses import replace

import pytest

from app_pages import train_data
from genre.builder import edit
from genre.builder.dataset import folder_of
from genre.builder.sharing import begin_import, export_dataset
from genre.builder.sources import add_source
from genre.builder.store import create
from genre.compare.leaderboard import list_entries
from genre.datasets.data_files import LABEL_FILE, label_in, name_of
from genre.datasets.identity import identify
from genre.datasets.load import list_tracks, load_dataset
from genre.datasets.pack import read_pack
from genre.errors import DatasetError
from genre.experiments.index import RunIndex
from genre.export.experiment import data_name, fingerprint, trained
from genre.export.run_report import run_report
from genre.recipes.config import PRESETS
from genre.recipes.prepare import check_source_split
from genre.splits.split import split_tracks
from genre.sweeps.spec import SweepSpec
from genre.text.song import dataset_name
from genre.text.sweeps import plan_line
from tests.support.leaderboard_runs import guesses
from tests.support.live_runs import write_run
from tests.support.made_up import two_genre_data
from tests.support.readers import EVENTS

LABEL = "Three kinds: R/B"


@pytest.fixture
def built(songs):
    """The folder of a dataset whose label says more than its slug."""
    slug = create(LABEL).slug
    assert slug == "three-kinds-r-b"
    add_source(slug, songs, n_jobs=1)
    return folder_of(slug)


def test_data_are_called_by_their_label_wherever_they_are_read(built, tmp_path):
    assert label_in(built) == name_of(built) == dataset_name(str(built)) == LABEL
    assert load_dataset(built).name == list_tracks(built).name == LABEL
    export_dataset(built.name, tmp_path / "pack.zip", "mfcc")
    slug = begin_import(tmp_path / "pack.zip")
    add_source(slug, tmp_path / "pack.zip", n_jobs=1)
    packed = folder_of(slug)
    assert load_dataset(packed).name == list_tracks(packed).name == f"{LABEL} 2"
    (packed / "frames.npz").write_bytes(b"")
    with pytest.raises(DatasetError, match=rf"in the pack {LABEL} 2 is not"):
        read_pack(packed)


def test_label_is_read_of_what_was_built_here_alone(built, tmp_path):
    other = tmp_path / "music"
    other.mkdir()
    (other / LABEL_FILE).write_text(json.dumps({"label": "not mine"}))
    assert (label_in(other), name_of(other)) == ("", "music")
    (built / LABEL_FILE).write_text("[]")
    assert (label_in(built), name_of(built)) == ("", built.name)


def test_refusals_of_a_split_name_the_label(built):
    data = load_dataset(built)
    with pytest.raises(DatasetError, match=f"the dataset {LABEL} has"):
        split_tracks(data, by="artist", test_share=0.25, validation_share=0.2, seed=0)
    edit.remove_class(built.name, "국악")
    config = replace(PRESETS["quick"], split="track")
    assert f"the dataset {LABEL} has one genre" in check_source_split(str(built), config).problem


def test_runs_sweeps_and_reports_name_the_label(built, tmp_path):
    measured = {**EVENTS[-1], **guesses(two_genre_data(6)).to_dict()}
    told = EVENTS[1] | {"name": LABEL}
    runs = tmp_path / "runs"
    run = write_run(runs / "20260101-120000000-calm", EVENTS[0], told, *EVENTS[2:-1], measured,
                    data=str(built))  # fmt: skip
    (record,) = RunIndex(runs).read()[0]
    spec = SweepSpec(label="x", data=str(built), preset="quick", settings={"dropout": (0.1, 0.2)})

    assert dataset_name(record.data) == LABEL
    assert f" on {LABEL}: " in plan_line(spec, 2)
    (entry,) = list_entries(tmp_path / "none", runs, tmp_path / "none")[0]
    assert entry.data == LABEL
    report = run_report(run)
    assert f"<td>{LABEL}</td>" in report and f">{built.name}<" not in report


def test_experiment_is_known_again_after_its_data_lost_their_label(built, tmp_path):
    run = write_run(tmp_path / "runs" / "20260101-120000000-calm", *EVENTS, data=str(built))
    files = trained(run)

    assert data_name(str(built)) == "Three kinds: R B"
    assert json.loads(files["config.json"])["data"] == "Three kinds: R B"
    (built / LABEL_FILE).unlink()
    assert trained(run) != files
    assert fingerprint(trained(run)) == fingerprint(files)
    other = files | {"config.json": files["config.json"].replace(b'"seed": 0', b'"seed": 1')}
    assert fingerprint(other) != fingerprint(files)


def test_link_to_data_that_were_changed_names_their_label(built):
    identity = identify(built)
    assert identity.startswith("three-kinds-r-b~")  # a link has what any address can hold
    assert train_data.name_of(identity) == f"{LABEL} (not here)"
