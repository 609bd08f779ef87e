"""A new sweep: data, base, settings and their values, method, seeds and budget."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import (
    caches,
    cluster,
    experiments_queue,
    experiments_values,
    interface,
    session,
    train_caches,
    train_data,
    train_settings,
    train_setup,
)
from genre import paths
from genre.errors import GenreError, ParameterError
from genre.language import N_, _
from genre.recipes.command import changes_of
from genre.recipes.config import PRESETS, TrainConfig
from genre.recipes.prepare import check_source
from genre.sweeps.data_check import recipes_to_split
from genre.sweeps.plan import expected_sweep_seconds, plan_configurations, plan_rungs
from genre.sweeps.spec import MAX_RUNS, Method, SweepSpec
from genre.sweeps.store import create_sweep, start_sweep
from genre.sweeps.values import Values, configuration_name, parse_seeds
from genre.system.installed import check_training
from genre.text import sweeps as sweep_text
from genre.text import training_data as data_text
from genre.text.format import count

state = st.session_state
AS_ON_TRAIN = "train"
BASES = {**train_settings.PRESET_NAMES, AS_ON_TRAIN: N_("As set on Train")}


def show_sweeps() -> None:
    """Show the section: a new sweep, where runs are trained, then the sweeps there are."""
    show_new_sweep()
    session.write_link("train")  # what a sweep is based on: settings and data as set on Train
    cluster.show_cluster()
    experiments_queue.show_sweeps()


def show_new_sweep() -> None:
    """Choose what to sweep, see what that means, and start it."""
    session.read_link("train")
    with st.expander(
        _("New sweep"), icon=":material/add:", expanded=not experiments_queue.any_sweep()
    ):
        left, right = st.columns(2, gap="large")
        with left:
            name = choose_base()
            base = state.recipe[1] if name == AS_ON_TRAIN else PRESETS[name]
            data, overview = train_data.show_data(base.features)
            epochs = choose_epochs(name, base)
        with right:
            values, problems = experiments_values.choose_settings(base)
            method, n = choose_method(values)
            seeds, minutes = choose_seeds(problems)
        if problems:
            for problem in problems:
                interface.show_error(problem)
            return
        changes = {key: v for key, v in changes_of(base, preset_of(name)).items() if key != "seed"}
        changes |= {} if epochs is None or "epochs" in values else {"epochs": epochs}
        try:
            spec = SweepSpec(
                label=state.sweep_label.strip() or default_label(values),
                settings=values,
                data=data,
                preset=preset_of(name).preset,
                changes={key: v for key, v in changes.items() if key not in values},
                method=method,
                n_configurations=n,
                seeds=seeds,
                minutes=minutes,
            )
            n_runs = show_plan(spec, overview)
        except GenreError as error:
            interface.show_error(error)
        else:
            show_start(spec, n_runs, is_data_here=bool(data))


def choose_base() -> str:
    """Ask for the recipe of what is not swept; return its preset, or that it is Train's."""
    bases = list(train_settings.PRESETS)
    if changes_of(state.recipe[1], PRESETS[state.recipe[0]]):
        bases.append(AS_ON_TRAIN)
    if state.get("sweep_base") not in bases:
        state.sweep_base = "quick"
    interface.choose_one(
        _("Base: what is not swept"),
        bases,
        format_func=lambda name: _(BASES[name]),
        key="sweep_base",
    )
    return str(state.sweep_base)


def preset_of(name: str) -> TrainConfig:
    """Return the preset of a base."""
    return PRESETS[state.recipe[0] if name == AS_ON_TRAIN else name]


def choose_epochs(name: str, base: TrainConfig) -> int | None:
    """Ask how many epochs a run has."""
    return st.number_input(
        _("Epochs of a run"), 1, 1000, base.epochs, key=f"sweep_epochs_{name}_{base.epochs}"
    )


