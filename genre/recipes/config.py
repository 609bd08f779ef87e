"""The recipe of a training run: one dataclass, and the presets by name.

Conventions
-----------
Every setting has its help, bounds and choices (`setting`), which the command
line and the page share.
Nothing here needs Keras.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from genre.audio.feature_config import FeatureConfig, FeatureKind, MfccConfig, MusicnnConfig
from genre.errors import ParameterError
from genre.language import _
from genre.network.config import Cell, NetworkConfig, Pooling
from genre.recipes.setting import check_value, setting
from genre.splits.split import SplitKind

Schedule = Literal["constant", "cosine"]
TeacherFeatures = Literal["own", "musicnn"]
EvaluationKind = Literal["held-out", "pooled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """A recipe: all settings of a network and its training.

    The defaults are those of the reference (preset ``course``), except the split, which
    is without data leakage.
    """

    preset: str = setting("custom", "Name of the preset.")

    features: FeatureKind = setting(
        "mfcc",
        "What the network reads: MFCCs, or values of musicnn, which was trained on other music.",
        choices=get_args(FeatureKind),
    )
    n_mfcc: int = setting(13, "MFCCs per frame.", low=1, high=40, only="mfcc")
    deltas: bool = setting(False, "Also use the deltas of the MFCCs.", only="mfcc")
    texture_frames: int = setting(
        0,
        "Frames per step, summarised by mean and standard deviation; 0 for none.",
        low=0,
        high=65,
        only="mfcc",
    )
    level: bool = setting(
        False, "Bring recordings to one level: their volume makes no difference.", only="mfcc"
    )
    window_frames: int = setting(
        60, "Frames of musicnn (16 ms each) under a step.", low=1, high=187, only="musicnn"
    )
    hop_frames: int = setting(
        20, "Frames of musicnn from one step to the next.", low=1, high=187, only="musicnn"
    )

    cell: Cell = setting("lstm", "The recurrent cell.", choices=get_args(Cell))
    units_1: int = setting(64, "Units of the first recurrent layer.", low=1, high=512)
    units_2: int = setting(64, "Units of the second recurrent layer.", low=1, high=512)
    bidirectional: bool = setting(False, "Read each segment forwards and backwards.")
    pooling: Pooling = setting(
        "last", "How the second layer's outputs are pooled.", choices=get_args(Pooling)
    )
    dense_units: int = setting(64, "Units of the dense layer before the output.", low=1, high=512)
    scaling: bool = setting(False, "Standardise each value by its mean and deviation in training.")

    input_dropout: float = setting(0.0, "Share of input values dropped.", low=0, high=0.9)
    between_dropout: float = setting(
        0.0, "Share of values dropped between the recurrent layers.", low=0, high=0.9
    )
    dropout: float = setting(0.3, "Share of values dropped before the output.", low=0, high=0.9)
    label_smoothing: float = setting(
        0.0,
        "Label smoothing: probability spread over all genres in the target.",
        low=0,
        high=0.5,
    )
    teacher: float = setting(
        0.0,
        "Share of each target probability that a linear classifier of the training set gives.",
        low=0,
        high=1,
    )
    teacher_features: TeacherFeatures = setting(
        "own",
        "What the linear classifier reads: what the network reads, or musicnn's values of the "
        "same segments (knowledge distillation).",
        choices=get_args(TeacherFeatures),
        only="mfcc",
    )
    weight_decay: float = setting(0.0, "Decoupled weight decay (AdamW).", low=0, high=1)

    learning_rate: float = setting(1e-4, "Step size of Adam.", low=1e-6, high=1)
    epochs: int = setting(30, "Passes over the training set.", low=1, high=1000)
    batch_size: int = setting(32, "Segments per step of the optimiser.", low=1, high=4096)
    schedule: Schedule = setting(
        "constant", "How the learning rate changes over the epochs.", choices=get_args(Schedule)
    )
    warmup_epochs: int = setting(0, "Epochs in which the learning rate rises.", low=0, high=100)
    patience: int = setting(
        0,
        "Early stopping: epochs without a better validation loss; 0 for never.",
        low=0,
        high=1000,
    )

    segments_per_track: int = setting(
        0, "Segments drawn from each track per epoch; 0 for all.", low=0, high=100
    )
    balance_genres: bool = setting(
        False, "Draw equally many segments of each genre (with segments_per_track)."
    )
    altered: float = setting(
        0.0,
        "Share of segments in an altered version (codec, band, room, noise, clipping), where the "
        "data holds such.",
        low=0,
        high=0.9,
        only="musicnn",
    )
    roll: bool = setting(False, "Rotate the steps of each segment by a random number.")
    mask: float = setting(0.0, "Longest masked part of a segment, as a share.", low=0, high=0.5)
    shift: float = setting(
        0.0,
        "Random shift of each coefficient, in standard deviations (another microphone).",
        low=0,
        high=2,
        only="mfcc",
    )
    gain: float = setting(
        0.0, "Random gain of each coefficient (another room).", low=0, high=0.5, only="mfcc"
    )
    warp: float = setting(
        0.0,
        "Random stretch of the mel axis (other voices and instruments).",
        low=0,
        high=0.5,
        only="mfcc",
    )
    speed: float = setting(0.0, "Random change of tempo, as a share.", low=0, high=0.5, only="mfcc")
    mixup: float = setting(0.0, "Strength of mixing pairs of segments; 0 for none.", low=0, high=4)

    temperature: float = setting(
        1.0,
        "Temperature scaling after training: the logits are divided by it to calibrate them.",
        low=0.1,
        high=10,
    )

    split: SplitKind = setting(
        "artist",
        "What a split keeps whole: artists, tracks, or nothing (course).",
        choices=get_args(SplitKind),
    )
    test_share: float = setting(0.25, "Share of the data in the test set.", low=0.05, high=0.5)
    validation_share: float = setting(
        0.2, "Share of the rest in the validation set.", low=0.05, high=0.5
    )
    evaluation: EvaluationKind = setting(
        "held-out",
        "The test: a held-out test set, or folds (pooled) before training on all tracks.",
        choices=get_args(EvaluationKind),
    )
    n_folds: int = setting(5, "Folds of the evaluation pooled.", low=2, high=20)
    permute_genres: bool = setting(
        False, "Control: permute the genres of the tracks, so that there is nothing to learn."
    )
    whole_segments_only: bool = setting(False, "Leave out recordings shorter than a segment.")
    seed: int = setting(
        0, "Random seed of the split, the weights and the batches.", low=0, high=2**31 - 1
    )

    def __post_init__(self) -> None:
        for f in fields(self):
            check_setting(f.name, getattr(self, f.name))
        given = [name for name in _CHANGES_TO_MFCCS if getattr(self, name)]
        if self.features == "musicnn" and given:
            raise ParameterError(
                _(
                    "{names} was given with features=musicnn, but can be applied to MFCCs only. "
                    "Leave it out, or begin with the preset ear."
                ).format(names=", ".join(given))
            )

    @property
    def feature_config(self) -> FeatureConfig:
        """The features that a network of this recipe reads."""
        if self.features == "musicnn":
            return MusicnnConfig(window_frames=self.window_frames, hop_frames=self.hop_frames)
        return MfccConfig(
            n_mfcc=self.n_mfcc,
            deltas=self.deltas,
            texture_frames=self.texture_frames,
            level=self.level,
        )

    def network_config(self, n_genres: int) -> NetworkConfig:
        """Return the shape of this recipe's network for so many genres."""
        return NetworkConfig(
            n_steps=self.feature_config.n_steps,
            n_values=self.feature_config.n_values,
            n_genres=n_genres,
            cell=self.cell,
            units=(self.units_1, self.units_2),
            bidirectional=self.bidirectional,
            pooling=self.pooling,
            dense_units=self.dense_units,
            scaling=self.scaling,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainConfig:
        """Read a recipe written by `to_dict`; unknown settings raise an error."""
        unknown = sorted(set(values) - {f.name for f in fields(cls)})
        if unknown:
            named = ", ".join(name[:40] for name in unknown[:5])  # a recipe may come from anyone
            known = ", ".join(f.name for f in fields(cls))
            refused = _("unknown settings {named} in a recipe. Choose from {known}.")
            raise ParameterError(refused.format(named=named, known=known))
        return cls(**values)


BUNDLED_DATA: dict[FeatureKind, str] = {"mfcc": "gtzan-subset", "musicnn": "gtzan-subset-musicnn"}
"""What a recipe is trained on unless told otherwise, by its features."""
_CHANGES_TO_MFCCS = ("deltas", "texture_frames", "level", "shift", "gain", "warp", "speed")


def check_setting(name: str, value: Any) -> None:
    """Raise if a setting cannot have this value, whatever the others are.

    Raises
    ------
    ParameterError
        If its type is another, or it is outside its bounds or choices.
    """
    check_value(TrainConfig.__dataclass_fields__[name], value)


PRESETS: dict[str, TrainConfig] = {
    "course": TrainConfig(preset="course", split="course", whole_segments_only=True),
    "recommended": TrainConfig(
        preset="recommended",
        n_mfcc=20,
        level=True,
        deltas=True,
        texture_frames=5,
        pooling="mean",
        scaling=True,
        input_dropout=0.1,
        between_dropout=0.3,
        dropout=0.4,
        label_smoothing=0.1,
        weight_decay=1e-2,
        learning_rate=2e-3,
        epochs=40,
        schedule="cosine",
        warmup_epochs=3,
        segments_per_track=4,
        balance_genres=True,
        roll=True,
        mask=0.2,
        shift=0.2,
        gain=0.1,
        warp=0.08,
        speed=0.1,
        mixup=0.4,
        temperature=1.2,
    ),
}
"""Recipes by name: ``course`` is the reference, with its leaky split."""
PRESETS["quick"] = replace(PRESETS["recommended"], preset="quick", epochs=15)
PRESETS["ear"] = TrainConfig(
    preset="ear", features="musicnn", pooling="mean_shortcut", scaling=True,
    input_dropout=0.3, between_dropout=0.3, dropout=0.4, teacher=1.0, altered=0.15,
    weight_decay=1e-2, learning_rate=1e-3, epochs=20, schedule="cosine", warmup_epochs=2,
    segments_per_track=4, balance_genres=True, mixup=0.4, temperature=0.55,
)  # fmt: skip


def preset(name: str) -> TrainConfig:
    """Return a preset by name."""
    if name not in PRESETS:
        refused = _("there is no preset {name!r}. Choose one of {presets}.")
        raise ParameterError(refused.format(name=name, presets=", ".join(PRESETS)))
    return PRESETS[name]
