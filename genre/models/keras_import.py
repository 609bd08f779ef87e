"""Import a Keras model of one's own: its layers and weights, without Keras.

Conventions
-----------
The file is read by ``python -m genre read-keras``, a process with limits that can be ended:
it writes the network's settings and weights to a folder, and these are checked again here.
The file knows neither its features nor its genres: both are asked for.
"""

from __future__ import annotations

import datetime
import io
import signal
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from genre.audio.feature_config import MAX_SEGMENT_SECONDS, MfccConfig
from genre.audio.mfcc import N_MELS
from genre.errors import GenreError, ModelError, ParameterError
from genre.language import N_, _
from genre.models.card import ModelCard
from genre.models.import_size import check_size
from genre.models.keras_weights import (
    CONFIG_FILE,
    HDF5_FILE,
    HDF5_SIGNATURE,
    MAX_KERAS_BYTES,
    read_keras,
)
from genre.models.names import new_name
from genre.models.registry import save_model
from genre.network.config import NetworkConfig
from genre.network.forward import Network
from genre.network.weights import Weights, load_weights, save_weights
from genre.paths import MODELS
from genre.system.files import write_json
from genre.system.limits import limit_process
from genre.system.owned_job import Ended, OwnedJob
from genre.system.schema import Damaged, cause, printable, read_json

SUFFIXES = (".keras", ".h5", ".hdf5")
GTZAN_GENRES = (
    *("blues", "classical", "country", "disco", "hiphop"),
    *("jazz", "metal", "pop", "reggae", "rock"),
)
"""The folders of GTZAN in the order of the course's labels."""
MAX_SECONDS, MAX_CPU_SECONDS = 60, 10
MAX_MEMORY = 1024 * 2**20
REFUSAL = "genre read-keras: "
_NETWORK, _WEIGHTS = "network.json", "weights.npz"
_REMEDY = N_(
    "Choose a model of LSTM or SimpleRNN layers, then Dense, with Dropout or Normalization, "
    "saved whole as .keras or .h5."
)


@dataclass(frozen=True, slots=True, eq=False)
class KerasModel:
    """What a Keras file holds.

    Parameters
    ----------
    file : str
        Its name.
    network : NetworkConfig
    weights : dict of str to np.ndarray [dtype=float32]
    has_steps : bool
        Whether it reads that number of steps alone.
    """

    file: str
    network: NetworkConfig
    weights: Weights
    has_steps: bool

    @property
    def proposed_features(self) -> MfccConfig:
        """The course's MFCCs, as many and of segments as long as the network reads."""
        config = MfccConfig()
        n_steps = self.network.n_steps if self.has_steps else config.n_steps
        seconds = (n_steps - 0.5) * config.hop_length / config.sr
        whole = round(seconds)
        if whole and replace(config, segment_seconds=float(whole)).n_steps == n_steps:
            seconds = float(whole)
        least = config.n_fft / config.sr
        return replace(
            config,
            n_mfcc=min(self.network.n_values, N_MELS),
            segment_seconds=min(max(round(seconds, 3), least), MAX_SEGMENT_SECONDS),
        )

    @property
    def proposed_genres(self) -> tuple[str, ...]:
        """The course's genres in the order of its labels, or none where their number differs."""
        return GTZAN_GENRES if self.network.n_genres == len(GTZAN_GENRES) else ()

    def proposed_name(self, folder: Path = MODELS) -> str:
        """Return the file's name as a model can have it, with a number where it is taken."""
        return new_name(Path(self.file).stem.strip("._- ") or "imported", folder)[0]


def is_keras(source: Path | bytes, name: str = "") -> bool:
    """Tell whether a file is a Keras model, by its name or its first bytes.

    Parameters are those of `read_keras_model`.
    """
    if Path(_name_of(source, name)).suffix.lower() in SUFFIXES:
        return True
    if isinstance(source, Path) and not source.is_file():
        return False
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            if file.read(len(HDF5_SIGNATURE)) == HDF5_SIGNATURE:
                return True
            with zipfile.ZipFile(file) as zipped:
                return {CONFIG_FILE, HDF5_FILE} <= set(zipped.namelist())
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return False  # whoever reads it says what is wrong with it


