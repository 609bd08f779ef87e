"""The files of components: scripts and styles of this folder, shown as they are."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def read(*names: str) -> str:
    """Return some files, one after the other: scripts share what those before them define."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)
