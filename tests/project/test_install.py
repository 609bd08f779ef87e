"""The wheel holds all that the app needs, and works from any folder."""

import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from genre.paths import PACKAGE, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The environment in which an unpacked wheel is found, far from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("genre_lab-*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    return {
        **os.environ,
        "PYTHONPATH": str(site),
        "GENRE_LAB_HOME": str(folder / "home"),
        "WHEEL_SITE": str(site),
    }


def test_installed_package_classifies_from_another_folder(installed, tmp_path):
    samples = f"{installed['WHEEL_SITE']}/genre/_bundled/samples"
    command = [sys.executable, "-m", "genre", "classify", f"{samples}/jazz.ogg"]

    said = subprocess.check_output(command, cwd=tmp_path, env=installed, text=True)

    assert "jazz" in said
    assert list(tmp_path.iterdir()) == []


def test_wheel_holds_every_file_of_the_package_and_the_pages(installed):
    site = Path(installed["WHEEL_SITE"])
    modules = sorted(path.relative_to(ROOT) for path in PACKAGE.rglob("*.py"))
    pages = sorted(path.relative_to(ROOT) for path in (ROOT / "app_pages").iterdir())

    assert len(modules) > 120
    assert not [path for path in modules if not (site / path).is_file()]
    assert not [
        path
        for path in pages
        if path.name != "__pycache__" and not (site / "genre" / "_bundled" / path).is_file()
    ]


def test_installed_package_requires_what_the_requirements_say(installed):
    site = installed["WHEEL_SITE"]
    (metadata,) = Path(site).glob("genre_lab-*/METADATA")
    required = [line for line in metadata.read_text().split("\n") if line.startswith("Requires-")]
    lines = (ROOT / "requirements.txt").read_text().split("\n")
    named = [line for line in lines if line and not line.startswith("#")]

    assert len([line for line in required if line.startswith("Requires-Dist")]) == len(named)


def test_installed_app_opens_from_another_folder(installed, tmp_path):
    program = "import sys; from genre.__main__ import open_app_or_run; sys.exit(open_app_or_run())"
    port = 8000 + os.getpid() % 1000
    server = subprocess.Popen(
        [sys.executable, "-c", program, f"--server.port={port}", "--server.headless=true"],
        cwd=tmp_path,
        env=installed,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(120):
            try:
                page = urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5)
                break
            except OSError:
                time.sleep(0.5)
        assert page.read() == b"ok"
    finally:
        os.killpg(server.pid, 15)
        server.wait()
