"""Keras models of one's own: read without Keras, refused by the layer's name."""

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

from genre.audio.feature_config import MfccConfig
from genre.errors import ModelError, ParameterError
from genre.models import keras_import
from genre.models.keras_import import (
    GTZAN_GENRES,
    import_keras_model,
    is_keras,
    read_keras_model,
)
from genre.models.keras_weights import CONFIG_FILE, HDF5_FILE, read_keras
from genre.models.registry import load_model
from genre.network.forward import Network
from genre.paths import HOME_VARIABLE, ROOT
from genre.system.schema import Damaged
from tests.support.command import replace_command
from tests.support.keras_models import FILES, segments

COURSE, COURSE_H5, FUNCTIONAL = (
    (FILES / name).read_bytes() for name in ("course.keras", "course.h5", "functional.h5")
)
EXPECTED = np.load(FILES / "expected.npz")
LSTM, DENSE, OUTPUT = 1, 3, 5
"""Places of layers in the course's model."""


def changed(change, content=COURSE):
    """The course's file with another configuration, or other weights."""
    members = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
    config = json.loads(members[CONFIG_FILE])
    buffer = io.BytesIO(members[HDF5_FILE])
    with h5py.File(buffer, "r+") as weights:
        change(config["config"]["layers"], weights)
    members |= {CONFIG_FILE: json.dumps(config).encode(), HDF5_FILE: buffer.getvalue()}
    return zipped(members)


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_setting(place, **settings):
    return changed(lambda layers, _: layers[place]["config"].update(settings))


def with_kind(place, kind, **keys):
    return changed(lambda layers, _: layers[place].update(class_name=kind, **keys))


def with_dataset(path, **options):
    """The course's file with another dataset in the place of one."""

    def replace(_, weights):
        del weights[path]
        weights.create_dataset(path, **options)

    return changed(replace)


def with_link(path, link):
    def replace(_, weights):
        del weights[path]
        weights[path] = link

    return changed(replace)


@pytest.mark.parametrize(
    ("content", "name"),
    [(COURSE, "course"), (COURSE_H5, "course"), (FUNCTIONAL, "functional")],
    ids=["keras", "h5", "functional"],
)
def test_probabilities_equal_those_that_keras_computed(content, name):
    network, weights, has_steps = read_keras(content)

    found = Network(network, weights).predict_proba(segments())

    assert has_steps
    assert np.abs(EXPECTED[name] - 1 / found.shape[1]).max() > 0.1  # not all the same
    np.testing.assert_allclose(found, EXPECTED[name], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (with_kind(LSTM, "GRU"), r"layer 'lstm' \(GRU\) is of a kind that is not known"),
        (with_kind(DENSE, "Lambda"), r"layer 'dense' \(Lambda\) is of a kind that is not known"),
        (
            with_kind(DENSE, "Dense", registered_name="Own>Dense", module=None),
            r"layer 'dense' \(Dense\) is a custom layer",
        ),
        (with_kind(DENSE, "Dense", module="evil"), r"'dense' \(Dense\) .*custom layer"),
        (with_setting(LSTM, recurrent_activation="hard_sigmoid"),
         r"recurrent_activation of the layer 'lstm' \(LSTM\) is 'hard_sigmoid', expected 'sig"),
        (with_setting(LSTM, activation={"class_name": "function", "config": "f"}),
         r"activation of the layer 'lstm' \(LSTM\) is \{.*expected 'tanh'"),
        (with_setting(LSTM, go_backwards=True), r"go_backwards of the layer 'lstm'"),
        (with_setting(LSTM, stateful=True), r"stateful of the layer 'lstm'"),
        (with_setting(LSTM, return_sequences=False),
         r"layer 'lstm_1' \(LSTM\) comes after a layer that returns no sequence"),
        (with_setting(LSTM + 1, return_sequences=True), r"layer 'dense' .* reads every step"),
        (with_setting(LSTM, units=10**9), r"units of the layer 'lstm' \(LSTM\) is 1000000000"),
        (with_setting(LSTM, dtype="mixed_float16"), r"dtype of the layer 'lstm'.*'float32'"),
        (with_setting(LSTM, magic=1), r"magic of the layer 'lstm' .*setting is not known"),
        (with_setting(DENSE, activation="gelu"), r"activation of the layer 'dense' .*'gelu'"),
        (with_setting(DENSE, activation="linear"), r"'dense' .* is 'linear', expected 'relu'"),
        (with_setting(OUTPUT, activation="sigmoid"), r"activation of the layer 'dense_1'"),
        (with_setting(OUTPUT, activation="linear"), r"ends with the layer 'dense_1'.*softmax"),
        (with_setting(0, batch_shape=[None, 130, 13, 1]), r"input shape .* is \(130, 13, 1\)"),
        (with_setting(0, batch_shape=[None, 10**9, 13]), r"number of steps .* is 1000000000"),
        (changed(lambda layers, _: layers.extend(layers[:1] * 99)), r"has 105 layers"),
        (changed(lambda layers, _: layers.__delitem__(slice(1, 3))), r"layer 'dense' .*every step"),
    ],
)  # fmt: skip
def test_model_that_cannot_be_computed_is_refused_by_the_layer(content, message):
    with pytest.raises(Damaged, match=message):
        read_keras(content)


