"""What the page Train keeps between clicks: what a link calls data, and how that splits."""

from __future__ import annotations

import os

import streamlit as st

from app_pages.caches import HOUR
from genre.datasets.identity import identify
from genre.datasets.load import source_stamp
from genre.errors import GenreError
from genre.language import current
from genre.recipes.config import TrainConfig
from genre.recipes.prepare import check_source_split, split_recipe
from genre.splits.split_check import SplitCheck


def data_identity(source: str) -> str:
    """Return what a link calls a dataset, looked at again when it changes."""
    return _data_identity(os.fsencode(source), source_stamp(source))


@st.cache_data(max_entries=16, ttl=HOUR, show_spinner=False)
def _data_identity(source: bytes, stamp: tuple[int, ...]) -> str:
    return identify(os.fsdecode(source))


def split_check(source: str, config: TrainConfig) -> SplitCheck | None:
    """Return how a recipe splits a dataset; None where that cannot be told before it is read."""
    key = (os.fsencode(source), source_stamp(source), split_recipe(config))
    return _split_check(current(), *key)


@st.cache_data(max_entries=64, ttl=HOUR, show_spinner=False)
def _split_check(
    language: str, source: bytes, stamp: tuple[int, ...], config: TrainConfig
) -> SplitCheck | None:
    try:
        return check_source_split(os.fsdecode(source), config)
    except GenreError:  # said where the data is read
        return None
