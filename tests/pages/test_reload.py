"""A page that is opened again by its address alone shows the same: its whole link is kept."""

from dataclasses import replace

import pytest

from app_pages import session
from genre import paths
from genre.builder.dataset import folder_of
from genre.builder.sources import add_source
from genre.builder.store import create
from genre.recipes.config import PRESETS
from tests.builder.conftest import wav
from tests.support.app_page import PAGES, new_visit, texts
from tests.support.many_runs import write_sweep


@pytest.fixture
def runs(home, monkeypatch):
    monkeypatch.setattr(paths, "SWEEPS", home / "sweeps")
    return home / "runs"


@pytest.fixture
def datasets(tmp_path, monkeypatch):
    """Two datasets of one's own: the names of their folders."""
    monkeypatch.setattr(paths, "HOME", tmp_path / "home")
    slugs = [create(label).slug for label in ("First songs", "둘째 노래")]
    for n, slug in enumerate(slugs):
        for genre in ("jazz", "rock"):
            (tmp_path / slug / genre).mkdir(parents=True)
            (tmp_path / slug / genre / "a.wav").write_bytes(
                wav(10 * n + len(genre) + ord(genre[0]))
            )
        add_source(slug, tmp_path / slug, n_jobs=1)
    return slugs


def opened(name, **query):
    """A page, opened by its address with these parameters."""
    page = new_visit(**query).run().switch_page(PAGES[name])
    page.query_params.update(query)
    page.run()
    assert not page.exception
    return page


def link_of(page):
    """The parameters of a page's address."""
    pairs = dict(page.query_params).items()
    return {name: value[0] if isinstance(value, list) else value for name, value in pairs}


def again(name, page):
    """The same address in another visit, whose own address must be the same then."""
    query = link_of(page)
    other = opened(name, **query)
    assert link_of(other) == query
    return other


def test_classify_has_its_song_and_model_again():
    page = opened("classify")
    page.pills(key="first_example").select("jazz").run()
    page.selectbox(key="model").select("course").run()
    other = again("classify", page)

    assert [song.name for song in other.session_state["songs"]] == [
        song.name for song in page.session_state["songs"]
    ]
    assert other.selectbox(key="model").value == "course"
    assert texts(other) == texts(page)


def test_compare_has_all_that_was_chosen_again(runs):
    write_sweep(runs, rates=(1e-3, 1e-2, 1e-1), seeds=tuple(range(30)))
    page = opened("compare")
    names = sorted(f"runs/{run.name}" for run in runs.iterdir())
    page.session_state["compared"] = ",".join(names)
    page.run()
    other = again("compare", page)

    assert other.session_state["compared"].split(",") == names
    assert "left out" not in texts(other)


def test_compare_says_what_is_wrong_with_its_link(home):
    assert "compare in the link has 30,000 characters" in texts(
        opened("compare", compare="x" * 30_000)
    )


@pytest.mark.parametrize("section", ["runs", "sweeps"])
def test_experiments_has_its_section_and_all_runs_again(runs, section):
    write_sweep(runs, rates=(1e-3, 1e-2, 1e-1), seeds=tuple(range(30)))
    page = opened("experiments")
    page.session_state["picked"] = ",".join(run.name for run in runs.iterdir())
    page.run()
    page.button_group(key="at_section").set_value(section).run()
    other = again("experiments", page)

    assert other.button_group(key="at_section").value in (section, [section])
    assert other.session_state["picked"] == page.session_state["picked"]
    if section == "runs":
        assert "90 runs shown, 90 chosen." in texts(other)


def test_sweeps_have_the_settings_and_the_data_of_train_again(runs, datasets):
    page = opened("train", preset="quick", dropout="0.25")
    page.selectbox(key="data").select(f"dataset:{datasets[1]}").run()
    page.query_params.clear()  # as the browser does
    page.switch_page(PAGES["experiments"]).run()
    page.button_group(key="at_section").set_value("sweeps").run()
    other = again("experiments", page)

    assert other.session_state["recipe"][1] == replace(
        PRESETS["quick"], preset="custom", dropout=0.25
    )
    assert other.selectbox(key="data").value == f"dataset:{datasets[1]}"
    assert "As set on Train" in other.button_group(key="sweep_base").options


def test_data_has_its_dataset_again(datasets):
    page = opened("data")
    page.selectbox(key="at_dataset").select(datasets[0]).run()
    page.selectbox(key="at_dataset").select(datasets[1]).run()
    page = again("data", page)
    assert page.selectbox(key="at_dataset").value == datasets[1]
    page.selectbox(key="at_dataset").select(datasets[0]).run()
    assert again("data", page).selectbox(key="at_dataset").value == datasets[0]


def test_data_says_that_the_dataset_of_a_link_is_not_here(datasets):
    page = opened("data", dataset="gone")
    assert "The link names gone, which is not here." in texts(page)
    assert folder_of(page.session_state["dataset"]).is_dir()
    page.button(key="build_delete").click().run()
    assert "which is not here" not in texts(page)


PLACES = [
    {"scene": "cell", "step": 40, "layer": 2, "unit": 3, "gate": "input", "held_units": "one",
     "held_percent": 50},
    {"scene": "verdict", "part": "Silence a second", "second": 3},
    {"scene": "cinema", "layer": 2},
    {"scene": "forgetting", "step": 7, "unit": 5},
    {"zoom": "recurrent_2/unit_5/forget_gate", "step": 20},
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.get("scene", "way"))
def test_inside_has_its_place_again(place):
    page = opened("inside", model="starter", song="jazz")
    for name, value in place.items():
        page.session_state[name] = value
    page.run()
    other = again("inside", page)

    of_page = [entry.name for entry in session.TABLE if entry.page == "inside"]
    assert len(of_page) >= 11
    for name in of_page:
        assert other.session_state[name] == page.session_state[name], name
    assert {name: other.session_state[name] for name in place} == place
    computed = texts(page.run()).replace(" As far as computed.", "")  # which goes on meanwhile
    assert texts(other).replace(" As far as computed.", "") == computed
    assert other.session_state["songs"][0].name == page.session_state["songs"][0].name


def test_classify_has_the_open_one_of_several_songs_again():
    page = opened("classify")
    files = [(f"{n}.wav", wav(n, 4.0), "audio/wav") for n in range(3)]
    page.file_uploader(key="uploads").set_value(files).run()
    page.button(key="next_song").click().run()
    page.button(key="next_song").click().run()
    other = again("classify", page)

    assert [song.name for song in other.session_state["songs"]] == ["0.wav", "1.wav", "2.wav"]
    assert other.session_state["opened"] == 1
    assert "Song 2 of 3" in texts(other)
