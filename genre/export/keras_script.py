"""A recipe as a script of plain Keras and librosa, to read and to download.

Conventions
-----------
``keras_script.jinja`` is the script with ``#? if ... ?#`` lines around what only some
recipes need, ``keras_script_musicnn.jinja`` what it has in place of MFCCs; settings that a
recipe does not use are left out.  The script draws the same
random numbers as `genre.training.trainer` (weights, batches, dropout), so with the same seed
the losses agree.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import jinja2

from genre.audio.feature_config import MusicnnConfig
from genre.audio.level import GATE_DB, TARGET_DB
from genre.audio.load import MAX_SECONDS
from genre.audio.segments import SILENCE_DB
from genre.audio.signal import SILENCE_PEAK
from genre.datasets.load import bundled_datasets
from genre.errors import ParameterError
from genre.language import _
from genre.recipes.config import TrainConfig
from genre.recipes.musicnn import needs_teacher_values, uses_musicnn
from genre.recipes.variation import N_STRETCHES
from genre.text.song import dataset_name

COURSE_N_MFCC = 13
"""How many MFCCs ``extract`` writes into a .json file by default."""
BUNDLED_N_MFCC = 20
"""How many the bundled packs hold."""
_SETTINGS = frozenset({
    "preset", "features", "n_mfcc", "deltas", "texture_frames", "level", "window_frames",
    "hop_frames",
    "cell", "units_1", "units_2", "bidirectional", "pooling", "dense_units", "scaling",
    "input_dropout", "between_dropout", "dropout", "label_smoothing", "teacher",
    "teacher_features", "altered",
    "weight_decay", "learning_rate", "epochs", "batch_size", "schedule", "warmup_epochs",
    "patience", "segments_per_track", "balance_genres", "roll", "mask", "shift", "gain", "warp",
    "speed", "mixup", "temperature", "split", "test_share", "validation_share", "permute_genres",
    "whole_segments_only", "seed",
})  # fmt: skip
"""The settings that the script has.  A recipe that changes another one has no script: it would
train to other losses.  Altered versions are read from packs, which hold musicnn's values here."""
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    block_start_string="#?",
    block_end_string="?#",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # it is Python; the two untrusted names in it go through `_plain`
)


def has_script(config: TrainConfig) -> bool:
    """Return whether a recipe can be a script."""
    return not _obstacle(config)


def keras_script(config: TrainConfig, data_name: str) -> str:
    """Return a recipe as a script that needs Keras, librosa and scikit-learn only.

    Parameters
    ----------
    config : TrainConfig
    data_name : str
        The training data: a bundled dataset, or a path, of which only the last part is
        written.

    Returns
    -------
    script : str
        Reads a genre folder, or a data file in the reference system's format (MFCCs) or a
        feature pack (musicnn); splits, trains, evaluates and saves as
        `genre.training.trainer` does with this recipe.

    Raises
    ------
    ParameterError
        If the recipe has no script (`has_script`).

    Examples
    --------
    >>> from genre.recipes.config import PRESETS
    >>> script = keras_script(PRESETS["course"], "gtzan-subset")
    >>> "import genre" in script, "train_test_split" in script
    (False, True)
    """
    if obstacle := _obstacle(config):
        raise ParameterError(obstacle)
    is_soft = bool(config.label_smoothing or config.mixup or config.teacher)
    is_varied = bool(config.roll or config.mask or config.shift or config.gain)
    is_played = bool(config.warp or config.speed)
    has_texture = config.texture_frames > 1
    has_dropout = bool(config.dropout or config.input_dropout or config.between_dropout)
    is_scheduled = config.schedule == "cosine" or config.warmup_epochs > 0
    has_steps = has_texture or config.deltas
    needs_frames = is_played and has_steps
    side = {  # the arguments of an epoch, and their names in `main`
        "X": ("X_train" if config.altered else "X[train]", is_varied or not needs_frames),
        "frames": ("frames[train]", needs_frames),
        "y": ("y[train]", True),
        "track": ("track[train]", config.segments_per_track > 0),
        "taught": ("taught", config.teacher > 0),
        "n_genres": ("len(genres)", is_soft),
    }
    body, head = _layers(config)
    return _TEMPLATES.get_template("keras_script.jinja").render(
        recipe=config,
        preset=_plain(config.preset),
        features=config.feature_config,
        kind=config.features,
        musicnn=config.features == "musicnn",
        distilled=needs_teacher_values(config),
        weights=uses_musicnn(config),
        windows=MusicnnConfig(),
        prefix="MUSICNN_" if needs_teacher_values(config) else "",
        data_name=_plain(data_name),
        extract_command=_extract_command(config, data_name),
        silence=SILENCE_PEAK,
        silence_db=SILENCE_DB,
        gate_db=GATE_DB,
        level=TARGET_DB,
        longest_seconds=round(MAX_SECONDS),
        by_artist=config.split == "artist",
        kept="artists" if config.split == "artist" else "tracks",
        whole=config.whole_segments_only,
        texture=has_texture,
        steps=has_steps,
        loaded="frames" if has_steps else "X",
        side=[name for name, (_, is_needed) in side.items() if is_needed],
        given=[value for value, is_needed in side.values() if is_needed],
        balanced=config.balance_genres and config.segments_per_track > 0,
        played=is_played,
        ways=_playback_changes(config),
        n_stretches=N_STRETCHES,
        soft=is_soft,
        varied=is_varied,
        dropout=has_dropout,
        cosine=config.schedule == "cosine",
        scheduled=is_scheduled,
        functional=config.pooling in ("mean_max", "mean_shortcut"),
        shortcut=config.pooling == "mean_shortcut",
        body=body,
        head=head,
        callbacks=["SeedDropout()"] * has_dropout + ["LearningRate()"] * is_scheduled,
    )


