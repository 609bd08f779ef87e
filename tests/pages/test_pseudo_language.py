"""Every page in a language that nobody speaks: what is not in brackets is in no catalogue."""

import pytest

from genre import language
from genre.audio.musicnn_network import TAGS
from genre.audio.tags import WORDS
from genre.scenes.descriptions import SCENES
from genre.tour.stops import STOPS
from tests.support import pseudo
from tests.support.app_page import new_visit

NAMES = {
    *("Genre", "Lab", "GTZAN", "LSTM", "MFCC", "RNN", "musicnn", "AdamW", "Adam", "Keras"),
    *("English", "Korean", "gtzan", "subset", "mini", "full"),
    *("starter", "course", "ear", "simple", "rnn", "recommended", "quick", "custom"),
    *("csv", "json", "html", "py", "zip", "kB", "MB", "GB", "Hz", "dB", "ms"),
    *("ECE", "music", "tcp"),  # the expected calibration error; a folder; an address
    *(word for tag in (*TAGS, *WORDS.values()) for word in tag.replace("-", " ").split()),
}
"""Names of programs, data, models and musicnn's tags, and units: the same in every language."""


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory):
    """A folder with the language of brackets alone, which takes a second to make."""
    folder = tmp_path_factory.mktemp("locale")
    pseudo.write_catalogue(folder)
    language.catalogue.cache_clear()
    yield folder
    language.catalogue.cache_clear()


@pytest.fixture(autouse=True)
def brackets(catalogues, monkeypatch):
    """The pages speak the language of brackets."""
    monkeypatch.setattr(language, "LOCALE", catalogues)
    monkeypatch.setenv(language.VARIABLE, pseudo.CODE)  # of what AppTest itself formats


def open_page(name="classify", **query):
    page = new_visit(lang=pseudo.CODE, **query).run()
    if name != "classify":
        page.switch_page(f"app_pages/{name}.py").run()
    assert not page.exception
    return page


def stray_words(page):
    """Each text with words in no brackets, and these words."""
    texts = list(pseudo.shown_texts(page))
    assert len(texts) > 20
    assert sum("⟦" in text for _, text in texts) > 15
    strays = {}
    for place, text in texts:
        words = [word for word in pseudo.words_outside(text) if word not in NAMES]
        if words:
            strays[f"{place}: {text[:200]}"] = words
    return strays


def english_genres(page):
    """Each text that names a genre in English, but for musicnn's tags."""
    texts = {text for _, text in pseudo.shown_texts(page)} - {*TAGS}
    return sorted(text for text in texts if pseudo.genres_in(text))


def test_brackets_show_what_is_in_no_catalogue():
    assert pseudo.words_outside("⟦Right for ⟦3 of 4⟧ songs⟧, 75% and `code` :material/add:") == [
        "and"
    ]
    assert pseudo.words_outside('<b title="Genre">⟦a⟧</b>') == ["Genre"]


def test_classify_before_and_after_a_song():
    page = open_page()
    assert stray_words(page) == {}
    page.pills(key="first_example").select("jazz").run()
    assert not page.exception
    assert stray_words(page) == {}


@pytest.mark.parametrize("name", ["train", "compare", "collection", "data"])
def test_page_in_brackets(name):
    assert stray_words(open_page(name)) == {}


@pytest.mark.parametrize("data", ["get GTZAN", "on this computer"])
def test_train_with_other_data_in_brackets(data):
    page = open_page("train")
    page.session_state["data"] = data
    page.run()
    assert not page.exception
    assert stray_words(page) == {}


@pytest.mark.parametrize(
    "aspect", ["Differences", "Confusion matrices", "Confidence", "Learning curves", "Details"]
)
def test_comparison_in_brackets(aspect):
    page = open_page("compare", compare="starter,simple-rnn")
    page.session_state["aspect"] = aspect
    page.run()
    assert not page.exception
    assert stray_words(page) == {}


@pytest.mark.parametrize(
    ("scene", "part"), [(scene, part) for scene in SCENES for part in SCENES[scene].parts]
)
def test_scene_in_brackets(scene, part):
    query = {"scene": scene, "part": part, "song": "jazz", "model": "starter", "second": "5"}
    page = open_page("inside", **query)
    assert stray_words(page) == {}
    assert english_genres(page) == []


@pytest.mark.parametrize("stop", range(1, len(STOPS) + 1))
def test_stop_of_the_tour_in_brackets(stop):
    page = open_page("tour", stop=str(stop), song="jazz", model="starter")
    assert stray_words(page) == {}
    assert english_genres(page) == []
