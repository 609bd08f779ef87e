"""The card of a saved model: what it is, how it was made, its accuracy.

Conventions
-----------
A card validates itself, since it is shown to visitors and its file may come from
anyone.  ``docs/formats.md`` lists every key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from reprlib import repr as shown  # a value in an untrusted card may be a megabyte long
from typing import Any, get_args

from genre.audio.feature_config import CAVEATS, FeatureConfig
from genre.datasets.types import Track
from genre.errors import ModelError
from genre.language import N_, _
from genre.models.confidence import UNMEASURED, ConfidenceLevel, Thresholds, current_levels
from genre.models.measured_on import measured_on
from genre.network.config import NetworkConfig

UNITS = ("tracks", "segments")
"""The units of an accuracy."""
GTZAN_NAME = re.compile(r"[a-z]+\.\d{5}")
"""The track names of GTZAN, the same in every copy."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured accuracy with its split, count and interval.

    ``what`` names the split or the tracks, ``unit`` what was counted (``tracks``
    or ``segments``), ``is_honest`` says that there is no data leakage: the test artists are not
    in the training set; ``command`` reproduces it.

    Raises
    ------
    ModelError
        If the value is not a share within its interval, or nothing was counted.
    """

    what: str
    unit: str
    value: float
    low: float
    high: float
    n: int
    is_honest: bool
    command: str

    def __post_init__(self) -> None:
        shares = (self.low, self.value, self.high)
        are_numbers = all(type(share) in (int, float) for share in shares)
        if not are_numbers or not 0 <= self.low <= self.value <= self.high <= 1:
            raise ModelError(
                _(
                    "a figure has low={low}, value={value}, high={high}, expected shares with 0 <= "
                    "low <= value <= high <= 1. Measure it again."
                ).format(low=shown(self.low), value=shown(self.value), high=shown(self.high))
            )
        if not _is_count(self.n) or self.n == 0 or self.unit not in UNITS:
            raise ModelError(
                _(
                    "a figure counts n={n} {unit}, expected one or more {units}. Measure it again."
                ).format(n=shown(self.n), unit=shown(self.unit), units=" or ".join(UNITS))
            )

    def __str__(self) -> str:
        words = {
            "tracks": _("{value:.0%} of {n} tracks (95% interval {low:.0%} to {high:.0%}; {what})"),
            "segments": _(
                "{value:.0%} of {n} segments (95% interval {low:.0%} to {high:.0%}; {what})"
            ),
        }[self.unit]
        return words.format(**asdict(self) | {"what": measured_on(self.what)})


_EXPECTED = {
    "genres": N_(
        "the genres are {given}, expected distinct names in alphabetical order. Name each genre "
        "once, sorted."
    ),
    "certainty": N_(
        "certainty is {given}, expected for any of {levels} the counts n and n_right, n_right at "
        "most n. Copy it from a result of crossval."
    ),
    "robustness": N_(
        "robustness is {given}, expected nothing, or n_tracks, command and by alteration the "
        "counts n, n_same and n_right. Copy it from a result of robustness."
    ),
    "measures": N_(
        "measures is {given}, expected finite numbers by name. Copy them from a result of crossval."
    ),
    "heard": N_(
        "heard is {given}, expected the track_id of each digest, as text. List what the model was "
        "trained on."
    ),
}
"""What a card's values must be."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The description of a saved model.

    Parameters
    ----------
    name, about : str
        Its name, and one sentence for visitors.
    genres : tuple of str
        In the order of the network's outputs: sorted.
    features : FeatureConfig
        The features that the network reads.
    network : NetworkConfig
    recipe : dict
        The `genre.recipes.config.TrainConfig` it was trained with.
    data : dict
        ``name``, ``n_tracks``, ``n_segments``, ``n_artists`` of what it was trained on.
    figures : tuple of Figure
        Its accuracies, the one without data leakage first.
    certainty : dict
        Per confidence level (`genre.models.confidence.ConfidenceLevel`) the number of predictions
        (``n``) and how many of them were right (``n_right``), as measured.
    thresholds : Thresholds
        From which probability on its predictions have a confidence level.
    measures : dict
        ``macro_f1``, ``log_loss``, ``expected_calibration_error`` on the tracks of the
        first figure, where they were measured, each also with ``_low`` and ``_high``: its 95%
        interval; and ``train_seconds``.
    robustness : dict
        What `python -m genre robustness` measured: ``n_tracks``, ``command``, and by alteration
        (``alterations``) ``n`` predictions, of which ``n_same`` stayed and ``n_right`` are right.
    heard : dict
        The track_id of every training track by its digest: the tracks seen in training.
    command, versions, created : str, dict, str
        How, with which packages and when (UTC) it was made.
    label : str
        The name as it was typed (`genre.models.names`); empty where that is its name.

    Raises
    ------
    ModelError
        If the genres, ``certainty``, ``measures`` or ``heard`` are not as described.
    """

    name: str
    about: str
    genres: tuple[str, ...]
    features: FeatureConfig
    network: NetworkConfig
    recipe: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    certainty: dict[str, dict[str, int]] = field(default_factory=dict)
    thresholds: Thresholds = UNMEASURED
    measures: dict[str, float] = field(default_factory=dict)
    robustness: dict[str, Any] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    command: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    created: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        are_names = all(isinstance(genre, str) and genre for genre in self.genres)
        levels = get_args(ConfidenceLevel)
        by_level = self.certainty if isinstance(self.certainty, dict) else {"": None}
        measured = self.measures.values() if isinstance(self.measures, dict) else [None]
        pairs = self.heard.items() if isinstance(self.heard, dict) else [(None, None)]
        are_right = {
            "genres": are_names and list(self.genres) == sorted(set(self.genres)),
            "certainty": all(level in levels and _are_counts(n) for level, n in by_level.items()),
            "robustness": _is_robustness(self.robustness),
            "measures": all(type(value) in (int, float) and isfinite(value) for value in measured),
            "heard": all(isinstance(word, str) for pair in pairs for word in pair),
        }
        for name, is_right in are_right.items():
            if not is_right:
                given, known = shown(getattr(self, name)), ", ".join(levels)
                raise ModelError(_(_EXPECTED[name]).format(given=given, levels=known))

    @property
    def leak_free_figure(self) -> Figure | None:
        """The accuracy per track without data leakage, if it was measured."""
        return next((f for f in self.figures if f.is_honest and f.unit == "tracks"), None)

    @property
    def is_taught_by_musicnn(self) -> bool:
        """Whether a classifier of musicnn's values gave the targets of a network that reads others.

        `genre.recipes.config.TrainConfig.needs_teacher_values`, of whatever recipe a card has.
        """
        return (
            self.features.kind != "musicnn"
            and self.recipe.get("teacher_features") == "musicnn"
            and self.recipe.get("teacher") != 0
        )

    @property
    def caveat(self) -> str:
        """What to add wherever an accuracy of this model is quoted; or empty."""
        return CAVEATS["musicnn"] if self.is_taught_by_musicnn else self.features.caveat

    def was_trained_on(self, track: Track) -> bool:
        """Tell whether a track is known to be in the training set.

        A track is recognised by the digest of its samples or, since an excerpt has
        another digest, by its GTZAN name.
        """
        if track.digest in self.heard:
            return True
        name = track.track_id
        return bool(GTZAN_NAME.fullmatch(name)) and name in self.heard.values()

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain values for JSON."""
        called = {} if self.label else {"label"}  # most cards have none
        return {k: v for k, v in asdict(self).items() if k not in called} | {
            "features": self.features.to_dict(),
            "network": self.network.to_dict(),
            "thresholds": self.thresholds.to_dict(),
            "genres": list(self.genres),
            "figures": [asdict(figure) for figure in self.figures],
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelCard:
        """Read a card written by `to_dict`."""
        return cls(
            **values
            | {
                "genres": tuple(values["genres"]),
                "certainty": current_levels(values.get("certainty", {})),
                "thresholds": Thresholds(**values.get("thresholds", {})),
                "features": FeatureConfig.from_dict(values["features"]),
                "network": NetworkConfig.from_dict(values["network"]),
                "figures": tuple(Figure(**figure) for figure in values["figures"]),
            }
        )


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _are_counts(counts: object) -> bool:
    """Tell whether these are ``n`` and, of them, ``n_right``."""
    if not isinstance(counts, dict) or set(counts) != {"n", "n_right"}:
        return False
    n, n_right = counts["n"], counts["n_right"]
    return _is_count(n) and _is_count(n_right) and n_right <= n


def _is_robustness(values: object) -> bool:
    """Tell whether this is a result of the command ``robustness``, or nothing."""
    if values == {}:
        return True
    if not isinstance(values, dict) or not isinstance(values.get("alterations"), dict):
        return False
    counted = values["alterations"].values()
    return (
        _is_count(values.get("n_tracks"))
        and isinstance(values.get("command"), str)
        and all(isinstance(of, dict) and set(of) == {"n", "n_same", "n_right"} for of in counted)
        and all(_is_count(n) for of in counted for n in of.values())
        and all(0 < of["n"] == max(of.values()) for of in counted)
    )


def figures_of(evaluation: Mapping[str, Any], *, is_honest: bool, command: str) -> list[Figure]:
    """Return the two figures of an evaluation for a card.

    Parameters
    ----------
    evaluation : mapping
        As `Evaluation.to_dict` or `genre.training.crossval.CrossValidation.to_dict` gives it.
    is_honest : bool
        False for a split with data leakage.
    command : str
        The command that reproduces the figures.

    Returns
    -------
    figures : list of Figure
        Per track, then per segment.
    """
    return [
        Figure(
            what=evaluation["about"],
            unit=f"{unit}s",
            **evaluation[f"{unit}_accuracy"],
            is_honest=is_honest,
            command=command,
        )
        for unit in ("track", "segment")
    ]
