"""The map of songs in a real browser: points are clicked, a place moves as the song plays."""

import re

import numpy as np
import pytest

from genre.collection.search import map_points
from genre.collection.song_map import bundled_map, bundled_tracks
from genre.paths import ROOT
from tests.support.collections import made_up_collection
from tests.support.real_server import running_server, screenshots_of_failures, settle

pytestmark = pytest.mark.browser
MAP = '[class*="st-key-song_map_"]'


@pytest.fixture
def collection(tmp_path, monkeypatch):
    """Songs that are made up, as many as are drawn by WebGL."""
    monkeypatch.setattr("genre.paths.HOME", tmp_path / "home")
    return made_up_collection(tmp_path / "songs", 1200)


@pytest.fixture
def visit(browser, request, tmp_path, collection):
    """Open an address of a server whose home has this collection."""
    environment = {"GENRE_LAB_HOME": str(tmp_path / "home"), "GENRE_LAB_WARM_WORKER": "0"}
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    with (
        running_server(ROOT, environment=environment) as (address, _),
        screenshots_of_failures(request, [page]),
    ):

        def open_page(query):
            page.goto(address + query)
            page.locator(f"{MAP} .js-plotly-plot").wait_for()
            settle(page)
            page.locator(MAP).scroll_into_view_if_needed()
            return page

        yield open_page


def where(page, trace, point):
    """Where a point of a trace is drawn, in pixels of the page; and what it holds."""
    return page.evaluate(
        """([map, name, point]) => {
            const plot = document.querySelector(`${map} .js-plotly-plot`);
            const area = plot.querySelector('.nsewdrag').getBoundingClientRect();
            const trace = plot._fullData.find((one) => one.name === name);
            const at = (axis, value) => axis._offset + axis.l2p(value);
            const { xaxis, yaxis } = plot._fullLayout;
            const box = plot.getBoundingClientRect();
            return [box.left + at(xaxis, trace.x[point]), box.top + at(yaxis, trace.y[point]),
                    trace.customdata?.[point], trace.type];
        }""",
        [MAP, trace, point],
    )


def click(page, x, y):
    """Click a point once Plotly knows that the mouse is over it."""
    page.mouse.move(x, y)
    page.locator(f"{MAP} .hoverlayer .hovertext").first.wait_for()
    page.mouse.click(x, y)


def test_clicked_points_say_which_track_and_which_own_song_they_are(visit, collection):
    page = visit("/?song=jazz")
    x, y, row, _ = where(page, "classical", 3)
    click(page, x, y)
    track = bundled_tracks()[row]
    page.get_by_text(re.compile(rf"{re.escape(track.track_id)}, classical, distance")).wait_for()
    settle(page)
    points = map_points(collection)
    distances = np.linalg.norm(points.positions[:, None] - points.positions, axis=2)
    np.fill_diagonal(distances, 9)
    others = np.linalg.norm(points.positions[:, None] - bundled_map().positions, axis=2)
    lonely = int(np.argmax(np.minimum(distances.min(axis=1), others.min(axis=1))))
    x, y, number, drawn_as = where(page, "your songs", lonely)
    assert (number, drawn_as) == (430 + lonely, "scattergl")
    click(page, x, y)
    page.locator("strong").filter(has_text=points.names[lonely]).wait_for()
    page.get_by_text("This file is not there any more").wait_for()  # it is made up


def test_place_moves_as_the_song_plays(visit):
    page = visit("/?song=jazz")
    dot = page.locator(".map-playhead")
    page.wait_for_function("globalThis.genreLabSound?.audio.readyState > 0")
    assert dot.count() == 0
    page.evaluate("() => { genreLabSound.audio.muted = true; genreLabSound.play(); }")
    page.wait_for_function("genreLabSound.seconds > 2")
    first = dot.bounding_box()
    page.wait_for_function(
        "([x, y]) => { const b = document.querySelector('.map-playhead').getBoundingClientRect();"
        "return Math.hypot(b.x - x, b.y - y) > 1; }",
        arg=[first["x"], first["y"]],
    )
    page.evaluate("() => { genreLabSound.pause(); genreLabSound.seek(4.5); }")
    page.wait_for_timeout(300)
    x, y, *_ = where(page, "its segments", 1)
    box = dot.bounding_box()
    assert abs(box["x"] + 9 - x) < 2 and abs(box["y"] + 9 - y) < 2
