"""Models exported and imported as zips: numbers are imported, everything else is refused."""

import io
import json
import os
import pickle
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genre.__main__ import main
from genre.errors import ModelError
from genre.models.archive import (
    IMPORTED,
    MAX_CARD_BYTES,
    delete_model,
    export_model,
    import_model,
    rename_model,
)
from genre.models.card import Figure
from genre.models.names import shown_name
from genre.models.registry import list_models, load_model, read_card, save_model

LEAK_FREE = Figure("artists whole", "tracks", 0.55, 0.5, 0.6, 430, True, "python -m genre crossval")


@pytest.fixture
def saved(tmp_path, bass_or_hiss) -> Path:
    """A folder of models with ``own`` in it, which was trained on two songs."""
    card = replace(
        bass_or_hiss.card,
        name="own",
        figures=(LEAK_FREE,),
        heard={"ab" * 32: "blues.00001", "cd" * 32: "our demo"},
        command="python -m genre train --data /srv/ann/My\\ Music --out=C:/Music/y.json",
    )
    keras = tmp_path / "any.keras"
    keras.write_bytes(b"what Keras wrote" * 100)
    save_model(bass_or_hiss.network, card, keras, folder=tmp_path / "models")
    return tmp_path / "models"


def unzip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(members, *, compression=zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def npz_of(arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def with_weights(saved: Path, weights: bytes) -> bytes:
    """The zip of ``own`` with other weights, which its card vouches for."""
    import hashlib

    files = unzip(export_model("own", saved))
    card = json.loads(files["card.json"])
    card["sha256"] = {"weights.npz": hashlib.sha256(weights).hexdigest()}
    return zip_of([("card.json", json.dumps(card)), ("weights.npz", weights)])


def test_model_exported_and_imported_predicts_the_same(saved, tmp_path, bass_or_hiss):
    path = tmp_path / "own.zip"
    path.write_bytes(export_model("own", saved))

    assert import_model(path, folder=tmp_path / "elsewhere") == "own"

    network, card = load_model("own", tmp_path / "elsewhere")
    X = np.random.default_rng(1).normal(0, 20, (3, 130, 13)).astype(np.float32)
    np.testing.assert_array_equal(network.predict_proba(X), bass_or_hiss.network.predict_proba(X))
    assert card.genres == ("bass", "hiss")
    assert set(card.heard) == {"ab" * 32, "cd" * 32}  # it still knows what it has heard


def test_same_model_gives_same_zip(saved):
    assert export_model("own", saved) == export_model("own", saved)
    assert set(unzip(export_model("own", saved))) == {"card.json", "weights.npz", "model.keras"}


def test_imported_figures_say_they_were_not_measured_here(saved, tmp_path):
    content = export_model("own", saved)
    import_model(content, "once", tmp_path / "there")
    import_model(export_model("once", tmp_path / "there"), "twice", tmp_path / "there")

    for name in ("once", "twice"):
        (figure,) = read_card(name, tmp_path / "there").figures
        assert figure.what == f"artists whole; {IMPORTED}"


def test_imported_keras_file_is_not_kept(saved):
    import_model(export_model("own", saved), "copy", saved)

    assert {p.name for p in (saved / "copy").iterdir()} == {"card.json", "weights.npz"}
    assert set(unzip(export_model("copy", saved))) == {"card.json", "weights.npz"}


def test_export_names_no_songs_and_no_folders_unless_asked_to(saved):
    card = json.loads(unzip(export_model("own", saved))["card.json"])
    assert card["heard"] == {"ab" * 32: "blues.00001", "cd" * 32: ""}
    assert card["command"] == "python -m genre train --data 'My Music' --out=y.json"

    card = json.loads(unzip(export_model("own", saved, with_names=True))["card.json"])
    assert card["heard"]["cd" * 32] == "our demo"
    assert "/srv/ann" in card["command"]


class Bomb:
    """Unpickled, it would write a file."""

    def __reduce__(self):
        return (Path.touch, (Path("unpickled"),))


def hostile(name: str, saved: Path) -> bytes:
    """Make a zip that no export gives."""
    files = unzip(export_model("own", saved))
    card, weights = files["card.json"], files["weights.npz"]
    whole = [("card.json", card), ("weights.npz", weights)]
    arrays = {key: np.array(array) for key, array in np.load(io.BytesIO(weights)).items()}
    link = zipfile.ZipInfo("model.keras")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    values = json.loads(card)
    match name:
        case "no zip":
            return b"PK\x03\x04 but not really"
        case "cut short":
            return zip_of(whole)[:-300]
        case "leads out":
            return zip_of([*whole, ("../../evil", b"x")])
        case "absolute":
            return zip_of([*whole, ("/etc/evil", b"x")])
        case "a link":
            return zip_of([*whole, (link, b"/etc/passwd")])
        case "an extra file":
            return zip_of([*whole, ("run_me.py", b"print(1)")])
        case "a folder around":
            return zip_of([(f"own/{file}", content) for file, content in whole])
        case "the same name twice":
            with pytest.warns(UserWarning, match="Duplicate"):
                return zip_of([*whole, ("card.json", card)])
        case "no weights":
            return zip_of(whole[:1])
        case "empty":
            return zip_of([])
        case "a card of a gigabyte":
            return zip_of([("card.json", b" " * (MAX_CARD_BYTES + 1)), whole[1]])
        case "a card of lists":
            return zip_of([("card.json", b"[" * 100_000), whole[1]])
        case "a card in no encoding":
            return zip_of([("card.json", b"\xff\xfe\xff"), whole[1]])
        case "a card of another version":
            return zip_of([("card.json", json.dumps(values | {"version": 9})), whole[1]])
        case "a network beyond bounds":
            values["network"]["units"] = [10**9, 64]
            return zip_of([("card.json", json.dumps(values)), whole[1]])
        case "a name that is a path":
            return zip_of([("card.json", json.dumps(values | {"name": "../up"})), whole[1]])
        case "other weights than the card says":
            return zip_of([whole[0], ("weights.npz", npz_of({"a": np.zeros(1)}))])
        case "a bomb of weights":
            return with_weights(saved, bytes(50 * 2**20))
        case "a pickled array":
            arrays["dense.bias"] = np.array([Bomb()], dtype=object)
            return with_weights(saved, npz_of(arrays))
        case "a pickle":
            return with_weights(saved, pickle.dumps(Bomb()))
        case "a wrong shape":
            arrays["dense.bias"] = np.zeros(7, np.float32)
            return with_weights(saved, npz_of(arrays))
        case "a wrong type":
            arrays["dense.bias"] = arrays["dense.bias"].astype(np.float64)
            return with_weights(saved, npz_of(arrays))
        case "an array too few":
            del arrays["dense.bias"]
            return with_weights(saved, npz_of(arrays))
        case "numbers that are none":
            arrays["dense.bias"][:] = np.nan
            return with_weights(saved, npz_of(arrays))
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no zip", "cannot be read.*exported here"),
        ("cut short", "cannot be read"),
        ("leads out", r"'\.\./\.\./evil', a path outside of it"),
        ("absolute", "a path outside"),
        ("a link", "contains the link 'model.keras'"),
        ("an extra file", r"contains 'run_me\.py', expected card\.json, weights\.npz"),
        ("a folder around", r"contains 'own/card\.json'"),
        ("the same name twice", "'card.json' twice"),
        ("no weights", r"has no weights\.npz"),
        ("empty", r"has no card\.json and no weights\.npz"),
        ("a card of a gigabyte", r"card\.json has 8,388,609 bytes where at most 8,388,608"),
        ("a card of lists", "card of the model in the zip cannot be read"),
        ("a card in no encoding", "cannot be read.*decode"),
        ("a card of another version", "has version 9"),
        ("a network beyond bounds", "cannot be read.*units"),
        ("other weights than the card says", "does not match the checksum in its card"),
        ("a bomb of weights", r"weights\.npz has 52,428,800 bytes where at most"),
        ("a pickled array", r"dense\.bias.* is object"),
        ("a pickle", "weights cannot be read"),
        ("a wrong shape", r'"dense\.bias" is float32 of shape \(7,\), expected.*\(1,\)'),
        ("a wrong type", r'"dense\.bias" is float64'),
        ("an array too few", r'lack "dense\.bias"'),
        ("numbers that are none", "not finite"),
    ],
)
def test_hostile_zip_is_one_sentence_and_leaves_nothing(saved, tmp_path, monkeypatch, name, said):
    content = hostile(name, saved)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    with pytest.raises(ModelError, match=said) as caught:
        import_model(content, folder=tmp_path / "there")

    assert len(str(caught.value)) < 500
    assert not list((tmp_path / "there").glob("*"))
    assert not list((tmp_path / "here").iterdir())


