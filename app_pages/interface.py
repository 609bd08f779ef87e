"""Small pieces of the interface that several pages use: text, messages, charts, players."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import plotly.graph_objects as go
import streamlit as st

from app_pages import caches, presenter, theme
from genre import paths
from genre.charts.parts import enlarge, legible
from genre.language import _, current
from genre.text.genres import capital_name
from genre.text.song import display_name

state = st.session_state
Option = TypeVar("Option")


def literal(text: object) -> str:
    """Return text that Markdown shows as it is, whatever a file is called."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$:" else c for c in str(text))


def bold(text: str) -> str:
    """Return one of our own texts in bold."""
    return f"**{text}**"


def short_digest(*texts: str) -> str:
    """Return a part of a key that stands for some texts: other texts are another element."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def show_error(error: object) -> None:
    """Show what went wrong, in the error's own words."""
    st.error(literal(error), icon=":material/error:")


def show_info(text: object) -> None:
    """Show why something is not there."""
    st.info(literal(text), icon=":material/info:")


def set_message(place: str, text: object, *, is_error: bool = False) -> None:
    """Keep a sentence for a place on a page, where it is shown once."""
    state.messages[place] = (is_error, str(text))


def show_message(place: str) -> bool:
    """Show what was kept for a place; tell whether it was a success."""
    is_error, text = state.messages.pop(place, (False, ""))
    if text and is_error:
        show_error(text)
    elif text:
        st.success(literal(text), icon=":material/check:")
    return bool(text) and not is_error


def show_not_here(name: str) -> None:
    """Say that the link names something that is not here."""
    said = _("The link names {name}, which is not here.")
    st.warning(said.format(name=literal(display_name(name))), icon=":material/link_off:")


def draw(
    figure: go.Figure,
    key: str,
    alt: str,
    height: int | None = None,
    share: float = 0.72,
    **options: Any,
) -> Any:
    """Show a chart without Plotly's tool bar; return what Streamlit does.

    ``share`` is the most that it may have of a projector's screen: half of it where there are two.
    """
    if height:
        figure.update_layout(height=height)
    figure, screen = legible(figure, theme.ink()), presenter.screen()
    return _show_figure(enlarge(figure, screen, share) if screen else figure, key, alt, options)


def draw_once(
    make: caches.Figure,
    of: tuple[Any, ...],
    key: str,
    alt: str,
    height: int | None = None,
    **options: Any,
) -> Any:
    """Show a chart as `draw` does, drawn once for all who look at the same.

    ``of`` is all that the figure which ``make`` returns depends on.
    """
    made = caches.figure((current(), key, *of), theme.ink(), height, presenter.screen(), make)
    return _show_figure(made, key, alt, options)


def _show_figure(figure: go.Figure, key: str, alt: str, options: dict[str, Any]) -> Any:
    config = {"displayModeBar": False}
    return st.plotly_chart(figure, key=key, config=config, alt=alt, **options)


def clicked(key: str) -> Any:
    """Return what is stored with the point of a chart that was clicked; None for no point."""
    points = state[key].selection.points
    return points[0].get("customdata") if points else None


def choose_one(
    label: str,
    options: Sequence[Option],
    *,
    key: str,
    default: Option | None = None,
    on_change: Callable[..., None] | None = None,
    args: tuple[Any, ...] = (),
    **look: Any,
) -> Option:
    """Offer a few options in a row, of which one is chosen at any time.

    A browser on a busy server was seen to send none at all, which Streamlit then passes on.
    """
    now = state.get(key)
    now = default if now is None else now
    return st.segmented_control(
        label,
        options,
        key=key,
        default=default,
        on_change=keep_choice,
        args=(key, now, on_change, args),
        required=True,
        **look,
    )


def keep_choice(
    key: str, before: object, on_change: Callable[..., None] | None, args: tuple[Any, ...]
) -> None:
    """Keep the option that was chosen before where none is now; else do what the page does."""
    if state[key] is None:
        state[key] = before
    elif on_change:
        on_change(*args)


def show_examples(key: str, on_change: Any, *args: Any) -> None:
    """Offer the project's own example songs."""
    genres = sorted(path.stem for path in paths.SAMPLES.glob("*.ogg"))
    st.pills(
        _("Examples"),
        genres,
        format_func=capital_name,
        wrap=True,
        key=key,
        on_change=on_change,
        args=args,
    )
