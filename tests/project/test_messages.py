"""The catalogues have every sentence of the source, translated; no sentence is outside them."""

import re

import pytest
from babel.messages.catalog import Catalog

from genre.models.measured_on import measured_on
from genre.models.registry import list_models, read_card
from genre.paths import LOCALE, MODELS_BUNDLED, ROOT
from tests.support import messages
from tests.support.sentences import text_literals

CATALOGUES = sorted(LOCALE.glob("*.po"))
LEAST_MESSAGES, LEAST_LITERALS = 600, 1500
ENGLISH = ("genre/cli/", "genre/lesson/")
"""The command line and the notebook's exercises speak English alone."""
"""A search that finds fewer looks in the wrong place."""

# The text literals of a module that are no messages, by why; one more in it is looked at.
NO_MESSAGES = {
    "names of musicnn's tags": {"genre/audio/musicnn_network.py": 14, "genre/audio/tags.py": 7},
    "names of Keras's classes, and where in its configuration": {
        "genre/models/keras_config.py": 17, "genre/models/keras_network.py": 9,
        "genre/models/keras_weights.py": 5, 
        "genre/export/keras_script.py": 8, "genre/text/models.py": 2,
    },
    "English on a card, which `measured_on` translates where it is shown": {
        "genre/audio/feature_config.py": 1, "genre/evaluation/evaluation.py": 2,
        "genre/evaluation/seen_tracks.py": 5, "genre/models/archive.py": 1,
        "genre/splits/split_leakage.py": 2, "genre/training/crossval.py": 7,
        "genre/training/save.py": 7,
    },
    "English in a status or a file, translated where it is shown": {
        "genre/export/run_report.py": 1, "genre/runs/stop.py": 1, "genre/training/run.py": 2,
        "genre/runs/files.py": 1, "genre/sweeps/advance.py": 1,
        "genre/models/confidence.py": 1,
    },
    "where in a file a value stands, as a path": {"genre/system/schema.py": 4,
        "genre/models/measured_schema.py": 1, "genre/training/checkpoint.py": 1},
    "before the sentence of the command line": {
        "genre/__main__.py": 2, "genre/system/turn_job.py": 1, "genre/models/keras_import.py": 1,
    },
    "names, keys, columns and headers that nobody reads": {
        "genre/cluster/perform.py": 2,
        "genre/audio/formats.py": 2, "genre/collection/search.py": 1,
        "genre/builder/file_tags.py": 2,
        "genre/collection/store.py": 1,
        "genre/datasets/data_files.py": 1, "genre/datasets/extraction_cache.py": 1,
        "genre/datasets/layout.py": 2, "genre/datasets/types.py": 1,
        "genre/evaluation/track_predictions.py": 1, "genre/system/download.py": 3,
        "genre/system/warm_worker.py": 1, "genre/training/robustness.py": 1,
        "genre/text/compare.py": 1, "genre/text/effects.py": 1, "genre/text/format.py": 4,
        "genre/text/training_data.py": 1, "genre/text/uploads.py": 1,
        "app_pages/languages.py": 1, "app_pages/train_data.py": 2, "app_pages/compare_chosen.py": 1,
        "app_pages/script_files.py": 1,
        "app_pages/experiments_table.py": 1, "app_pages/experiments_views.py": 2,
    },
    "classes and names of Plotly's": {
        "genre/charts/colours.py": 1, "genre/charts/svg_curves.py": 4,
        "genre/scenes/memory_chart.py": 1,
        "genre/charts/training.py": 1,
    },
    "names of parts and keys, and where they are compared": {
        "app_pages/inside_film.py": 1, "app_pages/inside_parts.py": 10,
        "app_pages/inside_silence.py": 1, "app_pages/session_entry.py": 2,
        "genre/scenes/descriptions.py": 4, "genre/tour/stops.py": 2,
    },
    "values that `genre.scenes.film_text` tells apart": {"genre/interpret/occlusion.py": 2},
    "the program's name": {
        "app_pages/header.py": 2, "app_pages/login.py": 1, "streamlit_app.py": 1,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def source():
    """All messages of the source."""
    return messages.extract()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_catalogue_has_every_message_translated(path, source):
    catalogue = messages.read(path)

    assert len(source) >= LEAST_MESSAGES
    assert list(messages.problems(catalogue, source)) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_bringing_a_catalogue_up_to_date_again_changes_nothing(path, source, tmp_path):
    again = tmp_path / path.name
    messages.write(again, messages.updated(messages.read(path), source))

    assert again.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def catalogue_of(*entries):
    catalogue = Catalog(locale="ko")
    for entry in entries:
        catalogue.add(*entry)
    return catalogue


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ((), "is not in it"),
        (("{n} left", ""), "is not translated"),
        (("{n} left", "{m} 남음"), "has the fields"),
        (("{n} left", "{n:.0f} 남음"), "has the fields"),
        (("{n} left", "{n 남음"), "has the fields"),
        (("{n} left", "{n} 남음", (), ["fuzzy"]), "is fuzzy"),
    ],
)
def test_wrong_entries_are_found(entry, problem):
    found = list(
        messages.problems(catalogue_of(*[entry] * bool(entry)), catalogue_of(("{n} left",)))
    )
    assert len(found) == 1
    assert problem in found[0]


