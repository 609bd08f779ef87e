"""Weights on disk: the same bytes for the same numbers, and no trust in a stranger's file."""

import io
import os
import tracemalloc
import zipfile
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre.errors import ModelError
from genre.network.config import NetworkConfig
from genre.network.weights import load_weights, save_weights

CONFIG = NetworkConfig(n_steps=5, n_values=3, n_genres=2, units=(2, 2), dense_units=2)


def make_weights(seed=440):
    rng = np.random.default_rng(seed)
    shapes = CONFIG.weight_shapes()
    return {name: rng.random(shapes[name], dtype=np.float32) for name in shapes}


def packed(weights, **options):
    """Return a .npz file as NumPy writes it, open for reading."""
    file = io.BytesIO()
    save = np.savez_compressed if options.pop("compressed", False) else np.savez
    save(file, **weights)
    file.seek(0)
    return file


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The bytes of a sound file."""
    path = tmp_path_factory.mktemp("weights") / "weights.npz"
    save_weights(path, make_weights())
    return path.read_bytes()


def assert_same_weights(found, expected):
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], expected[name])


def test_weights_come_back_as_they_were_saved(tmp_path):
    save_weights(tmp_path / "weights.npz", make_weights())

    assert_same_weights(load_weights(tmp_path / "weights.npz", CONFIG), make_weights())


def test_weights_come_back_in_order_of_layers(saved):
    assert list(load_weights(io.BytesIO(saved), CONFIG)) == list(CONFIG.weight_shapes())


def test_numpy_reads_what_is_saved(saved):
    with np.load(io.BytesIO(saved), allow_pickle=False) as archive:
        assert_same_weights({name: archive[name] for name in archive.files}, make_weights())


@pytest.mark.parametrize("compressed", [False, True], ids=["stored", "compressed"])
def test_file_saved_by_numpy_is_read(compressed):
    fortran = {name: np.asfortranarray(array) for name, array in make_weights().items()}

    assert_same_weights(load_weights(packed(fortran, compressed=compressed), CONFIG), fortran)


def test_same_weights_give_same_bytes(tmp_path, saved):
    backwards = dict(reversed(make_weights().items()))
    double = {name: np.asfortranarray(array, np.float64) for name, array in backwards.items()}
    save_weights(tmp_path / "weights.npz", double)

    assert (tmp_path / "weights.npz").read_bytes() == saved
    members = zipfile.ZipFile(io.BytesIO(saved)).infolist()
    assert [member.filename for member in members] == sorted(f"{n}.npy" for n in backwards)
    assert {(member.date_time, member.create_system) for member in members} == {
        ((1980, 1, 1, 0, 0, 0), 3)
    }


def test_save_that_fails_leaves_old_file(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    path = tmp_path / "weights.npz"
    save_weights(path, make_weights(1))
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(OSError, match="disk full"):
        save_weights(path, make_weights(2))

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def without(name):
    weights = make_weights()
    del weights[name]
    return weights


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (
            without("dense.bias"),
            r'lack "dense\.bias": 11 arrays were given, 12 expected\. Use the weights and the card',
        ),
        (
            {**make_weights(), "surprise": np.zeros(3, np.float32)},
            r'have extra arrays, "surprise": 13 arrays were given, 12 expected\. Use',
        ),
        (
            {**make_weights(), "dense.bias": np.zeros(3, np.float32)},
            r'"dense\.bias" is float32 of shape \(3,\), expected float32 of shape \(2,\)\. Use',
        ),
        (
            {**make_weights(), "dense.kernel": np.zeros(4, np.float32)},
            r'"dense\.kernel" is float32 of shape \(4,\), expected float32 of shape \(2, 2\)',
        ),
        (
            {**make_weights(), "dense.bias": np.zeros(2, np.float64)},
            r'"dense\.bias" is float64 of shape \(2,\), expected float32',
        ),
        (
            {**make_weights(), "dense.bias": np.zeros(2, ">f4")},
            r'"dense\.bias" is >f4 of shape \(2,\), expected float32',
        ),
        (
            {**make_weights(), "output.bias": np.array([0, np.nan], np.float32)},
            r'"output\.bias" contains numbers that are not finite.*Train the model again',
        ),
        (
            {**make_weights(), "output.bias": np.array([0, np.inf], np.float32)},
            r'"output\.bias" contains numbers that are not finite',
        ),
        (
            {**make_weights(), "normalization.variance": np.array([1, -2, 1], np.float32)},
            r'"normalization\.variance" contains -2, expected no number below zero',
        ),
    ],
    ids=[
        "missing array",
        "extra array",
        "wrong length",
        "wrong number of axes",
        "float64",
        "big-endian",
        "nan",
        "infinite",
        "negative variance",
    ],
)
def test_arrays_of_another_network_are_refused(weights, message):
    with pytest.raises(ModelError, match=message):
        load_weights(packed(weights), CONFIG)


def test_array_that_is_there_twice_is_refused(saved):
    file = io.BytesIO(saved)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("dense.bias.npy", b"another")

    with pytest.raises(ModelError, match=r'extra arrays, "dense\.bias": 13 arrays were given'):
        load_weights(file, CONFIG)


class Bomb:
    """Goes off when it is unpickled."""

    went_off = False

    def __reduce__(self):
        return setattr, (Bomb, "went_off", True)


def test_pickled_array_is_refused_unopened():
    weights = {**make_weights(), "dense.bias": np.array([Bomb(), Bomb()], dtype=object)}

    with pytest.raises(ModelError, match=r'"dense\.bias" is object of shape \(2,\), expected'):
        load_weights(packed(weights), CONFIG)

    assert not Bomb.went_off


@pytest.mark.parametrize("claimed", [(2,), (8_000_000,)], ids=["as expected", "as it is"])
def test_array_larger_than_the_network_needs_is_not_read(claimed):
    file = packed(without("dense.bias"))
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("dense.bias.npy", "w") as member,
    ):
        header = {"descr": "<f4", "fortran_order": False, "shape": claimed}
        np.lib.format.write_array_header_1_0(member, header)
        for _ in range(32):
            member.write(bytes(1_000_000))

    tracemalloc.start()
    with pytest.raises(ModelError, match=r"dense\.bias|cannot be read"):
        load_weights(file, CONFIG)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2_000_000


def test_file_cut_short_is_refused(saved):
    with pytest.raises(ModelError, match=r"cannot be read .*complete \.npz.*download the model"):
        load_weights(io.BytesIO(saved[: len(saved) // 2]), CONFIG)


def test_array_cut_short_is_refused():
    file = packed(without("dense.bias"))
    whole = io.BytesIO()
    np.save(whole, np.zeros(2, np.float32))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("dense.bias.npy", whole.getvalue()[:-1])

    with pytest.raises(ModelError, match=r"cannot be read .*complete \.npz"):
        load_weights(file, CONFIG)


def test_member_that_is_not_array_is_refused():
    file = packed(without("dense.bias"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("dense.bias", b"")  # not dense.bias.npy

    with pytest.raises(ModelError, match=r"cannot be read .*no item named 'dense\.bias\.npy'"):
        load_weights(file, CONFIG)


def test_file_that_is_not_a_zip_is_refused():
    with pytest.raises(ModelError, match=r"cannot be read \(File is not a zip file\)"):
        load_weights(io.BytesIO(b"genre" * 100), CONFIG)


def test_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(ModelError, match=r"cannot be read \(No such file or directory\)") as info:
        load_weights(tmp_path / "weights.npz", CONFIG)

    assert str(tmp_path) not in str(info.value)


@given(data=st.data())
def test_altered_file_is_read_as_it_was_or_refused(saved, data):
    altered = bytearray(saved)
    for _ in range(data.draw(st.integers(1, 4), label="changes")):
        altered[data.draw(st.integers(0, len(saved) - 1), label="where")] = data.draw(
            st.integers(0, 255), label="what"
        )

    try:
        weights = load_weights(io.BytesIO(bytes(altered)), CONFIG)
    except ModelError:
        return
    assert_same_weights(weights, make_weights())


@given(
    name=st.sampled_from(list(CONFIG.weight_shapes())),
    header=st.binary(max_size=100)
    | st.text("{}()[]',:\"<f4 descrshapefortran_order\n", max_size=90),
)
def test_header_of_any_bytes_is_read_or_refused(name, header):
    if isinstance(header, str):
        header = header.encode()
    file = packed(without(name))
    with zipfile.ZipFile(file, "a") as archive:
        magic = np.lib.format.magic(1, 0) + len(header).to_bytes(2, "little")
        data = bytes(4 * prod(CONFIG.weight_shapes()[name]))
        archive.writestr(f"{name}.npy", magic + header + data)

    with pytest.raises(ModelError):
        load_weights(file, CONFIG)
