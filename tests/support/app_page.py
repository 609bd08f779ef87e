"""The app run without a browser: open it, and read what a page says."""

import functools

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from genre.paths import ROOT

# Each visit would read the metadata of every installed package anew, which takes longer than the
# page itself: what is installed does not change between two tests.
manifest_scanner.scan_component_manifests = functools.cache(
    manifest_scanner.scan_component_manifests
)

PAGES = {
    name: f"app_pages/{name}.py"
    for name in (
        "classify",
        "train",
        "data",
        "compare",
        "experiments",
        "inside",
        "tour",
        "collection",
    )
}
TEXTS = (
    *("title", "header", "subheader", "markdown", "text", "caption", "latex"),
    *("info", "warning", "error", "success"),
)


def new_visit(**query):
    """A visit that has not run yet, with the parameters of a link."""
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    page.query_params.update(query)
    return page


def texts(page):
    """All texts on a page, without Markdown's escapes."""
    values = (element.value for kind in TEXTS for element in getattr(page, kind))
    return "\n".join(values).replace("\\", "")


def told(page):
    """All texts on a page, and what stands in the help of its captions."""
    helps = [one.help.replace("\\", "") for one in page.caption if one.help]
    return "\n".join([texts(page), *helps])


def keys(page, kind="button"):
    """The keys of all elements of one kind."""
    return {element.key for element in page.get(kind)}


def charts(page):
    """The keys of the charts on a page."""
    return [chart.proto.id.rpartition("-")[2] for chart in page.get("plotly_chart")]
