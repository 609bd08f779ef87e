"""Models, alone, as a zip and as Keras wrote them, and results of cross-validation."""

import contextlib
import hashlib
import json
import re
import resource
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import psutil

from genre.compare.leaderboard import list_entries
from genre.errors import ModelError
from genre.evaluation.cv_results import read_result
from genre.models.archive import delete_model, import_model
from genre.models.keras_import import KerasModel, import_keras_model
from genre.models.keras_weights import read_keras
from genre.models.registry import list_models, load_model, save_model
from genre.paths import RESULTS, ROOT
from genre.system.schema import Damaged
from genre.text.compare import evaluation_line
from tests.fuzz.mutations import (
    EXTREMES,
    mutated,
    mutated_json,
    mutated_npz,
    mutated_values,
    zipped,
)
from tests.support.made_up import bass_or_hiss_classifier
from tests.support.readers import say_all, use_models

STARTER = ROOT / "models" / "starter"
MAX_MORE_BYTES = 300 * 2**20
KERAS = ROOT / "tests" / "models" / "keras"


def set_up_models(folder):
    """A small model that is right, one to be damaged, and their files, with a full card."""
    models = folder / "models"
    hand_set = bass_or_hiss_classifier()
    for name in ("good", "bad"):
        save_model(hand_set.network, hand_set.card, folder=models)
        (models / "ear").rename(models / name)
    own = json.loads((models / "bad" / "card.json").read_text())
    full = json.loads((STARTER / "card.json").read_text())
    kept = ("network", "features", "genres", "name", "sha256")
    card = full | {key: own[key] for key in kept}
    card["name"] = "own"  # a bundled one could not be deleted again
    card["heard"] = dict(list(full["heard"].items())[:2])
    return models, card, (models / "bad" / "weights.npz").read_bytes()


def changed_files(state, rng):
    """A card and weights of which one is changed; mostly with a checksum that fits."""
    _, card, weights = state
    kind = rng.choice(["card", "weights", "weights", "network"])
    if kind == "card":
        return mutated_json(card, rng), weights
    if kind == "network":
        part = rng.choice(["network", "features", "figures", "thresholds", "robustness", "data"])
        return mutated_json(card | {part: mutated_values(card.get(part), rng)}, rng), weights
    weights = (
        mutated_npz(np.load(BytesIO(weights)), rng) if rng.random() < 0.7 else mutated(weights, rng)
    )
    if rng.random() < 0.9:
        card = card | {"sha256": {"weights.npz": hashlib.sha256(weights).hexdigest()}}
    return json.dumps(card).encode(), weights


def make_model_zip(state, rng):
    card, weights = changed_files(state, rng)
    is_changed = rng.random() < 0.5
    if is_changed and rng.random() < 0.5:
        card, weights = json.dumps(state[1]).encode(), state[2]
    return "zip", zipped({"card.json": card, "weights.npz": weights}, rng if is_changed else None)


def use_model_zip(state, kind, content):
    models, _, _ = state
    imported = models.parent / "imported"
    try:
        name = import_model(content, "", imported)
        assert list_models(imported) == [name]
        load_model(name, imported)
        say_all(*list_entries(imported, imported, imported))
        delete_model(name, imported)
        assert not list(imported.iterdir())
    finally:
        shutil.rmtree(imported, ignore_errors=True)


MODEL_ZIP = (set_up_models, make_model_zip, use_model_zip)


def make_model_folder(state, rng):
    card, weights = changed_files(state, rng)
    return "files", zipped({"card.json": card, "weights.npz": weights})


def use_model_folder(state, kind, content):
    models, _, _ = state
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            (models / "bad" / name).write_bytes(archive.read(name))
    use_models(models)
    network, _ = load_model("bad", models)
    network.predict_proba(np.zeros((1, network.config.n_steps, network.config.n_values), "f4"))


MODEL_FOLDER = (set_up_models, make_model_folder, use_model_folder)


