"""Who may import whom, checked in the source itself."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GENRE = sorted((ROOT / "genre").glob("*.py"))
PAGES = [ROOT / "streamlit_app.py", *sorted((ROOT / "app_pages").glob("*.py"))]

# From the bottom up: each imports what stands in its row, all of it and nothing else.
TABLE = {
    "errors": "",
    "threads": "",
    "mfcc": "threads",
    "containers": "errors",
    "decoding": "containers errors",
    "audio": "containers decoding errors",
    "features": "audio errors mfcc",
    "dataset": "dataset_folder dataset_json dataset_pack dataset_zip errors features",
    "dataset_folder": "audio dataset dataset_cache dataset_facts errors features",
    "archives": "audio dataset dataset_folder errors zip_members",
    "dataset_zip": "archives dataset dataset_folder features",
    "dataset_json": "dataset errors features",
    "dataset_pack": "dataset errors features",
    "split": "dataset dataset_facts errors",
    "network_shape": "errors",
    "network_weights": "errors network_shape",
    "network_layers": "network_shape",
    "network": "errors network_layers network_shape network_weights threads",
    "song_facts": "audio errors",
    "certainty": "",
    "card": "certainty dataset errors features network_shape",
    "registry": "card errors network",
    "prediction": "audio certainty errors features network registry",
    "song_view": "audio features prediction",
    "accuracy": "",
    "wording": "accuracy card prediction song_facts",
    "result_table": "errors prediction song_view wording",
    "evaluation": "accuracy answers dataset dataset_json errors metrics prediction split_honesty",
    "colours": "",
    "chart_parts": "colours prediction",
    "charts": "chart_parts colours prediction song_facts",
    "recipe": "dataset errors features network_shape split",
    "training_quiet": "",
    "training_kernel": "recipe",
    "warm_worker": "processes",
    "run_view": "errors recipe run_files runs",
    "run_model": "errors registry run_files",
    "run_duration": "errors recipe run_view runs",
    "earlier_runs": "errors processes recipe run_files runs",
    "pinned_song": "audio errors features run_files",
    "recipe_link": "errors recipe recipe_words",
    "wording_training": "earlier_runs evaluation gtzan_download recipe run_view split_honesty",
    "charts_training": "chart_parts colours curve_drawing",
    "network_drawing": "network_shape",
    "training_worker": "processes recipe run_files training training_batches training_quiet "
    "training_run warm_worker",
    "processes": "",
    "training_batches": "features mfcc recipe",
    "training_model": "network recipe training_kernel",
    "training": "dataset errors network recipe split training_batches training_kernel "
    "training_model",
    "training_card": "__init__ card dataset dataset_facts evaluation recipe registry split "
    "split_honesty training",
    "crossval": "accuracy answers certainty dataset evaluation metrics recipe split split_honesty "
    "training training_quiet",
    "commands": "audio dataset dataset_json dataset_pack errors evaluation features json_text "
    "numba_cache prediction registry result_table song_facts wording",
    "run_files": "errors processes recipe",
    "runs": "errors processes recipe run_files warm_worker",
    "training_checkpoint": "training",
    "turn_lock": "",
    "cache_folder": "",
    "dataset_cache": "cache_folder dataset features",
    "dataset_overview": "dataset",
    "gtzan": "archives cache_folder dataset_folder errors",
    "gtzan_download": "errors gtzan processes run_files turn_lock",
    "commands_data": "commands dataset_overview dataset_reading gtzan gtzan_download",
    "recipe_words": "recipe",
    "keras_script": "audio dataset errors recipe training_batches wording",
    "curve_drawing": "",
    "run_page": "card colours curve_drawing recipe recipe_words registry run_files run_view "
    "wording wording_training",
    "numba_cache": "cache_folder turn_lock",
    "training_run": "card dataset errors pinned_song recipe run_files runs split training "
    "training_card training_checkpoint training_quiet turn_lock",
    "explain": "audio errors explain_sequence features network network_shape prediction",
    "explain_moment": "explain features",
    "memory_desk": "errors memory_test",
    "inside_scenes": "",
    "wording_inside": "chart_parts explain_cell explain_gradient explain_memory explain_moment "
    "explain_occlusion explain_sequence explain_unrolled explain_verdict memory_test "
    "network_shape",
    "explain_memory": "errors explain",
    "explain_verdict": "network",
    "explain_occlusion": "errors features network",
    "explain_gradient": "errors network threads",
    "explain_sequence": "audio errors features network song_view",
    "explain_unrolled": "errors network",
    "explain_cinema": "colours errors explain network_shape",
    "explain_cell": "errors network",
    "memory_test": "accuracy errors network_shape",
    "training_memory": "memory_test",
    "commands_memory": "commands memory_test training_memory training_quiet",
    "charts_inside": "chart_parts colours explain_occlusion explain_sequence explain_verdict",
    "charts_memory": "chart_parts colours explain_gradient explain_memory memory_test",
    "charts_cell": "chart_parts colours explain_cell explain_sequence explain_unrolled",
    "commands_runs": "card commands earlier_runs errors keras_script processes recipe registry "
    "run_files run_page runs training_run training_worker",
    "commands_training": "card charts_training commands commands_runs errors recipe registry "
    "results training training_card training_quiet",
    "answers": "accuracy errors",
    "charts_compare": "accuracy card chart_parts charts_training colours contenders errors "
    "evaluation",
    "charts_honesty": "chart_parts charts_compare colours honesty",
    "commands_crossval": "commands commands_training contenders crossval errors paired results",
    "commands_honesty": "commands earlier_runs errors honesty recipe runs training_run",
    "commands_models": "commands errors model_archive registry",
    "contenders": "card errors evaluation recipe registry results run_files runs",
    "contender_link": "contenders",
    "cell_tracks": "answers dataset dataset_folder dataset_pack evaluation song_view",
    "charts_tracks": "cell_tracks chart_parts charts_compare",
    "wording_compare": "accuracy answers card cell_tracks contenders errors evaluation honesty "
    "paired recipe_words run_names",
    "dataset_facts": "dataset errors",
    "honesty": "answers earlier_runs errors evaluation recipe run_files split",
    "json_text": "",
    "metrics": "accuracy",
    "model_archive": "card errors network registry zip_members",
    "paired": "answers errors",
    "results": "errors evaluation json_text recipe",
    "zip_members": "",
    "__main__": "errors recipe",
    "__init__": "",
    "dataset_reading": "cache_folder dataset dataset_overview errors processes run_files",
    "uploads": "cache_folder errors",
    "split_honesty": "",
    "verdict_drawing": "chart_parts colours prediction",
    "run_names": "",
}
# `load_dataset` opens whatever it is given; its readers build on its types.
READERS = ("dataset_folder", "dataset_json", "dataset_pack", "dataset_zip")
LOOSE_ENDS = {("dataset", reader) for reader in READERS}


def imports_of(path):
    """Every module that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports by a relative name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def rooms_of(path):
    """The modules of the package that a file imports."""
    names = {path.stem for path in GENRE}
    parts = (name.split(".") for name in imports_of(path))
    rooms = {p[1] for p in parts if p[0] == "genre" and len(p) > 1 and p[1] in names}
    of_package = any(name == "genre.__version__" for name in imports_of(path))
    return rooms | ({"__init__"} if of_package else set())


