"""Every setting of a recipe as the Train page shows it: its label, its stops, its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TENTHS = tuple(round(i / 10, 1) for i in range(10))
TWENTIETHS = tuple(round(i / 20, 2) for i in range(19))


@dataclass(frozen=True, slots=True)
class Knob:
    """A setting: ``stops`` of a slider; none for a switch or a choice."""

    name: str
    label: str
    stops: tuple[Any, ...] = ()


RATES = (1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
EPOCHS = (1, 2, 3, 5, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000)
UNITS = (4, 8, 16, 32, 48, 64, 96, 128, 256, 512)

FRONT = (
    Knob("learning_rate", "Learning rate", RATES),
    Knob("epochs", "Epochs", EPOCHS),
    Knob("batch_size", "Batch size", (4, 8, 16, 32, 64, 128, 256, 512, 1024)),
    Knob("units_1", "Units, first layer", UNITS),
    Knob("units_2", "Units, second layer", UNITS),
    Knob("dropout", "Dropout", TWENTIETHS),
)
MORE = {
    "What it hears": (
        Knob("n_mfcc", "MFCCs", (13, 20)),
        Knob("deltas", "Deltas"),
        Knob("texture_frames", "Texture window (frames)", (0, 2, 3, 5, 8, 10, 13, 26, 65)),
        Knob("scaling", "Scale each value"),
    ),
    "The network": (
        Knob("cell", "Cell"),
        Knob("bidirectional", "Both directions"),
        Knob("pooling", "Pooling"),
        Knob("dense_units", "Dense units", UNITS),
        Knob("input_dropout", "Dropout of the input", TWENTIETHS),
        Knob("between_dropout", "Dropout between the layers", TWENTIETHS),
    ),
    "Variations of the music": (
        Knob("segments_per_track", "Segments per track and epoch", (0, 1, 2, 4, 8, 10, 20)),
        Knob("balance_genres", "As much of each genre"),
        Knob("roll", "Roll in time"),
        Knob("mask", "Blanked stretch", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
        Knob("shift", "Microphone (shift)", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)),
        Knob("gain", "Room (gain)", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Knob("warp", "Voices (mel warp)", (0.0, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Knob("speed", "Tempo", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Knob("mixup", "Mixup", (0.0, 0.1, 0.2, 0.4, 0.8, 1.0, 2.0, 4.0)),
    ),
    "How it learns": (
        Knob("label_smoothing", "Label smoothing", (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)),
        Knob("weight_decay", "Weight decay", (0.0, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)),
        Knob("schedule", "Schedule"),
        Knob("warmup_epochs", "Warm-up (epochs)", (0, 1, 2, 3, 5, 10, 20, 50, 100)),
        Knob("patience", "Patience (epochs)", (0, 3, 5, 10, 20, 50, 100, 500, 1000)),
        Knob(
            "temperature", "Temperature", (0.1, 0.5, 0.8, 1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 5.0, 10.0)
        ),
    ),
    "What is held back": (
        Knob("split", "Split"),
        Knob("test_share", "Kept for the test", TENTHS[1:6]),
        Knob("validation_share", "Kept for validation", TENTHS[1:6]),
        Knob("whole_segments_only", "Whole segments only"),
        Knob("permute_genres", "Permute the genres (control)"),
        Knob("seed", "Seed", tuple(range(11))),
    ),
}
ALL = (*FRONT, *(knob for knobs in MORE.values() for knob in knobs))

CHOICES = {
    "lstm": "LSTM",
    "simple_rnn": "Simple RNN",
    "last": "Last state",
    "mean": "Mean over steps",
    "mean_max": "Mean and maximum",
    "constant": "Constant",
    "cosine": "Cosine",
    "artist": "Artists whole (honest)",
    "track": "Tracks whole",
    "course": "Course: segments (leaky)",
    "fault-filtered": "Fault-filtered (as papers do)",
}
PRESETS = {
    "recommended": "The best honest recipe: texture windows, varied music, artists kept whole.",
    "quick": "The same for fewer epochs: a whole run while you watch.",
    "course": "The reference exactly as taught: 13 MFCCs, no scaling, and its random split of "
    "segments, which leaks: its accuracy flatters.",
}


def written(value: Any) -> str:
    """Return a value as a slider shows it."""
    return f"{value:g}" if isinstance(value, float) else str(value)