def test_wrong_plurals_and_old_entries_are_found():
    source = catalogue_of((("{n} song", "{n} songs"),))
    catalogue = catalogue_of((("{n} song", "{n} songs"), ("{n}곡", "{n}곡들")), ("Gone", "없음"))
    found = sorted(messages.problems(catalogue, source))

    assert [line.partition(":")[0] for line in found] == ["has 2 plural forms", "is in no source"]


def test_right_entries_are_left_alone():
    entries = [("{n} left", "{n} 남음"), ("%{x:.0%} of it", "그중 %{x:.0%}"), ("100% {", "100% {")]
    assert list(messages.problems(catalogue_of(*entries), catalogue_of(*entries))) == []


def test_messages_in_functions_f_strings_and_constants_are_found(tmp_path):
    (tmp_path / "genre").mkdir()
    (tmp_path / "genre" / "module.py").write_text(
        'A = N_("first")\nB = f"<b>{_(\'second\')}</b>"\nC = ngettext("{n} a", "{n} b", 2)\n'
        'D = setting(0, "third")\nE = layer.refusal("{where} fourth")\nF = _(variable)\n'
        'G = pgettext("genre", "fifth")\n'
    )
    (tmp_path / "babel.cfg").write_text((ROOT / "babel.cfg").read_text())
    found = {(m.context, m.id) for m in messages.extract(tmp_path) if m.id}

    expected = {"first", "second", "third", "{where} fourth", ("{n} a", "{n} b")}
    assert found == {(None, text) for text in expected} | {("genre", "fifth")}


def modules():
    """All modules whose sentences may reach a page."""
    found = [ROOT / "streamlit_app.py"]
    for folder in ("app_pages", "genre"):
        found += sorted((ROOT / folder).rglob("*.py"))
    names = {path.relative_to(ROOT).as_posix(): path for path in found}
    return {name: path for name, path in names.items() if not name.startswith(ENGLISH)}


def test_no_sentence_is_outside_the_catalogue():
    allowed = {name: n for group in NO_MESSAGES.values() for name, n in group.items()}
    n_literals, found = 0, {}
    for name, path in modules().items():
        literals, outside = text_literals(path.read_text(encoding="utf-8"))
        n_literals += len(literals)
        if len(outside) != allowed.get(name, 0):
            found[name] = [(literal.line, literal.text) for literal in outside]

    assert found == {}
    assert n_literals >= LEAST_LITERALS


