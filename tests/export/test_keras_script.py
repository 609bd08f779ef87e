"""The script to take home: it is executed, and does what the program does."""

import ast
import inspect
import json
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from genre.audio.features import extract_segments
from genre.audio.load import load_audio
from genre.audio.musicnn_weights import PATH
from genre.audio.segments import audible_segments, cut_segments
from genre.audio.signal import Signal
from genre.datasets.json_file import write_json
from genre.datasets.load import load_dataset
from genre.datasets.pack import write_pack
from genre.datasets.types import SegmentSet
from genre.errors import ParameterError
from genre.export import keras_script as script_module
from genre.export.keras_script import has_script, keras_script
from genre.paths import ROOT
from genre.recipes.augmentation import TrainingSide, draw_epoch
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.musicnn import needs_teacher_values, uses_musicnn
from genre.recipes.prepare import extraction_features, prepare_datasets
from genre.training.teacher import teach_segments
from tests.support.shared import made_once

RECORDINGS = ROOT.parent / "shared" / "data" / "gtzan-subset"
ODD = TrainConfig(
    cell="simple_rnn",
    bidirectional=True,
    pooling="mean_max",
    patience=1,
    split="track",
    units_1=16,
    units_2=8,
    dense_units=8,
    learning_rate=1e-2,
    epochs=3,
    seed=4,
)
MIXED = TrainConfig(
    split="track",
    seed=1,
    n_mfcc=7,
    deltas=True,
    scaling=True,
    whole_segments_only=True,
    segments_per_track=2,
    schedule="cosine",
    warmup_epochs=1,
    gain=0.2,
    dropout=0.0,
    between_dropout=0.2,
    weight_decay=0.01,
    batch_size=8,
    units_1=8,
    epochs=2,
)
CONTROL = TrainConfig(
    split="track",
    permute_genres=True,
    whole_segments_only=True,
    speed=0.2,
    gain=0.1,
    segments_per_track=1,
    balance_genres=True,
    temperature=0.5,
    units_1=8,
    units_2=8,
    dense_units=8,
    batch_size=8,
    epochs=3,
)
WINDOWS = TrainConfig(
    features="musicnn",
    pooling="last",
    teacher=0.5,
    label_smoothing=0.1,
    mask=0.3,
    roll=True,
    whole_segments_only=True,
    permute_genres=True,
    split="track",
    units_1=8,
    units_2=8,
    epochs=2,
)
DISTILLED = replace(MIXED, teacher=0.7, teacher_features="musicnn")
SONGS = replace(WINDOWS, window_frames=100, hop_frames=43, permute_genres=False, batch_size=4)
RECIPES = {
    "course": replace(PRESETS["course"], epochs=2),
    "quick": replace(PRESETS["quick"], epochs=2),
    "recommended": replace(PRESETS["recommended"], epochs=1),
    "odd": ODD,
    "mixed": MIXED,
    "control": CONTROL,
    "ear": replace(PRESETS["ear"], epochs=2),
    "windows": WINDOWS,
    "distilled": DISTILLED,
    "songs": SONGS,
}
GENRES = ("blues", "jazz", "metal", "pop")
# Runs each folder's script as it is, and notes the loss that Keras reports after each batch:
# their mean since the epoch began.  One process for all: TensorFlow takes seconds to load.
WATCHED = """
import contextlib, json, os, runpy, sys
import keras

losses, fit = [], keras.Model.fit

def watched_fit(self, *given, callbacks=(), **named):
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: losses.append(logs["loss"])
    )
    return fit(self, *given, callbacks=[*callbacks, note], **named)

keras.Model.fit = watched_fit
_, *runs = sys.argv
for folder, source in zip(runs[::2], runs[1::2]):
    os.chdir(folder)
    losses.clear()
    keras.backend.clear_session()
    sys.argv = ["script.py", source]
    with open("output.txt", "w") as output, contextlib.redirect_stdout(output):
        runpy.run_path("script.py", run_name="__main__")
    with open("batches.json", "w") as file:
        json.dump(losses, file)
"""


