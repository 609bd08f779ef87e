"""What a library says of a damaged archive is a short part of the sentence, wherever it is said."""

import io
import struct
import zipfile

import pytest

from genre.audio import musicnn_weights
from genre.collection import song_map
from genre.errors import ModelError
from genre.models.registry import read_card
from genre.network.weights import load_weights
from genre.paths import MODELS_BUNDLED


def load_starter(file):
    return load_weights(file, read_card("starter", MODELS_BUNDLED).network)


FILES = [
    (song_map.PATH, song_map.load_map),
    (musicnn_weights.PATH, musicnn_weights.load_musicnn_weights),
    (MODELS_BUNDLED / "starter" / "weights.npz", load_starter),
]


@pytest.mark.parametrize("path, load", FILES, ids=["map", "musicnn", "weights"])
def test_sentence_is_short_whatever_the_file_holds(path, load):
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():  # 60,000 bytes of the file are then its name
            struct.pack_into("<H", content, member.header_offset + 26, 60_000)
        with pytest.raises(zipfile.BadZipFile) as raised:
            zipfile.ZipFile(io.BytesIO(content)).read(member.filename)
    assert len(str(raised.value)) > 5_000

    load(path)  # as it is
    with pytest.raises(ModelError, match=r"cannot be read \(File name in directory") as raised:
        load(io.BytesIO(content))
    assert len(str(raised.value)) < 400
