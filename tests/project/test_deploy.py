"""What a container is made of, its health check, and the page under a base path behind a proxy."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from genre.paths import ROOT
from tests.support.real_server import free_port, running_server, settle

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COPIED = {
    name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    for name in line.split()
}  # fmt: skip
BASE = "genre-lab"
REQUEST_SECONDS = 60


def test_container_holds_what_the_wheel_holds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"]}

    assert len(needed) >= 9
    assert needed | {"requirements.txt", "deploy/healthcheck.py"} == COPIED
    assert not [name for name in COPIED if not (ROOT / name).exists()]


def test_builder_is_sent_what_is_copied():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    sent = {line.removeprefix("!") for line in lines if line.startswith("!")}

    assert {name.removesuffix("/healthcheck.py") for name in COPIED} == sent


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server under a base path, with its environment as in the container."""
    environment = {
        "STREAMLIT_SERVER_BASE_URL_PATH": BASE,
        "GENRE_LAB_HOME": str(tmp_path_factory.mktemp("home")),
    }
    with running_server(ROOT, base=BASE, environment=environment) as (address, process):
        yield address, process


def check_health(port, base=""):
    """Run the container's health check against a port."""
    environment = os.environ | {
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_BASE_URL_PATH": base,
    }
    return subprocess.run(
        [sys.executable, "deploy/healthcheck.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("base", [BASE, f"/{BASE}/"])
def test_health_check_passes_for_a_server_that_answers(server, base):
    assert check_health(server[0].rpartition(":")[2], base).returncode == 0


def test_health_check_fails_without_a_server_or_with_another_base_path(server):
    nobody = check_health(free_port())
    elsewhere = check_health(server[0].rpartition(":")[2], "elsewhere")

    assert nobody.returncode == elsewhere.returncode == 1
    assert "/_stcore/health" in nobody.stderr
    assert "/elsewhere/_stcore/health" in elsewhere.stderr


def caddy(folder, port, app):
    """The command of Caddy with the project's configuration."""
    environment = os.environ | {
        "SITE": f"http://localhost:{port}",
        "APP": f"localhost:{app}",
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    config = str(ROOT / "deploy" / "Caddyfile")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", config], environment


def nginx(folder, port, app):
    """The command of nginx with the project's configuration, its ports replaced."""
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    site = site.replace("listen 80;", f"listen {port};").replace(
        "127.0.0.1:8501", f"localhost:{app}"
    )
    main = (
        f"daemon off; user root; pid {folder}/pid; error_log {folder}/errors; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off; client_body_temp_path {folder}/body;\n"
        f"proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;\n"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{site}\n}}\n"
    )
    (folder / "nginx.conf").write_text(main)
    return ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")], os.environ


@pytest.mark.browser
@pytest.mark.parametrize("proxy", [caddy, nginx])
def test_page_behind_a_proxy_under_a_base_path_takes_an_upload(server, browser, proxy, tmp_path):
    if not shutil.which(proxy.__name__):
        pytest.skip(f"no {proxy.__name__} here: its configuration was not tried")
    port = free_port()
    command, environment = proxy(tmp_path, port, server[0].rpartition(":")[2])
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    page = browser.new_page()
    page.set_default_timeout(1000 * REQUEST_SECONDS)
    try:
        for _ in range(10 * REQUEST_SECONDS):
            if check_health(port, BASE).returncode == 0:
                break
        page.goto(f"http://localhost:{port}/")  # leads to the base path
        page.get_by_text("Upload songs").first.wait_for()
        assert page.url == f"http://localhost:{port}/{BASE}/"
        page.locator("input[type=file]").first.set_input_files(str(ROOT / "samples" / "jazz.ogg"))
        page.get_by_text("The whole song").wait_for()
        page.wait_for_function("window.genreLabSound?.audio.readyState === 4")  # it has its sound
        page.get_by_role("link", name="Compare").first.click()
        page.get_by_text("Leaderboard").first.wait_for()
        settle(page)
        assert page.url.startswith(f"http://localhost:{port}/{BASE}/compare")
        page.reload()
        page.get_by_text("Leaderboard").first.wait_for()
    finally:
        page.close()
        process.terminate()
        process.wait(timeout=REQUEST_SECONDS)
