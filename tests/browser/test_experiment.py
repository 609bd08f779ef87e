"""From files to a result: a dataset is built, its split is mended, a sweep is run and looked at."""

import mutagen
import pytest
import soundfile as sf
from playwright.sync_api import expect

from genre.audio.load import load_audio
from genre.paths import ROOT, SAMPLES
from tests.support.real_server import running_server, screenshots_of_failures, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENT = 240_000  # milliseconds
CLASSES = ("blues", "metal", "국악")
N_CLIPS, CLIP_SECONDS = 6, 3.5


@pytest.fixture
def address(tmp_path):
    """A server with a home of its own."""
    with running_server(ROOT, environment={"GENRE_LAB_HOME": str(tmp_path / "here")}) as (url, _):
        yield url


@pytest.fixture
def clips(tmp_path):
    """Files of each class, parts of an example: three artists each, but of blues there is one."""
    files = {}
    for name, example in zip(CLASSES, ("blues", "metal", "classical"), strict=True):
        signal = load_audio(SAMPLES / f"{example}.ogg")
        n = int(CLIP_SECONDS * signal.sr)
        files[name] = []
        for i in range(N_CLIPS):
            path = tmp_path / f"{example}-{i}.flac"
            sf.write(path, signal.samples[i * n : (i + 1) * n], signal.sr)
            tags = mutagen.File(path)
            tags["artist"] = f"{example} {i % 3 if example != 'blues' else 0}"
            tags["title"] = f"Part {i}"
            tags.save()
            files[name].append(path)
    return files


@pytest.fixture
def page(browser, address, request):
    """A visitor's page."""
    found = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    found.set_default_timeout(PATIENT)
    found.goto(address)
    with screenshots_of_failures(request, [found]):
        yield found


def add_class(page, name, files):
    page.get_by_label("New class", exact=True).fill(name)
    page.get_by_role("button", name="Add class").click()
    page.locator('[class*="st-key-built_files_"]').wait_for()
    settle(page)
    page.locator('[class*="st-key-built_files_"] input[type=file]').set_input_files(files)
    page.get_by_text(f"{len(files)} clips added").wait_for()
    settle(page)
    page.locator(".st-key-build_dismiss button").click()
    settle(page)


def test_dataset_is_built_checked_swept_and_its_runs_are_shown(page, address, clips, tmp_path):
    page.goto(f"{address}/data")
    page.locator(".st-key-built_label input").fill("Three kinds")
    page.get_by_role("button", name="Create").click()
    page.get_by_text("Name a class first").wait_for()
    settle(page)
    for name in CLASSES:
        add_class(page, name, clips[name])

    page.locator(".st-key-build_train button").click()
    page.wait_for_url("**/train**")
    settle(page)
    page.get_by_text("blues has one artist", exact=False).first.wait_for()
    expect(page.locator(".st-key-start button")).to_be_disabled()
    page.locator(".st-key-use_split button").click()
    settle(page)
    expect(page.locator(".st-key-start button")).to_be_enabled()
    page.locator(".st-key-use_evaluation button").click()  # a test side, not folds: fewer networks
    settle(page)
    expect(page.locator(".st-key-start button")).to_be_enabled()

    page.get_by_role("link", name="Experiments").first.click()
    page.get_by_role("radio", name="Sweeps").click()
    page.get_by_role("radio", name="As set on Train").click()
    settle(page)
    page.get_by_label("Epochs of a run").fill("2")
    page.get_by_label("Epochs of a run").press("Enter")
    settle(page)
    page.get_by_label("Learning rate").last.fill("0.001, 0.004")
    page.get_by_label("Learning rate").last.press("Enter")
    settle(page)
    page.get_by_role("button", name="Start 4 runs").click()
    page.get_by_text("Learning rate: finished").wait_for()
    settle(page)
    assert page.get_by_text("Best on the validation set: Learning rate 0.00").count() == 1
    page.get_by_role("radio", name="Runs").click()
    page.locator(".st-key-run_curves .js-plotly-plot").wait_for()

    names = sorted(run.name for run in (tmp_path / "here" / "runs").glob("2*"))
    assert len(names) == 4
    page.goto(f"{address}/train?run={names[-1]}")
    page.get_by_text("Right for").first.wait_for()
