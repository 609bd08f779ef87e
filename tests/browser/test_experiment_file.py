"""A run as one file: downloaded here, imported on Train and on Compare of another home."""

import contextlib
import shutil

import pytest
from playwright.sync_api import expect

from genre.export.experiment import export_experiment
from genre.paths import ROOT
from genre.runs.labels import RunLabel, write_label
from tests.support.real_server import running_server, screenshots_of_failures, settle

pytestmark = pytest.mark.browser
PATIENT = 120_000  # milliseconds
LABEL = "첫 실험"
SENTENCES = "[data-testid=stMain] li"


@pytest.fixture
def run(finished_run, tmp_path):
    """A real run in a home of its own, with a label."""
    found = shutil.copytree(finished_run, tmp_path / "here" / "runs" / finished_run.name)
    write_label(found, RunLabel(LABEL))
    return found


@pytest.fixture
def visit(browser, request):
    """Open a page of a server with a home of its own."""
    pages = []
    with contextlib.ExitStack() as servers, screenshots_of_failures(request, pages):

        def open_page(home, path):
            environment = {"GENRE_LAB_HOME": str(home), "GENRE_LAB_WARM_WORKER": "0"}
            address, _ = servers.enter_context(running_server(ROOT, environment=environment))
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(PATIENT)
            pages.append(page)
            page.goto(f"{address}/{path}")
            page.locator("[data-testid=stMain]").wait_for()
            settle(page)
            return page

        yield open_page


def upload(page, popover, file, button, said):
    """Choose a file in a popover, import it, and close the popover where it stays open."""
    page.get_by_role("button", name=popover).click()
    page.locator("[data-testid=stPopoverBody] input[type=file]").set_input_files(file)
    expect(page.locator(button)).to_be_enabled(timeout=PATIENT)
    settle(page)
    page.locator(button).click()
    page.get_by_text(said).wait_for()
    settle(page)
    page.keyboard.press("Escape")
    page.locator("[data-testid=stPopoverBody]").wait_for(state="hidden")


def test_experiment_is_downloaded_here_and_imported_on_train_elsewhere(visit, run, tmp_path):
    here = visit(tmp_path / "here", f"train?run={run.name}")
    here.locator(SENTENCES).first.wait_for()
    settle(here)
    said = here.locator(SENTENCES).all_inner_texts()
    assert 1 <= len(said) <= 5
    here.get_by_role("button", name="Download", exact=True).click()
    with here.expect_download() as download:
        here.locator(f".st-key-zip_{run.name} button").click()
    file = tmp_path / "experiment.zip"
    download.value.save_as(file)

    there = visit(tmp_path / "there", "train")
    button = ".st-key-import_experiment button"
    upload(there, "Import experiment", file, button, f"{LABEL} was imported.")
    there.get_by_text("Imported: it was trained elsewhere, on made-up.").wait_for()
    there.locator(SENTENCES).first.wait_for()
    settle(there)
    assert there.locator(SENTENCES).all_inner_texts() == said
    assert there.locator("[class*=st-key-resume_]").count() == 0
    there.wait_for_url(f"**run={run.name}*")


def test_experiment_is_imported_on_compare_and_a_second_time_is_found(visit, run, tmp_path):
    file = tmp_path / "experiment.zip"
    file.write_bytes(export_experiment(run))
    page = visit(tmp_path / "there", "compare")

    button, said = ".st-key-import_model button", f"{LABEL} was imported. Its accuracy was measured"
    upload(page, "Import model", file, button, said)
    page.wait_for_url(f"**compare=runs*{run.name}*")
    page.get_by_text("imported run").first.wait_for(state="attached")  # in the table
    page.get_by_text(f"{LABEL} is right for").first.wait_for()
    page.get_by_role("radio", name="Reading").click()
    page.locator(SENTENCES).first.wait_for()
    settle(page)
    upload(page, "Import model", file, button, f"This experiment is here already, as {LABEL}.")
    assert len(list((tmp_path / "there" / "runs").iterdir())) == 1
