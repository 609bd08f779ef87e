"""Changes of bytes and of plain values, drawn from a random number generator."""

import csv
import io
import json
import re
import zipfile

from tests.support.damage import DEEP, HUGE, VALUES, WHOLE_FILES

EXTREMES = [
    bytes(4),
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\1\0\0\0",
    b"\0\0\0\1",
    b"\0\0\0\x80",
    b"\x80\0\0\0",
    b"\0\0\xc0\x7f",  # not a number, as a float
    b"\0\0\x80\x7f",  # infinity
]
NAMES = re.compile(rb"[A-Za-z][A-Za-z0-9 ]{3}")
"""What a chunk, an atom or a table of a recording may be called; its size stands beside it."""
TEXTS = [
    "", " ", "\0", "../../outside", "/outside", "C:\\outside", "..", ".", "~", "a" * 300, "a\nb",
    "a,b", '"', "é", "e\u0301", "\u202eabc", "日本語", "\U0001f3b5", "\udce9", "\ud800", "<b>",
    "$x$", "nan", "inf", "-0", "1e400", "0x10", "١٢", "null", "%00", "%2e%2e%2f", "__class__",
    "{0}", "%s",
]  # fmt: skip
NUMBERS = [
    0, -1, 1, 2, 255, 256, 2**31 - 1, 2**31, 2**53, 2**53 + 1, 2**63, -(2**63), HUGE,
    0.5, -0.0, 1e-320, 1e308, float("nan"), float("inf"), float("-inf"),
]  # fmt: skip


def mutated(content, rng):
    """Change a few places of a file, most of them in its header."""
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 8])):
        if not changed:
            break
        place = rng.randrange(min(len(changed), rng.choice([64, 256, 1_024, len(changed)])))
        kind = rng.choice(["byte", "byte", "extreme", "size", "cut", "insert", "repeat", "end"])
        if kind == "size":
            names = [found.end() for found in NAMES.finditer(changed, 0, 4_096)]
            place = rng.choice(names or [place]) + rng.choice([0, 0, 4, -8])
            place, kind = max(0, place), "extreme"
        if kind == "byte":
            changed[place] = rng.randrange(256)
        elif kind == "extreme":
            value = rng.choice(EXTREMES)
            changed[place : place + len(value)] = value
        elif kind == "cut":
            del changed[max(1, place) : place + rng.choice([1, 4, 100])]
        elif kind == "insert":
            changed[place:place] = rng.randbytes(rng.choice([1, 4, 100]))
        elif kind == "repeat":
            changed[place:place] = changed[place : place + 100] * rng.choice([1, 20])
        else:
            del changed[max(1, place) :]
    return bytes(changed)


def places(values, at=()):
    """Yield the path of every value in plain values."""
    yield at
    if isinstance(values, dict | list):
        for key, value in values.items() if isinstance(values, dict) else enumerate(values):
            yield from places(value, (*at, key))


def mutated_values(values, rng):
    """Return a copy of plain values; up to three are changed, missing or of other names."""
    changed = json.loads(json.dumps(values))
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        # Of long lists a few items stand for all: they must not crowd out everything else.
        found = [path for path in places(changed) if path and all(map(_is_early, path))]
        if not found:
            return rng.choice([*VALUES.values(), {}, []])
        *path, last = rng.choice(found)
        holder = changed
        for key in path:
            holder = holder[key]
        holder[last] = other_value(holder[last], rng)
        kind = rng.random()
        if kind < 0.15:
            del holder[last]
        elif kind < 0.25 and isinstance(holder, dict):
            holder[rng.choice([*TEXTS, "x" * 30_000])] = holder.pop(last)
        elif kind < 0.35 and isinstance(holder, list):
            holder += holder[:100] * rng.choice([1, 3])
    return changed


def _is_early(key):
    return not isinstance(key, int) or key < 4


def other_value(old, rng):
    """Return something to stand in the place of a value, often of its own type."""
    kind = rng.random()
    if kind < 0.5 and isinstance(old, int | float):
        return rng.choice([*NUMBERS, -old, old + 1, old * 2, str(old), bool(old)])
    if kind < 0.5 and isinstance(old, str):
        return rng.choice([*TEXTS, old * 2, old[::-1], old.upper(), old + rng.choice(TEXTS)])
    if kind < 0.3 and isinstance(old, list):
        return rng.choice([[], old * 2, old[::-1], old[:1], [old], {"0": old}])
    if kind < 0.3 and isinstance(old, dict):
        return rng.choice([{}, [old], list(old), {"a": old}])
    return rng.choice([*VALUES.values(), *TEXTS, *NUMBERS, [], {}, [[]]])


def mutated_json(values, rng):
    """Return plain values as JSON in which something is wrong: a value, or the text itself."""
    kind = rng.random()
    if kind < 0.08:
        return rng.choice([*WHOLE_FILES.values(), b"\xef\xbb\xbf{}", DEEP.encode()[:3_000]])
    if kind < 0.2:
        return mutated(json.dumps(values).encode(), rng)
    return json.dumps(mutated_values(values, rng)).encode() + b"\n"


def mutated_lines(events, rng):
    """Return lines of JSON in which a line or two are wrong, missing, or twice there."""
    lines = [json.dumps(event).encode() for event in events]
    for _ in range(rng.choice([1, 1, 2])):
        place = rng.randrange(len(lines))
        kind = rng.random()
        if kind < 0.8:
            lines[place] = mutated_json(events[place % len(events)], rng).replace(b"\n", b"")
        elif kind < 0.9:
            lines.insert(place, rng.choice(lines))
        elif len(lines) > 1:
            del lines[place]
    content = b"\n".join(lines) + b"\n"
    return content[: -rng.randrange(1, 40)] if rng.random() < 0.1 else content