def test_zip_that_claims_less_than_it_holds_is_not_read_beyond(saved, tmp_path):
    """The claim in the directory is cut to a few bytes: what follows is not looked at."""
    content = bytearray(zip_of([("card.json", b" " * 10**6), ("weights.npz", b"")]))
    place = content.index(b"PK\x01\x02")  # the directory's first entry
    content[place + 24 : place + 28] = (5).to_bytes(4, "little")

    with pytest.raises(ModelError, match="cannot be read"):
        import_model(bytes(content), folder=tmp_path / "there")


def test_import_of_a_missing_or_too_large_file_is_refused(saved, tmp_path, monkeypatch):
    with pytest.raises(ModelError, match="No such file"):
        import_model(tmp_path / "nowhere.zip")
    monkeypatch.setattr("genre.models.archive.MAX_ZIP_BYTES", 10)
    with pytest.raises(ModelError, match="the zip has"):
        import_model(export_model("own", saved), folder=saved)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_import_of_a_pipe_is_refused_and_not_waited_for(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "model.zip")
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("waits for a writer"))

    with pytest.raises(ModelError, match=r"model.zip' is a pipe \(FIFO\). Choose a zip"):
        import_model(tmp_path / "model.zip", folder=tmp_path)


def test_name_that_is_a_path_is_made_fit(saved, tmp_path):
    assert import_model(hostile("a name that is a path", saved), folder=tmp_path / "there") == "up"
    assert list_models(tmp_path / "there") == ["up"]
    assert {path.name for path in tmp_path.iterdir()} == {"any.keras", "models", "there"}