def set_up_keras(folder):
    """The files that Keras wrote, and the configuration and weights of each."""
    models = {path.name: path.read_bytes() for path in sorted(KERAS.glob("*.*5"))}
    configs = {}
    for name, content in models.items():
        with h5py.File(BytesIO(content), "r") as file:
            configs[name] = json.loads(file.attrs["model_config"])
    with zipfile.ZipFile(KERAS / "course.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return folder / "imported", models, configs, members


def make_keras(state, rng):
    """A file of one kind whose configuration, weights, or bytes are changed."""
    _, models, configs, members = state
    part = rng.choice(["config", "config", "bytes", "shapes"])
    if rng.random() < 0.5:
        members = dict(members)
        if part == "config":
            members["config.json"] = mutated_json(json.loads(members["config.json"]), rng)
        elif part == "bytes":
            weights = members["model.weights.h5"]
            members["model.weights.h5"] = mutated_hdf5(weights, rng)
        else:
            members["model.weights.h5"] = changed_arrays(members["model.weights.h5"], rng)
        return "keras", zipped(members, rng if rng.random() < 0.2 else None)
    name = rng.choice(list(models))
    if part == "bytes":
        return "h5", mutated_hdf5(models[name], rng)
    if part == "shapes":
        return "h5", changed_arrays(models[name], rng)
    return "h5", with_config(models[name], mutated_json(configs[name], rng))


def mutated_hdf5(content, rng):
    """Change bytes anywhere: at the header, and at the objects that lie all over the file."""
    changed = bytearray(mutated(content, rng) if rng.random() < 0.3 else content)
    marks = [m.start() for m in re.finditer(rb"TREE|HEAP|SNOD|OHDR|FRHP|BTHD|GCOL", changed)]
    for _ in range(rng.choice([1, 2, 4, 16])):
        place = rng.choice(marks or [0]) + rng.randrange(4, 300)
        value = rng.choice([*EXTREMES, rng.randbytes(1), rng.randbytes(8)])
        changed[place : place + len(value)] = value
    return bytes(changed)


def with_config(content, config):
    """Return an ``.h5`` file with another configuration."""
    file = BytesIO(content)
    with h5py.File(file, "r+") as opened:
        del opened.attrs["model_config"]
        opened.attrs.create("model_config", np.bytes_(config[:60_000]))  # more has no room there
    return file.getvalue()


def changed_arrays(content, rng):
    """Return a file in which an array is of another type, shape, filter or kind."""
    file = BytesIO(content)
    with h5py.File(file, "r+") as opened:
        names = []
        opened.visititems(lambda name, one: names.append(name) if hasattr(one, "shape") else None)
        name = rng.choice(names)
        old = opened[name][()]
        kind = rng.choice(
            ["type", "shape", "values", "link", "group", "huge", "filter", "reference"]
        )
        del opened[name]
        if kind == "link":
            other = rng.choice(
                [
                    h5py.SoftLink("/"),
                    h5py.SoftLink(f"/{name}"),
                    h5py.ExternalLink("../outside.h5", "/"),
                    h5py.SoftLink("/nowhere"),
                ]
            )
            opened[name] = other
        elif kind == "group":
            opened.create_group(name)
        elif kind == "huge":
            shape = rng.choice([(2**40,), (2**20, 2**20), old.shape])
            opened.create_dataset(name, shape, "f4", chunks=tuple(min(n, 64) for n in shape))
        elif kind == "filter":
            way = rng.choice([{"compression": "lzf"}, {"compression": "gzip"}, {"scaleoffset": 2}])
            opened.create_dataset(
                name, data=old, chunks=old.shape or None, **(way if old.shape else {})
            )
        elif kind == "reference":
            opened.create_dataset(name, (2,), h5py.ref_dtype)
        else:
            types = ["f2", "f8", ">f4", "c8", "i8", "?", "S3"]
            filled = np.full_like(
                old, rng.choice([np.nan, np.inf, 1e38, 0]) if old.dtype.kind == "f" else 0
            )
            opened[name] = {
                "type": old.astype(rng.choice(types)),
                "shape": rng.choice([old[..., :0] if old.ndim else old, old[None], old.ravel()]),
                "values": filled,
            }[kind]
    return file.getvalue()


@contextlib.contextmanager
def memory_limit(n_bytes):
    """Let this process have no more than so many bytes beyond what it has."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    has = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (has + n_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def use_keras(state, kind, content):
    """What the helper process and then the import do, without starting the process."""
    imported = state[0]
    try:
        with memory_limit(MAX_MORE_BYTES):  # as the helper has: HDF5 believes what a file says
            network, weights, has_steps = read_keras(content)
    except Damaged as error:  # whoever asked for it says so
        raise ModelError(f"any cannot be imported: {error}.") from error
    model = KerasModel("any.h5", network, weights, has_steps)
    genres = [f"genre {i}" for i in range(network.n_genres)]
    try:
        name = import_keras_model(model, "", genres, model.proposed_features, imported)
        loaded, _ = load_model(name, imported)
        loaded.predict_proba(np.zeros((1, loaded.config.n_steps, loaded.config.n_values), "f4"))
    finally:
        shutil.rmtree(imported, ignore_errors=True)


KERAS_MODEL = (set_up_keras, make_keras, use_keras)


def set_up_results(folder):
    """A result of a few tracks, in a folder of results."""
    results = folder / "results"
    results.mkdir()
    result = json.loads((RESULTS / "crossval-recommended-leaky.json").read_text())
    result["answers"] = {key: column[:3] for key, column in result["answers"].items()}
    return results, result


def make_result(state, rng):
    _, result = state
    part = rng.choice(["answers", "measures", "recipe", "track_accuracy", "", "", "certainty"])
    if part:
        return "json", mutated_json(result | {part: mutated_values(result[part], rng)}, rng)
    return "json", mutated_json(result, rng)


def use_result(state, kind, content):
    results: Path = state[0]
    (results / "crossval-any.json").write_bytes(content)
    say_all(*list_entries(ROOT / "models", results, results))
    result = read_result(results / "crossval-any.json")
    evaluation_line(result.evaluation).encode()
    assert result.evaluation.reliability is not None
    assert result.evaluation.coverage is not None


RESULT = (set_up_results, make_result, use_result)
