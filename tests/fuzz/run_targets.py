"""Folders of runs, runs of the memory tests, and links."""

import json
from pathlib import Path

from genre.compare.leaderboard import list_entries
from genre.compare.link import from_link
from genre.errors import GenreError
from genre.interpret.memory_run import parse_events, read_records, recorded_runs
from genre.paths import RECORDED_MEMORY
from genre.recipes.config import BUNDLED_DATA, PRESETS, TrainConfig
from genre.recipes.link import to_query
from genre.runs.damaged import FILES
from genre.runs.store import create_run, delete_run, find_run
from tests.fuzz.mutations import NUMBERS, TEXTS, mutated, mutated_json, mutated_lines
from tests.support.leaderboard_runs import guesses
from tests.support.live_runs import as_lines
from tests.support.made_up import two_genre_data
from tests.support.readers import EVENTS, add_good_and_bad_run, use_runs


def set_up_runs(folder):
    """A good run, one to be damaged, and the files of that one."""
    measured = guesses(two_genre_data(4))
    runs, bad = add_good_and_bad_run(folder / "runs", measured)
    full = {**EVENTS[-1], **measured.to_dict()}
    (bad / "events.jsonl").write_bytes(as_lines(*EVENTS[:-1], full))
    return runs, {name: (bad / name).read_bytes() for name in FILES}, [*EVENTS, full]


def make_run(state, rng):
    _, files, events = state
    name = rng.choice([*FILES, "events.jsonl", "events.jsonl"])
    if name == "events.jsonl":
        return name, mutated_lines(events if rng.random() < 0.3 else [*EVENTS], rng)
    return name, mutated_json(json.loads(files[name]), rng)


def use_run(state, name, content):
    runs, files, _ = state
    bad: Path = runs / "2-bad"
    bad.mkdir(exist_ok=True)
    for file, good in files.items():
        (bad / file).write_bytes(content if file == name else good)
    use_runs(runs, runs.parent)
    try:
        delete_run(bad)
    except GenreError as error:  # one that is, or seems to be, at work
        assert "Stop it" in str(error)


RUN = (set_up_runs, make_run, use_run)


def set_up_memory(folder):
    """A recorded run, and the events of one that begins like it."""
    line = next(RECORDED_MEMORY.glob("*.jsonl")).read_text().partition("\n")[0]
    assert recorded_runs()
    record = json.loads(line)
    batch = {"event": "batch", "batch": 20, "right": 0.5, "longest": 10, "seconds": 1.5}
    return folder, [record, record | {"event": "start"}, batch, record | {"event": "end"}]


def make_memory_run(state, rng):
    record, *events = state[1]
    is_record = rng.random() < 0.5
    return ("record" if is_record else "events"), mutated_lines(
        [record] if is_record else events, rng
    )


def use_memory_run(state, kind, content):
    if kind == "events":
        found = [parse_events(content.decode(errors="replace"), "events")]
    else:
        path = state[0] / "recall.jsonl"
        path.write_bytes(content)
        found = read_records(path)
    for run in filter(None, found):
        f"{run.command} {run.learnt_after} {run.cpu_seconds:.0f} {run.outcome}".encode()


MEMORY_RUN = (set_up_memory, make_memory_run, use_memory_run)


def set_up_links(folder):
    """A run and no model, so that links have something to name; and the pages' own table."""
    from app_pages.session import TABLE

    create_run(folder / "runs" / "20260101-120000000-custom-calm", PRESETS["quick"], "gtzan-subset")
    entries, _ = list_entries(folder, folder / "runs", folder)
    return folder / "runs", [entry for entry in TABLE if entry.page], entries


def make_link(state, rng):
    """The parameters of a link: some of those that pages write, with values of any kind."""
    names = [*TrainConfig.__dataclass_fields__, "run", "data", "compare", "scene", "part", "step",
             "frame", "layer", "unit", "model", "preset", "song", "track", "open",
             "nothing"]  # fmt: skip
    query = dict(to_query("quick", PRESETS["ear"])) | {"run": "calm", "data": "gtzan-subset"}
    for _ in range(rng.choice([1, 2, 5])):
        name = rng.choice(names)
        old = query.get(name, "7").encode(errors="replace")
        values = [*TEXTS, *map(str, NUMBERS), "x" * 3_000, *PRESETS, *BUNDLED_DATA.values()]
        values += ["starter,runs/calm", ",".join(["a"] * 900), mutated(old, rng).decode("latin-1")]
        query[name] = rng.choice(values)
    return "query", json.dumps(query).encode()


def use_link(state, kind, content):
    runs, table, entries = state
    query = json.loads(content)
    for entry in table:
        value, problems = entry.read(query)
        assert all(len(sentence) < 900 for sentence in problems)
        if entry.name == "compared":
            assert len(from_link(value, entries)[1]) <= 2_000
        if entry.name == "run" and value:
            find_run(Path(value).name, runs)


LINK = (set_up_links, make_link, use_link)
