"""MSD-musicnn in NumPy: from the mel bands of one segment to frame maps and tags.

Conventions
-----------
channel
    One value a frame: of the front-end's 64 live filters (the largest over all mel bands),
    then of the three mid-end layers, 64 each.  Arrays here are (n_channels, n_frames) until
    they are handed out as (n_frames, n_channels).

Each segment is computed by products of its own, always of the same shapes, so what comes out
does not depend on what else is computed.

References
----------
.. [1] J. Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR, 2018.
.. [2] J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music
   audio tagging", ISMIR, late-breaking session, 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre.audio.musicnn_weights import Layer, MusicnnWeights

N_FRAMES = 187
"""Frames of a segment: 3 s."""
N_MELS = 96
MAPS = ("front", "middle_1", "middle_2", "middle_3")
"""The layers whose values per frame are handed out, in order of their channels.

Of the first mid-end layer 44 channels are dead, and give the same number whatever is played.
"""
N_CHANNELS = 64
"""Channels of each of these layers."""
N_PENULTIMATE = 200
TAGS = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s"),
    *("alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists"),
    *("classic rock", "soul", "indie rock", "Mellow", "electronica", "80s", "folk", "90s"),
    *("chill", "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic"),
    *("experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country"),
    *("easy listening", "sexy", "catchy", "funk", "electro", "heavy metal"),
    *("Progressive rock", "60s", "rnb", "indie pop", "sad", "House", "happy"),
)

_TIMBRE_FRAMES = 7
_LONGEST = 128  # frames under the longest filter over time
_BANDS_AT_ONCE = 6  # mel positions of a filter in one matrix product
_FRAMES_AT_ONCE = 17  # frames of a filter over time in one product; 11 of these are a segment


@dataclass(frozen=True, slots=True, eq=False)
class SegmentOutputs:
    """What the network computes for one segment.

    Parameters
    ----------
    maps : np.ndarray [shape=(187, 256), dtype=float32]
        Per frame the 64 channels of each layer of `MAPS`.
    penultimate : np.ndarray [shape=(200,), dtype=float32]
    tags : np.ndarray [shape=(50,), dtype=float32]
        A probability for each of `TAGS`; they need not sum to 1.
    """

    maps: np.ndarray
    penultimate: np.ndarray
    tags: np.ndarray


class MusicnnNetwork:
    """The network, ready to compute.

    Parameters
    ----------
    weights : MusicnnWeights
        `genre.audio.musicnn_weights.load_musicnn_weights` reads them.
    """

    def __init__(self, weights: MusicnnWeights) -> None:
        self._weights = weights
        self._timbre = [_shifted_copies(layer.kernel, _BANDS_AT_ONCE) for layer in weights.timbre]
        self._time = [
            _shifted_copies(layer.kernel[..., np.newaxis], _FRAMES_AT_ONCE)
            for layer in weights.time
        ]

    def compute(self, log_mel: np.ndarray) -> SegmentOutputs:
        """Compute what the network says of one segment.

        Its products are small: call it with `genre.system.threads.one_blas_thread`.

        Parameters
        ----------
        log_mel : np.ndarray [shape=(187, 96), dtype=float32]
            ``log10(10000 * power + 1)`` of each frame and mel band.

        Returns
        -------
        outputs : SegmentOutputs
        """
        weights = self._weights
        normalised = log_mel * np.float32(weights.input_scale) + np.float32(weights.input_shift)
        bands, frames = _timbre_rows(normalised), _time_rows(normalised)
        peaks = [
            *(
                _timbre_peaks(bands, layer.kernel, matrix)
                for layer, matrix in zip(weights.timbre, self._timbre, strict=True)
            ),
            *(
                _time_peaks(frames, layer.kernel, matrix)
                for layer, matrix in zip(weights.time, self._time, strict=True)
            ),
        ]
        layers = [*weights.timbre, *weights.time]
        front = np.concatenate(
            [_finish_peaks(peak, layer) for peak, layer in zip(peaks, layers, strict=True)]
        )
        middle: list[np.ndarray] = []
        for layer in weights.middle:
            before = middle[-1] if middle else front
            after = _convolve(before, layer)
            middle.append(after + before if middle else after)
        maps = np.concatenate([front, *middle])  # (n_channels, n_frames)
        pooled = np.concatenate([maps.max(axis=1), maps.mean(axis=1)])
        penultimate = _finish(weights.dense.kernel @ pooled, weights.dense)
        logits = weights.tags_kernel @ penultimate + weights.tags_bias
        return SegmentOutputs(
            maps=np.ascontiguousarray(maps.T),
            penultimate=penultimate,
            tags=1 / (1 + np.exp(-logits)),
        )

    def compute_windows(
        self, maps: np.ndarray, *, window_frames: int, hop_frames: int
    ) -> np.ndarray:
        """Compute the penultimate layer for parts of a segment.

        Parameters
        ----------
        maps : np.ndarray [shape=(187, 256), dtype=float32]
            As `SegmentOutputs` has them.
        window_frames, hop_frames : int
            Frames in a window, and from one window to the next; what is left over is dropped.

        Returns
        -------
        penultimate : np.ndarray [shape=(n_windows, 200), dtype=float32]
            What the back-end makes of the maxima and means over each window.
        """
        windows = np.lib.stride_tricks.sliding_window_view(maps, window_frames, axis=0)
        windows = windows[::hop_frames]  # (n_windows, n_channels, window_frames)
        pooled = np.concatenate([windows.max(axis=2), windows.mean(axis=2)], axis=1)
        return _finish(self._weights.dense.kernel @ pooled.T, self._weights.dense).T


def _shifted_copies(kernel: np.ndarray, n_shifts: int) -> np.ndarray:
    """Lay out a kernel at several positions, one below the other.

    One product then gives the outputs at all of them, and the input need not be copied for
    each: copying costs more than multiplying by the zeros that this adds.

    Parameters
    ----------
    kernel : np.ndarray [shape=(n_filters, n_taps, depth)]
    n_shifts : int

    Returns
    -------
    matrix : np.ndarray [shape=(n_shifts * n_filters, (n_taps + n_shifts - 1) * depth)]
    """
    n_filters, n_taps, depth = kernel.shape
    matrix = np.zeros((n_shifts, n_filters, n_taps + n_shifts - 1, depth), np.float32)
    for i in range(n_shifts):
        matrix[i, :, i : i + n_taps] = kernel
    return matrix.reshape(n_shifts * n_filters, -1)


def _timbre_rows(normalised: np.ndarray) -> np.ndarray:
    """Return for each mel band and each of 7 delays one row of all frames, (n_rows, n_frames)."""
    margin = _TIMBRE_FRAMES // 2
    padded = np.pad(normalised, ((margin, margin), (0, _BANDS_AT_ONCE - 1))).T
    delayed = np.lib.stride_tricks.sliding_window_view(padded, N_FRAMES, axis=1)
    return delayed.reshape(-1, N_FRAMES)  # a copy


def _timbre_peaks(rows: np.ndarray, kernel: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return each filter's largest product over all mel positions, (n_filters, n_frames)."""
    n_filters, n_bands, depth = kernel.shape
    n_positions = N_MELS - n_bands + 1
    peaks = np.full((n_filters, N_FRAMES), -np.inf, np.float32)
    for first in range(0, n_positions, _BANDS_AT_ONCE):
        n = min(_BANDS_AT_ONCE, n_positions - first)
        start = first * depth
        products = matrix[: n * n_filters] @ rows[start : start + matrix.shape[1]]
        for i in range(n):
            np.maximum(peaks, products[i * n_filters : (i + 1) * n_filters], out=peaks)
    return peaks


