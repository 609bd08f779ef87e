"""A Keras model read from its file, in a process of its own, without Keras and without trust.

Conventions
-----------
Only configuration and numbers are read.  The shape, type and storage of a dataset are checked
before its numbers are read; links, references and filters but gzip's are not followed.  h5py
(HDF5) is written in C and has had faults: call this where limits are set
(`genre.system.limits`), never in the process of the pages.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from genre.language import _
from genre.models.keras_config import read_layers
from genre.models.keras_line import KerasLayer
from genre.models.keras_network import Arrays, to_network
from genre.network.config import NetworkConfig
from genre.network.weights import Weights
from genre.system.safe_zip import UNREADABLE, read_member
from genre.system.schema import Damaged, parse_json

if TYPE_CHECKING:
    import h5py

CONFIG_FILE, HDF5_FILE = "config.json", "model.weights.h5"
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
MAX_CONFIG_BYTES = 4 * 2**20
MAX_KERAS_BYTES = 256 * 2**20
_MAX_CHUNK_BYTES = 64 * 2**20
_GROUPS = ("layers", "_layer_checkpoint_dependencies")
"""Where a ``.keras`` file has its layers: of Keras 3, of Keras 2.12 to 2.15."""
_FILTERS = {1, 2, 3}
"""gzip, shuffle, checksum."""
_STORED_AS = {
    "LSTM": "lstm",
    "SimpleRNN": "simple_rnn",
    "Bidirectional": "bidirectional",
    "Dense": "dense",
    "Normalization": "normalization",
    "BatchNormalization": "batch_normalization",
}
_UNREADABLE = (*UNREADABLE, LookupError, ArithmeticError, TypeError, AttributeError, MemoryError)


def read_keras(content: bytes) -> tuple[NetworkConfig, Weights, bool]:
    """Read a ``.keras`` or ``.h5`` file as `to_network` does.

    Raises
    ------
    Damaged
        If it is no such file, or its model is none that `genre.network` can compute.
    """
    import h5py

    try:
        if content.startswith(HDF5_SIGNATURE):
            with h5py.File(io.BytesIO(content), "r") as file:
                layers = read_layers(parse_json(_config_text(file), max_bytes=MAX_CONFIG_BYTES))
                return to_network(layers, lambda layer, shapes: _read_named(file, layer, shapes))
        config, weights = _members(content)
        layers = read_layers(parse_json(config, max_bytes=MAX_CONFIG_BYTES))
        with h5py.File(io.BytesIO(weights), "r") as file:
            paths = _numbered_paths(file, layers)
            return to_network(
                layers, lambda layer, shapes: _read_numbered(file, layer, shapes, paths)
            )
    except Damaged:
        raise
    except _UNREADABLE as error:
        reason = (
            _("it needs too much memory") if isinstance(error, MemoryError) else _("it is damaged")
        )
        raise Damaged(
            _("{reason}, expected a .keras or .h5 file of a whole model").format(reason=reason)
        ) from error


def _members(content: bytes) -> tuple[bytes, bytes]:
    """Return the configuration and the weights of a ``.keras`` file."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise Damaged(_("it is neither a zip nor HDF5, expected a .keras or .h5 file"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        for name in (CONFIG_FILE, HDF5_FILE):
            if names.count(name) != 1:
                several = _("it has {n} {name}, expected one")
                refused = several if name in names else _("it has no {name}, expected one")
                raise Damaged(refused.format(n=names.count(name), name=name))
        limits = {CONFIG_FILE: MAX_CONFIG_BYTES, HDF5_FILE: MAX_KERAS_BYTES}
        try:
            config, weights = (
                read_member(archive, archive.getinfo(name), n) for name, n in limits.items()
            )
        except ValueError as error:
            raise Damaged(_("a file in it has {error}").format(error=error)) from error
    return config, weights


def _config_text(file: h5py.File) -> bytes:
    """Return the configuration in a ``.h5`` file."""
    if "model_config" not in file.attrs:
        raise Damaged(_("it has weights alone, expected a whole model: save it with model.save"))
    if file.attrs.get_id("model_config").get_storage_size() > MAX_CONFIG_BYTES:
        raise Damaged(
            _("its configuration has over {max_config_bytes:,} bytes").format(
                max_config_bytes=MAX_CONFIG_BYTES
            )
        )
    text = file.attrs["model_config"]
    return text.encode() if isinstance(text, str) else bytes(text)