def read_keras_model(source: Path | bytes, name: str = "") -> KerasModel:
    """Read an untrusted Keras file in a process with limits.

    Parameters
    ----------
    source : Path or bytes
    name : str
        The name of the file, where its content is given.

    Returns
    -------
    model : KerasModel

    Raises
    ------
    ModelError
        If it is none that can be computed here: the sentence names the layer.
    """
    file = printable(_name_of(source, name))
    check_size(source, file, MAX_KERAS_BYTES, _(_REMEDY))
    with tempfile.TemporaryDirectory(prefix="genre-lab-") as folder:
        out = Path(folder)
        try:
            content = source if isinstance(source, bytes) else source.read_bytes()
            job = OwnedJob(["read-keras", folder], content=content, max_seconds=MAX_SECONDS)
        except OSError as error:
            refused = _("reading {file} cannot be started ({reason}). Try again later.")
            raise ModelError(refused.format(file=file, reason=cause(error))) from error
        ended = job.wait()
        if ended.cause != "exit" or ended.code:
            refused = _("{file} cannot be imported: {reason}. {remedy}")
            raise ModelError(refused.format(file=file, reason=_reason(ended), remedy=_(_REMEDY)))
        try:
            values = read_json(out / _NETWORK)
            network = NetworkConfig.from_dict(values["network"])
            weights = load_weights(out / _WEIGHTS, network)
            return KerasModel(file, network, weights, bool(values["has_steps"]))
        except (Damaged, GenreError, KeyError, TypeError) as error:
            refused = _("{file} cannot be imported: {error}").format(file=file, error=error)
            raise ModelError(refused) from error


def write_keras_network(content: bytes, out: Path) -> None:
    """Read a Keras file with limits set to this process, and write what it holds to a folder.

    Raises
    ------
    ModelError
        If it is none that can be computed here.
    """
    import h5py  # noqa: F401  # loaded before the limits are set

    limit_process(
        more_bytes=MAX_MEMORY, cpu_seconds=MAX_CPU_SECONDS, file_bytes=2 * MAX_KERAS_BYTES
    )
    try:
        network, weights, has_steps = read_keras(content)
    except Damaged as error:
        raise ModelError(str(error)) from error
    save_weights(out / _WEIGHTS, weights)
    write_json(out / _NETWORK, {"network": network.to_dict(), "has_steps": has_steps})


def import_keras_model(
    model: KerasModel,
    name: str,
    genres: Sequence[str],
    features: MfccConfig,
    folder: Path = MODELS,
) -> str:
    """Save a Keras model as one of this program's.

    Parameters
    ----------
    model : KerasModel
    name : str
        Its new name; that of the file where it is empty.
    genres : sequence of str
        In the order of its outputs.
    features : MfccConfig
        What it was trained on.
    folder : Path
        The folder of saved models.

    Returns
    -------
    name : str

    Raises
    ------
    ModelError
        If the model cannot be saved.
    ParameterError
        If the genres or the features do not fit the network.
    """
    named = tuple(genre.strip() for genre in genres)
    check_genres(model, named)
    network = check_features(model, features)
    order = sorted(range(len(named)), key=named.__getitem__)
    weights = {
        key: array[..., order] if key.startswith("output.") else array
        for key, array in model.weights.items()
    }
    name, label = new_name(name or model.proposed_name(folder), folder)
    card = ModelCard(
        name=name,
        label=label,
        about=_("Imported from {file}, not tested here.").format(file=model.file),
        genres=tuple(named[i] for i in order),
        features=features,
        network=network,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    save_model(Network(network, weights), card, folder=folder)
    return card.name


def _name_of(source: Path | bytes, name: str) -> str:
    return name if isinstance(source, bytes) else source.name


def _reason(ended: Ended) -> str:
    """Return why a process has read no model."""
    if ended.cause == "timeout" or ended.code == -getattr(signal, "SIGXCPU", 0):
        return _("reading it takes too long")
    last_line = ended.err.strip().rpartition("\n")[2]
    if last_line.startswith(REFUSAL):
        return last_line.removeprefix(REFUSAL)
    return _("reading it ended unexpectedly (status {code})").format(code=ended.code)


def check_genres(model: KerasModel, genres: Sequence[str]) -> None:
    """Raise unless there is a distinct name for each output.

    Raises
    ------
    ParameterError
    """
    n = model.network.n_genres
    if len(genres) != n:
        raise ParameterError(
            _(
                "{given} genres were named, {file} has {n} outputs. Name one for each, in their "
                "order."
            ).format(given=len(genres), file=model.file, n=n)
        )
    if "" in genres or len(set(genres)) < n:
        twice = next((genre for genre in genres if list(genres).count(genre) > 1), "")
        raise ParameterError(
            _("the genre {name!r} was named twice. Name each output once.").format(name=twice)
            if twice
            else _("a genre has no name. Name each output once.")
        )


def check_features(model: KerasModel, features: MfccConfig) -> NetworkConfig:
    """Return the network as it reads these features; raise where it cannot.

    Raises
    ------
    ParameterError
    """
    config = model.network
    given = features.n_steps, features.n_values
    n_steps = config.n_steps if model.has_steps else features.n_steps
    if given != (n_steps, config.n_values):
        wanted = f"({n_steps if model.has_steps else 'any'}, {config.n_values})"
        raise ParameterError(
            _(
                "these features give segments of shape {given}, {file} reads {wanted}: steps "
                "and MFCCs. Give the settings that its data was made with."
            ).format(given=given, file=model.file, wanted=wanted)
        )
    return replace(config, n_steps=n_steps)
