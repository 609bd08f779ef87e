"""The settings of a new sweep, and their values."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import train_settings, train_setup
from genre.errors import ParameterError
from genre.language import N_, _
from genre.recipes.config import TrainConfig
from genre.sweeps.values import SWEPT, Values, parse_values, written_value

state = st.session_state
MAX_SETTINGS = 6
USUAL_SETTING = "learning_rate"
VALUES_HELP = N_(
    "Values with commas between them. For random search also a range: 0.0001..0.01, or "
    "0.0001..0.01 log for as many small values as large ones."
)


def choose_settings(base: TrainConfig) -> tuple[dict[str, Values], list[str]]:
    """Ask for the swept settings and their values; return what is wrong with them, too."""
    st.text_input(_("Name"), key="sweep_label", max_chars=80, placeholder=_("Name of the sweep"))
    settings = {
        setting.name: setting
        for setting in train_settings.ALL
        if setting.name in SWEPT and train_setup.only_for(setting) in (None, base.features)
    }
    if "sweep_settings" not in state:
        state.sweep_settings = [USUAL_SETTING]
    state.sweep_settings = [name for name in state.sweep_settings if name in settings]
    chosen = st.multiselect(
        _("Settings to sweep"),
        list(settings),
        format_func=lambda name: _(settings[name].label),
        key="sweep_settings",
        max_selections=MAX_SETTINGS,
    )
    values: dict[str, Values] = {}
    problems = []
    for name in chosen:
        try:
            values[name] = choose_values(settings[name], getattr(base, name))
        except ParameterError as error:
            problems.append(str(error))
    return values, problems


def choose_values(setting: train_settings.Setting, usual: Any) -> Values:
    """Ask for the values of a setting.

    Raises
    ------
    ParameterError
        If it cannot have one of them.
    """
    about = TrainConfig.__dataclass_fields__[setting.name].metadata
    key, label = f"sweep_values_{setting.name}", _(setting.label)
    if choices := about["choices"]:
        picked = st.pills(
            label,
            choices,
            format_func=lambda choice: _(train_settings.CHOICES[choice]),
            selection_mode="multi",
            default=choices,
            key=key,
        )
        return parse_values(setting.name, ",".join(picked))
    if not setting.stops:
        picked = st.pills(
            label,
            ["no", "yes"],
            format_func={"no": _("Off"), "yes": _("On")}.get,
            selection_mode="multi",
            default=["no", "yes"],
            key=key,
        )
        return parse_values(setting.name, ",".join(picked))
    state.setdefault(key, ", ".join(map(written_value, usual_values(setting.stops, usual))))
    typed = st.text_input(label, key=key, max_chars=400, help=_(VALUES_HELP))
    return parse_values(setting.name, typed)


def usual_values(stops: tuple[Any, ...], usual: Any) -> list[Any]:
    """Return two values to begin with: the base's own, and the next smaller one of its slider."""
    smaller = [stop for stop in stops if stop < usual]
    larger = [stop for stop in stops if stop > usual]
    return sorted({usual, *(smaller[-1:] or larger[:1])})