@pytest.mark.parametrize("path", GENRE, ids=lambda path: path.stem)
def test_a_module_imports_what_its_row_says(path):
    assert rooms_of(path) == set(TABLE[path.stem].split())


@pytest.mark.parametrize(
    "line", ["from . import errors", "from .errors import AudioError", "from .. import genre"]
)
def test_an_import_by_a_relative_name_is_refused(tmp_path, line):
    """The table would not see it."""
    (tmp_path / "room.py").write_text(f"def f():\n    {line}\n")

    with pytest.raises(AssertionError, match=r"room\.py:2 imports by a relative name"):
        rooms_of(tmp_path / "room.py")


def test_the_table_has_no_cycle():
    graph = {
        room: {below for below in row.split() if (room, below) not in LOOSE_ENDS}
        for room, row in TABLE.items()
    }
    graphlib.TopologicalSorter(graph).prepare()


def test_the_table_names_every_module():
    assert set(TABLE) == {path.stem for path in GENRE}


@pytest.mark.parametrize("path", GENRE, ids=lambda path: path.stem)
def test_the_package_knows_nothing_of_streamlit(path):
    assert not {name for name in imports_of(path) if name.split(".")[0] == "streamlit"}


@pytest.mark.parametrize("path", [*GENRE, *PAGES], ids=lambda path: path.stem)
def test_keras_is_imported_in_the_training_rooms_only(path):
    heavy = {n for n in imports_of(path) if n.split(".")[0] in ("keras", "tensorflow", "numba")}
    may = path.stem.startswith("training")
    assert not heavy or may


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_leave_sound_and_training_to_the_package(path):
    forbidden = {"librosa", "keras", "tensorflow", "soundfile", "numpy", "sklearn", "scipy"}
    assert not {name for name in imports_of(path) if name.split(".")[0] in forbidden}
    assert not {room for room in rooms_of(path) if room.startswith(("training", "crossval"))}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_do_no_heavy_import_before_the_first_paint(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_top = {
        name.split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert not at_top & {"genre", "plotly", "pandas"}


@pytest.mark.parametrize(
    "path", [*GENRE, *PAGES, *sorted((ROOT / "tests").glob("*.py"))], ids=lambda path: path.stem
)
def test_no_file_outgrows_300_lines(path):
    limit = 300 if path.parent.name != "tests" else 600
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


def test_classifying_loads_neither_keras_nor_librosa_nor_scikit_learn():
    program = (
        "import sys; from genre.prediction import classify, load_classifier; "
        "import genre.song_view, genre.charts, genre.wording, genre.result_table; "
        "classify('samples/jazz.ogg', load_classifier('starter')); "
        "heavy = {'keras', 'tensorflow', 'numba', 'librosa', 'sklearn', 'streamlit'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_visit_loads_neither_keras_nor_librosa_nor_scikit_learn():
    """Each would keep the first visitor waiting for seconds."""
    program = """
import sys
from streamlit.testing.v1 import AppTest

page = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
page.pills(key="first_sketch").select("jazz").run()
print(len(page.exception), len(page.title))
page.switch_page("app_pages/compare.py")
page.query_params["compare"] = "starter,simple-rnn"
for aspect in ("What differs", "What they mix up", "How sure they are", "Curves", "Cards"):
    page.session_state["aspect"] = aspect
    page.session_state["cell_genre"] = page.session_state["cell_given"] = "jazz"
    page.run()
    print(len(page.exception), len(page.metric))
print(sorted({"tensorflow", "keras", "numba", "librosa", "sklearn"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n") == ["0 1", *["0 4"] * 5, "[]", ""]
