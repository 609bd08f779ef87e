"""The stages of a song's way through a model, and the shape that leaves each of them.

Conventions
-----------
shape
    Of the whole song, written as Keras does: segments first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from genre.audio.feature_config import FeatureConfig, MfccConfig
from genre.audio.musicnn_network import N_FRAMES, N_MELS
from genre.network.config import NetworkConfig

Kind = Literal[
    "waveform", "frames", "mfcc", "mel", "musicnn", "deltas", "textures", "scaling",
    "recurrent", "pooling", "dense", "softmax", "verdict",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the way.

    Parameters
    ----------
    kind : str
    shape : tuple of int
        Of what leaves it.
    number : int
        Of a recurrent or dense layer, from 1.
    is_as_trained : bool
        Whether the chosen model does so: not with other settings than its own.
    """

    kind: Kind
    shape: tuple[int, ...]
    number: int = 0
    is_as_trained: bool = True

    @property
    def name(self) -> str:
        """What it is called in a link."""
        return f"{self.kind}_{self.number}" if self.number else self.kind

    @property
    def label(self) -> str:
        """The shape as Keras prints it.

        Examples
        --------
        >>> Stage("textures", (9, 26, 80)).label, Stage("verdict", (10,)).label
        ('(9, 26, 80)', '(10,)')
        """
        return str(self.shape)


def describe_way(
    features: FeatureConfig,
    config: NetworkConfig,
    *,
    n_segments: int,
    n_samples: int,
    shown: MfccConfig | None = None,
    returns_sequences: bool | None = None,
) -> tuple[Stage, ...]:
    """Return the stages of a song's way through a model, with the shape that leaves each.

    Parameters
    ----------
    features : FeatureConfig
    config : NetworkConfig
    n_segments, n_samples : int
        Of the song.
    shown : MfccConfig, optional
        Other settings for the frames and their MFCCs.
    returns_sequences : bool, optional
        Whether the last recurrent layer hands on every step; as the model does, if not given.

    Returns
    -------
    stages : tuple of Stage

    Examples
    --------
    >>> config = NetworkConfig(n_steps=130, n_values=13, n_genres=10)
    >>> way = describe_way(MfccConfig(), config, n_segments=9, n_samples=617_400)
    >>> [stage.label for stage in way][1:4]
    ['(9, 130, 2048)', '(9, 130, 13)', '(9, 130, 13)']
    """
    n, n_steps = n_segments, config.n_steps
    stages = [Stage("waveform", (n, min(n_samples, features.segment_samples)))]
    if isinstance(features, MfccConfig):
        one = shown or features
        own = one == features.frames or shown is None
        stages += [
            Stage("frames", (n, one.n_frames, one.n_fft), is_as_trained=own),
            Stage("mfcc", (n, one.n_frames, one.n_mfcc), is_as_trained=own),
        ]
        if features.deltas:
            stages.append(Stage("deltas", (n, features.n_frames, 2 * features.n_mfcc)))
        if features.texture_frames > 1:
            stages.append(Stage("textures", (n, features.n_steps, features.n_values)))
    else:
        stages += [
            Stage("mel", (n, N_FRAMES, N_MELS)),
            Stage("musicnn", (n, features.n_steps, features.n_values)),
        ]
    if config.scaling:
        stages.append(Stage("scaling", (n, n_steps, config.n_values)))
    as_trained = config.pooling != "last"
    sequences = as_trained if returns_sequences is None else returns_sequences
    for layer, width in enumerate(config.output_widths, start=1):
        is_last = layer == len(config.units)
        shape = (n, n_steps, width) if sequences or not is_last else (n, width)
        own = not is_last or sequences == as_trained
        stages.append(Stage("recurrent", shape, layer, is_as_trained=own))
    if as_trained:
        stages.append(Stage("pooling", (n, config.n_pooled)))
    for layer, units in enumerate(config.dense_layers.values(), start=1):
        stages.append(Stage("dense", (n, units), layer))
    return (
        *stages, Stage("softmax", (n, config.n_genres)), Stage("verdict", (config.n_genres,))
    )  # fmt: skip
