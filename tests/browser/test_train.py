"""A run in a real browser: started, watched, steered, found again, saved, and never lost."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from genre.runs.files import read_control, read_events, read_status
from genre.runs.store import list_runs, steer_run
from tests.support.live_runs import end_process, has_ended, n_epochs, wait_for
from tests.support.real_server import copy_tree, running_server, screenshots_of_failures, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENT = 240_000  # milliseconds
# The drawings lie in the shadow root of their component.
FIND = """
    const find = (root, selector) => [
        ...root.querySelectorAll(selector),
        ...[...root.querySelectorAll('*')].flatMap(
            e => e.shadowRoot ? find(e.shadowRoot, selector) : []),
    ];
    const chart = document.querySelector('.st-key-history');
"""
# Of the run itself: what is pale is an earlier one.
POINTS = f"""(() => {{
    {FIND}
    const drawn = chart ? find(chart, 'polyline.curve:not(.ghost)') : [];
    return drawn.reduce((n, line) => n + line.points.numberOfItems, 0);
}})()"""
# Looks before each frame for five seconds and until the picture has changed, which takes a
# slow computer longer; says what it saw.
WATCH = f"""() => new Promise(resolve => {{
    {FIND}
    const [place] = find(chart, '.drawings');
    const seen = {{frames: 0, blank: 0, pictures: new Set()}};
    const start = performance.now();
    const look = now => {{
        const [svg] = place.isConnected ? place.querySelectorAll('.row svg, .stage svg') : [];
        seen.frames += 1;
        seen.blank += !svg || svg.getBoundingClientRect().height < 50;
        seen.pictures.add(place.innerHTML);
        const isEnough = seen.frames > 10 && seen.pictures.size > 1;
        const seconds = (now - start) / 1000;
        if (seconds < 5 || (!isEnough && seconds < 120)) return requestAnimationFrame(look);
        const [last] = find(document.querySelector('.st-key-history'), '.drawings');
        resolve({{...seen, pictures: seen.pictures.size, same: last === place}});
    }};
    requestAnimationFrame(look);
}})"""
QUICK = "/train?preset=quick&units_1=16&units_2=16"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the program: its runs and models are this test's own."""
    return copy_tree(tmp_path_factory.mktemp("copy") / "genre-lab")


@pytest.fixture(scope="module")
def server(tree):
    with running_server(tree) as (address, process):
        yield address, process


@pytest.fixture
def runs(tree):
    """Where runs lie: empty before a test, and after it nothing trains."""
    folder = tree / "runs"
    yield folder
    for run in list_runs(folder):
        end_process(run)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def visit(browser, server, runs, request):
    """Open the page Train in a window of its own."""
    pages = []

    def open_page(query="/train", address=server[0]):
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.set_default_timeout(PATIENT)
        page.goto(address + query)
        page.get_by_role("button", name="Start").first.wait_for()
        pages.append(page)
        return page

    with screenshots_of_failures(request, pages):
        yield open_page


def start(page, runs, n_before=0):
    """Press Start; return the run that it made."""
    settle(page)
    page.locator(".st-key-start button").click()
    page.wait_for_url("**run=*")
    assert len(list_runs(runs)) == n_before + 1
    return list_runs(runs)[-1]


def wait_for_points(page, more_than):
    page.wait_for_function(f"{POINTS} > {more_than}", timeout=PATIENT)
    return page.evaluate(POINTS)


def top(page, selector):
    return page.locator(selector).bounding_box()["y"]


def headline(page, text):
    page.get_by_role("heading", name=text, exact=True).wait_for()