@pytest.mark.parametrize(
    "line",
    [
        'st.button("Read it again")',
        'st.button(":material/add: Listen live")',
        'st.slider(label="Speed")',
        'raise AudioError(f"{name} is empty. Choose another.")',
        "st.html(f'<p title=\"How sure\">{x}</p>')",
        'TITLES = {"a": "Your songs"}',
        'x = "Start" if ready else y',
        'figure.update_xaxes(title_text="Seconds")',
    ],
)
def test_sentences_outside_are_found(line):
    assert len(text_literals(line)[1]) == 1


@pytest.mark.parametrize(
    "line",
    [
        'st.button(_("Read it again"), key="read_again")',
        'TITLES = {"a": N_("Your songs")}',
        'raise ValueError("no such thing")',
        'def f(x: "Song of it") -> "Some Class":\n    """What it does."""',
        'if name == "Some name": pass',
        'st.html(f\'<span class="bar tall" style="--share:{x:.2f}"></span>\')',
        'database.execute("SELECT name FROM songs")',
    ],
)
def test_what_nobody_reads_is_passed_over(line):
    assert text_literals(line)[1] == []


def test_marks_of_both_searches_are_the_same():
    from tests.support.sentences import MARKS

    assert {"_", "N_", "ngettext", "pgettext"} <= MARKS <= set(messages.KEYWORDS)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_what_bundled_cards_say_is_translated(path):
    from genre import language

    said = {
        text
        for name in list_models(MODELS_BUNDLED)
        for card in [read_card(name, MODELS_BUNDLED)]
        for text in (card.about, *(figure.what for figure in card.figures))
    }
    assert len(said) >= 8
    assert {measured_on(text) for text in said} == said
    with language.use(path.stem):
        left = {text: re.findall(r"[A-Za-z]{2,} [A-Za-z]{2,}", measured_on(text)) for text in said}
    assert not {text for text, words in left.items() if words}


SINK = re.compile(
    r"(?:(?:textContent|innerText|innerHTML|\.title|placeholder|ariaLabel)\s*=(?!=)"
    r"|setAttribute\(\"(?:aria-label|aria-valuetext|title|alt)\","
    r"|(?:\"aria-label\"|\"aria-valuetext\"|\btitle|\bplaceholder):)\s*"
    r"(?P<value>`[^`]*`|[^,;(){}]*)"
)
"""Where a script puts text into the page, or into the name of an element."""


def words_of_script(text):
    """The lines on which a script shows words of its own, and how many places were looked at."""
    found, n_sinks = [], 0
    for line in text.split("\n"):
        for sink in SINK.finditer(line.partition(" // ")[0]):
            n_sinks += 1
            value = re.sub(r"[!=]==? *\"[^\"]*\"", "", sink["value"])
            literals = re.findall(r"\"[^\"]*\"|'[^']*'|`[^`]*`", value)
            if re.search("[A-Za-z]{2,}", re.sub(r"\$\{[^}]*\}", "", " ".join(literals))):
                found.append(line.strip())
    return found, n_sinks


def test_scripts_get_their_words_from_python():
    paths = [*(ROOT / "app_pages").glob("*.js"), *(ROOT / "app_pages").glob("*.py")]
    found, n_sinks = {}, 0
    for path in sorted(paths):
        lines, n = words_of_script(path.read_text(encoding="utf-8"))
        found |= {path.name: lines} if lines and path.suffix == ".js" else {}
        n_sinks += n
    assert found == {}
    assert n_sinks >= 30


def test_words_in_a_script_are_found():
    assert words_of_script("button.textContent = words.play;") == ([], 1)
    assert words_of_script('button.textContent = isOn === "on" ? words.a : words.b;') == ([], 1)
    assert words_of_script('label.innerHTML = icon("volume");') == ([], 1)
    for line in (
        'button.textContent = "Play";',
        'make("a", { "aria-label": `Go to ${x}` });',
        'bar.setAttribute("aria-valuetext", "no sound");',
        'place.title = isOn ? words.a : "Stop";',
    ):
        assert words_of_script(line) == ([line], 1)
