"""The stops about training: the recorded figures, and which answer they give."""

from dataclasses import replace

import pytest

from genre.compare.leakage import read_leakage_study
from genre.errors import RunError
from genre.evaluation.intervals import wilson_interval
from genre.interpret.memory_run import MemoryRun, recorded_runs
from genre.interpret.memory_test import MemoryTask
from genre.tour import recorded_reveals as reveals


def recalled(cell, n_right, length=100, seed=0):
    task = MemoryTask("recall", cell, length, seed)
    return MemoryRun(task, "", (1,), (1.0,), (length,), (), wilson_interval(n_right, 1000), 1.0)


@pytest.mark.parametrize(
    ("simple", "lstm", "opened", "answer", "said"),
    [
        (120, 990, 990, 0, "The LSTM recalls it, and the simple RNN does not"),
        (120, 120, 990, 1, "Only the LSTM whose forget gates are open"),
        (990, 980, 970, 2, "All of them"),
        (130, 130, 130, 2, "None of them"),
        (990, 130, 130, 2, "None of the answers"),
    ],
)
def test_memory_answers_as_the_runs_say(simple, lstm, opened, answer, said):
    counts = {"simple_rnn": simple, "lstm": lstm, "open_lstm": opened}
    found = reveals.reveal_memory([recalled(cell, n) for cell, n in counts.items()])
    assert (found.answer, found.is_recorded) == (answer, True)
    assert said in found.sentence
    assert f"the simple RNN recalls {simple / 1000:.0%}, the LSTM {lstm / 1000:.0%}, with" in (
        found.sentence
    )


def test_memory_is_the_mean_over_the_seeds():
    runs = [recalled("lstm", n, seed=seed) for seed, n in enumerate((1000, 500))]
    found = reveals.reveal_memory([*runs, recalled("simple_rnn", 100), recalled("open_lstm", 100)])
    assert "the LSTM 75%" in found.sentence and "means of 2 seeds" in found.sentence


def test_memory_without_the_length_says_how_to_record_it():
    with pytest.raises(RunError, match="memory-test --record"):
        reveals.reveal_memory([recalled("lstm", 990, length=10)])


def test_bundled_memory_tests_answer_the_question():
    runs = [run for run in recorded_runs() if run.task.task == "recall"]
    found = reveals.reveal_memory(recorded_runs())
    n_drawn = sum(len(one["x"]) for one in found.chart["series"] if one.get("isDotted"))
    assert n_drawn == len(runs) >= 30
    assert found.answer == 1


def rows(*accuracies):
    return [
        {"epoch": i, "accuracy": value / 2, "val_accuracy": value}
        for i, value in enumerate(accuracies, 1)
    ]


@pytest.mark.parametrize(
    ("accuracies", "answer"),
    [((0.2, 0.7, 0.8), 0), ((0.5, 0.8), 1), ((0.76, 0.8), 2), ((0.0, 0.0), 2)],
)
def test_training_compares_first_and_last_epoch(accuracies, answer):
    found = reveals.reveal_training(rows(*accuracies), "x", n_epochs=9, is_recorded=True)
    assert found.answer == answer
    assert f"{accuracies[0]:.0%} of the validation segments" in found.sentence
    assert f"{accuracies[-1]:.0%} after epoch {len(accuracies)}" in found.sentence
    assert found.chart["x"]["range"] == [0, 9]


def test_training_of_one_epoch_is_refused():
    with pytest.raises(RunError, match="expected two or more"):
        reveals.reveal_training(rows(0.4), "x", n_epochs=9, is_recorded=False)


def test_recorded_history_is_there_or_says_so(tmp_path):
    history = reveals.recorded_history("quick")
    assert [row["epoch"] for row in history] == list(range(1, 16))
    with pytest.raises(RunError, match="no recorded run of the preset quick"):
        reveals.recorded_history("quick", tmp_path)


def test_leakage_has_the_recorded_figures():
    study = read_leakage_study()
    found = reveals.reveal_leakage(study)
    for split in ("course", "track", "artist"):
        value = study.run(split).evaluation.segment_accuracy.value
        assert f"{value:.0%}" in found.sentence
    seen = study.run("course", is_control=True).by_seen_track.track_seen.value
    assert f"right for {seen:.0%} of the segments of songs it trained on" in found.sentence
    assert found.answer == 2


def test_leakage_without_a_difference_gives_the_other_answer():
    study = read_leakage_study()
    course = study.run("course")
    same = replace(
        study,
        runs=tuple(
            replace(run, evaluation=course.evaluation) if run.name == "artist" else run
            for run in study.runs
        ),
    )
    assert reveals.reveal_leakage(same).answer == 0
