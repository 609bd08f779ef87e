"""Who may import whom, checked in the source itself."""

import ast
import graphlib
import importlib.util
import subprocess
import sys

import pytest

from genre.paths import PACKAGE, ROOT

PAGES = [ROOT / "server.py", ROOT / "streamlit_app.py", *sorted((ROOT / "app_pages").rglob("*.py"))]
LEAST_FILES = {"package": 120, "pages": 25, "tests": 100}
"""A search that finds fewer looks in the wrong place, and would pass while checking nothing."""

# From the bottom up: a package imports what stands in its row, all of it and nothing else.
TABLE = {
    "errors": "",
    "paths": "",
    "language": "paths",
    "system": "errors paths",
    "storage": "errors paths system",
    "cluster": "__init__ errors paths storage system",
    "spectra": "",
    "audio": "errors paths spectra system",
    "effects": "audio errors spectra system",
    "network": "errors system",
    "datasets": "audio cluster errors paths storage system",
    "splits": "datasets errors",
    "models": "audio datasets errors network paths system",
    "collection": "audio cluster datasets errors models paths system",
    "builder": "audio collection datasets errors paths system",
    "recipes": "audio datasets errors network splits storage",
    "evaluation": "datasets errors models paths recipes splits storage system",
    "runs": "audio errors models paths recipes system",
    "sweeps": "cluster datasets errors paths recipes runs system",
    "interpret": "audio errors evaluation models network paths system",
    "training": "__init__ audio cluster datasets errors evaluation interpret models network paths "
    "recipes runs splits storage system",
    "compare": "datasets errors evaluation models paths recipes runs splits system",
    "reading": "compare errors evaluation models paths recipes runs splits",
    "experiments": "compare errors evaluation paths recipes runs splits system",
    "text": "audio builder cluster collection compare datasets errors evaluation experiments "
    "interpret models reading recipes runs splits sweeps",
    "charts": "audio builder collection compare errors evaluation experiments models network text",
    "scenes": "audio charts errors interpret models network text",
    "tour": "audio charts compare errors interpret models paths runs text",
    "export": "audio charts collection datasets errors evaluation models network paths reading "
    "recipes runs system text",
    "lesson": "audio datasets errors evaluation models network paths recipes",
    "cli": "audio builder charts cluster collection compare datasets effects errors evaluation "
    "export interpret models paths reading recipes runs splits sweeps system text training",
    "__main__": "cli errors paths system",
    "__init__": "",
}
STARTS_PROCESSES = {"system/processes.py", "system/owned_job.py", "system/warm_worker.py"}
"""The modules that know `subprocess`."""
MAX_MODULES = 20
"""In a package; one that outgrows it holds two subjects."""
MAX_FUNCTION_LINES = 60
HEAVY = {"tensorflow", "keras", "h5py", "sklearn", "scipy", "pandas", "librosa", "numba"}
"""Libraries that take over half a second to import (``python -X importtime``): 0.7 s for numba,
to 12 s for TensorFlow. Importing a page loads none of them."""
SERVER_WITHOUT = HEAVY - {"scipy", "pandas"}
"""Those that no visit loads: Streamlit's tables need pandas, and charts SciPy where it is there."""


def modules():
    """Every module of the package; fails where the search finds too few."""
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) >= LEAST_FILES["package"]
    return found


def pages():
    assert len(PAGES) >= LEAST_FILES["pages"]
    return PAGES


def imports_of(path, *, at_top=False):
    """Every module that a file imports: wherever in it, or when it is imported itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body if at_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports by a relative name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def libraries_of(path, *, at_top=False):
    return {name.split(".")[0] for name in imports_of(path, at_top=at_top)}


def package_of(path):
    """The package a module belongs to, or its own name at the top level."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def packages_imported(path):
    names = {name.split(".")[1] for name in imports_of(path) if name.startswith("genre.")}
    names = {"__init__" if name == "__version__" else name for name in names} - {package_of(path)}
    return names - {"language"}  # all but the two below it may mark their sentences


