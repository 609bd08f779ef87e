"""The files of a sweep: what it was asked for, how far each run is, and its job.

Conventions
-----------
``docs/formats.md`` lists every key.  ``sweep.json`` is written once; ``state.json`` by whoever
holds the folder's lock, before a run is started and after it has ended; ``job.json`` by the process
that advances the sweep.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from genre.errors import ParameterError, RunError
from genre.language import N_, _
from genre.sweeps.plan import Configuration, plan_rungs
from genre.sweeps.spec import MAX_RUNS, SweepSpec
from genre.sweeps.values import configuration_name
from genre.system.files import write_json
from genre.system.jobs import Job, JobStatus
from genre.system.schema import (
    Check,
    Damaged,
    anything,
    file_name,
    items,
    maybe,
    number,
    one_of,
    printable,
    read_json,
    record,
    table,
    text,
    whole,
)

SWEEP_VERSION = 1
SWEEP_FILE, STATE_FILE, JOB_FILE = "sweep.json", "state.json", "job.json"

TrialState = Literal["waiting", "training", "done", "dropped", "stopped", "failed"]
JobState = Literal["absent", "sweeping", "finished", "stopped", "spent", "failed"]


@dataclass(frozen=True, slots=True)
class Trial:
    """One configuration with one seed: its run, and what came of it.

    Parameters
    ----------
    configuration : int
        Its index.
    seed : int
    run : str
        Name of its run; empty before it has one.
    state : str
        ``done``: trained as far as its rung goes; ``dropped``: done, and not among the better ones
        of its rung; ``stopped``: by hand, apart from the sweep.
    epochs : int
        Those of the score.
    score, loss : float or None
        Validation accuracy and loss of the network that the run keeps.
    seconds : float
        How long it was at work.
    reason : str
        Why it failed.
    n_killed : int
        How often its process was killed.
    """

    configuration: int
    seed: int
    run: str = ""
    state: TrialState = "waiting"
    epochs: int = 0
    score: float | None = None
    loss: float | None = None
    seconds: float = 0.0
    reason: str = ""
    n_killed: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is still to be trained, or is trained now."""
        return self.state in ("waiting", "training")


@dataclass(frozen=True, slots=True)
class SweepState:
    """How far a sweep is.

    Parameters
    ----------
    trials : tuple of Trial
        Configuration by configuration, each with all seeds.
    rung : int
        Of successive halving.
    minutes : float or None
        The budget.
    n_tracks, n_segments : int
        Of the data, once a run has read it; 0 before.
    """

    trials: tuple[Trial, ...]
    rung: int = 0
    minutes: float | None = None
    n_tracks: int = 0
    n_segments: int = 0

    @property
    def spent_seconds(self) -> float:
        """How long the runs were at work."""
        return sum(trial.seconds for trial in self.trials)