def test_quick_preset_trained_and_saved_classifies_an_example(visit, runs):
    page = visit()
    page.get_by_role("radio", name="Quick").or_(
        page.get_by_role("button", name="Quick", exact=True)
    ).first.click()
    page.wait_for_url("**preset=quick*")
    run = start(page, runs)

    few = wait_for_points(page, 2)
    wait_for_points(page, few + 4)
    page.get_by_role("heading", name="Right for").wait_for()
    assert read_status(run).state == "finished"
    page.get_by_label("Save the model as").fill("in-a-browser")
    page.get_by_label("Save the model as").press("Enter")
    settle(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved as in-a-browser.").wait_for()

    page.get_by_role("link", name="Classify").first.click()
    page.get_by_text("Upload songs").first.wait_for()
    assert "in-a-browser" in page.locator(".st-key-model input").last.input_value()
    page.get_by_role("radio", name="Jazz", exact=True).first.click()
    page.get_by_text("The whole song").wait_for()
    assert not page.get_by_text("There is no model").count()
    page.reload()
    page.get_by_text("The whole song").wait_for()
    settle(page)
    assert "in-a-browser" in page.locator(".st-key-model input").last.input_value()
    assert not page.get_by_text("There is no model").count()


def test_run_is_steered_with_keyboard_paused_and_stopped(visit, runs):
    page = visit(f"{QUICK}&epochs=1000")
    run = start(page, runs)
    wait_for_points(page, 2)

    page.get_by_role("slider", name="Current learning rate").focus()
    page.keyboard.press("ArrowLeft")
    wait_for(lambda status, events: any(e["event"] == "changed" for e in events), run)
    assert read_control(run).learning_rate == 1e-3
    page.locator(".st-key-history line.mark").first.wait_for(state="attached")  # has no width
    page.get_by_text("learning rate 0.001").first.wait_for()

    page.get_by_role("button", name="Pause").click()
    headline(page, "Paused")
    wait_for(lambda status, events: status.state == "paused", run)
    page.get_by_role("button", name="Resume").click()
    headline(page, "Training")
    n_points = page.evaluate(POINTS)
    wait_for_points(page, n_points)

    page.get_by_role("button", name="Stop").click()
    headline(page, "Stopped")
    assert wait_for(has_ended, run)[0].state == "stopped"
    page.get_by_role("button", name="Resume this run").wait_for()
    n_done = n_epochs(read_events(run)[0])

    page.reload()
    headline(page, "Stopped")
    page.get_by_text(f"{n_done} of 1,000 epochs").wait_for()

    above, below = ".st-key-history", ".st-key-start"
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert top(page, above) < top(page, below) - 400  # a run comes before the settings


@pytest.mark.parametrize("presents", [False, True], ids=["page", "presenter mode"])
def test_curves_while_training_grow_without_flicker(visit, runs, presents):
    page = visit(f"{QUICK}&epochs=1000")
    start(page, runs)
    if presents:
        page.keyboard.press("p")
        page.locator("html.presenting").wait_for(state="attached")
        settle(page)
    wait_for_points(page, 2)

    seen = page.evaluate(WATCH)
    assert seen["pictures"] > 1  # it did grow meanwhile
    assert seen["frames"] > 10
    assert seen["blank"] == 0
    assert seen["same"]


def test_run_whose_server_is_killed_goes_on_and_is_found_again(visit, runs, tree):
    with running_server(tree) as (address, process):
        page = visit(f"{QUICK}&epochs=1000", address)
        run = start(page, runs)
        _, events = wait_for(lambda status, events: n_epochs(events) >= 1, run)
        process.kill()
        process.wait()
    n_before = n_epochs(events)
    status, _ = wait_for(lambda status, events: n_epochs(events) > n_before + 1, run)
    assert status.state == "fitting"

    again = visit(f"/train?run={run.name}")
    headline(again, "Training")
    wait_for_points(again, 2 * n_before)
    steer_run(run, stop=True)
    headline(again, "Stopped")


def test_second_tab_that_presses_start_waits_with_its_position(visit, runs):
    first, second = visit(f"{QUICK}&epochs=1000"), visit(f"{QUICK}&epochs=1")
    one = start(first, runs)
    two = start(second, runs, 1)
    headline(second, "Waiting: 1 run before it")
    assert read_status(two).state == "queued"

    first.get_by_role("button", name="Stop").click()
    headline(first, "Stopped")
    second.get_by_role("heading", name="Right for").wait_for()
    assert (read_status(one).state, read_status(two).state) == ("stopped", "finished")


def test_double_click_on_start_is_one_run(visit, runs):
    page = visit(f"{QUICK}&epochs=1000")
    settle(page)
    page.locator(".st-key-start button").dblclick()
    page.wait_for_url("**run=*")
    page.get_by_role("button", name="Stop").wait_for()
    assert len(list_runs(runs)) == 1


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_server_after_training_has_not_loaded_tensorflow(visit, server):
    settle(visit())
    maps = Path(f"/proc/{server[1].pid}/maps").read_text()
    assert "numpy" in maps
    assert not [name for name in ("tensorflow", "llvmlite", "sklearn") if name in maps]


def test_data_follows_the_preset_while_only_the_recipe_is_drawn_again(visit):
    page = visit("/train?preset=quick")
    settle(page)
    data = page.locator(".st-key-data input")
    page.get_by_role("radio", name="Ear", exact=True).click()
    page.get_by_text("Data switched to gtzan-subset-musicnn").wait_for()
    settle(page)
    expect(data).to_have_value("gtzan-subset-musicnn")
    assert page.locator(".st-key-start button").is_enabled()

    page.get_by_role("radio", name="Course", exact=True).click()
    page.get_by_text("Data switched to gtzan-subset: this recipe reads mfcc features.").wait_for()
    settle(page)
    expect(data).to_have_value("gtzan-subset")
    assert page.locator(".st-key-start button").is_enabled()
