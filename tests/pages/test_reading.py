"""The reading of a result on the pages Train and Compare, without a browser."""

import json
import shutil

import pytest

from app_pages import access
from genre.paths import RECORDED, ROOT
from genre.reading import read
from genre.reading.comparison_rules import difference
from genre.runs.files import EVENTS_FILE, RunStatus, write_status
from tests.support.app_page import PAGES, new_visit, texts

CONFUSION = "Reggae is most often taken for hiphop: 21 of 28 tracks. All of them are by Bob Marley"
IN_KOREAN = "가장 잦은 혼동: 레게 → 힙합, 28개 트랙 가운데 21개."


@pytest.fixture
def mine(home):
    """The recorded run of the preset quick, as a run of this computer, beside the starter."""
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "starter")
    run = home / "runs" / "mine"
    shutil.copytree(RECORDED / "quick", run)
    write_status(run, RunStatus("finished"))
    return run


def train(**query):
    return new_visit(run="mine", **query).run().switch_page(PAGES["train"]).run()


def compare(chosen, **query):
    page = new_visit(compare=chosen, **query)
    page.switch_page(PAGES["compare"])
    page.session_state["aspect"] = "Reading"
    return page.run()


def bullets(page):
    """The sentences of the readings on a page, with their help."""
    found = [element for element in page.markdown if element.value.startswith("- ")]
    return [(e.value.replace("\\", "")[2:], e.proto.help.replace("\\", "")) for e in found]


def test_train_says_what_the_figures_of_a_run_say(mine):
    page = train()
    said = bullets(page)

    assert not page.exception
    assert 3 <= len(said) <= 5
    assert said[0][0].startswith(CONFUSION)
    assert said[-1][0].startswith("Next: ")
    for _sentence, how in said:
        assert how.startswith("How do you know? Rule “")


def test_train_says_it_in_korean(mine):
    page = train(lang="ko")
    said = bullets(page)

    assert not page.exception
    assert said[0][0].startswith(IN_KOREAN)
    assert all(how.startswith("어떻게 알 수 있습니까? 규칙 “") for _sentence, how in said)


def test_train_says_nothing_of_a_run_that_was_not_tested(mine):
    events = (mine / EVENTS_FILE).read_text().splitlines()
    (mine / EVENTS_FILE).write_text("\n".join(events[:-1]) + "\n")
    write_status(mine, RunStatus("failed", "killed"))
    page = train()

    assert not page.exception
    assert bullets(page) == []


def test_train_says_first_that_a_run_was_stopped(mine):
    events = [json.loads(line) for line in (mine / EVENTS_FILE).read_text().splitlines()]
    kept = [event for event in events if event["event"] != "epoch" or event["epoch"] <= 4]
    (mine / EVENTS_FILE).write_text("".join(json.dumps(event) + "\n" for event in kept))
    write_status(mine, RunStatus("stopped", "asked to"))
    said = bullets(train())

    assert said[0][0].startswith("Stopped after epoch 4 of 15:")
    assert said[-1][0] == "Next: resume it to its 15 epochs."


def test_train_reads_again_when_the_run_has_changed(mine):
    assert bullets(train())[0][0].startswith("Reggae")
    write_status(mine, RunStatus("stopped", "asked to"))
    events = (mine / EVENTS_FILE).read_text()
    (mine / EVENTS_FILE).write_text(events.replace('"epoch": 15', '"epoch": 14'))

    assert bullets(train())[0][0].startswith("Stopped after epoch 14 of 15:")


def test_compare_reads_each_of_the_chosen_ones(mine):
    page = compare("starter,runs/mine")
    said = [sentence for sentence, _how in bullets(page)]

    assert not page.exception
    assert "23.7 of 44 tracks, 23 of them by Bob Marley." in "\n".join(said)
    assert any(sentence.startswith(CONFUSION) for sentence in said)
    assert {"**starter**", "**mine**"} <= {element.value for element in page.markdown}


def test_compare_in_korean(mine):
    page = compare("runs/mine", lang="ko")

    assert not page.exception
    assert bullets(page)[0][0].startswith(IN_KOREAN)


def test_compare_says_where_there_is_nothing_to_say(mine):
    (mine.parent.parent / "models" / "starter" / "card.json").write_text(bare_card())
    page = compare("starter")

    assert not page.exception
    assert bullets(page) == []
    assert "Its figures say nothing more." in texts(page)


def bare_card():
    """The starter's card without figures and recipe, as that of an imported model."""
    card = json.loads((ROOT / "models" / "starter" / "card.json").read_text())
    return json.dumps(card | {"figures": [], "recipe": {}, "certainty": {}})


def test_reading_where_strangers_come_compares_with_no_run_of_others(mine, monkeypatch):
    """Without the other run, the nearest in settings is a recorded one."""
    other = mine.parent / "other"
    shutil.copytree(mine, other)
    document = json.loads((other / "config.json").read_text())
    document["recipe"]["units_1"] = 32
    (other / "config.json").write_text(json.dumps(document))
    monkeypatch.setattr(read, "RULES", {"difference": difference})  # others leave it no place

    assert "compared with other" in texts(train())
    monkeypatch.setattr(access, "is_public", lambda: True)
    page = train()
    assert not page.exception
    assert "compared with other" not in texts(page)
    assert "compared with recommended" in texts(page)
