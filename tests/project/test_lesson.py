"""The notebook for the classroom: it runs, its exercises can be solved, and wrong answers fail."""

import ast
import json
import re

import nbformat
import pytest
from nbclient import NotebookClient

from genre.lesson.check import EXERCISES
from genre.paths import ROOT

FOLDER = ROOT / "docs"
NOTEBOOK = FOLDER / "lesson.ipynb"
PLOTLY = "application/vnd.plotly.v1+json"
SOLUTIONS = {
    "number of frames": "1 + len(segment) // features.hop_length",
    "frequency of a bin": "100 * features.sr / features.n_fft",
    "mel scale": "440 / 1000 * 15",
    "decibels": "10 * np.log10(1000)",
    "twice as loud": "128 * 20 * np.log10(2) / np.sqrt(128)",
    "shared tracks": "np.isin(data.track_index[split.test], data.track_index[split.train]).mean()",
    "parameters of layer 2": "4 * (64 * 64 + 64 * 64 + 64)",
    "forget by hand": "np.array([1, 2, 4]) * [1, 0, 1]",
    "input gate": "sigmoid(sums[:64])",
    "candidate": "np.tanh(sums[128:192])",
    "cell state": "f_t * C_before + i_t * candidate",
    "hidden state": "sigmoid(sums[192:]) * np.tanh(C_t)",
    "softmax": "np.exp(logits) / np.exp(logits).sum()",
    "cross-entropy": "-np.log(probabilities[classifier.genres.index('jazz')])",
    "loss of a guess": "np.log(10)",
    "Adam's first step": "0.5 - 1e-4 * -0.3 / (np.sqrt(0.3**2) + 1e-7)",
    "genre of a track": "'blues'",
    "Wilson interval": "[(25 / 95 + 1.96**2 / 190 + sign * 1.96 * np.sqrt(25 * 70 / 95**3 "
    "+ (1.96 / 190) ** 2)) / (1 + 1.96**2 / 95) for sign in (-1, 1)]",
}
"""How a student would compute each answer from what the notebook has by then."""


def code_cells():
    return [c for c in nbformat.read(NOTEBOOK, as_version=4).cells if c.cell_type == "code"]


def exercise_of(cell):
    """The name of a cell's exercise and of the variable that holds the answer; None if none."""
    found = re.fullmatch(r'(\w+) = \.\.\.\ncheck\("([^"]+)", \1\)', cell.source)
    assert bool(found) == ("= ..." in cell.source)
    return (found[2], found[1]) if found else None


def test_notebook_is_committed_without_outputs():
    nbformat.validate(json.loads(NOTEBOOK.read_text(encoding="utf-8")))
    assert not [cell for cell in code_cells() if cell.outputs or cell.execution_count]


def test_notebook_has_every_exercise_once_and_in_order():
    assert [found[0] for cell in code_cells() if (found := exercise_of(cell))] == [*EXERCISES]
    assert [*SOLUTIONS] == [*EXERCISES]


def test_notebook_goes_on_without_answers():
    answers = {found[1] for cell in code_cells() if (found := exercise_of(cell))}
    others = [cell for cell in code_cells() if not exercise_of(cell)]
    read = {
        node.id
        for cell in others
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Name)
    }

    assert len(answers) == len(EXERCISES)
    assert len(read) > 50
    assert not answers & read


def execute():
    """Run the notebook in a kernel, and each exercise also with a right and a wrong answer.

    Returns its cells, and of each exercise what was said to no answer and to these two.
    """
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(FOLDER)}})
    sentences = {}

    def run(index, cell, **changes):
        ran = client.execute_cell(nbformat.from_dict(cell | changes), index)
        return ran.outputs[-1].data["text/plain"]

    with client.setup_kernel():
        for index, cell in enumerate(cells := [*notebook.cells]):
            client.execute_cell(cell, index)
            if cell.cell_type == "code" and (found := exercise_of(cell)):
                name, answer = found
                wrong = "'jazz'" if name == "genre of a track" else f"1.2 * np.array({answer}) + 1"
                sentences[name] = (
                    cell.outputs[-1].data["text/plain"],
                    run(index, cell, source=cell.source.replace("...", SOLUTIONS[name])),
                    run(index, cell, source=f'check("{name}", {wrong})'),
                )
    return cells, sentences


@pytest.mark.tensorflow
@pytest.mark.slow
def test_notebook_runs_shows_its_figures_and_checks_answers():
    cells, sentences = execute()
    outputs = [out for cell in cells for out in cell.get("outputs", ())]
    shown = [out.data for out in outputs if "data" in out]
    printed = "".join(out.text for out in outputs if out.get("name") == "stdout")
    differences = [float(d) for d in re.findall(r"differ by (\S+) at most", printed)]

    assert not [out for out in outputs if out.get("name") == "stderr"]
    assert sum(PLOTLY in data for data in shown) == 7
    assert sum("audio" in data.get("text/html", "") for data in shown) == 1
    assert "epoch 8: loss" in printed
    assert "tracks:   26% (95% interval 19% to 36%, n = 95)" in printed
    assert "--split artist --allow-missing-genres" in printed
    assert len(differences) == 4
    assert max(differences) < 1e-3
    assert len(re.findall(r"(\S+) by hand, \1 by Keras", printed)) == 4
    assert [*sentences] == [*EXERCISES]
    for name, (none, right, wrong) in sentences.items():
        assert none == f"No answer yet: expected {EXERCISES[name].kind}."
        assert right == f"Right. {EXERCISES[name].moral}"
        assert wrong.startswith("Not yet: you gave ")
