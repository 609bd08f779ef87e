"""A card of any content in a folder of models, or in a zip: one sentence, or it can be used."""

import io
import json
import shutil
import zipfile

import pytest

from genre.compare.leaderboard import entries_fingerprint, list_entries
from genre.errors import ModelError
from genre.models.archive import delete_model, import_model
from genre.models.registry import list_models, load_model, misnamed_models, read_card
from genre.paths import ROOT
from genre.text.accuracy import card_lines
from tests.support.damage import damaged_files, damaged_objects, put, written
from tests.support.readers import use_models

STARTER = ROOT / "models" / "starter"
CARD = json.loads((STARTER / "card.json").read_text())
CARD |= {"heard": dict(list(CARD["heard"].items())[:2])}


@pytest.fixture
def folder(tmp_path):
    """A good model, and one that will be damaged."""
    for name in ("good", "bad"):
        shutil.copytree(STARTER, tmp_path / "models" / name)
    (tmp_path / "models" / "bad" / "card.json").write_bytes(written(CARD))
    return tmp_path / "models"


@pytest.mark.parametrize("file", ["card.json", "weights.npz"])
def test_model_file_of_any_content_harms_no_other_model(folder, file):
    path = folder / "bad" / file
    for _, content in damaged_files(path.read_bytes()):
        put(path, content)
        if (folder / "bad" / "card.json").exists():
            use_models(folder)
            with pytest.raises(ModelError):
                load_model("bad", folder)


@pytest.mark.parametrize("key", CARD)
def test_card_with_any_wrong_value_harms_no_other_model(folder, key):
    depth = 1 if key == "recipe" else 2  # tests/recipes looks at each setting
    for _, part in damaged_objects({key: CARD[key]}, depth):
        rest = {k: v for k, v in CARD.items() if k != key}
        put(folder / "bad" / "card.json", written(rest | part))
        use_models(folder)


def zipped(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("card.json", content)
        archive.write(STARTER / "weights.npz", "weights.npz")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": [1]}, r"data of the card is \[1\]"),
        ({"data": None}, "data of the card is None"),
        ({"recipe": None}, "recipe of the card is None"),
        ({"recipe": [1]}, r"recipe of the card is \[1\]"),
        ({"name": 5}, "name of the card is 5"),
        ({"figures": {}}, "figures of the card is {}"),
        ({"figures": [{**CARD["figures"][0], "n": int("9" * 400)}]}, "whole number"),
        ({"figures": [{**CARD["figures"][0], "what": 5}]}, "what of figures"),
        ({"genres": ["a\ud800", *CARD["genres"][1:]]}, "not Unicode"),
        ({"genres": ["a\udce9", *CARD["genres"][1:]]}, "item 1"),
        ({"created": "yesterday"}, "expected a date and time"),
        ({"sha256": {"../card.json": ""}}, "expected one of weights"),
    ],
)
def test_import_of_a_card_with_a_wrong_value_is_refused_in_one_sentence(tmp_path, change, reason):
    with pytest.raises(ModelError, match=reason) as failure:
        import_model(zipped(written(CARD | change)), folder=tmp_path)

    assert len(str(failure.value)) < 500
    assert not list_models(tmp_path)


def test_import_of_any_whole_content_is_refused(tmp_path):
    for name, content in damaged_files(written(CARD)):
        if content is not None:
            with pytest.raises(ModelError):
                import_model(zipped(content), folder=tmp_path)
            assert not list_models(tmp_path), name


def test_card_naming_files_in_other_bytes_can_be_shown(folder):
    figure = {**CARD["figures"][0], "command": "python caf\udce9"}
    data = CARD["data"] | {"name": "caf\udce9"}
    change = {"data": data, "figures": [figure], "command": "caf\udce9"}
    put(folder / "bad" / "card.json", written(CARD | change))

    card = read_card("bad", folder)
    assert (card.data["name"], card.command) == ("caf?", "caf?")
    "\n".join(card_lines(card)).encode()


def test_model_in_a_folder_of_no_valid_name_is_reported_and_can_be_deleted(folder):
    (folder / "bad").rename(folder / "No Name")

    entries_fingerprint(folder, folder, folder)
    assert list_models(folder) == ["good"]
    damaged = list_entries(folder, folder, folder)[1]
    assert [one.name for one in damaged if one.kind == "model"] == ["No Name"]
    delete_model("No Name", folder)
    assert not (folder / "No Name").exists()
    assert misnamed_models(folder) == []
