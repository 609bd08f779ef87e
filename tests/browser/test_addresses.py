"""Pages opened by their address, as the real server answers."""

import gzip
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.file_util import get_static_dir

from genre.paths import ROOT
from server import document
from tests.support.app_page import PAGES
from tests.support.real_server import free_port, running_server, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["", "lab"])
def address(request, tmp_path_factory):
    home = {"GENRE_LAB_HOME": str(tmp_path_factory.mktemp("home"))}
    base = {"STREAMLIT_SERVER_BASE_URL_PATH": request.param}
    with running_server(ROOT, base=request.param, environment=home | base) as (url, _):
        yield f"{url}/{request.param}".rstrip("/")


@pytest.mark.parametrize("path", ["" if name == "classify" else name for name in PAGES])
def test_page_opened_by_its_address_logs_no_error(browser, address, path):
    page = browser.new_page()
    problems = []
    page.on("response", lambda reply: problems.append(reply.url) if reply.status >= 400 else None)
    page.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    page.goto(f"{address}/{path}")
    page.locator("[data-testid=stMain] :is(h1, h2)").first.wait_for()
    settle(page)  # the server drops the sound of a page that is left, also one still being fetched
    page.get_by_role("link", name="Compare").first.click()
    page.wait_for_url("**/compare*")

    assert problems == []
    assert page.url.startswith(address)
    page.close()


@pytest.mark.parametrize("taken", ["gzip", "identity"])
def test_scripts_are_those_of_streamlit_and_smaller_where_the_browser_takes_it(address, taken):
    for name in re.findall(r"static/(?:js|css|media)/[\w.-]+", document()):
        asked = urllib.request.Request(f"{address}/{name}", headers={"Accept-Encoding": taken})
        with urllib.request.urlopen(asked) as reply:
            sent, headers = reply.read(), reply.headers
        expected = (Path(get_static_dir()) / name).read_bytes()
        is_smaller = taken == "gzip" and not name.endswith("woff2")
        assert headers.get("Content-Encoding", "") == ("gzip" if is_smaller else "")
        assert (gzip.decompress(sent) if is_smaller else sent) == expected
        assert headers["Cache-Control"] == "public, immutable, max-age=31536000"


@pytest.mark.parametrize(
    "path", ["static/../server.py", "static/js/../../../../server.py", "static/js/none.js"]
)
def test_no_other_file_is_sent_as_a_script(address, path):
    with closing(HTTPConnection(urlsplit(address).netloc)) as host:
        base = urlsplit(address).path
        host.request("GET", f"{base}/{path}", headers={"Accept-Encoding": "gzip"})
        reply = host.getresponse()
        said = reply.read()
    is_compressed = reply.headers.get("Content-Encoding") == "gzip"
    assert b"The server of the app" not in (gzip.decompress(said) if is_compressed else said)


def test_browser_opens_where_there_is_one(tmp_path):
    port, opened = free_port(), tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "server.py")]
    flags = ["--server.headless", "false", "--server.port", str(port)]
    environment = {**os.environ, "BROWSER": f"{browser} %s", "GENRE_LAB_HOME": str(tmp_path)}
    with subprocess.Popen([*command, *flags], cwd=ROOT, env=environment) as server:
        try:
            deadline = time.monotonic() + 60
            while not opened.exists() and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            server.terminate()
    assert opened.read_text().strip() == f"http://localhost:{port}"