@dataclass(frozen=True, slots=True)
class SweepStatus(JobStatus):
    """Where the process of a sweep stands.

    Parameters
    ----------
    run : str
        The run that it waits for.
    n_ended, n_trials : int
        Of the rung.
    epoch, n_epochs : int
        Of that run; 0 epochs before it is known.
    seconds_left : float
        Expected, of the whole sweep; 0 where nothing is known.
    """

    state: JobState
    run: str = ""
    n_ended: int = 0
    n_trials: int = 0
    epoch: int = 0
    n_epochs: int = 0
    seconds_left: float = 0.0

    VERSION: ClassVar[int] = SWEEP_VERSION
    LIVE: ClassVar[tuple[str, ...]] = ("sweeping",)
    STATES: ClassVar[tuple[str, ...]] = get_args(JobState)
    KILLED: ClassVar[str] = N_("its process ended. Go on: what is trained stays.")
    NEVER_STARTED: ClassVar[str] = N_("its process never started. Go on.")


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep as it was made.

    Parameters
    ----------
    folder : Path
    spec : SweepSpec
    configurations : tuple of dict
    created : float
        Seconds since 1970.
    """

    folder: Path
    spec: SweepSpec
    configurations: tuple[Configuration, ...]
    created: float

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    def name_of(self, trial: Trial) -> str:
        """Return what to call one of its runs."""
        named = configuration_name(self.configurations[trial.configuration])
        return _("{configuration}, seed {seed}").format(configuration=named, seed=trial.seed)


_share = number(0, 1)
_SWEEP = record(
    version=whole(1),
    configurations=items(table(anything)),
    created=number(0, 250_000_000_000),
    sweep=anything,
)
_TRIAL = record(
    configuration=whole(0, MAX_RUNS),
    seed=whole(),
    run=file_name,
    state=one_of(*get_args(TrialState)),
    epochs=whole(),
    score=maybe(_share),
    loss=maybe(number(0)),
    seconds=number(0),
    reason=text,
    n_killed=whole(),
)
_STATE = record(
    version=whole(1),
    trials=items(_TRIAL),
    rung=whole(0, 20),
    minutes=maybe(number(0)),
    n_tracks=whole(),
    n_segments=whole(),
)


def read_sweep(folder: Path) -> Sweep:
    """Read what a sweep was asked for.

    Raises
    ------
    RunError
        If there is no such sweep, or its file is damaged.
    """
    document = _read(folder, SWEEP_FILE, _SWEEP)
    try:
        spec = SweepSpec.from_dict(document["sweep"])
        configurations = tuple(document["configurations"])
        for configuration in configurations:
            if list(configuration) != list(spec.settings):
                raise ParameterError(_("a configuration has other settings than the sweep"))
            spec.config_of(configuration, spec.seeds[0])
    except ParameterError as error:
        raise damaged(folder, SWEEP_FILE, str(error).rstrip(".")) from error
    return Sweep(folder, spec, configurations, float(document["created"]))


def write_sweep(sweep: Sweep) -> None:
    """Write what a sweep is asked for."""
    document = {
        "version": SWEEP_VERSION,
        "created": sweep.created,
        "sweep": sweep.spec.to_dict(),
        "configurations": list(sweep.configurations),
    }
    write_json(sweep.folder / SWEEP_FILE, document)


def read_state(sweep: Sweep) -> SweepState:
    """Read how far a sweep is.

    Raises
    ------
    RunError
        If the file is damaged, or of another sweep.
    """
    document = _read(sweep.folder, STATE_FILE, _STATE)
    names = [field.name for field in fields(Trial)]
    trials = tuple(Trial(**{name: row[name] for name in names}) for row in document["trials"])
    expected = new_trials(len(sweep.configurations), sweep.spec.seeds)
    if [(t.configuration, t.seed) for t in trials] != [(t.configuration, t.seed) for t in expected]:
        raise damaged(sweep.folder, STATE_FILE, _("it has other runs than the sweep"))
    if document["rung"] >= len(plan_rungs(sweep.spec, len(sweep.configurations))):
        raise damaged(sweep.folder, STATE_FILE, _("it is on a rung that the sweep does not have"))
    others = [field.name for field in fields(SweepState) if field.name != "trials"]
    return SweepState(trials, **{name: document[name] for name in others})


def write_state(sweep: Sweep, state: SweepState) -> None:
    """Write how far a sweep is."""
    write_json(sweep.folder / STATE_FILE, {"version": SWEEP_VERSION} | asdict(state))


def new_trials(n_configurations: int, seeds: Iterable[int]) -> tuple[Trial, ...]:
    """Return the trials of a sweep that has not begun: all seeds of a configuration together."""
    return tuple(Trial(i, seed) for i in range(n_configurations) for seed in seeds)


def job_of(folder: Path) -> Job[SweepStatus]:
    """Return the process of a sweep as a background job."""
    return Job(SweepStatus, folder / JOB_FILE, write_seconds=1.0)


def read_job(folder: Path) -> SweepStatus:
    """Return where the process of a sweep stands, noticing one that is gone."""
    return job_of(folder).read() or SweepStatus("absent")


def damaged(folder: Path, file: str, reason: str) -> RunError:
    """Return the error that says that a file of a sweep cannot be read."""
    return RunError(
        _("{file} of the sweep {name} cannot be read ({reason}). Delete the sweep.").format(
            file=file, name=printable(folder.name), reason=reason
        )
    )


def _read(folder: Path, file: str, check: Check) -> dict[str, Any]:
    """Read a document of this version and check it."""
    try:
        document: dict[str, Any] = read_json(folder / file)
        check(document, file)
        if document["version"] != SWEEP_VERSION:
            said = _("it is of version {version}, expected {expected}")
            raise Damaged(said.format(version=document["version"], expected=SWEEP_VERSION))
    except Damaged as error:
        raise damaged(folder, file, str(error)) from error
    return document
