"""From several channels to one.

Conventions
-----------
mean
    What is used of almost every recording: no channel is dropped.
one side
    The loudest channel alone, where the mean is over 10 dB quieter than it: sides
    that play the same with opposite signs cancel each other.
"""

import numpy as np

MOST_LOST = 0.1
"""The mean is used from this share of the loudest channel's energy on: -10 dB."""


class Downmix:
    """Mixes the blocks of one recording, and measures what their mean loses.

    Parts with other numbers of channels are measured, and decided on, separately.

    Examples
    --------
    >>> downmix, left = Downmix(), np.array([0.5, -0.25, 0.0], dtype=np.float32)
    >>> downmix.mix(np.stack([left, -left], axis=1)).tolist()
    [0.0, 0.0, 0.0]
    >>> downmix.take_one_side()
    True
    >>> downmix.mix(np.stack([left, -left], axis=1)).tolist()
    [0.5, -0.25, 0.0]
    """

    def __init__(self) -> None:
        # By the number of channels: the weight of each, and the energies of all and the mean.
        self._weights: dict[int, np.ndarray] = {}
        self._energies: dict[int, np.ndarray] = {}

    def mix(self, block: np.ndarray) -> np.ndarray:
        """Mix the channels of a block and remember their energies.

        Parameters
        ----------
        block : np.ndarray [shape=(n_samples, n_channels), dtype=float32]

        Returns
        -------
        mono : np.ndarray [shape=(n_samples,), dtype=float32]
        """
        n = block.shape[1]
        if n not in self._weights:
            self._weights[n] = np.full(n, 1 / n, dtype=np.float32)
            self._energies[n] = np.zeros(n + 1)
        # As a product, because NumPy's mean is 80 times slower here.
        mono: np.ndarray = block @ self._weights[n]
        if n > 1:
            self._energies[n] += [side @ side for side in (*block.T, mono)]
        return mono

    def take_one_side(self) -> bool:
        """Use the loudest channel from now on wherever the mean of what was mixed loses it.

        Returns
        -------
        is_one_side : bool
            Whether that is the case anywhere: what was mixed is to be mixed again.
        """
        is_one_side = False
        for n, (*energies, of_mean) in self._energies.items():
            loudest = int(np.argmax(energies))
            if of_mean < MOST_LOST * energies[loudest]:
                self._weights[n] = np.eye(n, dtype=np.float32)[loudest]
                is_one_side = True
        return is_one_side