def some_of(name: str) -> SegmentSet:
    """Every other track of four genres of bundled data."""
    data = load_dataset(name)
    of_genre = [i for i, track in enumerate(data.tracks) if track.genre in GENRES]
    kept = of_genre[::2]
    chosen = np.isin(data.track_index, kept)
    return replace(
        data,
        frames=data.frames[chosen],
        altered=None if data.altered is None else data.altered[:, chosen],
        teacher_values=None if data.teacher_values is None else data.teacher_values[chosen],
        n_frames=data.n_frames[chosen],
        track_index=np.unique(data.track_index[chosen], return_inverse=True)[1],
        tracks=tuple(data.tracks[i] for i in kept),
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> dict[str, Path]:
    """For each recipe a data file of MFCCs, a pack of musicnn's values, or a folder of songs."""
    folder = tmp_path_factory.mktemp("script")
    mfccs = some_of("gtzan-subset")
    write_json(folder / "data.json", mfccs, n_mfcc=20, with_teacher_values=True)
    pack = some_of("gtzan-subset-musicnn")
    short = replace(pack.tracks[3], seconds=2.0)  # as if its segment had been filled
    write_pack(folder / "pack", replace(pack, tracks=(*pack.tracks[:3], short, *pack.tracks[4:])))
    songs = {"quiet": ("classical", "jazz", "reggae"), "loud": ("metal", "rock", "disco")}
    for genre, names in songs.items():
        (folder / "songs" / genre).mkdir(parents=True)
        for name in names:
            samples, sr = sf.read(ROOT / "samples" / f"{name}.ogg", stop=10 * 44_100)
            sf.write(folder / "songs" / genre / f"{name}.flac", samples, sr)
    kinds = {"mfcc": folder / "data.json", "musicnn": folder / "pack"}
    return {name: kinds[config.features] for name, config in RECIPES.items()} | {
        "songs": folder / "songs"
    }


def load_source(source: Path, config: TrainConfig) -> SegmentSet:
    return load_dataset(
        source,
        features=extraction_features(config),
        teacher_values=needs_teacher_values(config),
    )


@pytest.fixture
def functions(tmp_path):
    """Return what a recipe's script defines, without running it."""

    def load(config: TrainConfig):
        path = tmp_path / "script.py"
        path.write_text(keras_script(config, "gtzan-subset"), encoding="utf-8")
        return runpy.run_path(str(path))

    return load


@pytest.fixture(scope="module")
def trained_scripts(sources, tmp_path_factory):
    """A folder for each recipe, with what its script leaves there."""

    def run(base):
        for name, config in RECIPES.items():
            (base / name).mkdir(parents=True, exist_ok=True)
            script = keras_script(config, "gtzan-subset")
            (base / name / "script.py").write_text(script, encoding="utf-8")
        shutil.copy(PATH, base / "songs" / "musicnn.npz")
        runs = (path for name in RECIPES for path in (base / name, sources[name]))
        command = [sys.executable, "-c", WATCHED, *runs]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    return made_once(tmp_path_factory, "keras-scripts", run)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_script_trained_with_recipe_has_losses_of_program(name, sources, trained_scripts):
    """With dropout, augmentation and all: it draws the same numbers."""
    import keras

    from genre.training.trainer import train

    config, folder, expected = RECIPES[name], trained_scripts / name, []
    data, split = prepare_datasets(load_source(sources[name], config), config)
    result = train(data, split, config, on_event=lambda event: expected.append(event))

    batches = [event["loss"] for event in expected if event["event"] == "batch"]
    losses = json.loads((folder / "batches.json").read_text())
    history = json.loads((folder / "history.json").read_text())
    assert len(losses) == len(batches) > 3
    assert losses[0] == pytest.approx(batches[0], abs=1e-5)
    for key in ("loss", "val_loss"):
        rows = [row[key] for row in result.history]
        assert history[key] == pytest.approx(rows, abs=1e-3)
        assert len(rows) == len(history[key])
    test = split.test
    X = data.X(config.feature_config)[test]
    probabilities = result.network.predict_proba(X)
    share = (probabilities.argmax(axis=1) == data.y[test]).mean()
    output = (folder / "output.txt").read_text(encoding="utf-8")
    assert f"right for {share:.1%} of {len(test)} segments" in output
    tracks = len(np.unique(data.track_index[test]))
    assert f"of {tracks} tracks" in output
    saved = keras.models.load_model(folder / "model.keras")
    np.testing.assert_allclose(saved.predict(X, verbose=0), probabilities, atol=2e-3)


@pytest.mark.slow
def test_script_of_musicnn_saves_the_values_of_the_program(sources, trained_scripts):
    """From the recordings, in a process of its own."""
    saved = json.loads((trained_scripts / "songs" / "songs-script.json").read_text())
    data = load_source(sources["songs"], SONGS)

    assert data.frames.shape == (18, 3, 200)
    np.testing.assert_allclose(saved["musicnn"], data.frames, atol=1e-3)
    assert saved["track"] == [data.tracks[i].track_id for i in data.track_index]


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "songs"])
def test_script_reads_and_splits_data_file_as_program_does(name, sources, functions):
    config, script = RECIPES[name], functions(RECIPES[name])
    data, split = prepare_datasets(load_source(sources[name], config), config)

    X, *labels, genres = script["load_data"](sources[name])
    versions = X.reshape(-1, len(labels[0]), *X.shape[1:])
    X = versions[0]
    if "level_frames" in script:
        X = script["level_frames"](X, labels[1])
    if "read_steps" in script:
        X = script["read_steps"](X)
    sides = script["prepare_datasets"](*labels[: {"course": 1, "track": 2}.get(config.split, 3)])

    np.testing.assert_allclose(X, data.X(config.feature_config), atol=1e-3)
    altered = data.altered_versions() if config.altered else []
    assert len(versions) == 1 + len(altered)
    for own, version in zip(versions[1:], altered, strict=True):
        np.testing.assert_allclose(own, version.X(config.feature_config), atol=1e-3)
    np.testing.assert_array_equal(labels[0], data.y)
    np.testing.assert_array_equal(labels[1], data.track_index)
    assert tuple(genres) == data.genres
    for own, side in zip(sides, (split.train, split.validation, split.test), strict=True):
        np.testing.assert_array_equal(own, side)


