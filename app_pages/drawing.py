"""Show drawings that change each second: one replaces another without a blink.

Streamlit's charts are built again whenever their data change; here the place stays, and only
what is drawn in it is exchanged.  What is shown comes from `genre.charts.svg_curves` and
`genre.charts.network_table`, which put nothing but numbers and escaped names into it.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app_pages.component_files import read

_drawing = st.components.v2.component(
    "drawing",
    html='<div class="drawings"></div>',
    css=read("drawing.css"),
    js="""
export default ({ data, parentElement }) => {
  const place = parentElement.querySelector(".drawings");
  if (place && place.drawn !== data) {
    place.drawn = data;
    place.innerHTML = data;
  }
};
""",
)


def show_drawings(
    figures: Sequence[tuple[str, str]], *, key: str, legend: str = "", fills: bool = False
) -> None:
    """Show some SVG drawings beside each other, each under its heading.

    Parameters
    ----------
    figures : sequence of (str, str)
        Heading, which is ours and plain, and drawing.
    key : str
        Under this key the place stays.
    legend : str
        HTML of ours, above them.
    fills : bool
        Whether they fill the window, two in a row.
    """
    parts = [
        f"<figure><figcaption>{heading}</figcaption>{svg}</figure>" for heading, svg in figures
    ]
    kind = "stage" if fills else "row"
    content = f'<div class="legend">{legend}</div><div class="{kind}">{"".join(parts)}</div>'
    show_html(content, key=key)


def show_html(content: str, *, key: str) -> None:
    """Show HTML of ours in a place that stays under this key."""
    _drawing(key=key, data=content)
