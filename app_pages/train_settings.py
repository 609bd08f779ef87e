"""Every setting of a recipe as the Train page shows it: its label, its values, its group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from genre.language import N_
from genre.text.format import general

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
    Setting("learning_rate", N_("Learning rate"), RATES),
    Setting("epochs", N_("Epochs"), EPOCHS),
    Setting("batch_size", N_("Batch size"), (4, 8, 16, 32, 64, 128, 256, 512, 1024)),
    Setting("units_1", N_("Units, first layer"), UNITS),
    Setting("units_2", N_("Units, second layer"), UNITS),
    Setting("dropout", N_("Dropout"), TWENTIETHS),
)
MORE = {
    N_("Input"): (
        Setting("features", N_("Features")),
        Setting("window_frames", N_("Window (frames)"), (20, 40, 60, 80, 100, 140, 187)),
        Setting("hop_frames", N_("Window step (frames)"), (5, 10, 20, 30, 40, 60, 187)),
        Setting("n_mfcc", "MFCCs", (13, 20)),
        Setting("deltas", N_("Deltas")),
        Setting("texture_frames", N_("Texture window (frames)"), (0, 2, 3, 5, 8, 10, 13, 26, 65)),
        Setting("level", N_("Same loudness")),
        Setting("scaling", N_("Normalise inputs")),
    ),
    N_("Network"): (
        Setting("cell", N_("Cell")),
        Setting("bidirectional", N_("Bidirectional")),
        Setting("pooling", N_("Pooling")),
        Setting("dense_units", N_("Dense units"), UNITS),
        Setting("input_dropout", N_("Input dropout"), TWENTIETHS),
        Setting("between_dropout", N_("Dropout between layers"), TWENTIETHS),
    ),
    N_("Data augmentation"): (
        Setting("segments_per_track", N_("Segments per track and epoch"), (0, 1, 2, 4, 8, 10, 20)),
        Setting("balance_genres", N_("Balance genres")),
        Setting("altered", N_("Altered recordings"), TWENTIETHS),
        Setting("roll", N_("Time shift")),
        Setting("mask", N_("Time mask"), (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
        Setting("shift", N_("Microphone (shift)"), (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)),
        Setting("gain", N_("Room (gain)"), (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting("warp", N_("Voices (mel warp)"), (0.0, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting("speed", N_("Tempo"), (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting("mixup", N_("Mixup"), (0.0, 0.1, 0.2, 0.4, 0.8, 1.0, 2.0, 4.0)),
    ),
    N_("Optimisation"): (
        Setting("teacher", N_("Linear teacher"), (0.0, 0.25, 0.5, 0.75, 1.0)),
        Setting("teacher_features", N_("Teacher reads")),
        Setting("label_smoothing", N_("Label smoothing"), (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Setting(
            "weight_decay", N_("Weight decay"), (0.0, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
        ),
        Setting("schedule", N_("Schedule")),
        Setting("warmup_epochs", N_("Warm-up (epochs)"), (0, 1, 2, 3, 5, 10, 20, 50, 100)),
        Setting("patience", N_("Patience (epochs)"), (0, 3, 5, 10, 20, 50, 100, 500, 1000)),
        Setting(
            "temperature",
            N_("Temperature"),
            (0.1, 0.5, 0.55, 0.8, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 5.0, 10.0),
        ),
    ),
    N_("Data split"): (
        Setting("evaluation", N_("Test")),
        Setting("n_folds", N_("Folds"), (2, 3, 4, 5, 8, 10, 20)),
        Setting("split", N_("Split")),
        Setting("test_share", N_("Test share"), TENTHS[1:6]),
        Setting("validation_share", N_("Validation share"), TENTHS[1:6]),
        Setting("whole_segments_only", N_("Whole segments only")),
        Setting("permute_genres", N_("Permute genres (control)")),
        Setting("seed", N_("Seed"), tuple(range(11))),
    ),
}
ALL = (*MAIN, *(setting for group in MORE.values() for setting in group))

CHOICES = {
    "mfcc": "MFCCs",
    "musicnn": N_("musicnn (pre-trained)"),
    "own": N_("What the network reads"),
    "lstm": "LSTM",
    "simple_rnn": N_("Simple RNN"),
    "last": N_("Last state"),
    "mean": N_("Mean over steps"),
    "mean_max": N_("Mean and maximum"),
    "mean_shortcut": N_("Mean, and of the steps"),
    "constant": N_("Constant"),
    "cosine": N_("Cosine"),
    "held-out": N_("Held-out test side"),
    "pooled": N_("Pooled folds"),
    "artist": N_("By artist (no leakage)"),
    "track": N_("By track"),
    "course": N_("Course: by segment (leaks)"),
    "fault-filtered": N_("Fault-filtered (as in papers)"),
}
PRESET_NAMES = {
    "recommended": N_("Recommended"),
    "quick": N_("Quick"),
    "course": N_("Course"),
    "ear": N_("Ear"),
}
PRESETS = {
    "recommended": N_(
        "The best recipe without data leakage: texture windows, data augmentation, split by artist."
    ),
    "quick": N_("The same with fewer epochs: done while you watch."),
    "course": N_(
        "The reference as taught: 13 MFCCs, inputs not normalised, and a random split of "
        "segments. That split leaks, so its accuracy is too high."
    ),
    "ear": N_(
        "Reads what musicnn, a network trained on the tags of other music, computes for "
        "each second. Its training music may include these artists."
    ),
}


def written(value: Any) -> str:
    """Return a value as a slider shows it."""
    return general(value) if isinstance(value, float) else str(value)
