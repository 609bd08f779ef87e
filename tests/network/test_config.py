"""A network's shape: what it allows, counts and names."""

import json

import pytest

from genre.errors import ParameterError
from genre.network.config import NetworkConfig

REFERENCE = NetworkConfig(n_steps=130, n_values=13, n_genres=10)


def test_reference_network_has_its_published_number_of_parameters():
    assert REFERENCE.n_parameters == 57_802


def test_scaling_adds_nothing_to_what_is_trained():
    bare = NetworkConfig(n_steps=130, n_values=13, n_genres=10, scaling=False)

    assert bare.n_parameters == 57_802
    assert REFERENCE.weight_shapes().keys() - bare.weight_shapes().keys() == {
        "normalization.mean",
        "normalization.variance",
    }


def test_weights_are_named_in_order_of_layers():
    config = NetworkConfig(
        n_steps=26,
        n_values=40,
        n_genres=10,
        units=(7, 5),
        bidirectional=True,
        pooling="mean_max",
        dense_units=11,
    )

    assert list(config.weight_shapes().items()) == [
        ("normalization.mean", (40,)),
        ("normalization.variance", (40,)),
        ("recurrent_1.forward.kernel", (40, 28)),
        ("recurrent_1.forward.recurrent_kernel", (7, 28)),
        ("recurrent_1.forward.bias", (28,)),
        ("recurrent_1.backward.kernel", (40, 28)),
        ("recurrent_1.backward.recurrent_kernel", (7, 28)),
        ("recurrent_1.backward.bias", (28,)),
        ("recurrent_2.forward.kernel", (14, 20)),
        ("recurrent_2.forward.recurrent_kernel", (5, 20)),
        ("recurrent_2.forward.bias", (20,)),
        ("recurrent_2.backward.kernel", (14, 20)),
        ("recurrent_2.backward.recurrent_kernel", (5, 20)),
        ("recurrent_2.backward.bias", (20,)),
        ("dense.kernel", (20, 11)),
        ("dense.bias", (11,)),
        ("output.kernel", (11, 10)),
        ("output.bias", (10,)),
    ]


def test_other_numbers_of_layers_are_named_in_their_order():
    config = NetworkConfig(
        n_steps=26, n_values=13, n_genres=10, units=(7, 6, 5), dense_units=(9, 8), scaling=False
    )
    kernels = {
        name: shape for name, shape in config.weight_shapes().items() if name.endswith(".kernel")
    }

    assert list(kernels.items()) == [
        ("recurrent_1.forward.kernel", (13, 28)),
        ("recurrent_2.forward.kernel", (7, 24)),
        ("recurrent_3.forward.kernel", (6, 20)),
        ("dense.kernel", (5, 9)),
        ("dense_2.kernel", (9, 8)),
        ("output.kernel", (8, 10)),
    ]
    assert [row[:2] for row in config.summary()] == [
        ("recurrent_1", (26, 7)),
        ("recurrent_2", (26, 6)),
        ("recurrent_3", (5,)),
        ("dense", (9,)),
        ("dense_2", (8,)),
        ("dropout", (8,)),
        ("output", (10,)),
    ]
    bare = NetworkConfig(n_steps=26, n_values=13, n_genres=10, units=(7,), dense_units=())
    assert bare.weight_shapes()["output.kernel"] == (7, 10)


@pytest.mark.parametrize(
    "config",
    [
        REFERENCE,
        NetworkConfig(
            n_steps=26,
            n_values=40,
            n_genres=3,
            cell="simple_rnn",
            units=(7, 5),
            bidirectional=True,
            pooling="mean_max",
            dense_units=11,
            scaling=False,
        ),
        NetworkConfig(n_steps=26, n_values=40, n_genres=3, units=(7,), dense_units=(5, 6)),
    ],
    ids=["reference", "every setting changed", "other layers"],
)
def test_settings_survive_json(config):
    assert NetworkConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_steps": 0}, r"n_steps=0, expected whole numbers from 1 to 10000\. Choose within"),
        ({"n_values": 13.0}, r"n_values=13\.0, expected whole numbers"),
        ({"n_genres": 1}, r"n_genres=1, expected whole numbers from 2"),
        ({"n_genres": True}, r"n_genres=True, expected whole numbers"),
        ({"dense_units": 10**9}, r"dense_units=1000000000, expected whole numbers"),
        ({"units": (64, 0)}, r"units=\(64, 0\), expected whole numbers from 1 to 1024"),
        ({"units": ()}, r"units=\(\), expected one to 4 whole numbers.*such as \(64, 64\)"),
        ({"units": [8] * 5}, r"units=\(8, 8, 8, 8, 8\), expected one to 4 whole numbers"),
        ({"units": 64}, r"units=64, expected one to 4 whole numbers"),
        ({"n_steps": [26]}, r"n_steps=\[26\], expected whole numbers"),
        ({"dense_units": [8] * 5}, r"dense_units=\(8, 8, 8, 8, 8\), expected at most 4"),
        ({"dense_units": [8, 0]}, r"dense_units=\(8, 0\), expected whole numbers from 1"),
        ({"cell": "gru"}, r"cell='gru', expected 'lstm' or 'simple_rnn'\. Choose one"),
        ({"cell": ["lstm"]}, r"cell=\['lstm'\], expected 'lstm' or"),
        ({"pooling": "max"}, r"pooling='max', expected 'last' or 'mean' or 'mean_max'"),
        ({"bidirectional": 1}, r"bidirectional=1, expected False or True"),
        ({"scaling": None}, r"scaling=None, expected False or True"),
    ],
    ids=str,
)
def test_settings_outside_family_are_refused(change, message):
    with pytest.raises(ParameterError, match=message):
        NetworkConfig.from_dict({**REFERENCE.to_dict(), **change})


def test_missing_and_unknown_settings_are_named():
    settings = REFERENCE.to_dict()
    settings["layers"] = settings.pop("units")

    with pytest.raises(
        ParameterError, match=r"\['units'\] are missing and \['layers'\] are unknown"
    ):
        NetworkConfig.from_dict(settings)
