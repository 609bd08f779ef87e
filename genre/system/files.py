"""Files that are written whole: a reader meets the old one or the new, never half of one."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

_NUMBERS = re.compile(r'\[\n\s*([^\[\]{}"]*?)\n\s*\]')  # no string holds a line's end


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a document as `write_text` does."""
    write_text(path, json.dumps(document, indent=1))


def write_text(path: Path, text: str) -> None:
    """Write a file so that a reader meets the old or the new, never half of one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def json_text(values: Any) -> str:
    """Return plain values as JSON with each list of numbers on one line.

    Parameters
    ----------
    values : anything JSON can hold
        Numbers must be finite: JSON has no others.

    Returns
    -------
    text : str
        Ends with the line.

    Examples
    --------
    >>> print(json_text({"a": [1, 2], "b": ["x"]}), end="")
    {
     "a": [1, 2],
     "b": [
      "x"
     ]
    }
    """
    text = json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False)
    return _NUMBERS.sub(lambda match: "[" + re.sub(r",\s+", ", ", match[1]) + "]", text) + "\n"