def _obstacle(config: TrainConfig) -> str:
    """Return why a recipe has no script; empty if it has one."""
    if config.split == "fault-filtered":
        return _(
            "a recipe with the split fault-filtered was given, which needs a list of a thousand "
            "tracks. Choose a recipe with another split."
        )
    known = _SETTINGS - {"altered"} if config.features == "mfcc" else _SETTINGS
    unknown = [
        f.name
        for f in fields(config)
        if f.name not in known and getattr(config, f.name) != f.default
    ]
    if unknown:
        return _(
            "a recipe that changes {names} was given, which the script does not have. Leave it at "
            "its default for a recipe with a script."
        ).format(names=", ".join(unknown))
    return ""


def _playback_changes(config: TrainConfig) -> list[str]:
    """Return the playback augmentations of a recipe, as words."""
    wanted = {
        "faster or slower": config.speed,
        "by larger or smaller voices": config.warp,
    }
    return [way for way, is_wanted in wanted.items() if is_wanted]


def _layers(config: TrainConfig) -> tuple[list[str], list[str]]:
    """Return the layers before and after the two kinds of pooling meet, as Python."""
    cell = "LSTM" if config.cell == "lstm" else "SimpleRNN"

    def recurrent(layer: int, *, is_sequence: bool) -> str:
        sequences = ", return_sequences=True" if is_sequence else ""
        inner = f"layers.{cell}(UNITS[{layer}]{sequences})"
        return f"layers.Bidirectional({inner})" if config.bidirectional else inner

    body = [
        recurrent(0, is_sequence=True),
        "layers.Dropout(BETWEEN_DROPOUT)" if config.between_dropout else "",
        recurrent(1, is_sequence=config.pooling != "last"),
        "layers.GlobalAveragePooling1D()" if config.pooling == "mean" else "",
    ]
    head = [
        'layers.Dense(DENSE_UNITS, activation="relu")',
        "layers.Dropout(DROPOUT)" if config.dropout else "",
        'layers.Dense(n_genres, activation="softmax")',
    ]
    return [layer for layer in body if layer], [layer for layer in head if layer]


def _extract_command(config: TrainConfig, data_name: str) -> str:
    """Return the command that exports a bundled dataset with enough MFCCs; else empty."""
    if config.features != "mfcc" or data_name not in bundled_datasets():
        return ""
    n_mfcc = "" if config.n_mfcc <= COURSE_N_MFCC else f" --n-mfcc {BUNDLED_N_MFCC}"
    taught = " --teacher-values" if needs_teacher_values(config) else ""
    return f"python -m genre extract {data_name} data.json{n_mfcc}{taught}"


def _plain(name: str) -> str:
    """Return an untrusted name without anything that could end a docstring."""
    return re.sub(r"[^\w .-]", "_", dataset_name(name))[:32].strip()