def test_packages_import_what_their_rows_say():
    found = {name: set() for name in TABLE}
    for path in modules():
        found[package_of(path)] |= packages_imported(path)

    assert found == {name: set(row.split()) for name, row in TABLE.items()}


def test_packages_and_modules_have_no_cycle():
    graphlib.TopologicalSorter({name: row.split() for name, row in TABLE.items()}).prepare()
    names = {path: path.relative_to(ROOT).with_suffix("") for path in modules()}
    by_name = {".".join(name.parts): path for path, name in names.items()}
    graph = {
        name: {other for other in imports_of(path) if other in by_name} - {name}
        for name, path in by_name.items()
    }

    assert sum(len(below) for below in graph.values()) > 300
    graphlib.TopologicalSorter(graph).prepare()


def test_packages_stay_small_and_say_what_they_are_for():
    top = {path.stem for path in PACKAGE.glob("*.py")}
    assert top == {"__init__", "__main__", "errors", "language", "paths"}
    for folder in sorted({path.parent for path in modules()} - {PACKAGE}):
        names = [path.name for path in folder.glob("*.py") if path.stem != "__init__"]
        about = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        assert len(names) <= MAX_MODULES, f"{folder.name} holds {len(names)} modules"
        for part in ("In: ", "Out: ", "Knows nothing of "):
            assert part in (about or ""), f"{folder.name} does not say {part!r}"


