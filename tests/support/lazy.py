"""Libraries that take seconds to load, for test files with other tests in them as well."""

import importlib


class LazyModule:
    """A module that is imported when a test first uses it, not when tests are collected.

    The tests that do are marked ``tensorflow``, so that ``make check`` never loads it.
    """

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        if attribute.startswith(("_", "pytest")):  # asked of everything that is collected
            raise AttributeError(attribute)
        return getattr(importlib.import_module(self._name), attribute)
