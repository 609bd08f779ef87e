"""Caches of the page Data: datasets that were built here, by when they were changed last."""

from __future__ import annotations

import streamlit as st

from app_pages.caches import HOUR
from genre.builder import store
from genre.builder.check import DatasetCheck, check_dataset
from genre.builder.dataset import OwnDataset
from genre.collection import search
from genre.collection.store import collection_of, has_songs


def dataset(slug: str) -> OwnDataset:
    """Return a dataset, read once until it changes; errors are those of `store.read_dataset`."""
    return _dataset(slug, store.stamp(slug))


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)
def _dataset(slug: str, stamp: tuple[int, ...]) -> OwnDataset:
    return store.read_dataset(slug)


def check(found: OwnDataset) -> tuple[DatasetCheck, str] | None:
    """Return what stands out in a dataset and what that depends on; None if nothing was heard."""
    place = collection_of(found.folder)
    if not has_songs(place):
        return None
    stamp = f"{found.slug} {store.stamp(found.slug)} {search.read_stamp(place)}"
    return _check(stamp, found), stamp


@st.cache_resource(max_entries=4, ttl=HOUR, show_spinner=False)
def _check(stamp: str, _found: OwnDataset) -> DatasetCheck:
    return check_dataset(_found)