def test_packages_have_their_tests_in_a_folder_of_the_same_name():
    tested = {path.parent.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert {path.parent.name for path in modules()} - {PACKAGE.name} <= tested


@pytest.mark.parametrize("line", ["from . import errors", "from .errors import AudioError"])
def test_imports_by_a_relative_name_are_refused(tmp_path, line):
    """The table would not see them."""
    (tmp_path / "module.py").write_text(f"def f():\n    {line}\n")

    with pytest.raises(AssertionError, match=r"module\.py:2 imports by a relative name"):
        imports_of(tmp_path / "module.py")


def test_streamlit_is_imported_by_pages_alone():
    assert not [path for path in modules() if "streamlit" in libraries_of(path)]


def test_keras_is_imported_in_training_alone():
    for path in [*modules(), *pages()]:
        is_training = path.is_relative_to(PACKAGE / "training")
        assert is_training or not {"keras", "tensorflow", "numba"} & libraries_of(path), path


def test_tests_load_keras_in_training_alone():
    """pytest imports every module of the tests: each process would hold TensorFlow to its end."""
    paths = [p for p in (ROOT / "tests").rglob("*.py") if "training" not in p.parts]
    assert len(paths) > LEAST_FILES["tests"]
    for path in paths:
        assert not {"keras", "tensorflow"} & libraries_of(path, at_top=True), path


def test_processes_are_started_by_the_system_package_alone():
    know = [path for path in [*modules(), *pages()] if "subprocess" in libraries_of(path)]
    assert {path.relative_to(PACKAGE).as_posix() for path in know} == STARTS_PROCESSES
    assert sorted(calls_of_subprocess()) == ["processes.py: Popen", "processes.py: call"]


def calls_of_subprocess():
    """Every call of a function of `subprocess` in the package, as its file and its name."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            function = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if function.startswith("subprocess.") or function.split(".")[-1] == "Popen":
                yield f"{path.name}: {function.split('.')[-1]}"


def test_pages_import_no_library_for_sound_or_training():
    for path in pages():
        assert not (HEAVY | {"numpy", "soundfile", "av"}) & libraries_of(path), path
        assert not [n for n in imports_of(path) if n.startswith("genre.training")], path


def test_pages_imports_stand_at_the_top():
    """None of them is heavy, so none needs to wait in a function."""
    n_imports = 0
    for path in pages():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        n_imports += sum(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)
        for node in set(ast.walk(tree)) - set(tree.body):
            assert not isinstance(node, ast.Import | ast.ImportFrom), f"{path}:{node.lineno}"
    assert n_imports > 200


@pytest.mark.parametrize(
    "page",
    ["classify", "train", "data", "compare", "experiments", "inside", "tour", "collection"],
)
def test_page_imported_loads_no_heavy_library(page):
    imported = imports_of(ROOT / "app_pages" / f"{page}.py")
    parts = sorted({f"app_pages.{path.stem}" for path in PAGES[2:]} & imported)
    loaded, printed = modules_after(f"import sys, {', '.join(parts)}\nprint(len(sys.modules))")

    assert len(parts) >= 3
    assert int(printed[-1]) > 500
    assert loaded & HEAVY == set()


def test_files_and_functions_stay_short():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    assert len(tests) >= LEAST_FILES["tests"]
    for path in [*modules(), *pages(), *tests]:
        text = path.read_text(encoding="utf-8")
        limit = 600 if path in tests else 300
        assert len(text.splitlines()) <= limit, path
        for node in ast.walk(ast.parse(text)) if path not in tests else ():
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
                n_lines = node.end_lineno - first.lineno + 1
                assert n_lines <= MAX_FUNCTION_LINES, f"{path}: {node.name} has {n_lines} lines"


def modules_after(program):
    """Which heavy libraries a program has loaded at its end, and what it printed."""
    watched = HEAVY | {"streamlit", "soundfile", "av"}
    end = f"\nimport sys; print(sorted({watched} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program + end], cwd=ROOT, capture_output=True, text=True, check=True
    )
    *printed, loaded = done.stdout.strip().split("\n")
    return set(ast.literal_eval(loaded)), printed


def test_recipes_and_cards_load_without_a_decoder():
    loaded, _ = modules_after("import genre.recipes.config, genre.recipes.link, genre.models.card")
    assert not loaded


def test_classifying_loads_neither_keras_nor_librosa_nor_scikit_learn():
    loaded, _ = modules_after(
        "from genre.models.classifier import classify, load_classifier\n"
        "import genre.models.song_analysis, genre.charts.lanes, genre.text.song\n"
        "import genre.export.result_table\n"
        "classify('samples/jazz.ogg', load_classifier('starter'))"
    )
    assert loaded <= {"soundfile", "av"}


def test_visit_loads_neither_keras_nor_librosa_nor_scikit_learn():
    """Each would keep the first visitor waiting for seconds."""
    loaded, printed = modules_after("""
from tests.support.app_page import new_visit

page = new_visit().run()
page.pills(key="first_example").select("jazz").run()
print(len(page.exception), len(page.title))
page.switch_page("app_pages/compare.py")
page.query_params["compare"] = "starter,simple-rnn"
for aspect in ("Differences", "Confusion matrices", "Confidence", "Learning curves", "Details"):
    page.session_state["aspect"] = aspect
    page.session_state["cell_genre"] = page.session_state["cell_given"] = "jazz"
    page.run()
    print(len(page.exception), len(page.metric))
""")
    assert printed == ["0 1", *["0 4"] * 5]
    assert not loaded & SERVER_WITHOUT


def test_names_that_scripts_import_from_the_package_are_there():
    # Scripts import within functions, and nothing else runs all of them.
    scripts = [
        path
        for folder in ("benchmarks", "docs", "models", "samples", "app_pages")
        for path in (ROOT / folder).rglob("*.py")
    ]
    imported = {
        (node.module, alias.name)
        for path in scripts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module.startswith("genre.")
        for alias in node.names
    }
    light = {(module, name) for module, name in imported if "training" not in module}
    assert len(light) > 150
    absent = [
        f"{module}.{name}"
        for module, name in sorted(light)
        if not hasattr(importlib.import_module(module), name)
        and importlib.util.find_spec(f"{module}.{name}") is None
    ]
    assert not absent
