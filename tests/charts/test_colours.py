"""The colours stand out from both backgrounds, and from each other for every kind of eye."""

import itertools

import numpy as np
import pytest

from genre.charts.colours import (
    DARK_BACKGROUND,
    GENRE_COLOURS,
    LIGHT_BACKGROUND,
    NEUTRAL,
    TRAINING,
    VALIDATION,
    WAVEFORM,
    genre_colour,
)
from tests.support.predictions import GENRES

XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
# Machado et al. 2009, severity 1, on linear RGB.
VISION = {
    "full colour": np.eye(3),
    "no green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}


def linear_rgb(colour):
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(colour, background):
    low, high = sorted(XYZ[1] @ linear_rgb(c) for c in (colour, background))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    t = XYZ @ rgb / XYZ.sum(axis=1)
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(lab_1, lab_2):
    (l_1, a_1, b_1), (l_2, a_2, b_2) = lab_1, lab_2
    c = (np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(c**7 / (c**7 + 25.0**7))
    c_1, c_2 = np.hypot(stretch * a_1, b_1), np.hypot(stretch * a_2, b_2)
    h_1 = np.degrees(np.arctan2(b_1, stretch * a_1)) % 360
    h_2 = np.degrees(np.arctan2(b_2, stretch * a_2)) % 360
    turn = (h_2 - h_1 + 180) % 360 - 180
    h, c, lightness = (h_1 + turn / 2) % 360, (c_1 + c_2) / 2, (l_1 + l_2) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    light = (l_2 - l_1) / (1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2))
    chroma = (c_2 - c_1) / (1 + 0.045 * c)
    hue = 2 * np.sqrt(c_1 * c_2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * c * t)
    spread = np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))
    rotation = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(spread)
    return np.sqrt(light**2 + chroma**2 + hue**2 + rotation * chroma * hue)


@pytest.mark.parametrize(
    ("lab_1", "lab_2", "expected"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
    ids=["blue", "far apart", "nearly black"],
)
def test_measure_agrees_with_published_pairs(lab_1, lab_2, expected):
    # Sharma, Wu and Dalal, Color Research and Application 30(1), 2005, table 1.
    assert ciede2000(lab_1, lab_2) == pytest.approx(expected, abs=1e-4)


OTHERS = (NEUTRAL, TRAINING, VALIDATION, WAVEFORM)


@pytest.mark.parametrize("background", [LIGHT_BACKGROUND, DARK_BACKGROUND])
@pytest.mark.parametrize(
    "colour", [*GENRE_COLOURS.values(), NEUTRAL, TRAINING, VALIDATION, WAVEFORM]
)
def test_colour_stands_out_from_both_backgrounds(colour, background):
    assert contrast(colour, background) >= 3


@pytest.mark.parametrize(("vision", "least"), [*zip(VISION, (18, 12, 12), strict=True)])
def test_genre_colours_differ_enough(vision, least):
    seen = {g: lab(np.clip(VISION[vision] @ linear_rgb(c), 0, 1)) for g, c in GENRE_COLOURS.items()}
    pairs = itertools.combinations(seen, 2)
    distances = {pair: ciede2000(seen[pair[0]], seen[pair[1]]) for pair in pairs}
    closest = min(distances, key=distances.get)

    assert distances[closest] >= least, f"{closest}: {distances[closest]:.1f}"


def test_no_genre_is_grey():
    chroma = {g: np.hypot(*lab(linear_rgb(colour))[1:]) for g, colour in GENRE_COLOURS.items()}

    assert min(chroma.values()) > 15, chroma
    assert np.hypot(*lab(linear_rgb(NEUTRAL))[1:]) < 5


def test_genre_among_any_others_keeps_its_colour():
    assert genre_colour("jazz", GENRES) == genre_colour("jazz", ("jazz", "zouk"))


def test_custom_genres_take_the_colours_left_then_repeat():
    company = ("zouk", "blues", "afrobeat")
    colours = [genre_colour(genre, company) for genre in company]
    many = [f"genre {i:02d}" for i in range(12)]

    assert colours == [GENRE_COLOURS[genre] for genre in ("country", "blues", "classical")]
    assert genre_colour(many[10], many) == genre_colour(many[0], many) == GENRE_COLOURS["blues"]
    assert len({genre_colour(genre, many[:10]) for genre in many[:10]}) == 10
