"""What a sweep is asked to do: data, base, swept settings, method, seeds and budget.

Conventions
-----------
configuration
    One value for each swept setting.  It is trained once with each seed, all seeds on equal terms:
    configurations are compared by the mean over their seeds.
seed
    The recipe's seed, which decides the split as well: with one seed all configurations are
    validated on the same tracks, unless a setting of the split is swept.
group
    The configurations with the same settings of the split: only these are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from reprlib import repr as shown
from typing import Any, Literal, get_args

from genre.errors import ParameterError
from genre.language import _
from genre.recipes.config import BUNDLED_DATA, PRESETS, TrainConfig, check_setting
from genre.recipes.link import with_changes
from genre.recipes.prepare import OF_THE_SPLIT
from genre.sweeps.values import Range, Values, check_name, nearest, read_values

Method = Literal["grid", "random", "halving"]
METRIC = "val_accuracy"
"""What configurations are compared by: the test set is for the one that is chosen."""
MAX_RUNS, MAX_SEEDS, MAX_VALUES = 200, 20, 50
MAX_LABEL = 80
MAX_MINUTES = 7 * 24 * 60
FACTORS = (2, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSpec:
    """What a sweep is asked to do.

    Parameters
    ----------
    label : str
        As typed.
    data : str
        Name or path of the dataset; empty for the bundled one that the base reads.
    preset : str
        The base: what is not swept is as this preset has it,
    changes : mapping
        but for these settings.
    settings : mapping
        Swept settings, each with its values or its range.
    method : str
        ``grid``: every combination; ``random``: some of them, drawn; ``halving``: as these, with
        few epochs at first and more for the better ones (successive halving).
    n_configurations : int or None
        How many are drawn; None for every combination.
    factor : int
        Of ``halving``: one in so many goes on, with so many times the epochs.
    seeds : tuple of int
    minutes : float or None
        No run is begun that would end later; None for no limit.
    draw_seed : int
        Seed of what is drawn.
    """

    label: str
    settings: Mapping[str, Values]
    data: str = ""
    preset: str = "recommended"
    changes: Mapping[str, Any] = field(default_factory=dict)
    method: Method = "grid"
    n_configurations: int | None = None
    factor: int = 3
    seeds: tuple[int, ...] = (0,)
    minutes: float | None = None
    metric: str = METRIC
    draw_seed: int = 0

    def __post_init__(self) -> None:
        _check_text("label", self.label, MAX_LABEL)
        _check_text("data", self.data, 4096, least=0)
        _check_choice("preset", self.preset, tuple(PRESETS))
        for name, value in self.changes.items():
            check_name(name)
            check_setting(name, value)
        self._check_settings()
        _check_choice("method", self.method, get_args(Method))
        _check_number("n_configurations", self.n_configurations, 1, MAX_RUNS, is_whole=True)
        _check_number("factor", self.factor, *FACTORS, is_whole=True)
        _check_number("minutes", self.minutes, 0.1, MAX_MINUTES)
        _check_number("draw_seed", self.draw_seed, 0, 2**31 - 1, is_whole=True)
        if self.metric != METRIC:
            refused = _(
                "metric is {metric}, expected {expected}: the test set is for the chosen one alone."
            )
            raise ParameterError(refused.format(metric=shown(self.metric), expected=METRIC))
        self._check_seeds()
        self._check_method()

    def _check_settings(self) -> None:
        if not self.settings:
            refused = _("no setting is swept, expected at least one. Choose one and its values.")
            raise ParameterError(refused)
        for name, values in self.settings.items():
            if not isinstance(values, Range) and len(values) > MAX_VALUES:
                refused = _("{name} has {n} values, expected at most {most}. Leave some out.")
                raise ParameterError(refused.format(name=name, n=len(values), most=MAX_VALUES))
        if both := [name for name in self.settings if name in self.changes]:
            refused = _("{name} is both swept and changed. Leave one of them out.")
            raise ParameterError(refused.format(name=both[0]))

    def _check_seeds(self) -> None:
        if not 1 <= len(self.seeds) <= MAX_SEEDS:
            refused = _("{n} seeds were given, expected 1 to {most}.")
            raise ParameterError(refused.format(n=len(self.seeds), most=MAX_SEEDS))
        for seed in self.seeds:
            check_setting("seed", seed)

    def _check_method(self) -> None:
        ranges = [name for name, values in self.settings.items() if isinstance(values, Range)]
        if self.method == "grid" and ranges:
            refused = _(
                "{name} has a range, but a grid needs values. Name them, or use random search."
            )
            raise ParameterError(refused.format(name=ranges[0]))
        if self.method == "grid" and self.n_configurations is not None:
            refused = _(
                "n_configurations is given with a grid, which has every combination. Leave it "
                "out, or use random search."
            )
            raise ParameterError(refused)
        if self.n_configurations is None and (self.method == "random" or ranges):
            refused = _("n_configurations is not given: say how many combinations are drawn.")
            raise ParameterError(refused)
        if self.method == "halving" and "epochs" in self.settings:
            refused = _("epochs is swept, but halving chooses the epochs itself. Leave it out.")
            raise ParameterError(refused)
        self._check_split()

    def _check_split(self) -> None:
        """Raise where settings of the split cannot be swept, or would change nothing."""
        if self.method == "halving" and self.of_the_split:
            refused = _(
                "{name} is swept with halving, which drops what has the lower accuracy, but with "
                "another {name} other tracks are validated on. Use grid or random."
            )
            raise ParameterError(refused.format(name=self.of_the_split[0]))
        tests = self.settings.get("evaluation")
        tests = tests if isinstance(tests, tuple) else (self.base.evaluation,)  # it has no range
        if self.method == "halving" and "pooled" in tests:
            refused = _(
                "evaluation is pooled, but halving trains in steps, which folds do not. Set "
                "evaluation to held-out, or use grid or random."
            )
            raise ParameterError(refused)
        for name, least in (("n_folds", "pooled"), ("test_share", "held-out")):
            if name in self.settings and least not in tests:
                refused = _(
                    "{name} is swept, but changes nothing unless evaluation is {expected}. Set "
                    "evaluation to {expected}, or leave {name} out."
                )
                raise ParameterError(refused.format(name=name, expected=least))

    @property
    def base(self) -> TrainConfig:
        """The recipe of what is not swept."""
        return with_changes(self.preset, self.changes)

    @property
    def of_the_split(self) -> tuple[str, ...]:
        """Swept settings that decide which tracks are validated on."""
        return tuple(name for name in self.settings if name in OF_THE_SPLIT)

    @property
    def source(self) -> str:
        """The dataset: the one that was named, or the bundled one that the base reads."""
        return self.data or BUNDLED_DATA[self.base.features]

    def config_of(self, configuration: Mapping[str, Any], seed: int) -> TrainConfig:
        """Return the recipe of one run.

        Raises
        ------
        ParameterError
            If the values cannot be together.
        """
        return with_changes(self.preset, {**self.changes, **configuration, "seed": seed})

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        document = {f.name: getattr(self, f.name) for f in fields(self)}
        return document | {
            "settings": {
                name: values.to_dict() if isinstance(values, Range) else list(values)
                for name, values in self.settings.items()
            },
            "changes": dict(self.changes),
            "seeds": list(self.seeds),
        }

    @classmethod
    def from_dict(cls, document: Any, *, label: str = "") -> SweepSpec:
        """Read what `to_dict` wrote, or what a person did: each bad value is one sentence.

        Parameters
        ----------
        document : dict
        label : str
            Used where it has none.

        Raises
        ------
        ParameterError
        """
        if not isinstance(document, dict):
            refused = _("a sweep is {given}, expected fields such as settings and seeds.")
            raise ParameterError(refused.format(given=shown(document)))
        known = [f.name for f in fields(cls)]
        for name in document:
            if name not in known:
                refused = _("there is no field {name} in a sweep. {hint}")
                raise ParameterError(
                    refused.format(name=shown(name), hint=nearest(str(name), known))
                )
        values = {"label": label, "settings": {}, **document}
        for name in ("settings", "changes"):
            if not isinstance(values.get(name, {}), dict):
                refused = _("{name} is {given}, expected settings with their values.")
                raise ParameterError(refused.format(name=name, given=shown(values[name])))
        values["settings"] = {
            name: read_values(name, given) for name, given in values["settings"].items()
        }
        seeds = values.get("seeds", [0])
        if not isinstance(seeds, list | tuple):
            refused = _("seeds is {given}, expected a list such as [0, 1, 2].")
            raise ParameterError(refused.format(given=shown(seeds)))
        for seed in seeds:
            check_setting("seed", seed)
        return cls(**values | {"seeds": tuple(dict.fromkeys(seeds))})


def _check_text(name: str, value: Any, most: int, *, least: int = 1) -> None:
    if not isinstance(value, str) or not least <= len(value.strip()) <= most:
        refused = _("{name} is {value}, expected a text of {least} to {most} characters.")
        raise ParameterError(refused.format(name=name, value=shown(value), least=least, most=most))


def _check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        refused = _("{name} is {value}, expected one of {choices}.")
        raise ParameterError(
            refused.format(name=name, value=shown(value), choices=", ".join(choices))
        )


def _check_number(
    name: str, value: Any, low: float, high: float, *, is_whole: bool = False
) -> None:
    """Raise unless a number is in its range; None is none, where the default is."""
    if value is None and name in ("n_configurations", "minutes"):
        return
    kinds = (int,) if is_whole else (int, float)
    if type(value) not in kinds or not low <= value <= high:
        refused = _("{name} is {value}, expected a number from {low:g} to {high:g}.")
        raise ParameterError(refused.format(name=name, value=shown(value), low=low, high=high))
