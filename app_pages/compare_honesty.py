"""Why the honest number is the lower one: the same network, counted in four ways."""

from __future__ import annotations

import streamlit as st

from app_pages import compare_state, resources, train_setup, train_state

PLAIN = {"displayModeBar": False}


def show_honesty() -> None:
    """Show the recorded runs, and offer to make them anew."""
    from genre.charts import leakage as leakage_charts
    from genre.charts import song as song_charts
    from genre.errors import GenreError
    from genre.text import compare as compare_text

    st.subheader("The same network, the same data, four ways to count", anchor=False)
    picture = compare_state.honesty()
    if isinstance(picture, GenreError):
        st.error(resources.literal(str(picture)), icon=":material/error:")
        show_training()
        return
    for place, run in zip(st.columns(4), picture.four_ways, strict=True):
        label, value, about = compare_text.way_to_count(run)
        with place:
            st.metric(label, value)
            st.caption(about)
    st.write(compare_text.honesty_line(picture))
    for place, is_control, title in zip(
        st.columns(2, gap="large"),
        (False, True),
        ("With the true genres", "With permuted genres: nothing to learn"),
        strict=True,
    ):
        with place:
            st.markdown(f"**{title}**")
            figure = leakage_charts.honesty_bars(picture, is_control=is_control)
            st.plotly_chart(
                song_charts.legible(figure, resources.ink()),
                key=f"honesty_{'permuted' if is_control else 'true'}",
                config=PLAIN,
                alt="Segments right under each split, apart for those with a sibling in training.",
            )
    st.caption(
        "Whiskers: 95% intervals of segments counted one by one. Segments of one track agree with "
        "each other, so the true ones are wider."
    )
    with st.expander("Why?"):
        show_reasons()
    show_training()


def show_reasons() -> None:
    """Explain the picture, with all its figures."""
    from genre.compare.leakage import honesty_lines

    st.markdown(
        "A song gives ten segments of three seconds. Shuffle all segments and cut, as most "
        "tutorials do, and the test asks about seconds of recordings whose other seconds were "
        "learnt. The network needs no idea of jazz to know that recording again. Keep tracks "
        "whole, and it may still know the artist's sound; keep artists whole, and what is left "
        "is what it can do with your music. The control is the proof: with genres dealt out at "
        "random between tracks, nothing can be known, only recognised."
    )
    picture = compare_state.honesty()
    for line in honesty_lines(picture):  # type: ignore[arg-type]
        st.text(line)
    st.caption("Recorded by: python -m genre honesty --record")


def show_training() -> None:
    """Offer to train the four runs now."""
    from genre.compare.leakage import DATA, FOUR_WAYS, honesty_recipes
    from genre.runs.duration import expected_seconds_of_all
    from genre.text.format import duration

    recipes = [honesty_recipes()[name] for name in FOUR_WAYS]
    total = resources.overview(DATA)["total"]
    seconds = expected_seconds_of_all(
        recipes,
        total["n_tracks"],
        total["n_segments"],
        seconds_per_cost=train_state.speed(train_state.any_run_is_live()),
    )
    with st.popover("Train it for real", icon=":material/play_arrow:"):
        st.write(
            f"Four runs, one after the other, about {duration(seconds)} in all. You watch them "
            "on the page Train, and can stop each."
        )
        if st.button("Start the four", key="start_four", type="primary"):
            start_four()


def start_four() -> None:
    """Start the runs, and go where they are watched."""
    from genre.compare.leakage import DATA, FOUR_WAYS, honesty_recipes
    from genre.errors import GenreError

    if not train_setup.is_first_press():
        return
    started = []
    try:
        for name in FOUR_WAYS:
            train_setup.begin(honesty_recipes()[name], DATA)
            started.append(st.session_state.run)
    except GenreError as error:
        st.error(resources.literal(str(error)), icon=":material/error:")
        return
    train_state.show_run(started[0])
    resources.go_to("app_pages/train.py")
