"""Presenter mode in a real browser: key, address, large text, resting controls, filled screens."""

import pytest

from tests.support.real_server import settle

pytestmark = pytest.mark.browser
PAGES = {
    "classify": ("/?song=jazz&model=starter", "The whole song"),
    "train": ("/train?x=1", "Press Start"),
    "compare": ("/compare?x=1", "four splits"),
    "experiments": ("/experiments?x=1", "Runs"),
    "inside": ("/inside?model=starter&scene=verdict", "Source:"),
    "collection": ("/collection?x=1", "Your songs"),
    "tour": ("/tour?song=jazz", "What a waveform holds"),
}
SMALLEST = """() => {
  const sizes = [];
  const walk = (node) => {
    for (const child of [...(node.shadowRoot?.children ?? []), ...(node.children ?? [])]) {
      const own = [...child.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      const box = child.getBoundingClientRect();
      if (own && box.width > 1 && box.height > 1 && child.checkVisibility()
          && !["STYLE", "SCRIPT", "TITLE"].includes(child.tagName)) {
        const drawn = child.ownerSVGElement;
        const scale = drawn?.viewBox.baseVal?.width
          ? drawn.getBoundingClientRect().width / drawn.viewBox.baseVal.width : 1;
        sizes.push([parseFloat(getComputedStyle(child).fontSize) * scale,
          child.textContent.trim().slice(0, 40), child.tagName]);
      }
      walk(child);
    }
  };
  walk(document.querySelector('[data-testid="stMain"]'));
  return sizes;
}"""


@pytest.mark.parametrize("name", PAGES)
def test_text_is_large_on_every_page(visit, name):
    query, until = PAGES[name]
    page = visit(query=f"{query}&present=1", until=until)
    page.locator("html.presenting").wait_for(state="attached")
    settle(page)
    page.wait_for_timeout(1500)
    sizes = page.evaluate(SMALLEST)
    assert len(sizes) >= 5
    assert [one for one in sizes if one[0] < 23.5] == []


def opacity_of(page, selector):
    return float(page.locator(selector).first.evaluate("e => getComputedStyle(e).opacity"))


def test_key_turns_it_on_and_off_but_not_while_typing(visit):
    page = visit(query="/collection", until="Your songs")
    settle(page)
    page.keyboard.press("p")
    page.wait_for_url("**present=1**")
    page.locator("html.presenting").wait_for(state="attached")
    page.get_by_role("textbox").first.focus()
    page.keyboard.type("p")
    page.wait_for_timeout(300)
    assert page.locator("html.presenting").count() == 1
    page.evaluate("document.activeElement.blur()")
    settle(page)  # what was typed is on its way to the server
    page.keyboard.press("P")
    page.wait_for_url(lambda url: "present" not in url)
    assert page.locator("html.presenting").count() == 0


def test_switch_is_kept_over_pages_and_a_reload(visit):
    page = visit(query="/inside?model=starter", until="Source:")
    settle(page)
    page.get_by_role("button", name="Presenter mode").click()
    page.wait_for_url("**present=1**")
    page.mouse.move(300, 300)
    page.get_by_role("link", name="Compare").first.click()
    page.get_by_text("Leaderboard").first.wait_for()
    page.wait_for_url("**present=1**")
    page.reload()
    page.locator("html.presenting").wait_for(state="attached")


def test_header_and_controls_show_while_the_mouse_moves_and_nothing_jumps(visit):
    page = visit(query="/inside?model=starter&scene=verdict&present=1", until="Source:")
    page.locator("html.presenting").wait_for(state="attached")
    settle(page)
    header = '[data-testid="stLayoutWrapper"]:has(> .st-key-header)'
    button = ".st-key-step_keys"
    assert opacity_of(page, header) == opacity_of(page, '[data-testid="stHeader"]') == 0
    assert opacity_of(page, button) == 0
    place = page.locator(".js-plotly-plot").first.bounding_box()

    page.mouse.move(400, 400)
    page.mouse.move(410, 410)
    page.wait_for_timeout(500)
    assert opacity_of(page, header) == opacity_of(page, button) == 1
    assert page.locator(".js-plotly-plot").first.bounding_box() == place

    page.wait_for_timeout(3500)
    assert opacity_of(page, header) == opacity_of(page, button) == 0
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    assert opacity_of(page, '[data-testid="stHeader"]') == 1
    assert page.locator(".js-plotly-plot").first.bounding_box() == place


@pytest.mark.parametrize(
    ("width", "height", "share"), [(1280, 720, 0.58), (1920, 1080, 0.57), (1024, 768, 0.9)]
)
def test_chart_fills_the_screen(visit, width, height, share):
    page = visit(
        query="/inside?model=starter&scene=verdict&present=1",
        until="Source:",
        width=width,
        height=height,
    )
    # In one expression: the page may put another chart in the place of one that was found.
    page.wait_for_function(
        f"""(chart => chart?.clientHeight > {0.6 * height} && chart.clientWidth >= {share * width})
            (document.querySelector('.js-plotly-plot'))"""
    )
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