@pytest.mark.parametrize("name", RECIPES)
def test_script_draws_epochs_of_program(name, sources, functions):
    """As many segments of each track, played and varied alike, in the same order."""
    config, script = RECIPES[name], functions(RECIPES[name])
    data, split = prepare_datasets(load_source(sources[name], config), config)
    own, n_genres = split.train, len(data.genres)
    versions = [data, *(data.altered_versions() if config.altered else [])]
    X = np.concatenate([version.X(config.feature_config)[own] for version in versions])
    frames = data.levelled_frames(config.feature_config)[own, :, : config.n_mfcc]
    inputs = (X, data.y[own], data.track_index[own], n_genres)
    as_it_is = (X[: len(own)], *inputs[1:])
    taught = teach_segments(data, data.X(config.feature_config), own, config)
    taught = taught if config.teacher else None
    side = TrainingSide.of(*inputs, frames, taught)
    has = dict(zip(("X", "y", "track", "n_genres"), inputs, strict=True)) | {"frames": frames}
    if config.teacher:
        read = as_it_is[0]
        if "load_teacher_values" in script:
            read = script["load_teacher_values"](sources[name])[own]
        has["taught"] = script["ask_teacher"](read, *as_it_is[1:])
    *needed, _ = inspect.signature(script["draw_epoch"]).parameters

    for epoch in (0, 7):
        drawn, targets = script["draw_epoch"](*(has[name] for name in needed), epoch)

        expected, probabilities = draw_epoch(side, config, epoch)
        if targets.ndim == 1:
            targets = np.eye(len(data.genres))[targets]
        np.testing.assert_allclose(drawn, expected, atol=1e-3)
        np.testing.assert_allclose(targets, probabilities, atol=1e-6)


def test_recipe_with_a_setting_the_script_lacks_is_refused(monkeypatch):
    monkeypatch.setattr(script_module, "_SETTINGS", script_module._SETTINGS - {"roll", "mask"})

    assert has_script(PRESETS["course"])  # it leaves both at their defaults
    assert not has_script(PRESETS["recommended"])
    with pytest.raises(ParameterError, match="changes roll, mask was given"):
        keras_script(PRESETS["recommended"], "gtzan-subset")


def test_published_partition_is_not_written_out():
    config = replace(PRESETS["recommended"], split="fault-filtered")

    assert has_script(PRESETS["recommended"])
    assert not has_script(config)
    with pytest.raises(ParameterError, match="needs a list of a thousand tracks"):
        keras_script(config, "gtzan-subset")


def test_altered_versions_of_mfccs_are_not_written_out():
    assert has_script(replace(PRESETS["ear"], altered=0.5))
    with pytest.raises(ParameterError, match="changes altered was given"):
        keras_script(replace(PRESETS["quick"], altered=0.5), "gtzan-subset")


def test_script_taught_by_musicnn_refuses_data_without_its_values(functions, tmp_path):
    script = keras_script(DISTILLED, "gtzan-subset")
    assert "genre extract gtzan-subset data.json --teacher-values" in script

    (tmp_path / "data.json").write_text('{"mfcc": []}')
    with pytest.raises(SystemExit, match="must hold teacher_values: write it with --teacher-va"):
        functions(DISTILLED)["load_teacher_values"](tmp_path / "data.json")


