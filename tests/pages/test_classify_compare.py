"""Several models side by side for one song, on Classify."""

import shutil

import pytest

from app_pages import caches
from genre.models.classifier import classify, load_classifier
from genre.paths import ROOT, SAMPLES
from genre.text.song import headline
from tests.support.app_page import keys, new_visit, texts

BLUES = SAMPLES / "blues.ogg"


@pytest.fixture
def page():
    """The blues example, classified."""
    page = new_visit().run()
    page.pills(key="first_example").select("blues").run()
    return page


def opened(page):
    page.session_state["comparing"] = True
    return page.run()


def headlines(page):
    return [one.value for one in page.header if one.value[:5] in ("Clear", "Proba", "Not s")]


def test_section_closed_asks_no_other_model(page, monkeypatch):
    asked, view = [], caches.view
    monkeypatch.setattr(
        caches, "view", lambda song, chosen: asked.append(chosen.card.name) or view(song, chosen)
    )
    page.run()

    assert set(asked) == {"ear"}
    assert "Compare models" in [expander.label for expander in page.expander]


def test_section_opened_shows_each_model_with_its_accuracy(page):
    opened(page)
    expected = [headline(classify(BLUES, load_classifier(name))) for name in ("ear", "starter")]

    assert not page.exception and not page.error
    assert headlines(page) == expected
    said = texts(page)
    assert said.count("kept out of training, this kind of model was right") == 3  # one above
    assert "starter reads MFCCs" in said
    assert "The tags that stand out here: blues" in said
    bars = [one for one in page.get("bidi_component") if "bars" in one.key]
    assert len(bars) == 3
    assert keys(page) >= {"use_model_starter"}
    assert "use_model_ear" not in keys(page)


def test_other_model_is_added(page):
    opened(page)
    page.selectbox(key="compared_model").select("course").run()

    assert not page.exception
    assert len(headlines(page)) == 3
    assert "starter and course read MFCCs" in texts(page)


def test_click_makes_another_model_the_chosen_one_for_good(page):
    opened(page)
    page.button(key="use_model_starter").click().run()
    for _ in range(2):
        assert not page.exception
        assert page.selectbox(key="model").value == "starter"
        assert page.title[0].value == headline(classify(BLUES, load_classifier("starter")))
        assert len(headlines(page)) == 2  # still open
        assert "use_model_ear" in keys(page)
        page.run()


def test_added_model_that_becomes_the_chosen_one_is_shown_once(page):
    opened(page)
    page.selectbox(key="compared_model").select("course").run()
    page.button(key="use_model_course").click().run()

    assert not page.exception
    assert page.selectbox(key="model").value == "course"
    assert len(headlines(page)) == 3  # course, ear, starter


def test_damaged_model_is_one_sentence_beside_the_others(home):
    for name in ("starter", "ear"):
        shutil.copytree(ROOT / "models" / name, home / "models" / name)
    (home / "models" / "starter" / "weights.npz").write_bytes(b"no weights")
    (home / "models" / "starter" / "card.json").touch()  # the caches know the original
    page = new_visit().run()
    page.pills(key="first_example").select("blues").run()
    opened(page)

    assert not page.exception
    assert len(page.error) == 1 and "corrupt" in page.error[0].value
    assert len(headlines(page)) == 1
    assert "use_model_starter" not in keys(page)


def test_single_model_is_compared_with_none(home):
    shutil.copytree(ROOT / "models" / "starter", home / "models" / "starter")
    page = new_visit().run()
    page.pills(key="first_example").select("blues").run()

    assert "Compare models" not in [expander.label for expander in page.expander]
