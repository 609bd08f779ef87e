"""Every setting of a recipe as the Train page shows it: its label, its values, its group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TENTHS = tuple(round(i / 10, 1) for i in range(10))
TWENTIETHS = tuple(round(i / 20, 2) for i in range(19))


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: ``stops`` are the values of its slider; none for a switch or a choice."""

    name: str
    label: str
    stops: tuple[Any, ...] = ()


RATES = (1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
EPOCHS = (1, 2, 3, 5, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000)
UNITS = (4, 8, 16, 32, 48, 64, 96, 128, 256, 512)

MAIN = (
    Setting("learning_rate", "Learning rate", RATES),
    Setting("epochs", "Epochs", EPOCHS),
    Setting("batch_size", "Batch size", (4, 8, 16, 32, 64, 128, 256, 512, 1024)),
    Setting("units_1", "Units, first layer", UNITS),
    Setting("units_2", "Units, second layer", UNITS),
    Setting("dropout", "Dropout", TWENTIETHS),
)
MORE = {
    "Input": (
        Setting("features", "Features"),
        Setting("window_frames", "Window (frames)", (20, 40, 60, 80, 100, 140, 187)),
        Setting("hop_frames", "Window step (frames)", (5, 10, 20, 30, 40, 60, 187)),
        Setting("n_mfcc", "MFCCs", (13, 20)),
        Setting("deltas", "Deltas"),
        Setting("texture_frames", "Texture window (frames)", (0, 2, 3, 5, 8, 10, 13, 26, 65)),
        Setting("level", "Same loudness"),
        Setting("scaling", "Normalise inputs"),
    ),
    "Network": (
        Setting("cell", "Cell"),
        Setting("bidirectional", "Bidirectional"),
        Setting("pooling", "Pooling"),
        Setting("dense_units", "Dense units", UNITS),
        Setting("input_dropout", "Input dropout", TWENTIETHS),
        Setting("between_dropout", "Dropout between layers", TWENTIETHS),
    ),
    "Data augmentation": (
        Setting("segments_per_track", "Segments per track and epoch", (0, 1, 2, 4, 8, 10, 20)),
        Setting("balance_genres", "Balance genres"),
        Setting("altered", "Altered recordings", TWENTIETHS),
        Setting("roll", "Time shift"),
        Setting("mask", "Time mask", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
        Setting("shift", "Microphone (shift)", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)),
        Setting("gain", "Room (gain)", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting("warp", "Voices (mel warp)", (0.0, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting("speed", "Tempo", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting("mixup", "Mixup", (0.0, 0.1, 0.2, 0.4, 0.8, 1.0, 2.0, 4.0)),
    ),
    "Optimisation": (
        Setting("teacher", "Linear teacher", (0.0, 0.25, 0.5, 0.75, 1.0)),
        Setting("teacher_features", "Teacher reads"),
        Setting("label_smoothing", "Label smoothing", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting("weight_decay", "Weight decay", (0.0, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)),
        Setting("schedule", "Schedule"),
        Setting("warmup_epochs", "Warm-up (epochs)", (0, 1, 2, 3, 5, 10, 20, 50, 100)),
        Setting("patience", "Patience (epochs)", (0, 3, 5, 10, 20, 50, 100, 500, 1000)),
        Setting(
            "temperature",
            "Temperature",
            (0.1, 0.5, 0.55, 0.8, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 5.0, 10.0),
        ),
    ),
    "Data split": (
        Setting("split", "Split"),
        Setting("test_share", "Test share", TENTHS[1:6]),
        Setting("validation_share", "Validation share", TENTHS[1:6]),
        Setting("whole_segments_only", "Whole segments only"),
        Setting("permute_genres", "Permute genres (control)"),
        Setting("seed", "Seed", tuple(range(11))),
    ),
}
ALL = (*MAIN, *(setting for group in MORE.values() for setting in group))

CHOICES = {
    "mfcc": "MFCCs",
    "musicnn": "musicnn (pre-trained)",
    "own": "What the network reads",
    "lstm": "LSTM",
    "simple_rnn": "Simple RNN",
    "last": "Last state",
    "mean": "Mean over steps",
    "mean_max": "Mean and maximum",
    "mean_shortcut": "Mean, and of the steps",
    "constant": "Constant",
    "cosine": "Cosine",
    "artist": "By artist (no leakage)",
    "track": "By track",
    "course": "Course: by segment (leaks)",
    "fault-filtered": "Fault-filtered (as in papers)",
}
PRESETS = {
    "recommended": "The best recipe without data leakage: texture windows, data "
    "augmentation, split by artist.",
    "quick": "The same with fewer epochs: done while you watch.",
    "course": "The reference as taught: 13 MFCCs, inputs not normalised, and a random split of "
    "segments. That split leaks, so its accuracy is too high.",
    "ear": "Reads what musicnn, a network trained on the tags of other music, computes for "
    "each second. Its training music may include these artists.",
}


def written(value: Any) -> str:
    """Return a value as a slider shows it."""
    return f"{value:g}" if isinstance(value, float) else str(value)
