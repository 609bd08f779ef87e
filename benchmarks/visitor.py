"""A visitor without a browser: one session of a Streamlit server, over its own websocket.

What the page's script in the browser does is done here as far as the server notices it: the
files of the page are fetched, messages are kept and answered by reference, all widgets' values
are sent with each click, and a part of the page that asks to be run again each second is.
Nothing is drawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.visitor_requests import LONGEST_SECONDS, fetch_files, widget_state

_KEY = re.compile(r"^\$\$ID-[^-]+-(.*)$")
_DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class VisitError(Exception):
    """The server did not do what a visitor expects: the page failed, or has no such widget."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a click: seconds until what was waited for, and until the page was whole."""

    wanted: float
    whole: float


@dataclass(slots=True)
class _Widget:
    id: str
    fragment: str


@dataclass(slots=True)
class _Waiting:
    """A click whose answer is still to come."""

    is_wanted: Callable[[Delta], bool]
    fragment: str
    done: asyncio.Future[Answer]
    start: float = field(default_factory=time.perf_counter)
    run: str = ""
    wanted: float = 0.0
    ended: float | None = None
    """When its run ended early, in seconds: another goes on with it, or it had ended by itself."""

    def seconds(self) -> float:
        return time.perf_counter() - self.start


class Visitor:
    """One visit: `open` it first, then click; `close` it in the end.

    Parameters
    ----------
    url : str
        The server's address.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._socket: ClientConnection | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ticks: dict[str, asyncio.Task[None]] = {}
        self._messages: dict[str, ForwardMsg] = {}
        self._values: dict[str, WidgetState] = {}
        self._widgets: dict[str, _Widget] = {}
        self._pages: dict[str, str] = {}
        self._page = ""
        self._waiting: _Waiting | None = None
        self.problems: list[str] = []

    async def fetch_files(self, executor: Executor) -> Answer:
        """Fetch the page and all the files it names, as a browser does on its first visit."""
        start = time.perf_counter()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(executor, fetch_files, self._url)
        seconds = time.perf_counter() - start
        return Answer(seconds, seconds)

    async def open(self, page: str = "", query: str = "") -> Answer:
        """Open a page by its address, and wait until it is whole."""
        start = time.perf_counter()
        self._socket = await connect(
            f"{self._url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=LONGEST_SECONDS,
            ping_interval=None,
        )
        self._start(self._listen(self._socket))
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        return await self._ask(message, start=start)

    async def go_to(self, page: str) -> Answer:
        """Go to another page by the menu."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._pages[page]
        self._values.clear()
        self._widgets.clear()
        self._page = self._pages[page]
        return await self._ask(message)

    async def click(
        self, key: str, value: object = None, is_wanted: Callable[[Delta], bool] | None = None
    ) -> Answer:
        """Press a button, or give a widget a value, and wait until the page is whole again.

        Parameters
        ----------
        key : str
            Key of the widget.
        value : optional
            None presses a button; a bool is for a switch, a list of str for pills and for a slider
            of choices, a str for a list to choose from and, as JSON, for a table's rows.
        is_wanted : callable, optional
            What is waited for; by default, the first thing that comes.

        Raises
        ------
        VisitError
            If there is no such widget, or the page fails or takes `LONGEST_SECONDS`.
        """
        if key not in self._widgets:
            raise VisitError(f"there is no {key} on the page: {', '.join(sorted(self._widgets))}")
        widget = self._widgets[key]
        state = widget_state(widget.id, value)
        message = BackMsg()
        message.rerun_script.fragment_id = widget.fragment
        message.rerun_script.page_script_hash = self._page
        self._values[key] = state
        answer = self._ask(message, is_wanted)
        if value is None:
            del self._values[key]
        return await answer

    def widgets(self) -> set[str]:
        """Return the keys of the widgets on the page."""
        return set(self._widgets)

    def key_of(self, beginning: str) -> str:
        """Return the key of the widget on the page whose key begins so."""
        for key in self._widgets:
            if key.startswith(beginning):
                return key
        raise VisitError(f"there is no {beginning}... on the page: {', '.join(self._widgets)}")

    async def close(self) -> None:
        """Close the page."""
        for task in [*self._tasks, *self._ticks.values()]:
            task.cancel()
        if self._socket:
            await self._socket.close()
        await asyncio.gather(*self._tasks, *self._ticks.values(), return_exceptions=True)

    def _start(self, job: Any) -> None:
        task = asyncio.ensure_future(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _ask(
        self,
        message: BackMsg,
        is_wanted: Callable[[Delta], bool] | None = None,
        start: float | None = None,
    ) -> Any:
        """Send a message, and return what to wait for: the page, whole again."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(
            is_wanted or (lambda delta: True),
            message.rerun_script.fragment_id,
            loop.create_future(),
        )
        waiting.start = start or waiting.start
        self._waiting = waiting
        data = self._filled(message)

        async def answer() -> Answer:
            await self._send(data)
            try:
                return await asyncio.wait_for(waiting.done, LONGEST_SECONDS)
            except TimeoutError:
                raise VisitError(f"no answer within {LONGEST_SECONDS:.0f} s") from None

        return answer()

    def _filled(self, message: BackMsg) -> bytes:
        """Return a message with what the browser adds to each."""
        message.rerun_script.widget_states.widgets.extend(self._values.values())
        message.rerun_script.cached_message_hashes.extend(self._messages)
        message.rerun_script.context_info.timezone = "UTC"
        message.rerun_script.context_info.url = self._url
        message.rerun_script.context_info.color_scheme = "light"
        return message.SerializeToString()

    async def _send(self, data: bytes) -> None:
        if self._socket is None:
            raise VisitError("the page is not open")
        await self._socket.send(data)

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                message = ForwardMsg()
                message.ParseFromString(data)
                self._take(message)
        except Exception as error:
            if self._waiting and not self._waiting.done.done():
                self._waiting.done.set_exception(VisitError(f"the connection ended: {error}"))
            raise

    def _take(self, message: ForwardMsg) -> None:
        """Take one message of the server."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            self._take_delta(self._messages[message.ref_hash].delta)
        elif kind == "delta":
            if message.metadata.cacheable:
                self._messages[message.hash] = message
            self._take_delta(message.delta)
        elif kind == "navigation":
            self._pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            self._tick(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop_ticks(set(message.stop_auto_rerun.fragment_ids))
        elif kind == "new_session":
            self._begin(message)
        elif kind == "script_finished":
            self._finish(message)

    def _take_delta(self, delta: Delta) -> None:
        """Note a widget and what has gone wrong; see whether this was waited for."""
        kind = delta.new_element.WhichOneof("type") if delta.HasField("new_element") else None
        if kind == "exception":
            self.problems.append(delta.new_element.exception.message)
        elif kind:
            widget_id = str(getattr(getattr(delta.new_element, kind), "id", ""))
            if found := _KEY.match(widget_id):
                self._widgets[found[1]] = _Widget(widget_id, delta.fragment_id)
        waiting = self._waiting
        if waiting and waiting.run and not waiting.wanted and waiting.is_wanted(delta):
            waiting.wanted = waiting.seconds()

    def _begin(self, message: ForwardMsg) -> None:
        """A run of the script begins."""
        run = message.metadata.run
        if not run.fragment_ids:
            self._stop_ticks(set(self._ticks))
        waiting = self._waiting
        if not waiting:
            return
        if not run.fragment_ids or waiting.fragment in run.fragment_ids:
            waiting.run, waiting.ended = run.script_run_id, None
        elif waiting.ended is not None:
            # Streamlit says of a run that it ended early where the next began before it was told.
            self._answer(waiting, waiting.ended)

    def _finish(self, message: ForwardMsg) -> None:
        """Finish the click that waits for this run, unless another run goes on with it."""
        waiting = self._waiting
        if not waiting or waiting.run != message.metadata.run.script_run_id:
            return
        if message.script_finished in _DONE:
            self._answer(waiting, waiting.seconds())
        elif message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            waiting.ended = waiting.seconds()

    def _answer(self, waiting: _Waiting, whole: float) -> None:
        """Give the click that waits its answer."""
        if not waiting.done.done():
            waiting.done.set_result(Answer(waiting.wanted or whole, whole))
        self._waiting = None

    def _tick(self, fragment: str, seconds: float) -> None:
        """Run a part of the page again and again."""

        async def tick() -> None:
            while True:
                await asyncio.sleep(seconds)
                message = BackMsg()
                message.rerun_script.fragment_id = fragment
                message.rerun_script.is_auto_rerun = True
                message.rerun_script.page_script_hash = self._page
                with contextlib.suppress(Exception):  # the page was closed meanwhile
                    await self._send(self._filled(message))

        self._stop_ticks({fragment})
        self._ticks[fragment] = asyncio.ensure_future(tick())

    def _stop_ticks(self, fragments: set[str]) -> None:
        for fragment in fragments & set(self._ticks):
            self._ticks.pop(fragment).cancel()