def _time_rows(normalised: np.ndarray) -> np.ndarray:
    """Return the frames with the zeros before and after that the longest filter reads."""
    before = (_LONGEST - 1) // 2
    return np.pad(normalised, ((before, _LONGEST - 1 - before), (0, 0)))


def _time_peaks(rows: np.ndarray, kernel: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return each filter's largest product over all mel bands, (n_filters, n_frames)."""
    n_filters, n_taps = kernel.shape
    offset = (_LONGEST - 1) // 2 - (n_taps - 1) // 2
    blocks = []
    for first in range(offset, offset + N_FRAMES, _FRAMES_AT_ONCE):
        products = matrix @ rows[first : first + matrix.shape[1]]  # (n * n_filters, n_mels)
        blocks.append(products.max(axis=1).reshape(_FRAMES_AT_ONCE, n_filters))
    return np.concatenate(blocks).T


def _finish_peaks(peaks: np.ndarray, layer: Layer) -> np.ndarray:
    """Apply bias, rectifier and normalisation, which the order of a maximum allows afterwards.

    A filter of negative scale is largest where its product is smallest: its kernel is stored
    with the opposite sign, and so is its peak.
    """
    signs = np.sign(layer.scale)[:, np.newaxis]
    return _finish(peaks * signs, layer)


def _finish(products: np.ndarray, layer: Layer) -> np.ndarray:
    shape = (-1,) + (1,) * (products.ndim - 1)
    bias, scale, shift = (a.reshape(shape) for a in (layer.bias, layer.scale, layer.shift))
    return np.maximum(products + bias, 0) * scale + shift


def _convolve(channels: np.ndarray, layer: Layer) -> np.ndarray:
    """Convolve over time, zeros before and after, (n_filters, n_frames)."""
    n_filters, _, n_taps = layer.kernel.shape
    padded = np.pad(channels, ((0, 0), (n_taps // 2, n_taps // 2)))
    delayed = np.lib.stride_tricks.sliding_window_view(padded, N_FRAMES, axis=1)
    products = layer.kernel.reshape(n_filters, -1) @ delayed.reshape(-1, N_FRAMES)
    return _finish(products, layer)
