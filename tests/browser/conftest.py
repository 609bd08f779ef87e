"""The server and the pages that the tests in a real browser share."""

import shutil

import pytest

from genre.paths import ROOT
from tests.support.real_server import CHROMIUM, QUIET, running_server, screenshots_of_failures


@pytest.fixture(scope="session")
def server():
    """One real server for all files: its address and its process."""
    with running_server(ROOT) as (address, process):
        yield address, process


@pytest.fixture
def visit(browser, server, request):
    """Open the page as a visitor with a window of some size; a failure leaves a screenshot."""
    pages = []

    def open_page(width=1280, height=720, theme="light", query="", until="Upload songs", **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **options
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(server[0] + query)
        pages.append(page)
        page.get_by_text(until).first.wait_for()
        return page

    with screenshots_of_failures(request, pages):
        yield open_page


@pytest.fixture
def chromium(browser):
    """Start another Chromium with some flags: what its microphone is, is said at its start."""
    started = []

    def start(*flags, **options):
        path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
        launch = browser.browser_type.launch
        started.append(launch(executable_path=path, args=[*QUIET, *flags], **options))
        return started[-1]

    yield start
    for one in started:
        one.close()
