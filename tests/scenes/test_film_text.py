"""What the film and the running prediction on Inside say."""

import numpy as np

from genre.interpret.half_life import UnitMemory
from genre.interpret.occlusion import Occlusion
from genre.interpret.running_prediction import RunningPrediction
from genre.interpret.silence import SilencedSecond
from genre.interpret.trace import LayerColumns
from genre.scenes import film_text as wording

GENRES = ("blues", "jazz")
LAYER = LayerColumns(2, "forward", {}, np.array([0.25, 0.5]), np.array([0.5, 0.5]))


def running(*last):
    rows = np.array([[[0.5, 0.5], row] for row in last], np.float32)
    return RunningPrediction(np.array([1, 2]), rows, False, np.array([1.5, 3.0]), 3.0)


def test_unit_is_named_with_what_it_is_sorted_by():
    pulls = np.array([0.416, -2.0])
    assert wording.unit_label(LAYER, 1, "pull", pulls) == "1 (−2.00)"
    assert wording.unit_label(LAYER, 1, "memory", pulls) == "1 (half-life 1 steps)"
    assert wording.unit_label(LAYER, 1, "activity", pulls) == "1 (activity 0.50)"
    assert wording.unit_label(LAYER, 1, "pull", None) == "1 (activity 0.50)"
    assert wording.unit_label(LAYER, 1, "index", pulls) == "1"


def test_silenced_line_says_segment_and_song_before_and_after():
    before, after = running([0.2, 0.8], [0.4, 0.6]), running([0.7, 0.3], [0.4, 0.6])
    silenced = SilencedSecond(2, np.array([0]), after, np.ones(2, bool))
    line = wording.silenced_line(silenced, before, np.array([0.3, 0.7]), GENRES, 1)

    assert line == (
        "Without the second at 0:02: jazz 80% to 30% in its segment, 70.0% to 45.0% in the song. "
        "The song becomes blues."
    )
    kept = SilencedSecond(2, np.array([0]), before, np.ones(2, bool))
    assert wording.silenced_line(kept, before, np.array([0.3, 0.7]), GENRES, 1).endswith("song.")
    none = SilencedSecond(2, np.array([0]), after, np.zeros(2, bool))
    said = wording.silenced_line(none, before, np.array([0.3, 0.7]), GENRES, 1)
    assert said == "Without the second at 0:02 nothing audible is left."


def test_half_lives_name_the_unit_that_remembers_longest():
    values = np.array([30.0, 2.0, 1.0])
    memory = UnitMemory(1, np.array([5, 0, 2]), np.ones(3), values, values / 10, 1)

    line = wording.half_life_line(memory)
    assert line.startswith("Unit 5 has the longest half-life: 3.0 s (30 steps).")
    assert "Median: 0.20 s." in line and line.endswith("1 of 3 is longer than a segment.")


def test_final_prediction_line_names_the_genre_before():
    rows = np.array([[[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], [[0.9, 0.1]] * 3], np.float32)
    running = RunningPrediction(np.array([1, 2, 3]), rows, False, np.array([1.0, 2, 3]), 3.0)

    assert wording.final_prediction_line(running, 0, GENRES) == (
        "The prediction is final after 3.0 s (step 3 of 3): jazz instead of blues."
    )
    assert wording.final_prediction_line(running, 1, GENRES).startswith(
        "The prediction is blues from the"
    )
    assert wording.final_predictions_line(running).startswith("For half of the 2 segments")


def test_occlusion_line_unfinished_names_largest_change_so_far():
    change = np.array([0.1, -0.3, np.nan])
    occlusion = Occlusion("second", change, 2, "silence")

    line = wording.occlusion_line(occlusion, "jazz")
    assert line == (
        "Without the second at 0:01 the probability of jazz in its segment is 30 points lower: the "
        "largest change. As far as computed."
    )
    done = Occlusion("mfcc", np.array([0.4, -0.3]), 2, "the song's own mean")
    assert wording.occlusion_line(done, "jazz").startswith("Without MFCC 0 (replaced by the song's")
    assert wording.occlusion_line(done, "jazz").endswith("40 points higher: the largest change.")
    unknown = Occlusion("mfcc", np.full(2, np.nan), 0, "the song's own mean")
    assert wording.occlusion_line(unknown, "jazz") == ""


def test_occlusion_line_of_a_small_change_gives_no_zero():
    occlusion = Occlusion("musicnn", np.array([0.001, -0.004]), 2, "the song's own mean")
    line = wording.occlusion_line(occlusion, "jazz")
    assert line.startswith("Without musicnn value 1 ")
    assert "is less than 1 point lower: the largest change." in line
