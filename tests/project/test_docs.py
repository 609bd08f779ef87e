"""What the documents promise: commands that run, files that exist, figures that were measured."""

import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace

import pytest

from genre import __version__
from genre.__main__ import build_parser, main
from genre.models.card_file import CARD_VERSION
from genre.models.confidence import current_levels
from genre.models.registry import read_card
from genre.paths import PACKAGE, ROOT
from genre.recipes.config import TrainConfig

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "api"),
    *sorted((ROOT / "datasets").rglob("*.md")),
    *sorted((ROOT / "models").rglob("*.md")),
    *sorted((ROOT / "samples").glob("*.md")),
]
LONG_ONES = (
    "train",
    "crossval",
    "extract",
    "export",
    "import",
    "get-gtzan",
    "memory-test",
    "index",
    "collection",
    "change",
    "sweep",
    "data",
)
COMMANDS = re.findall(r"^python -m genre (.+)$", README, re.MULTILINE)
OF_A_RUN = ("runs first",)
"""Needs the run that another one has trained."""
SHORT = [line for line in COMMANDS if line.split()[0] not in LONG_ONES and line not in OF_A_RUN]
LONG = [line for line in COMMANDS if line not in SHORT]


def test_readme_commands_are_found():
    assert len(SHORT) >= 5
    assert len(LONG) >= 5


@pytest.mark.parametrize("line", SHORT)
def test_readme_command_runs(line, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(line)) == 0
    said = capsys.readouterr()
    assert said.out or "no training runs yet" in said.err


@pytest.mark.parametrize("line", LONG)
def test_readme_long_command_is_parsed(line):
    build_parser().parse_args(shlex.split(line))


def test_readme_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)$", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document_links_exist(path):
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_site_lists_every_document():
    index = ROOT / "docs" / "index.md"
    trees = re.findall(r"```{toctree}\n(.*?)```", index.read_text(encoding="utf-8"), re.DOTALL)
    listed = [line for tree in trees for line in tree.split("\n") if line and line[0] != ":"]
    pages = [(index.parent / f"{name}.md").resolve() for name in listed if name != "api/genre"]

    assert len(DOCUMENTS) >= 17
    assert sorted(pages) == sorted(set(DOCUMENTS) - {index})


@pytest.mark.slow
def test_site_is_built_without_a_warning_and_documents_every_package(tmp_path):
    """Also that the links between documents lead to a page and a heading of it."""
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    made = subprocess.run(
        [*build, "-d", str(tmp_path / "kept"), "-c", "docs", ".", str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 0, made.stderr
    assert (tmp_path / "site" / "index.html").is_file()
    for folder in sorted({path.parent for path in PACKAGE.rglob("__init__.py")} - {PACKAGE}):
        page = (tmp_path / "site" / "docs" / "api" / f"genre.{folder.name}.html").read_text()
        public = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
        assert not [name for name in public if f"genre.{folder.name}.{name}" not in page]


@pytest.mark.slow
def test_code_of_the_developers_tutorial_runs():
    text = (ROOT / "docs" / "tutorials" / "developer.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 3
    said = subprocess.run(
        [sys.executable, "-"],
        cwd=ROOT,
        input="\n".join(blocks),
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("jazz")


def test_changelog_newest_release_is_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## (\d+\.\d+\.\d+)\b", changelog, re.MULTILINE)
    assert releases[0] == __version__


def test_readme_figures_are_those_measured():
    for name, of in (
        ("crossval-recommended", "leak-free"),
        ("crossval-recommended-leaky", "leaky"),
        ("crossval-simple-rnn", "simple"),
        ("crossval-course", "course"),
        ("crossval-course-leaky", "course, leaky"),
    ):
        result = json.loads((ROOT / "docs" / "results" / f"{name}.json").read_text())
        track = result["track_accuracy"]
        shown = f"{track['value']:.0%}"
        low, high = f"{track['low']:.0%}"[:-1], f"{track['high']:.0%}"[:-1]
        assert re.search(
            rf"{shown}.{{0,60}}\({{0,1}}.{{0,30}}{low} to {high}%", README, re.DOTALL
        ), of
        assert result["command"].removeprefix("python -m genre ") in COMMANDS


@pytest.mark.parametrize(
    ("name", "results"),
    [
        ("starter", "crossval-recommended"),
        ("simple-rnn", "crossval-simple-rnn"),
        ("course", "crossval-course"),
    ],
)
def test_bundled_card_has_the_measured_figures(name, results):
    result = json.loads((ROOT / "docs" / "results" / f"{results}.json").read_text())
    card = read_card(name)

    assert card.leak_free_figure.value == result["track_accuracy"]["value"]
    assert card.certainty == current_levels(result["certainty"])
    # The reference's own split leaks: its leak-free figure is of another one.
    own, measured = TrainConfig.from_dict(card.recipe), TrainConfig.from_dict(result["recipe"])
    assert own == replace(measured, split=own.split, preset=own.preset)
    assert name == "course" or own == measured
    made_by = next(line for line in LONG if f"--name {name}" in line)
    assert shlex.split(card.command) == ["python", "-m", "genre", *shlex.split(made_by)]


def test_card_keys_are_in_the_formats():
    formats = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for folder, file in (("models/starter", "card.json"), ("datasets/gtzan-subset", "pack.json")):
        content = json.loads((ROOT / folder / file).read_text())
        assert content["version"] == CARD_VERSION
        for key in content:
            assert f"`{key}`" in formats, key


def test_packages_are_in_the_architecture():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert len(packages) >= 12
    assert not [name for name in packages if f"`{name}/`" not in text]


def test_files_name_no_path_of_one_machine():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not tracked:  # not a checkout: look at what lies here
        tracked = [
            str(p.relative_to(ROOT)) for d in ("genre", "docs") for p in (ROOT / d).iterdir()
        ]
    for name in tracked:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".txt", ".json", ".yml") and path.exists():
            text = path.read_text(encoding="utf-8")
            if path.name != "test_docs.py":
                assert not re.search(r"/(home|root|work)/\w+|/Users/\w+", text), name
