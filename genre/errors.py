"""The exceptions this package raises on purpose.

Each one carries a message fit to show a visitor as it stands: what was given,
what was expected, what to do next.  Anything else that escapes is a bug.
"""


class GenreError(Exception):
    """Root of every error the package raises on purpose."""


class ParameterError(GenreError, ValueError):
    """A setting or argument is outside what the package supports."""


class AudioError(GenreError):
    """A recording cannot be read, or cannot be classified as it is."""


class DatasetError(GenreError):
    """A dataset cannot be read, or cannot be used for what was asked."""


class ModelError(GenreError):
    """A saved model is missing, incomplete or altered."""


class DivergedError(GenreError):
    """Training has left the range of numbers: its loss is not finite."""


class RunError(GenreError):
    """A training run is missing, damaged, or not in a state for what was asked."""
