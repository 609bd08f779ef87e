"""Make the screenshots of the README again: ``python -m docs.make_screenshots``, with Chromium."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from genre.paths import ROOT, SAMPLES
from tests.support.real_server import CHROMIUM, QUIET, copy_tree, running_server, settle

DOCS = ROOT / "docs"
SIZES = ((390, 844), (1280, 720), (1920, 1080))


def main() -> None:
    """Serve a copy of the program, open its four pages, and keep what they show."""
    program = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(_copy(Path(folder))) as (address, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        take_classify(_open(browser, address, height=1150))
        take(_open(browser, f"{address}/compare?compare=starter,simple-rnn"), "compare")
        take(_open(browser, f"{address}/inside?scene=cinema", wait=4), "inside")
        take_train(_open(browser, f"{address}/train", height=720))
        take_states(browser, address)
        browser.close()


def take(page: Page, name: str) -> None:
    """Write what a page shows to the documents."""
    page.screenshot(path=DOCS / f"{name}.png")


def take_states(browser: Browser, address: str) -> None:
    """Write Classify without a song, with one and with several, in three widths, light and dark."""
    (DOCS / "screens").mkdir(exist_ok=True)
    for width, height in SIZES:
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            page.set_default_timeout(120_000)
            for state, query in (("empty", ""), ("song", "?song=pop")):
                page.goto(f"{address}/{query}")
                page.locator(".player").wait_for()
                take_state(page, f"{state}-{width}-{theme}")
            page.goto(address)
            files = [str(SAMPLES / f"{genre}.ogg") for genre in ("blues", "pop", "metal", "disco")]
            page.locator("input[type=file]").first.set_input_files(files)
            page.get_by_text("Click a row").wait_for()
            take_state(page, f"songs-{width}-{theme}")
            page.close()


def take_state(page: Page, name: str) -> None:
    """Write what a page shows once it stands still."""
    settle(page)
    page.wait_for_timeout(2500)
    page.screenshot(path=DOCS / "screens" / f"{name}.jpg", type="jpeg", quality=70)


def take_classify(page: Page) -> None:
    """Show the prediction for an example."""
    page.locator('text="Jazz" >> visible=true').first.click()
    settle(page)
    page.wait_for_timeout(3000)
    take(page, "classify")


def take_train(page: Page) -> None:
    """Show a run in the middle of its training, and stop it."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text("epoch 22 of 40").wait_for()
    take(page, "train")
    page.get_by_role("button", name="Stop").first.click()
    settle(page)


def _copy(folder: Path) -> Path:
    """Copy the program with the results that Compare shows."""
    copy = copy_tree(folder / "copy")
    shutil.copytree(DOCS / "results", copy / "docs" / "results")
    return copy


def _open(browser: Browser, address: str, *, height: int = 800, wait: float = 1) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme="light")
    page.set_default_timeout(120_000)
    page.goto(address)
    page.get_by_text("Genre Lab", exact=True).first.wait_for()
    settle(page)
    page.wait_for_timeout(1000 * wait)
    return page


if __name__ == "__main__":
    main()
