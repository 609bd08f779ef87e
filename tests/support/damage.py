"""The kinds of damage to a JSON file: what a disk, an editor or a stranger may leave in it."""

import json

HUGE = int("9" * 400)
DEEP = "[" * 200_000 + "]" * 200_000
WHOLE_FILES = {
    "empty": b"",
    "binary": bytes(range(256)),
    "deep": DEEP.encode(),
    "deep in a key": f'{{"version": {DEEP}}}'.encode(),
    "list": b"[]\n",
    "null": b"null\n",
    "number": b"7\n",
    "text": b'"text"\n',
    "400 digits": b"9" * 400 + b"\n",
    "no keys": b"{}\n",
}
VALUES = {
    "null": None,
    "list": [1],
    "object": {"a": 1},
    "text": "text",
    "number": -1.5,
    "flag": True,
    "400 digits": HUGE,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "surrogate": "a\ud800",
    "long": "x" * 200_000,
}
"""A wrong value for most keys; for some of them one may be right."""


def damaged_files(content):
    """Yield by name each whole file that may stand in the place of some content."""
    yield from WHOLE_FILES.items()
    yield "half", content[: len(content) // 2] + b"\n"
    yield "missing", None


def damaged_objects(document, depth=2):
    """Yield by name each object in which one key is missing or has another value."""
    for key, old in document.items():
        yield f"{key} missing", {k: v for k, v in document.items() if k != key}
        for kind, value in VALUES.items():
            yield f"{key}: {kind}", document | {key: value}
        if isinstance(old, dict) and depth > 1:
            for name, inner in damaged_objects(old, depth - 1):
                yield f"{key}.{name}", document | {key: inner}
        if isinstance(old, list) and old:
            for kind, value in VALUES.items():
                yield f"{key}[0]: {kind}", document | {key: [value, *old[1:]]}
            if isinstance(old[0], dict) and depth > 1:
                for name, inner in damaged_objects(old[0], depth - 1):
                    yield f"{key}[0].{name}", document | {key: [inner, *old[1:]]}


def written(document):
    """Return an object as a line of JSON; text of no Unicode is escaped."""
    return json.dumps(document).encode() + b"\n"


def put(path, content):
    """Write a file, or take it away."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