def choose_method(values: dict[str, Values]) -> tuple[Method, int | None]:
    """Ask how combinations are chosen and, where they are drawn, how many."""
    method: Method = interface.choose_one(
        _("Method"),
        list(sweep_text.METHODS),
        format_func=lambda name: _(sweep_text.METHODS[name]),
        default="grid",
        key="sweep_method",
    )
    st.caption(_(sweep_text.METHODS_ABOUT[method]))
    has_range = not all(isinstance(one, tuple) for one in values.values())
    if method != "random" and not (method == "halving" and has_range):
        return method, None
    n = st.number_input(_("Combinations"), 1, MAX_RUNS, 9 if has_range else 4, key="sweep_n")
    return method, n


def choose_seeds(problems: list[str]) -> tuple[tuple[int, ...], float | None]:
    """Ask for seeds and budget; what is wrong with them is added to the problems."""
    seeds: tuple[int, ...] = ()
    left, right = st.columns(2)
    with left:
        typed = st.text_input(
            _("Seeds"),
            "0, 1",
            key="sweep_seeds",
            max_chars=200,
            help=_(
                "Each combination is trained with each seed. The seed decides the split, the "
                "weights and the batches."
            ),
        )
    with right:
        minutes = st.number_input(
            _("Budget (minutes)"),
            1,
            10_000,
            None,
            key="sweep_minutes",
            placeholder=_("No limit"),
        )
    try:
        seeds = parse_seeds(typed)
    except ParameterError as error:
        problems.append(str(error))
    return seeds, minutes


def default_label(values: dict[str, Values]) -> str:
    """Return what to call a sweep that was given no name: its settings."""
    labels = setting_labels()
    return ", ".join(labels[name] for name in values)[:80] or _("Sweep")


def setting_labels() -> dict[str, str]:
    """Return what the settings of a recipe are called."""
    return {setting.name: _(setting.label) for setting in train_settings.ALL}


def show_plan(spec: SweepSpec, overview: dict[str, Any] | None) -> int:
    """Show how many runs a sweep has, and how long it will take; return how many.

    Raises
    ------
    GenreError
        If it cannot be as it is.
    """
    configurations = plan_configurations(spec)
    st.markdown(interface.bold(sweep_text.runs_line(len(configurations), len(spec.seeds))))
    if spec.method == "halving":
        st.caption(sweep_text.rungs_line(plan_rungs(spec, len(configurations))))
    if overview:
        total, cost = overview["total"], caches.step_cost(spec.base)
        seconds = expected_sweep_seconds(spec, total["n_tracks"] or 0, total["n_segments"], cost)
        st.markdown(sweep_text.expected_line(seconds, spec.minutes, is_measured=bool(cost)))
    for line in (
        sweep_text.budget_line(spec.minutes),
        sweep_text.metric_line(spec),
        sweep_text.split_line(spec, setting_labels()),
    ):
        if line:
            st.caption(line)
    return len(configurations) * len(spec.seeds)


def show_start(spec: SweepSpec, n_runs: int, *, is_data_here: bool) -> None:
    """Offer Start, unless the data or the split cannot be; say why."""
    can_start = is_data_here
    try:
        check_training()
        if can_start:
            check_source(spec.source, spec.base)
    except GenreError as error:
        interface.show_error(error)
        can_start = False
    for config in recipes_to_split(spec, plan_configurations(spec)) if can_start else ():
        check = train_caches.split_check(spec.source, config)
        if check and check.problem:
            of_split = {name: getattr(config, name) for name in spec.of_the_split}
            said = _("With seed {seed}: {problem}")
            if of_split:
                said = _("With {settings}, seed {seed}: {problem}")
            settings = configuration_name(of_split, setting_labels())
            problem = data_text.split_problem(check)
            said = said.format(settings=settings, seed=config.seed, problem=problem)
            interface.show_error(said)
            can_start = False
            break
    clicked = st.button(
        _("Start {runs}").format(runs=count(n_runs, "run")),
        type="primary",
        icon=":material/play_arrow:",
        key="start_sweep",
        disabled=not can_start,
    )
    if clicked and train_setup.is_first_click():
        try:
            start_sweep(create_sweep(spec, paths.SWEEPS))
        except GenreError as error:
            interface.show_error(error)
        else:
            st.rerun()
