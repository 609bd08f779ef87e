"""The shape of a network: its layers, their sizes, and the name of every weight.

`genre.network.forward` computes with it, `genre.network.weights` keeps the arrays it names.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import prod
from typing import Any, Literal, get_args

from genre.errors import ParameterError

Cell = Literal["lstm", "simple_rnn"]
Pooling = Literal["last", "mean", "mean_max", "mean_shortcut"]
Direction = Literal["forward", "backward"]

# Limits for untrusted cards: the largest network has 170 MB.
LIMITS = {
    "n_steps": (1, 10_000),
    "n_values": (1, 1_000),
    "n_genres": (2, 1_000),
    "units": (1, 1_024),
    "dense_units": (1, 4_096),
}
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
        The cell of both recurrent layers.
    units : tuple of two int
        The size of each recurrent layer, per direction.
    bidirectional : bool
        Whether both recurrent layers are bidirectional.
    pooling : {"last", "mean", "mean_max", "mean_shortcut"}
        What the dense layer reads: the second layer's last state, its mean over the steps, its
        mean and its maximum, or its mean and the mean of the (scaled) steps themselves.
    dense_units : int
        The size of the dense layer before the output.
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
    units: tuple[int, int] = (64, 64)
    bidirectional: bool = False
    pooling: Pooling = "last"
    dense_units: int = 64
    scaling: bool = True

    def __post_init__(self) -> None:
        """Raise on unsupported settings."""
        if not isinstance(self.units, tuple) or len(self.units) != 2:
            raise ParameterError(
                f"units={self.units!r}, expected two whole numbers. "
                "Give one for each recurrent layer, such as (64, 64)."
            )
        for name, (low, high) in LIMITS.items():
            given = getattr(self, name)
            for value in given if name == "units" else (given,):
                if type(value) is not int or not low <= value <= high:
                    raise ParameterError(
                        f"{name}={given!r}, expected whole numbers from {low} to {high}. "
                        "Choose within that range."
                    )
        for name, known in CHOICES.items():
            given = getattr(self, name)
            if type(given) is not type(known[0]) or given not in known:
                choices = " or ".join(map(repr, known))
                raise ParameterError(f"{name}={given!r}, expected {choices}. Choose one of them.")

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions of each recurrent layer."""
        return ("forward", "backward") if self.bidirectional else ("forward",)

    @property
    def output_widths(self) -> tuple[int, int]:
        """The output values of each recurrent layer per step, all directions together."""
        return len(self.directions) * self.units[0], len(self.directions) * self.units[1]

    @property
    def n_pooled(self) -> int:
        """The input values of the dense layer, after pooling."""
        beside = {"mean_max": self.output_widths[1], "mean_shortcut": self.n_values}
        return self.output_widths[1] + beside.get(self.pooling, 0)

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
        widths_in = (self.n_values, self.output_widths[0])
        for layer, (width_in, units) in enumerate(zip(widths_in, self.units, strict=True), start=1):
            columns = 4 * units if self.cell == "lstm" else units
            for direction in self.directions:
                shapes[f"recurrent_{layer}.{direction}.kernel"] = (width_in, columns)
                shapes[f"recurrent_{layer}.{direction}.recurrent_kernel"] = (units, columns)
                shapes[f"recurrent_{layer}.{direction}.bias"] = (columns,)
        shapes["dense.kernel"] = (self.n_pooled, self.dense_units)
        shapes["dense.bias"] = (self.dense_units,)
        shapes["output.kernel"] = (self.dense_units, self.n_genres)
        shapes["output.bias"] = (self.n_genres,)
        return shapes

    def summary(self) -> tuple[tuple[str, tuple[int, ...], int], ...]:
        """Return the rows of ``model.summary()``.

        Returns
        -------
        rows : tuple of (layer name, shape of one segment's output, number of parameters)
            Pooling is one row, which is missing for the last state.
        """
        steps = () if self.pooling == "last" else (self.n_steps,)
        shapes: dict[str, tuple[int, ...]] = {
            "normalization": (self.n_steps, self.n_values),
            "recurrent_1": (self.n_steps, self.output_widths[0]),
            "recurrent_2": (*steps, self.output_widths[1]),
            "pooling": (self.n_pooled,),
            "dense": (self.dense_units,),
            "dropout": (self.dense_units,),
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
        return {**asdict(self), "units": list(self.units)}

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
                f"the network settings {sorted(expected - settings.keys())} are missing and "
                f"{sorted(settings.keys() - expected)} are unknown, expected {sorted(expected)}. "
                "Use a card that was written by this version."
            )
        units = settings["units"]
        return cls(**{**settings, "units": tuple(units) if isinstance(units, list) else units})
