"""An archive's members, looked at before they are read: it may claim anything.

Conventions
-----------
Nothing is ever written under a name that an archive gives, and no more of a member is read
than it may hold, whatever it claims.
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from genre.language import N_, _
from genre.system.schema import Damaged

BAD_DATA = (zlib.error, lzma.LZMAError, struct.error, EOFError, ValueError)
"""What `zipfile` raises, besides its own error, on data that are not what they should be; and an
OSError without a number, of bzip2."""
UNREADABLE = (zipfile.BadZipFile, *BAD_DATA, NotImplementedError, OSError, RuntimeError)
"""All that `zipfile` raises on an archive that cannot be read: also of a rare compression, of a
password, and of the disk."""


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
        raise ValueError(
            _("{n_bytes:,} bytes where at most {max_bytes:,} can be meant").format(
                n_bytes=member.file_size, max_bytes=max_bytes
            )
        )
    return content


def read_named(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int) -> bytes:
    """Read a member as `read_member` does; a ValueError begins with its name."""
    try:
        return read_member(archive, member, max_bytes)
    except ValueError as error:
        raise ValueError(
            _("{name} has {error}").format(name=member.filename, error=error)
        ) from error


def choose_members(
    shown: str, members: Sequence[zipfile.ZipInfo], files: Sequence[str], required: Sequence[str]
) -> dict[str, zipfile.ZipInfo]:
    """Return the members of an archive by name, where they are what is expected.

    Parameters
    ----------
    shown : str
        How the sentence names the archive.
    members : sequence of zipfile.ZipInfo
    files : sequence of str
        What may be in it, each once.
    required : sequence of str
        What must be.

    Raises
    ------
    Damaged
        If there is anything else, or not enough.
    """
    names = [member.filename for member in members]
    for member in members:
        for is_so, reason in (
            (leads_out(member.filename), N_("{shown} contains {name}, a path outside of it")),
            (is_link(member), N_("{shown} contains the link {name}")),
            (member.filename not in files, N_("{shown} contains {name}")),
            (names.count(member.filename) > 1, N_("{shown} contains {name} twice")),
        ):
            if is_so:
                name = repr(member.filename[:60])
                raise Damaged(
                    _("{reason}, expected {files} and nothing else").format(
                        reason=_(reason).format(shown=shown, name=name), files=", ".join(files)
                    )
                )
    if missing := [file for file in required if file not in names]:
        no_others = _(" and no ").join(missing)
        raise Damaged(_("{shown} has no {missing}").format(shown=shown, missing=no_others))
    return {member.filename: member for member in members}


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip: the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)  # dated 1980
            info.create_system, info.compress_type = 3, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()
