"""`make soak`: visitors without a browser on a real server, and the section they write."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import soak
from benchmarks.server import running_server
from benchmarks.soak_report import BEGIN, END, Measured, Memory, write_section
from benchmarks.table import Bench
from benchmarks.visitor import VisitError, Visitor, _Widget

PAGE = """
import streamlit as st
n = st.session_state.setdefault("n", 0)
if st.button("more", key="more"):
    st.session_state.n += 1
    st.title(f"now {st.session_state.n}")
if st.toggle("break", key="break"):
    1 / 0

@st.fragment(run_every=0.1 if n == 0 else None)
def tick():
    st.session_state.n_ticks = st.session_state.get("n_ticks", 0) + 1
    if st.session_state.n_ticks > 2:
        st.button("ticked", key="ticked")

tick()
"""


@pytest.fixture
def url(tmp_path):
    """The address of a server of a small page."""
    (tmp_path / "page.py").write_text(PAGE)
    with running_server("page.py", Bench(tmp_path), tmp_path) as server:
        yield server.url


def alone(act):
    """Act in a thread: in this one, tests in a browser leave an event loop that runs."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(act).result()


def test_visitor_clicks_waits_for_ticks_and_notices_what_fails(url):
    async def visit():
        visitor = Visitor(url)
        await visitor.open()
        while "ticked" not in visitor.widgets():
            await asyncio.sleep(0.05)
        seen = []

        def is_second(delta):
            seen.append(delta.new_element.heading.body)
            return "now 2" in seen[-1]

        await visitor.click("more")
        answer = await visitor.click("more", is_wanted=is_second)
        assert any("now 2" in body for body in seen)
        assert 0 < answer.wanted <= answer.whole
        with pytest.raises(VisitError, match="there is no less on the page: break, more"):
            await visitor.click("less")
        assert visitor.problems == []
        await visitor.click("break", True)
        assert len(visitor.problems) == 1
        await visitor.close()

    alone(lambda: asyncio.run(visit()))


@pytest.mark.parametrize(("next_run", "n_messages"), [(["tick"], 3), (["clicked"], 4), ([], 4)])
def test_click_is_answered_when_its_run_ended_though_streamlit_says_that_it_was_cut(
    next_run, n_messages
):
    """Where a part that ticks begins before the end was sent, Streamlit calls that end early."""

    async def taken():
        visitor = Visitor("http://nowhere")
        visitor._socket = SimpleNamespace(send=lambda data: asyncio.sleep(0))
        visitor._widgets["more"] = _Widget("id", "clicked")
        click = asyncio.ensure_future(visitor.click("more"))
        await asyncio.sleep(0)
        messages = [
            begun(1, ["clicked"]),
            ended(1, ForwardMsg.FINISHED_EARLY_FOR_RERUN),
            begun(2, next_run),
            ended(2, ForwardMsg.FINISHED_SUCCESSFULLY),
        ]
        for number, message in enumerate(messages, start=1):
            visitor._take(message)
            await asyncio.sleep(0.01)
            if click.done():
                return number

    assert alone(lambda: asyncio.run(taken())) == n_messages


def begun(run, fragments):
    message = ForwardMsg(new_session={})
    message.metadata.run.script_run_id = str(run)
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def ended(run, how):
    message = ForwardMsg(script_finished=how)
    message.metadata.run.script_run_id = str(run)
    return message


def test_visitor_of_a_server_that_ends_is_told(tmp_path):
    (tmp_path / "page.py").write_text(PAGE)

    async def visit():
        with running_server("page.py", Bench(tmp_path), tmp_path) as server:
            visitor = Visitor(server.url)
            await visitor.open()
        with pytest.raises((VisitError, OSError)):
            await visitor.click("more")
        with ThreadPoolExecutor(1) as executor, pytest.raises(OSError):
            await visitor.fetch_files(executor)
        await visitor.close()

    alone(lambda: asyncio.run(visit()))


@pytest.mark.slow
def test_three_visitors_take_the_whole_walk(capsys, monkeypatch):
    monkeypatch.setenv("GENRE_LAB_WARM_WORKER", "0")
    monkeypatch.setattr(soak, "PAUSES", (0.0, 0.1))
    assert alone(lambda: soak.main(["0.1", "--visitors", "3", "--print"])) == 0
    section = capsys.readouterr().out
    for step in soak.WALK:
        row = next(line for line in section.splitlines() if line.startswith(f"| {step.name} |"))
        cells = [cell.strip() for cell in row.split("|")]
        assert int(cells[5]) % 3 == 0 < int(cells[5])
    assert "No visit failed." in section
    assert "The server's memory: " in section


def test_section_replaces_the_one_before_and_nothing_else(tmp_path):
    report = tmp_path / "reliability.md"
    report.write_text("# Reliability\n\nBefore.\n")
    times = {"First paint": [0.5, 1.0], "Click on Train": [0.1, 0.9]}
    memory = [Memory(second, 100_000_000 + second, 30) for second in range(9)]

    def measured(problems):
        return Measured(2, 1, times, times, {"First paint": [5.0]}, memory, 7, problems)

    write_section(measured(["lost", "lost"]), report, "1.0")
    report.write_text(report.read_text() + "After.\n")
    section = write_section(measured([]), report, "2.0")
    assert report.read_text() == f"# Reliability\n\nBefore.\n{section}After.\n"
    assert section.startswith(BEGIN)
    assert section.endswith(f"{END}\n")
    assert "- 2x lost" not in section
    assert "| First paint | 1.00 s | 1.00 s | 1.00 s | 2 | 5.00 s | 5.00 s | 1 |" in section
    assert "under 500 ms | **no** |" in section
