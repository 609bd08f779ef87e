"""The sheet for the classroom: its numbers are those of the reference system."""

import html
import json
import re
import shlex

import numpy as np

from genre.__main__ import build_parser
from genre.audio.feature_config import MfccConfig
from genre.audio.mfcc import N_MELS
from genre.paths import RESULTS, ROOT
from genre.recipes.config import PRESETS

SHEET = (ROOT / "docs" / "lesson-sheet.html").read_text(encoding="utf-8")


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def digits(text):
    return len(text.partition(".")[2])


def test_sheet_has_the_reference_systems_numbers():
    features, network = MfccConfig(), PRESETS["course"].network_config(n_genres=10)
    expected = {
        "sr": features.sr,
        "segment_samples": features.segment_samples,
        "n_frames": features.n_frames,
        "n_fft": features.n_fft,
        "n_bins": features.n_fft // 2 + 1,
        "n_mels": N_MELS,
        "n_steps": network.n_steps,
        "n_values": network.n_values,
        "units_1": network.units[0],
        "units_2": network.units[1],
        "dense": network.dense_units,
        "n_genres": network.n_genres,
        "frames_per_second": features.sr / features.hop_length,
        "c0_growth": 20 * np.log10(2) * np.sqrt(N_MELS),
        "parameters_1": dict((name, n) for name, _, n in network.summary())["recurrent_1"],
        "kept_10": 0.9**10,
        "kept_100": 0.9**100,
        "loss_half": -np.log(0.5),
        "loss_guess": -np.log(0.1),
    }
    written = dict(re.findall(r'<b data-is="(\w+)">([^<]+)</b>', SHEET))

    assert written.keys() == expected.keys()
    for name, text in written.items():
        assert number(text) == round(expected[name], digits(text)), name


def test_sheet_example_is_solved():
    question = SHEET[: SHEET.index("<h1>Answers</h1>")]

    def row(title):
        found = re.search(rf"<tr><th>{title}.*?</th>(.*?)</tr>", question)[1]
        return np.array([number(cell) for cell in re.findall(r"<td>([^<]+)</td>", found)])

    kept = row("Forget gate") * row("Cell state before")
    added = row("Input gate") * row("Candidate")
    hidden = row("Output gate") * np.tanh(kept + added)
    expected = {"kept": kept, "added": added, "cell": kept + added, "hidden": hidden}
    for name, values in expected.items():
        cells = re.findall(rf'<td data-cell="{name}">([^<]+)</td>', SHEET)
        np.testing.assert_allclose([number(cell) for cell in cells], values, atol=0.005)


def test_sheet_quotes_measured_accuracies_and_commands_that_are_parsed():
    text = " ".join(SHEET.split())
    commands = [html.unescape(c) for c in re.findall(r"<code>python -m genre (.+?)</code>", text)]

    assert len(commands) == 4
    for command in commands:
        build_parser().parse_args(shlex.split(command))
    for name, command in zip(("course-leaky", "course"), commands, strict=False):
        result = json.loads((RESULTS / f"crossval-{name}.json").read_text())
        accuracy = result["track_accuracy"]
        value, low, high = (f"{100 * accuracy[key]:.0f}" for key in ("value", "low", "high"))
        assert re.search(rf"{value}% [^)]*\([^)]*{low} to {high}%\)", text)
        assert f"{accuracy['n']} tracks" in text
        assert result["command"].startswith(f"python -m genre {command}")
