"""An archive's members, looked at before they are read: it may claim anything.

Conventions
-----------
Nothing is ever written under a name that an archive gives, and no more of a member is read
than it may hold, whatever it claims.
"""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

BAD_DATA = (zlib.error, lzma.LZMAError, struct.error, EOFError, ValueError)
"""What `zipfile` raises, besides its own error, on data that are not what they should be; and an
OSError without a number, of bzip2."""


def parts_of(name: str) -> tuple[str, ...]:
    """Return a member's name as the parts of a path, whichever slashes it was written with."""
    return PurePosixPath(name.replace("\\", "/")).parts


def leads_out(name: str) -> bool:
    """Tell whether a member's name leads out of the folder it would be unpacked to."""
    parts = parts_of(name)
    is_absolute = name.startswith(("/", "\\"))
    return ".." in parts or is_absolute or any(":" in part for part in parts[:1])


def is_link(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a symbolic link."""
    return stat.S_ISLNK(member.external_attr >> 16)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    """Read a member whole, and no more than it may hold.

    Raises
    ------
    ValueError
        If it holds more.
    """
    with archive.open(member) as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise ValueError(f"{member.file_size:,} bytes where at most {max_bytes:,} can be meant")
    return content