def _numbered_paths(file: h5py.File, layers: Sequence[KerasLayer]) -> dict[str, str]:
    """Return the path of each layer in a ``.keras`` file, by its name: numbered by class."""
    root = next((name for name in _GROUPS if file.get(name, getlink=True)), _GROUPS[0])
    paths: dict[str, str] = {}
    counts: dict[str, int] = {}
    for layer in layers:
        if stored := _STORED_AS.get(layer.kind):
            n = counts[stored] = counts.get(stored, -1) + 1
            paths[layer.name] = f"{root}/{stored}_{n}" if n else f"{root}/{stored}"
    return paths


def _read_numbered(
    file: h5py.File,
    layer: KerasLayer,
    shapes: Mapping[str, tuple[int, ...]],
    paths: Mapping[str, str],
) -> Arrays:
    """Read the arrays of a layer in a ``.keras`` file: they are numbered."""
    import h5py

    path = paths[layer.name]
    own = _entry(file, path, layer)
    has_name = isinstance(own, h5py.Group) and isinstance(
        own.get("vars", getlink=True), h5py.HardLink
    )
    if has_name and own["vars"].attrs.get("name", layer.name) != layer.name:
        raise layer.refusal("its weights are not those of {where}")
    cell = "/cell/vars" if layer.kind in ("LSTM", "SimpleRNN", "Bidirectional") else "/vars"
    arrays: Arrays = {}
    for half in ("", "backward."):
        names = [name for name in shapes if name.startswith("backward.") == bool(half)]
        inside = f"/{'backward' if half else 'forward'}_layer" if layer.directions else ""
        for i, name in enumerate(names):
            place = f"{path}{inside}{cell}/{i}"
            arrays[name] = _read_dataset(_entry(file, place, layer), layer, name, shapes[name])
    return arrays


def _read_named(
    file: h5py.File, layer: KerasLayer, shapes: Mapping[str, tuple[int, ...]]
) -> Arrays:
    """Read the arrays of a layer in a ``.h5`` file: a list names them."""
    group = _entry(file, f"model_weights/{layer.name}", layer)
    listed = [name.decode() if isinstance(name, bytes) else str(name)
              for name in group.attrs.get("weight_names", ())]  # fmt: skip
    arrays: Arrays = {}
    for name, place in zip(shapes, listed, strict=False):
        stored = place.rpartition("/")[2].partition(":")[0]
        if stored == name.removeprefix("backward."):
            found = _entry(group, place, layer)
            arrays[name] = _read_dataset(found, layer, name, shapes[name])
    if missing := [name for name in shapes if name not in arrays]:
        raise layer.refusal("the weights of {where} lack {missing}", missing=", ".join(missing))
    return arrays


def _entry(group: h5py.Group, path: str, layer: KerasLayer) -> Any:
    """Return what lies at a path, by hard links alone."""
    import h5py

    found: Any = group
    for part in path.split("/"):
        is_group = isinstance(found, h5py.Group) and part not in ("", ".", "..")
        link = found.get(part, getlink=True) if is_group else None
        if link is None:
            raise layer.refusal("the weights of {where} are missing")
        if not isinstance(link, h5py.HardLink):
            raise layer.refusal("the weights of {where} are behind a link to another place")
        found = found[part]
    return found


def _read_dataset(found: Any, layer: KerasLayer, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Read a dataset that is exactly what is expected."""
    import h5py

    where = _("the {name} of {where}").format(name=name, where=layer.where)
    if not isinstance(found, h5py.Dataset):
        raise Damaged(_("{where} is no array").format(where=where))
    if found.shape != shape or found.dtype.kind != "f" or found.dtype.itemsize != 4:
        given = _("{dtype} of shape {shape}").format(dtype=found.dtype, shape=found.shape)
        raise Damaged(
            _("{where} is {given}, expected float32 of shape {shape}").format(
                where=where, given=given, shape=shape
            )
        )
    created = found.id.get_create_plist()
    filters = {created.get_filter(i)[0] for i in range(created.get_nfilters())}
    if found.external or found.is_virtual or not filters <= _FILTERS:
        raise Damaged(_("{where} is stored in a way that Keras does not use").format(where=where))
    if found.chunks and 4 * prod(found.chunks) > _MAX_CHUNK_BYTES:
        raise Damaged(
            _("{where} is stored in pieces of over {max_chunk_bytes:,} bytes").format(
                where=where, max_chunk_bytes=_MAX_CHUNK_BYTES
            )
        )
    return np.asarray(found[()], "<f4")
