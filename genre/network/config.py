"""The shape of a network: its layers, their sizes, and the name of every weight.

`genre.network.forward` computes with it, `genre.network.weights` keeps the arrays it names.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import prod
from reprlib import repr as shown  # an untrusted value may be long
from typing import Any, Literal, get_args

from genre.errors import ParameterError
from genre.language import _

Cell = Literal["lstm", "simple_rnn"]
Pooling = Literal["last", "mean", "mean_max", "mean_shortcut"]
Direction = Literal["forward", "backward"]

# Limits for untrusted cards: the largest network has 700 MB.
MAX_LAYERS = 4
"""Recurrent layers at most, and dense layers before the output at most."""
LIMITS = {
    "n_steps": (1, 10_000),
    "n_values": (1, 1_000),
    "n_genres": (2, 1_000),
    "units": (1, 1_024),
    "dense_units": (1, 4_096),
}
_LISTS = ("units", "dense_units")
CHOICES: dict[str, tuple[str | bool, ...]] = {
    "cell": get_args(Cell),
    "pooling": get_args(Pooling),
    "bidirectional": (False, True),
    "scaling": (False, True),
}


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of one network; saved with its weights.

    Parameters
    ----------
    n_steps, n_values : int
        A segment has ``n_steps`` steps, each of ``n_values`` numbers.
    n_genres : int
        The number of outputs.
    cell : {"lstm", "simple_rnn"}
        The cell of all recurrent layers.
    units : tuple of one to four int
        The size of each recurrent layer, per direction.
    bidirectional : bool
        Whether all recurrent layers are bidirectional.
    pooling : {"last", "mean", "mean_max", "mean_shortcut"}
        What the dense layer reads: the last recurrent layer's last state, its mean over the
        steps, its mean and its maximum, or its mean and the mean of the (scaled) steps themselves.
    dense_units : int or tuple of up to four int
        The size of the dense layer before the output; of several, or none, a tuple.
    scaling : bool
        Whether the first layer is a ``Normalization``.

    Raises
    ------
    ParameterError
        If a setting is outside what the package supports.
    """

    n_steps: int
    n_values: int
    n_genres: int
    cell: Cell = "lstm"
    units: tuple[int, ...] = (64, 64)
    bidirectional: bool = False
    pooling: Pooling = "last"
    dense_units: int | tuple[int, ...] = 64
    scaling: bool = True

    def __post_init__(self) -> None:
        """Raise on unsupported settings."""
        if not isinstance(self.units, tuple) or not 1 <= len(self.units) <= MAX_LAYERS:
            raise ParameterError(
                _(
                    "units={units}, expected one to {max_layers} whole numbers. Give one for each "
                    "recurrent layer, such as (64, 64)."
                ).format(units=shown(self.units), max_layers=MAX_LAYERS)
            )
        if isinstance(self.dense_units, tuple) and len(self.dense_units) > MAX_LAYERS:
            raise ParameterError(
                _(
                    "dense_units={dense_units}, expected at most {max_layers} whole numbers. Give "
                    "one for each dense layer before the output."
                ).format(dense_units=shown(self.dense_units), max_layers=MAX_LAYERS)
            )
        for name, (low, high) in LIMITS.items():
            given = getattr(self, name)
            for value in given if isinstance(given, tuple) and name in _LISTS else (given,):
                if type(value) is not int or not low <= value <= high:
                    raise ParameterError(
                        _(
                            "{name}={given!r}, expected whole numbers from {low} to {high}. Choose "
                            "within that range."
                        ).format(name=name, given=given, low=low, high=high)
                    )
        for name, known in CHOICES.items():
            given = getattr(self, name)
            if type(given) is not type(known[0]) or given not in known:
                choices = " or ".join(map(repr, known))
                raise ParameterError(
                    _("{name}={given!r}, expected {choices}. Choose one of them.").format(
                        name=name, given=given, choices=choices
                    )
                )

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions of each recurrent layer."""
        return ("forward", "backward") if self.bidirectional else ("forward",)

    @property
    def output_widths(self) -> tuple[int, ...]:
        """The output values of each recurrent layer per step, all directions together."""
        return tuple(len(self.directions) * units for units in self.units)

    @property
    def dense_layers(self) -> dict[str, int]:
        """The units of each dense layer before the output, by its name."""
        units = self.dense_units if isinstance(self.dense_units, tuple) else (self.dense_units,)
        return {f"dense_{i}" if i > 1 else "dense": n for i, n in enumerate(units, start=1)}

    @property
    def n_pooled(self) -> int:
        """The input values of the first dense layer, after pooling."""
        beside = {"mean_max": self.output_widths[-1], "mean_shortcut": self.n_values}
        return self.output_widths[-1] + beside.get(self.pooling, 0)

    @property
    def n_parameters(self) -> int:
        """The trainable parameters: all but the scaling."""
        return sum(parameters for name, _, parameters in self.summary() if name != "normalization")

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every weight, in the order of Keras's layers.

        Returns
        -------
        shapes : dict of str to tuple of int

        Examples
        --------
        >>> NetworkConfig(n_steps=130, n_values=13, n_genres=10).weight_shapes()["dense.kernel"]
        (64, 64)
        """
        shapes: dict[str, tuple[int, ...]] = {}
        if self.scaling:
            shapes["normalization.mean"] = (self.n_values,)
            shapes["normalization.variance"] = (self.n_values,)
        widths_in = (self.n_values, *self.output_widths[:-1])
        for layer, (width_in, units) in enumerate(zip(widths_in, self.units, strict=True), start=1):
            columns = 4 * units if self.cell == "lstm" else units
            for direction in self.directions:
                shapes[f"recurrent_{layer}.{direction}.kernel"] = (width_in, columns)
                shapes[f"recurrent_{layer}.{direction}.recurrent_kernel"] = (units, columns)
                shapes[f"recurrent_{layer}.{direction}.bias"] = (columns,)
        width_in = self.n_pooled
        for name, width in (*self.dense_layers.items(), ("output", self.n_genres)):
            shapes[f"{name}.kernel"] = (width_in, width)
            shapes[f"{name}.bias"] = (width,)
            width_in = width
        return shapes

    def summary(self) -> tuple[tuple[str, tuple[int, ...], int], ...]:
        """Return the rows of ``model.summary()``.

        Returns
        -------
        rows : tuple of (layer name, shape of one segment's output, number of parameters)
            Pooling is one row, which is missing for the last state.
        """
        steps = () if self.pooling == "last" else (self.n_steps,)
        n_layers = len(self.units)
        shapes: dict[str, tuple[int, ...]] = {
            "normalization": (self.n_steps, self.n_values),
            **{
                f"recurrent_{i}": (*(steps if i == n_layers else (self.n_steps,)), width)
                for i, width in enumerate(self.output_widths, start=1)
            },
            "pooling": (self.n_pooled,),
            **{name: (width,) for name, width in self.dense_layers.items()},
            "dropout": ([self.n_pooled, *self.dense_layers.values()][-1],),
            "output": (self.n_genres,),
        }
        parameters: Counter[str] = Counter()
        for name, shape in self.weight_shapes().items():
            parameters[name.split(".")[0]] += prod(shape)
        if self.scaling:
            parameters["normalization"] += 1  # Keras also counts its inputs
        absent = {"normalization": not self.scaling, "pooling": not steps}
        return tuple(
            (name, shape, parameters[name])
            for name, shape in shapes.items()
            if not absent.get(name, False)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON knows them."""
        lists = {name: list(v) for name in _LISTS if isinstance(v := getattr(self, name), tuple)}
        return {**asdict(self), **lists}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "NetworkConfig":
        """Read the settings that `to_dict` returned.

        Raises
        ------
        ParameterError
            If a setting is missing, unknown or outside what the package supports.
        """
        expected = {field.name for field in fields(cls)}
        if settings.keys() != expected:
            raise ParameterError(
                _(
                    "the network settings {missing} are missing and {unknown} are unknown, "
                    "expected {expected}. Use a card that was written by this version."
                ).format(
                    missing=sorted(expected - settings.keys()),
                    unknown=sorted(settings.keys() - expected),
                    expected=sorted(expected),
                )
            )
        lists = {name: v for name in _LISTS if isinstance(v := settings[name], list)}
        return cls(**{**settings, **{name: tuple(value) for name, value in lists.items()}})
