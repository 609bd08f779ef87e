"""Fifty visitors at once, and fifty who come and go: ``python -m benchmarks.soak [MINUTES]``.

The real server, and visitors without a browser (`benchmarks.visitor`).  First one visitor takes
a walk through all pages, as the first of a new server; then all take it in step, each step begun
by all in the same instant; then they come and go for the given minutes, each with pauses of two
to eight seconds between clicks, and the next one comes when one has left.  The figures are
written into ``docs/reliability.md``, between two marks.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from streamlit.proto.Delta_pb2 import Delta

from benchmarks.report import describe_load
from benchmarks.server import OURS, Server, running_server
from benchmarks.soak_report import Measured, Memory, write_section
from benchmarks.stopwatch import resident_bytes
from benchmarks.table import ROOT, Bench
from benchmarks.visitor import Answer, VisitError, Visitor
from genre.paths import HOME_VARIABLE

N_VISITORS = 50
PAUSES = (2.0, 8.0)
WATCH_SECONDS = 2.0
EXAMPLES = sorted(path.stem.capitalize() for path in (ROOT / "samples").glob("*.ogg"))
Times = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a visitor does: what it is called in the report, and how it is done."""

    name: str
    do: Callable[[Visitor, random.Random], Awaitable[Answer]]
    is_until_wanted: bool = False


def is_title(delta: Delta) -> bool:
    """Tell whether something new is a title: on Classify, the prediction."""
    return (
        delta.new_element.WhichOneof("type") == "heading" and delta.new_element.heading.tag == "h1"
    )


def _play_moment(visitor: Visitor) -> Awaitable[Answer]:
    """Press a moment that speaks for the prediction; where all are alike, listen live."""
    try:
        return visitor.click(visitor.key_of("moment_for_"))
    except VisitError:
        return visitor.click("live_open", True)


def _select_row(visitor: Visitor, chance: random.Random) -> Awaitable[Answer]:
    row = chance.randrange(3)
    selected = f'{{"selection": {{"rows": [{row}], "columns": [], "cells": []}}}}'
    return visitor.click(visitor.key_of("leaderboard_"), selected)


WALK = (
    Step("First paint", lambda v, _: v.open()),
    Step(
        "Verdict on an example",
        lambda v, chance: v.click("first_example", [chance.choice(EXAMPLES)], is_title),
        is_until_wanted=True,
    ),
    Step("Click on Classify", lambda v, _: _play_moment(v)),
    Step("Page Train", lambda v, _: v.go_to("train")),
    Step("Click on Train", lambda v, _: v.click("preset", ["Course"])),
    Step("Click on Train", lambda v, _: v.click("preset", ["Quick"])),
    Step("Page Compare", lambda v, _: v.go_to("compare")),
    Step("Click on Compare", _select_row),
    Step("Page Inside", lambda v, _: v.go_to("inside")),
    Step("Click on Inside", lambda v, _: v.click("scene_next")),
    Step("Click on Inside", lambda v, _: v.click("scene_next")),
    Step("Click on Inside", lambda v, _: v.click("scene_next")),
    Step("Click on Inside", lambda v, _: v.click("at_part", ["Hold"])),
    Step("Page Classify again", lambda v, _: v.go_to("")),
)


@dataclass(slots=True)
class Crowd:
    """Visitors of one server, and what they measured."""

    url: str
    executor: Executor
    problems: list[str] = field(default_factory=list)
    n_visits: int = 0

    @property
    def walk(self) -> tuple[Step, ...]:
        """What a visitor with a new browser does."""
        files = Step("Files of the page", lambda v, _: v.fetch_files(self.executor))
        return (files, *WALK)

    @contextlib.asynccontextmanager
    async def visit(self) -> AsyncIterator[Visitor]:
        """One visit, closed in the end."""
        visitor = Visitor(self.url)
        self.n_visits += 1
        try:
            yield visitor
        except VisitError as error:
            self.problems.append(str(error))
        finally:
            self.problems += visitor.problems
            await visitor.close()

    async def step(self, step: Step, visitor: Visitor, chance: random.Random, times: Times) -> None:
        """Take one step, and note how long it took."""
        try:
            answer = await step.do(visitor, chance)
        except VisitError as error:
            raise VisitError(f"{step.name}: {error}") from None
        times[step.name].append(answer.wanted if step.is_until_wanted else answer.whole)

    async def in_step(self, n_visitors: int) -> Times:
        """Let some visitors take the walk, each step in the same instant."""
        times: Times = defaultdict(list)
        async with contextlib.AsyncExitStack() as visits:
            visitors = [await visits.enter_async_context(self.visit()) for _ in range(n_visitors)]
            chances = [random.Random(i) for i in range(n_visitors)]
            for step in self.walk:
                await asyncio.gather(
                    *(self.step(step, *one, times) for one in zip(visitors, chances, strict=True))
                )
        return times

    async def come_and_go(self, n_visitors: int, seconds: float) -> Times:
        """Let visitors take the walk at their own pace; one comes when one has left."""
        times: Times = defaultdict(list)
        end = time.monotonic() + seconds

        async def place(chance: random.Random) -> None:
            await asyncio.sleep(chance.uniform(0, PAUSES[1]))
            while time.monotonic() < end:
                async with self.visit() as visitor:
                    for step in self.walk:
                        await self.step(step, visitor, chance, times)
                        await asyncio.sleep(chance.uniform(*PAUSES))
                        if time.monotonic() > end:
                            break

        await asyncio.gather(*(place(random.Random(i)) for i in range(n_visitors)))
        return times


async def watch(server: Server, seen: list[Memory]) -> None:
    """Note the server's memory and threads every few seconds."""
    start = time.monotonic()
    while True:
        n_threads = psutil.Process(server.pid).num_threads()
        seen.append(Memory(time.monotonic() - start, resident_bytes(server.pid), n_threads))
        await asyncio.sleep(WATCH_SECONDS)


async def measure(server: Server, n_visitors: int, minutes: float) -> Measured:
    """Let the first visitor, all in step, and those who come and go visit a server."""
    with ThreadPoolExecutor(n_visitors) as executor:
        crowd = Crowd(server.url, executor)
        first = await crowd.in_step(1)
        in_step = await crowd.in_step(n_visitors)
        memory: list[Memory] = []
        watching = asyncio.ensure_future(watch(server, memory))
        going = await crowd.come_and_go(n_visitors, 60 * minutes)
        watching.cancel()
    return Measured(
        n_visitors, minutes, first, in_step, going, memory, crowd.n_visits, crowd.problems
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the section, and return the exit code: 1 if something failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=60.0)
    parser.add_argument("--visitors", type=int, default=N_VISITORS)
    parser.add_argument("--print", action="store_true", help="do not write the report")
    asked = parser.parse_args(arguments)
    load = describe_load()
    with tempfile.TemporaryDirectory() as folder:
        home = {HOME_VARIABLE: folder}
        with running_server(OURS, Bench(Path(folder)), environment=home) as server:
            measured = asyncio.run(measure(server, asked.visitors, asked.minutes))
    report = None if asked.print else ROOT / "docs" / "reliability.md"
    sys.stdout.write(write_section(measured, report, load))
    return int(bool(measured.problems))


if __name__ == "__main__":
    sys.exit(main())