def mutated_csv(content, rng):
    """Return a table of which a field, a line, or the text itself is wrong."""
    if rng.random() < 0.3:
        return mutated(content.encode(), rng)
    rows = list(csv.reader(io.StringIO(content)))
    row = rng.choice([rows[0], rng.choice(rows), rng.choice(rows)])
    place = rng.randrange(len(row))
    kind = rng.random()
    if kind < 0.6:
        row[place] = rng.choice([*TEXTS, *map(str, NUMBERS[:-3]), "x" * 200_000, "1" * 400])
    elif kind < 0.75:
        del row[place:]
    elif kind < 0.9:
        row[place:place] = ["", rng.choice(TEXTS)]
    else:
        rows += rows * 3
    text = io.StringIO()
    csv.writer(text, lineterminator=rng.choice(["\n", "\r\n", "\r"])).writerows(rows)
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"])
    return text.getvalue().encode(encoding, "replace")


def zipped(members, rng=None):
    """Return a zip of named contents; with a generator some member is not what it should be."""
    members = list(members.items())
    if rng and rng.random() < 0.4 and members:
        place = rng.randrange(len(members))
        name, content = members[place]
        kind = rng.choice(["name", "twice", "gone", "bytes", "bomb", "other"])
        changes = {
            "name": [(rng.choice([*TEXTS[3:], f"../{name}", f"/{name}", f"a/{name}"]), content)],
            "twice": [(name, content), (name, b"")],
            "gone": [],
            "bytes": [(name, mutated(content, rng))],
            "bomb": [(name, bytes(30 * 2**20))],
            "other": [(name, content), (rng.choice(TEXTS) or "other", b"x")],
        }
        members[place : place + 1] = changes[kind]
    file = io.BytesIO()
    method = rng.choice([0, 0, 8, 8, 12, 14]) if rng else 8
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(
                name.encode("utf-8", "replace").decode().replace("\0", "_") or "_"
            )
            info.compress_type = method
            if rng and rng.random() < 0.03:
                info.external_attr = 0o120777 << 16  # a link
            with_warnings_off(archive.writestr, info, content)
    return mutated_zip(file.getvalue(), rng) if rng and rng.random() < 0.2 else file.getvalue()


def with_warnings_off(call, *arguments):
    """Call what warns of a name that is twice there."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call(*arguments)


def mutated_zip(content, rng):
    """Change a zip's own tables: where its members lie, how large and of what kind they are."""
    changed = bytearray(content)
    marks = [m.start() for m in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06)", content)]
    for _ in range(rng.choice([1, 2, 4])):
        place = rng.choice(marks) + rng.randrange(4, 46)
        value = rng.choice(EXTREMES)[: rng.choice([1, 2, 4])]
        changed[place : place + len(value)] = value
    return bytes(changed)


def mutated_npz(arrays, rng):
    """Return an ``.npz`` of arrays of which one, or a header, is wrong."""
    import numpy as np

    arrays = dict(arrays)
    name = rng.choice(list(arrays))
    kind = rng.choice(["none", "shape", "type", "values", "header", "members", "members", "gone"])
    old = np.asarray(arrays[name])
    if kind == "shape":
        arrays[name] = rng.choice([old[..., :0], old[None], old.ravel(), np.zeros(3, old.dtype)])
    elif kind == "type":
        arrays[name] = old.astype(rng.choice(["f2", "f8", ">f4", "c8", "i8", "?", "S3", "u1"]))
    elif kind == "values" and old.dtype.kind in "fiu":
        filled = old.copy()
        extremes = [0, 1, 127] if old.dtype.kind != "f" else [np.nan, np.inf, 1e38, -1e38, 1e-45]
        filled.reshape(-1)[: rng.choice([1, old.size])] = rng.choice(extremes)
        arrays[name] = filled
    elif kind == "gone":
        arrays[rng.choice([f"{name}.x", "x", "../x"])] = arrays.pop(name)
    members = {}
    for key, array in arrays.items():
        file = io.BytesIO()
        np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
        members[f"{key}.npy"] = file.getvalue()
    if kind == "header":
        members[f"{name}.npy"] = _npy_with_header(old, rng)
    return zipped(members, rng if kind == "members" else None)


def _npy_with_header(array, rng):
    """Return an ``.npy`` whose header says something else than what follows."""
    shape = rng.choice([
        array.shape, (2**40,), (2**62, 4), (-1,), (2**31, 2**31), (), ("a",), (1.5,), (10**30,),
    ])  # fmt: skip
    kinds = ["<f4", "|O", "<f8", "|V9", "<U9", "(3,)f4", [("a", "<f4")], "<m8", 7, "f4, O"]
    header = {"descr": rng.choice(kinds), "fortran_order": rng.choice([False, True, 1, None])}
    text = repr(header | {"shape": shape})
    if rng.random() < 0.3:
        text = rng.choice(
            ["", "{", "[" * 500 + "]" * 500, "__import__('os')", text[:-2], DEEP[:9_000]]
        )
    version = rng.choice([b"\1\0", b"\1\0", b"\2\0", b"\3\0", b"\0\0", b"\xff\xff"])
    length = len(text).to_bytes(2 if version == b"\1\0" else 4, "little")
    return b"\x93NUMPY" + version + length + text.encode() + array.tobytes()
