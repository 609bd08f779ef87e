"""The exceptions this package raises on purpose.

Each message can be shown to a visitor as it is: what was given, what was expected,
what to do next.  Any other exception is a bug.
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
    """A saved model is missing or corrupt."""


class DivergedError(GenreError):
    """Training diverged: its loss is not finite."""


class RunError(GenreError):
    """A training run is missing, corrupt, or in the wrong state for what was asked."""


class CollectionError(GenreError):
    """A collection of songs cannot be read, or a folder cannot be indexed."""


class ClusterError(GenreError):
    """A cluster cannot be computed with."""