def test_pack_of_other_features_is_refused_with_both_named(sources, functions):
    with pytest.raises(SystemExit, match=r"holds .*'window_frames': 60.*'window_frames': 100"):
        functions(SONGS)["load_data"](sources["ear"])


def assert_same_steps(path: Path, script, config: TrainConfig) -> None:
    import librosa

    samples, _ = librosa.load(path, sr=22_050)
    mfcc = [script["extract_mfcc"](segment) for segment in script["cut_segments"](samples)]
    whole = np.stack([script["fill_segment"](frames) for frames in mfcc])
    own = script["read_steps"](script["level_frames"](whole, np.zeros(len(whole))))
    expected = extract_segments(load_audio(path, sr=22_050), config.feature_config)
    np.testing.assert_allclose(own, expected, atol=1e-3)


@pytest.mark.parametrize("gain", [1.0, 0.001])
@pytest.mark.parametrize("name", ["quick", "ear"])
def test_script_leaves_out_the_silent_segments_of_the_program(name, gain, functions):
    """Silent is what is 60 dB below the recording, however loud that is."""
    config, script = PRESETS[name], functions(PRESETS[name])
    features = config.feature_config
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (4, features.segment_samples))
    loudness = np.array([1.0, 1e-2, 1e-4, 1.0])
    samples = (gain * noise * loudness[:, np.newaxis]).astype(np.float32).ravel()

    kept = script["cut_segments"](samples)
    signal = Signal(samples, features.sr)
    segments = cut_segments(signal, features)[audible_segments(signal, features)]
    assert len(kept) == 3
    np.testing.assert_array_equal(kept, segments)


def test_script_extracts_the_steps_of_the_program(functions):
    config = PRESETS["recommended"]
    assert_same_steps(ROOT / "samples" / "jazz.ogg", functions(config), config)


@pytest.mark.skipif(not RECORDINGS.exists(), reason="no real recordings beside this checkout")
def test_script_on_real_recordings_extracts_the_steps_of_the_program(functions):
    config = PRESETS["recommended"]
    script = functions(config)
    for path in sorted(RECORDINGS.glob("*/*.flac"))[::100]:
        assert_same_steps(path, script, config)


@pytest.fixture
def messy_folder(tmp_path):
    """Two genres with copies, silence, a damaged and a short file, and a name given twice."""
    rng = np.random.default_rng(3)
    folder = tmp_path / "music"
    noise = 0.2 * rng.standard_normal((5, 7 * 22_050)).astype(np.float32)
    sounds = {
        "hiss/same.flac": noise[0],
        "hiss/b.wav": noise[1],
        "hiss/short.flac": noise[2][:22_050],
        "hiss/too-short.flac": noise[2][:9_000],
        "hiss/.hidden.wav": noise[3],
        "tone/same.flac": np.cumsum(noise[3]) / 40,
        "tone/silent.flac": np.zeros(4 * 22_050),
        "tone/half.flac": np.r_[np.zeros(66_150), noise[4][:66_150]],
    }
    for name, samples in sounds.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        sf.write(folder / name, np.clip(samples, -1, 1), 22_050)
    shutil.copyfile(folder / "hiss" / "b.wav", folder / "tone" / "copy.wav")
    (folder / "tone" / "broken.mp3").write_bytes(b"not a recording")
    (folder / "artists.csv").write_text("track_id,artist\nb,Ann\nhalf,Ann\nshort,\n")
    return folder


@pytest.mark.parametrize("kind", ["mfcc", "musicnn", "taught"])
def test_script_reads_genre_folder_as_program_does(messy_folder, functions, tmp_path, kind):
    config = TrainConfig(features="musicnn") if kind == "musicnn" else TrainConfig(n_mfcc=20)
    if kind == "taught":
        config = replace(config, teacher=0.7, teacher_features="musicnn")
    script, data = functions(config), load_source(messy_folder, config)
    weights = [PATH] if uses_musicnn(config) else []
    script[f"save_{config.features}"](messy_folder, tmp_path / "saved.json", *weights)

    X, y, track, artist, _ = script["load_data"](tmp_path / "saved.json")

    atol = 1e-3 if kind == "musicnn" else 1e-2
    np.testing.assert_allclose(X, data.X(config.feature_config), atol=atol)
    np.testing.assert_array_equal(y, data.y)
    np.testing.assert_array_equal(track, data.track_index)
    np.testing.assert_array_equal(artist, data.groups[data.track_index])
    assert len(data.tracks) == 5
    if kind == "taught":  # of a segment resampled alone: a few samples at its ends differ
        values = script["load_teacher_values"](tmp_path / "saved.json")
        np.testing.assert_allclose(values[:, 0], data.teacher_values, atol=0.02)


