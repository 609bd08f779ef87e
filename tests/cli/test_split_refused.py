"""A split that cannot be is refused by the commands before anything is extracted."""

import pytest

from genre.__main__ import main
from genre.cli import crossval as crossval_command
from genre.cli import training as training_command
from genre.errors import DatasetError
from genre.recipes.prepare import require_split
from genre.splits.split_check import SplitCheck
from genre.splits.split_plan import SplitPlan


@pytest.fixture
def clips(tmp_path):
    """Four genres of eight files that are no sound; blues and jazz are by one artist each."""
    rows = ["track_id,artist"]
    for genre in ("blues", "disco", "jazz", "rock"):
        (tmp_path / "clips" / genre).mkdir(parents=True)
        for i in range(8):
            (tmp_path / "clips" / genre / f"{genre}{i}.wav").write_bytes(b"no sound")
            rows.append(f"{genre}{i},{genre} {0 if genre in ('blues', 'jazz') else i}")
    (tmp_path / "clips" / "artists.csv").write_text("\n".join(rows) + "\n")
    return str(tmp_path / "clips")


@pytest.fixture
def extracted(monkeypatch):
    """What is extracted: nothing may be."""
    asked = []
    for module in (training_command, crossval_command):
        monkeypatch.setattr(module, "load_training_data", lambda *what, **how: asked.append(what))
    return asked


@pytest.mark.parametrize(
    "line",
    [["train"], ["train", "--run", "RUN"], ["crossval", "--folds", "4"]],
    ids=["train", "train --run", "crossval"],
)
def test_split_that_cannot_be_is_refused_with_the_option_that_works(
    line, clips, extracted, tmp_path, capsys
):
    line = [str(tmp_path / "run") if word == "RUN" else word for word in line]

    assert main([*line, "--data", clips, "--preset", "quick"]) == 1

    said = capsys.readouterr().err
    assert "the split by artist leaves nothing of " in said
    assert "blues 1" in said
    assert "Use --split track, which also measures who plays" in said
    assert extracted == []
    assert not (tmp_path / "run").exists()


def test_folds_without_a_genre_are_counted_where_that_is_asked_for(clips, extracted):
    with pytest.raises(AttributeError):  # nothing was loaded: it got past the check
        main(["crossval", "--data", clips, "--folds", "4", "--allow-missing-genres"])
    assert len(extracted) == 1


@pytest.mark.parametrize(
    ("plan", "option", "said"),
    [
        (SplitPlan("artist", n_folds=5), {"seed": 3}, "Use --fold-seed 3, or add recordings by"),
        (SplitPlan("track", n_folds=5), {"n_folds": 3}, "Use --folds 3, or add recordings."),
        (SplitPlan("artist"), {"test_share": 0.5, "seed": 1}, "Use --test-share 0.5 --seed 1, or"),
        (SplitPlan("track"), {}, "no jazz. Add recordings."),
    ],
)
def test_option_that_works_is_named_as_the_command_has_it(plan, option, said):
    check = SplitCheck(plan, problem="there is no jazz.", option=option)

    with pytest.raises(DatasetError) as refused:
        require_split(check, names=crossval_command.OPTIONS if plan.n_folds else None)
    assert said in str(refused.value)
