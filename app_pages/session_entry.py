"""A key of the session state: its type, its default, and how a link gives it a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any

import streamlit as st

from genre.datasets.identity import is_identity
from genre.language import _
from genre.recipes.config import BUNDLED_DATA, TrainConfig
from genre.recipes.link import from_query, to_query

state = st.session_state
MAX_DIGITS = 8
MAX_NAMES = 20_000
"""Characters of the names of runs and models in a link: some 500; servers read 64 KB."""
MOVED = {("network", "One step"): "cell", ("network", "Why tanh"): "forgetting"}
"""Scenes that hold parts of earlier ones; what else those had is in the first scene."""
WIDGET = object()
"""Default of a key that a widget or its page sets: the value is there once the widget is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of the session state.

    Parameters
    ----------
    name : str
    type : type
    default : object
        Its value at the start of a visit; `WIDGET` where a widget sets it.
    meaning : str
    url_parameter : str, optional
        What it is called in the link.
    page : str
        Whose link holds it.
    choices : tuple
        The values that a link may give; any where it is empty.
    max_chars : int
        More characters of a link are not read.
    """

    name: str
    type: type | UnionType
    default: Any
    meaning: str
    url_parameter: str | None = None
    page: str = ""
    choices: tuple[Any, ...] = ()
    max_chars: int = 100

    def read(self, query: Mapping[str, str]) -> tuple[Any, list[str]]:
        """Return the value that a link gives, or the default, and what is wrong with the link."""
        text = query.get(self.url_parameter or "", "")
        value: Any = text if text and len(text) <= self.max_chars else self.default
        if self.type is int:
            is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
            value = int(text) if is_number else self.default
        problems = []
        if len(text) > self.max_chars:
            problems.append(
                _(
                    "{name} in the link has {n:,} characters, expected at most {max_chars:,}. It "
                    "is left out."
                ).format(name=self.url_parameter, n=len(text), max_chars=self.max_chars)
            )
        return (value if value in (self.choices or (value,)) else self.default), problems

    def write(self, value: Any) -> dict[str, str]:
        """Return the parameters that the link needs: none for the default."""
        return {} if value == self.default else {str(self.url_parameter): str(value)}

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every parameter of the link that this key may use."""
        return (str(self.url_parameter),)


class OpenedEntry(Entry):
    """Which of the songs is open: in the link only where there are several."""

    def read(self, query: Mapping[str, str]) -> tuple[Any, list[str]]:
        """Return an index, which may be of no song, or the default."""
        text = query.get(self.parameters[0], "")
        is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
        return (int(text) if is_number else self.default), []

    def write(self, value: Any) -> dict[str, str]:
        """Return the index of the open one."""
        return super().write(value) if len(state.songs) > 1 else {}


class SceneEntry(Entry):
    """The scene of Inside: links to earlier scenes lead to what has taken their place."""

    def read(self, query: Mapping[str, str]) -> tuple[Any, list[str]]:
        """Return the scene that a link names, or the one that its old name and part became."""
        scene, problems = super().read(query)
        old = (query.get("scene", ""), query.get("part", ""))
        return MOVED.get(old, scene), problems


class RecipeEntry(Entry):
    """The recipe: a parameter for its preset and for each setting that differs from it."""

    def read(self, query: Mapping[str, str]) -> tuple[Any, list[str]]:
        """Return preset and settings, and a sentence for each parameter that cannot be used."""
        preset, config, problems = from_query(query)
        return (preset, config), problems

    def write(self, value: Any) -> dict[str, str]:
        """Return the preset and what differs from it."""
        return to_query(*value)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The preset and every setting."""
        return tuple(TrainConfig.__dataclass_fields__)


class DataEntry(Entry):
    """The data: a bundled name or, since a path is not for a link, the identity of one's own."""

    def read(self, query: Mapping[str, str]) -> tuple[Any, list[str]]:
        """Return what is bundled, or an identity, for the page to find its place."""
        is_own = is_identity(query.get("data", ""))
        return (query["data"], []) if is_own else super().read(query)

    def write(self, value: Any) -> dict[str, str]:
        """Return the data unless the recipe is trained on it anyway."""
        if value in self.choices:
            is_usual = value == BUNDLED_DATA[state["recipe"][1].features]
            return {} if is_usual else super().write(value)
        own = value if is_identity(value) else state["data_id"]
        return {"data": own} if own else {}
