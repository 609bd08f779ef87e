"""Recordings of every kind that decoding has trouble with, on the Classify page."""

import io

import numpy as np
import soundfile as sf

from genre.paths import ROOT
from tests.support.app_page import new_visit, texts
from tests.support.recordings import bad_recordings

JAZZ = (ROOT / "samples" / "jazz.ogg").read_bytes()


def upload(*files):
    """Drop files, each (name, content), on the page of a first visitor."""
    uploads = [(name, content, "audio/wav") for name, content in files]
    return new_visit().run().file_uploader(key="uploads").set_value(uploads).run()


def test_upload_of_all_bad_kinds_costs_the_good_ones_nothing():
    bad = bad_recordings()
    files = [(f"{name}.wav", content) for name, (content, _) in bad.items()]

    page = upload(("first.ogg", JAZZ), *files, ("last.ogg", JAZZ + JAZZ))

    assert not page.exception
    table = page.dataframe[0].value
    assert list(table["file"]) == ["first.ogg", *(name for name, _ in files), "last.ogg"]
    assert table["genre"].notna().tolist() == [True, *[False] * len(bad), True]
    assert table["problem"].notna().sum() == len(bad) and not page.error


def test_upload_whose_sides_cancel_is_classified_with_note():
    music, sr = sf.read(io.BytesIO(JAZZ), frames=4 * 44_100)
    file = io.BytesIO()
    sf.write(file, np.stack([music[:, 0], -music[:, 0]], axis=1), sr, format="WAV")

    page = upload(("opposite.wav", file.getvalue()))

    assert not page.exception and not page.error
    assert len(page.title) == 1
    assert "cancel each other" in texts(page)
