"""Results as JSON that people can read and compare: each list of numbers on one line."""

from __future__ import annotations

import json
import re
from typing import Any

_NUMBERS = re.compile(r'\[\n\s*([^\[\]{}"]*?)\n\s*\]')  # no string holds a line's end


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