def test_file_without_tracks_is_refused_where_tracks_stay_whole(tmp_path, functions):
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"mapping": ["a", "b"], "labels": [0], "mfcc": [[[0.0] * 20]]}))

    with pytest.raises(SystemExit, match="must say which track each segment was cut from"):
        functions(ODD)["load_data"](path)
    with pytest.raises(SystemExit, match="holds 20 MFCCs a frame, 30 are needed"):
        functions(replace(PRESETS["course"], n_mfcc=30))["load_data"](path)


def some_recipes(n: int) -> list[TrainConfig]:
    """Recipes that put every line of the template to use, in many combinations."""
    rng = np.random.default_rng(7)
    choices = {
        "deltas": (False, True),
        "texture_frames": (0, 1, 5),
        "cell": ("lstm", "simple_rnn"),
        "bidirectional": (False, True),
        "pooling": ("last", "mean", "mean_max", "mean_shortcut"),
        "scaling": (False, True),
        **{name: (0.0, 0.1) for name in ("input_dropout", "between_dropout", "dropout")},
        **{name: (0.0, 0.1) for name in ("label_smoothing", "weight_decay", "mixup", "teacher")},
        **{name: (0.0, 0.1) for name in ("mask", "shift", "gain", "warp", "speed")},
        **{name: (False, True) for name in ("balance_genres", "permute_genres")},
        "temperature": (0.8, 1.0, 1.2),
        "teacher_features": ("own", "musicnn"),
        "roll": (False, True),
        "schedule": ("constant", "cosine"),
        **{name: (0, 3) for name in ("warmup_epochs", "patience", "segments_per_track")},
        "split": ("artist", "track", "course"),
        "whole_segments_only": (False, True),
    }
    drawn = [
        {name: values[rng.integers(len(values))] for name, values in choices.items()}
        for _ in range(n)
    ]
    for settings in drawn[::3]:
        settings |= dict.fromkeys(("deltas", "texture_frames", "shift", "gain", "warp", "speed"), 0)
        settings |= {"features": "musicnn", "deltas": False, "altered": float(rng.choice([0, 0.3]))}
    return [*filter(has_script, PRESETS.values()), *(TrainConfig(**settings) for settings in drawn)]


def test_scripts_of_many_recipes_are_formatted_and_import_nothing_of_ours(tmp_path):
    for i, config in enumerate(some_recipes(60)):
        script = keras_script(config, "x" * 200)
        compile(script, "script.py", "exec")
        (tmp_path / f"script_{i}.py").write_text(script, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    width = ["--isolated", "--line-length", "100", str(tmp_path)]
    for command in (["format", "--diff"], ["check", "--select", "E,F,I,UP"]):
        done = subprocess.run(
            [*ruff, *command, *width], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:]

    imported = {
        (node.names[0].name if isinstance(node, ast.Import) else node.module).split(".")[0]
        for path in tmp_path.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    ours = {"csv", "hashlib", "json", "math", "sys", "collections", "pathlib"}
    assert imported == ours | {"keras", "librosa", "numpy", "sklearn"}


def test_script_holds_only_what_its_recipe_uses():
    course = keras_script(PRESETS["course"], "gtzan-subset")
    recommended = keras_script(PRESETS["recommended"], "gtzan-subset")

    for word in ("delta", "TEXTURE", "MIXUP", "Normalization", "AdamW", "Group", "artist", "vary"):
        assert word not in course
        assert word in recommended or word == "Normalization"
    for name in ("save_mfcc", "load_data", "prepare_datasets", "build_model", "evaluate"):
        assert f"def {name}(" in course
    assert "--n-mfcc" not in course
    assert "genre extract gtzan-subset data.json --n-mfcc 20" in recommended


@pytest.mark.parametrize(
    "name", ['"""\nimport os\nos.abort()\n"""', "\\", "/srv/me/secret/my songs/", "C:\\me\\x", '"']
)
def test_script_of_a_hostile_name_contains_no_code_of_it(name):
    """A card may come from anyone, and its script is executed."""
    plain = ast.parse(keras_script(PRESETS["quick"], "music"))
    strange = ast.parse(keras_script(replace(PRESETS["quick"], preset=name), name))

    text = ast.get_docstring(strange)
    assert "secret" not in text
    assert "C:" not in text
    assert [ast.dump(node) for node in strange.body[1:]] == [
        ast.dump(node) for node in plain.body[1:]
    ]