@pytest.mark.parametrize("label", ["a\nb", "x" * 121, "\u202ea", "\udcff", 7, ["a"]])
def test_label_that_cannot_be_shown_is_refused(saved, tmp_path, label):
    (_, card), *rest = [(n, c) for n, c in unzip(export_model("own", saved)).items()]
    content = zip_of([("card.json", json.dumps(json.loads(card) | {"label": label})), *rest])

    with pytest.raises(ModelError, match="label of the card"):
        import_model(content, folder=tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_label_goes_along_with_its_model(saved, tmp_path):
    assert rename_model("own", "내 첫 모델", saved) == "nae-cheos-model"
    there = tmp_path / "there"

    assert import_model(export_model("nae-cheos-model", saved), folder=there) == "nae-cheos-model"
    assert shown_name(read_card("nae-cheos-model", there)) == "내 첫 모델"
    assert rename_model("nae-cheos-model", "plain", there) == "plain"
    assert shown_name(read_card("plain", there)) == "plain"


def test_import_does_not_replace_model(saved):
    assert import_model(export_model("own", saved), folder=saved) == "own-2"

    assert not read_card("own", saved).figures[0].what.endswith(IMPORTED)


def test_renamed_model_answers_to_its_new_name_only(saved):
    rename_model("own", "nose", saved)

    assert list_models(saved) == ["nose"]
    assert read_card("nose", saved).name == "nose"
    assert load_model("nose", saved)[1].name == "nose"
    assert json.loads(unzip(export_model("nose", saved))["card.json"])["name"] == "nose"


@pytest.mark.parametrize(
    ("typed", "name"), [("../up", "up"), ("A B", "a-b"), ("", "model"), ("Own", "own")]
)
def test_new_name_is_made_fit(saved, typed, name):
    assert rename_model("own", typed, saved) == name
    assert list_models(saved) == [name]
    assert read_card(name, saved).label == typed


def test_taken_name_gets_a_number(saved):
    import_model(export_model("own", saved), "nose", saved)

    assert rename_model("own", "nose", saved) == "nose-2"
    assert list_models(saved) == ["nose", "nose-2"]


def test_deleted_model_is_gone_whole_even_if_corrupt(saved):
    (saved / "own" / "card.json").write_text("{")

    delete_model("own", saved)

    assert not list(saved.iterdir())


@pytest.mark.parametrize("act", [delete_model, lambda name, f: rename_model(name, "x", f)])
@pytest.mark.parametrize("bundled", ["ear", "starter", "simple-rnn"])
def test_model_bundled_or_missing_is_neither_renamed_nor_deleted(saved, act, bundled):
    rename_model("own", bundled, saved)

    with pytest.raises(ModelError, match=f"{bundled} comes with the program"):
        act(bundled, saved)
    with pytest.raises(ModelError, match=r"no model named mouth\. Saved here: " + bundled):
        act("mouth", saved)
    assert list_models(saved) == [bundled]


@pytest.fixture
def at_the_terminal(saved, monkeypatch) -> Path:
    """The commands work on a folder of models with ``own`` in it."""
    for function in (list_models, read_card, delete_model, rename_model):
        monkeypatch.setattr(function, "__defaults__", (saved,))
    return saved


def test_command_deletes_only_what_is_named_twice(at_the_terminal, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("eer\n"))
    assert main(["models", "delete", "own"]) == 1
    assert "Type its name to confirm" in capsys.readouterr().err
    assert list_models(at_the_terminal) == ["own"]

    monkeypatch.setattr("sys.stdin", io.StringIO("own\n"))
    assert main(["models", "delete", "own"]) == 0
    assert list_models(at_the_terminal) == []


def test_command_exports_once_and_overwrites_nothing(tmp_path, capsys):
    path = tmp_path / "out.zip"
    assert main(["models", "export", "starter", str(path)]) == 0
    assert set(unzip(path.read_bytes())) == {"card.json", "weights.npz", "model.keras"}

    assert main(["models", "export", "starter", str(path)]) == 2
    assert "exists" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["out.zip"]


@pytest.mark.parametrize("card", [b"{}", b"[" * 99, b'{"version": 1, "name": 3}'])
def test_zip_with_a_bad_card_says_what_to_do_about_a_zip(card, tmp_path):
    content = zip_of([("card.json", card), ("weights.npz", b"")])

    with pytest.raises(ModelError, match=r"\. Choose a zip that was exported here\.$"):
        import_model(content, folder=tmp_path)


def test_command_for_absent_zip_exits_1(capsys):
    assert main(["models", "import", "nowhere.zip"]) == 1
    assert "No such file" in capsys.readouterr().err


@pytest.mark.slow
def test_exported_file_in_plain_keras_predicts_the_same(tmp_path):
    with zipfile.ZipFile(io.BytesIO(export_model("starter"))) as archive:
        archive.extract("model.keras", tmp_path)
    network, card = load_model("starter")
    shape = (4, card.network.n_steps, card.network.n_values)
    X = np.random.default_rng(7).normal(0, 10, shape).astype(np.float32)
    np.save(tmp_path / "X.npy", X)
    program = (
        "import sys, keras, numpy as np; model = keras.models.load_model('model.keras'); "
        "np.save('p.npy', model.predict(np.load('X.npy'), verbose=0)); "
        "sys.exit(any(name.split('.')[0] == 'genre' for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True)

    np.testing.assert_allclose(np.load(tmp_path / "p.npy"), network.predict_proba(X), atol=1e-5)