BIAS = "layers/dense/vars/1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (with_dataset(BIAS, data=np.full(7, np.nan, "f4")), r"bias of the layer 'dense'.*finite"),
        (with_dataset(BIAS, data=np.zeros(6, "f4")), r"shape \(6,\), expected float32 .*\(7,\)"),
        (with_dataset(BIAS, data=np.zeros(7, "f8")), r"bias of .* is float64 of shape"),
        (with_dataset(BIAS, shape=(10**9,), dtype="f4", chunks=(1000,)), r"\(1000000000,\)"),
        (with_dataset(BIAS, shape=(7,), dtype=h5py.ref_dtype), r"bias of .* is object"),
        (with_dataset(BIAS, shape=(7,), dtype="f4", external=[("/etc/passwd", 0, 28)]),
         r"bias of the layer 'dense' .*stored in a way that Keras does not use"),
        (with_dataset(BIAS, data=np.zeros(7, "f4"), compression="lzf"), r"way that Keras does not"),
        (with_dataset(BIAS, shape=(7,), maxshape=(None,), dtype="f4", chunks=(2**25,)),
         r"bias of .* stored in pieces of over"),
        (with_link(BIAS, h5py.ExternalLink("/etc/passwd", "/x")), r"behind a link to another"),
        (with_link(BIAS, h5py.SoftLink("/layers/dense/vars/0")), r"behind a link to another"),
        (changed(lambda _, weights: weights.__delitem__(BIAS)), r"of the layer 'dense'.*miss"),
        (changed(lambda _, weights: weights["layers/dense/vars"].attrs.update(name="other")),
         r"its weights are not those of the layer 'dense'"),
        (COURSE[: len(COURSE) // 2], r"neither a zip nor HDF5"),
        (COURSE_H5[: len(COURSE_H5) // 2], r"it is damaged, expected a \.keras or \.h5 file"),
        (pickle.dumps({"layers": []}), r"neither a zip nor HDF5"),
        (zipped({CONFIG_FILE: "{}"}), r"has no model\.weights\.h5"),
        (zipped({CONFIG_FILE: "[" * 10**5, HDF5_FILE: ""}), r"nested more than 32 deep"),
        (zipped({CONFIG_FILE: " " * (5 * 2**20), HDF5_FILE: ""}), r"at most 4,194,304"),
        (zipped({CONFIG_FILE: '{"class_name": "Own", "config": {}}', HDF5_FILE: ""}),
         r"it is a 'Own', expected a Sequential"),
    ],
)  # fmt: skip
def test_file_that_is_not_what_keras_writes_is_refused(content, message):
    with pytest.raises(Damaged, match=message):
        read_keras(content)


def test_h5_of_weights_alone_says_how_to_save():
    buffer = io.BytesIO(COURSE_H5)
    with h5py.File(buffer, "r+") as file:
        del file.attrs["model_config"]

    with pytest.raises(Damaged, match=r"weights alone.*model\.save"):
        read_keras(buffer.getvalue())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kwargs": {"training": True}}, r"layer 'simple_rnn' .*more than the output of one"),
        ({"args": []}, r"layer 'simple_rnn' .*more than the output of one"),
    ],
)
def test_functional_model_must_be_a_line(change, message):
    buffer = io.BytesIO(FUNCTIONAL)
    with h5py.File(buffer, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"][2]["inbound_nodes"][0].update(change)
        file.attrs["model_config"] = json.dumps(config)

    with pytest.raises(Damaged, match=message):
        read_keras(buffer.getvalue())


def test_files_are_told_apart_by_name_and_content(tmp_path):
    other = tmp_path / "model.zip"
    other.write_bytes(zipped({"card.json": "{}"}))

    assert is_keras(COURSE, "a.zip") and is_keras(COURSE_H5, "a") and is_keras(b"", "a.KERAS")
    assert is_keras(FILES / "course.h5")
    assert not is_keras(other) and not is_keras(b"no zip", "a.zip")
    assert not is_keras(tmp_path / "absent.zip")


def test_imported_model_predicts_in_order_of_its_genres(tmp_path):
    genres = GTZAN_GENRES[::-1]  # whose order is kept nowhere: a card's are sorted
    model = read_keras_model(FILES / "course.keras")
    assert model.proposed_features == MfccConfig() and model.proposed_genres == GTZAN_GENRES

    assert import_keras_model(model, "", genres, MfccConfig(), tmp_path) == "course"

    network, card = load_model("course", tmp_path)
    assert card.genres == GTZAN_GENRES and not card.figures
    assert card.about == "Imported from course.keras, not tested here."
    found = network.predict_proba(segments())
    np.testing.assert_allclose(found, EXPECTED["course"][:, ::-1], atol=1e-5)


@pytest.mark.parametrize(
    ("genres", "features", "message"),
    [
        ("abc", {}, r"3 genres were named, course\.keras has 10 outputs"),
        ("abcdefghia", {}, r"the genre 'a' was named twice"),
        ("abcdefghi ", {}, r"a genre has no name"),
        ("abcdefghij", {"n_mfcc": 20}, r"shape \(130, 20\), course\.keras reads \(130, 13\)"),
        ("abcdefghij", {"hop_length": 1024}, r"shape \(65, 13\), course\.keras reads \(130, 13\)"),
    ],
)
def test_genres_and_features_must_fit(tmp_path, genres, features, message):
    model = read_keras_model(COURSE, "course.keras")

    with pytest.raises(ParameterError, match=message):
        import_keras_model(model, "", list(genres), MfccConfig(**features), tmp_path)
    assert not list(tmp_path.iterdir())


def test_refusal_comes_out_of_the_process_with_the_file():
    with pytest.raises(
        ModelError,
        match=r"^my\.keras cannot be imported: the layer 'lstm' \(GRU\) .*Choose a model of LSTM",
    ):
        read_keras_model(with_kind(LSTM, "GRU"), "my.keras")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "import time; time.sleep(60)",
            r"a\.keras cannot be imported: reading it takes too long\.",
        ),
        ("import os; os.abort()", r"imported: reading it ended unexpectedly \(status -6\)\."),
        ("raise SystemExit(1)", r"imported: reading it ended unexpectedly \(status 1\)\."),
        ("pass", r"a\.keras cannot be imported: it is missing"),
    ],
)
def test_process_that_fails_is_one_sentence(script, message, monkeypatch):
    """A hostile file can keep h5py busy for ever, or end its process."""
    monkeypatch.setattr(keras_import, "MAX_SECONDS", 2 if "sleep" in script else 60)
    replace_command(monkeypatch, script)

    with pytest.raises(ModelError, match=message):
        read_keras_model(COURSE, "a.keras")


def genre(home, *words):
    """Run a command in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "genre", *words],
        cwd=ROOT,
        env=os.environ | {HOME_VARIABLE: str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_command_imports_and_classifies(tmp_path):
    source = str(FILES / "course.keras")

    unnamed = genre(tmp_path, "models", "import", source)
    assert unnamed.returncode == 2
    assert "--genres blues classical country" in unnamed.stderr
    done = genre(tmp_path, "models", "import", source, "--name", "mine", "--genres", *GTZAN_GENRES)
    assert done.returncode == 0, done.stderr
    assert "imported as mine, not tested here; it reads 13 MFCCs of 3 s" in done.stderr
    predicted = genre(tmp_path, "classify", "samples/jazz.ogg", "--model", "mine", "--json")
    assert json.loads(predicted.stdout)
    again = genre(tmp_path, "models", "import", source, "--name", "mine", "--genres", *GTZAN_GENRES)
    assert (again.returncode, "imported as mine-2, not" in again.stderr) == (0, True)
    script = genre(tmp_path, "export", "mine", "--script", str(tmp_path / "mine.py"))
    assert "was imported without its recipe" in script.stderr
