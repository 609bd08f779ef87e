"""Models, alone and as a zip, and results of cross-validation."""

import hashlib
import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from genre.compare.leaderboard import list_entries
from genre.evaluation.cv_results import read_result
from genre.models.archive import delete_model, import_model
from genre.models.registry import list_models, load_model, save_model
from genre.paths import RESULTS, ROOT
from genre.text.compare import evaluation_line
from tests.fuzz.mutations import mutated, mutated_json, mutated_npz, mutated_values, zipped
from tests.support.made_up import bass_or_hiss_classifier
from tests.support.readers import say_all, use_models

STARTER = ROOT / "models" / "starter"


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
