"""Read every file of a ZIP archive in memory; nothing is ever extracted."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ratchet.errors import InvalidTask
from ratchet.task.bounds import (
    HIGHEST_RATIO,
    LONGEST_PATH,
    MOST_BYTES,
    MOST_DEPTH,
    MOST_FILES,
    NOT_PART,
    RATIO_FREE_BYTES,
    odd_name,
)
from ratchet.task.text import error_from, printable
from ratchet.values import Place, Problem

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MOST_ARCHIVE_BYTES = MOST_BYTES
_CHUNK = 256 * 1024
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"]
)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_ENTRY_SIGNATURE = b"PK\x01\x02"
_METHODS = {0: "stored", 8: "deflated"}


def read_archive(location: str) -> dict[str, bytes]:
    """Return the bytes of every file in a ZIP, by POSIX path, sorted.

    Raises:
        InvalidTask: With every entry that may not be there, or when the archive is too large or broken.
    """
    try:
        with open(location, "rb") as file:
            data = file.read(MOST_ARCHIVE_BYTES + 1)
    except OSError as error:
        shown = printable(location, 1000)
        raise InvalidTask(f"`{shown}` cannot be read: {error.strerror or error}", place=Place(shown)) from None
    return unpack_archive(data, location)


def unpack_archive(data: bytes, location: str) -> dict[str, bytes]:
    """Return what `read_archive` does for a ZIP that is in memory already.

    Args:
        location: What to call it in errors.

    Raises:
        InvalidTask: See `read_archive`.
    """
    import zipfile
    import zlib

    shown = printable(location, 1000)
    _check_size(data, shown)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_members(archive, shown)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError, OverflowError, OSError) as error:
        raise _unsound(shown, str(error)) from None


def _unsound(shown: str, reason: str) -> InvalidTask:
    # What zipfile says of an empty file, of part of a ZIP and of something else altogether.
    known = {"": "it ends too early", "File is not a zip file": "the list of its files is missing"}
    message = f"`{shown}` is not a sound ZIP archive: {known.get(reason, printable(reason))}"
    return InvalidTask(message, place=Place(shown), hint="Pack the folder of the task again")


def _check_size(data: bytes, shown: str) -> None:
    """Refuse an archive with too many entries before zipfile makes an object of each."""
    if len(data) > MOST_ARCHIVE_BYTES:
        raise InvalidTask(f"`{shown}` is larger than {MOST_ARCHIVE_BYTES // 1024 // 1024} MB", place=Place(shown))
    # The counts that the archive states may lie; each entry that zipfile can see has this signature.
    if data.count(_ENTRY_SIGNATURE) > MOST_FILES:
        raise InvalidTask(f"`{shown}` has more than {MOST_FILES:,} entries", place=Place(shown))


def _read_members(archive: ZipFile, shown: str) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise InvalidTask(f"`{shown}` has more than {MOST_FILES:,} entries", place=Place(shown))
    problems = list(_check_members(members, shown))
    if problems:
        raise error_from(problems, InvalidTask, subject=f"`{shown}`")
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    for member in members:
        if member.is_dir() or _is_not_part(member.filename):
            continue
        data = _read_member(archive, member, left, shown)
        left -= len(data)
        files[member.filename] = data
    return dict(sorted(files.items()))


def _is_not_part(name: str) -> bool:
    return any(part in NOT_PART for part in name.split("/"))


def _read_member(archive: ZipFile, member: ZipInfo, left: int, shown: str) -> bytes:
    """Decompress one entry, counting what really comes out: the sizes in the archive may lie."""
    ceiling = max(RATIO_FREE_BYTES, member.compress_size * HIGHEST_RATIO)
    chunks: list[bytes] = []
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > left:
                message = f"`{shown}` unpacks to more than {MOST_BYTES // 1024 // 1024} MB"
                raise InvalidTask(message, place=Place(shown))
            if size > ceiling:
                message = (
                    f"`{printable(member.filename)}` in `{shown}` unpacks to more than {HIGHEST_RATIO} times its size"
                )
                raise InvalidTask(message, place=Place(f"{shown}/{printable(member.filename)}"))
            chunks.append(chunk)
    return b"".join(chunks)


def _check_members(members: list[ZipInfo], shown: str) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for member in members:
        name = member.orig_filename
        place = Place(f"{shown}/{printable(name)}")
        if _is_not_part(name) and ".." not in name.split("/"):
            continue
        reason = odd_path(name) or _odd_kind(member)
        if reason is None:
            reason = _collision(name, seen, folders)
        if reason:
            yield Problem(f"The entry `{printable(name)}` {reason}", place)
    yield from _check_overlaps(members, shown)


def odd_path(name: str) -> str | None:
    """Return what is wrong with the path of an entry."""
    path = name.removesuffix("/")
    if not path:
        return "has no name"
    if path.startswith("/"):
        return "is an absolute path"
    if len(path) > LONGEST_PATH or path.count("/") > MOST_DEPTH:
        return "is too deep"
    if ":" in path:
        return "holds a colon, as a drive letter does"
    return next((reason for part in path.split("/") if (reason := _odd_part(part))), None)


def _odd_part(part: str) -> str | None:
    if part == "..":
        return "leads out of the archive"
    if part in ("", "."):
        return "has an empty step in its path"
    if reason := odd_name(part):
        return reason
    if part.split(".")[0].rstrip().casefold() in _RESERVED:
        return "has a name that Windows keeps for a device"
    if part[-1] in ". ":
        return "ends with a dot or a space"
    return None


def _odd_kind(member: ZipInfo) -> str | None:
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in _METHODS:
        return "is compressed with a method other than deflate"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link"
    if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
        return "is not a regular file"
    if kind == stat.S_IFDIR and not member.filename.endswith("/"):
        return "says that it is a folder and a file"
    return None


def _collision(name: str, seen: dict[str, str], folders: dict[str, str]) -> str | None:
    """Note a name and return how it collides with an earlier one, on any file system."""
    import unicodedata

    path = name.removesuffix("/")
    parts = path.split("/")
    for depth in range(1, len(parts) + (path != name)):
        folder = "/".join(parts[:depth])
        key = unicodedata.normalize("NFC", folder).casefold()
        if key in seen:
            return "stands inside a file"
        if folders.setdefault(key, folder) != folder:
            return f"collides with `{printable(folders[key])}` where case does not matter"
    if path != name:
        return None
    key = unicodedata.normalize("NFC", path).casefold()
    if key in folders:
        return "is a file and a folder"
    if key in seen:
        return (
            "is there twice"
            if seen[key] == path
            else f"collides with `{printable(seen[key])}` where case does not matter"
        )
    seen[key] = path
    return None


def _check_overlaps(members: list[ZipInfo], shown: str) -> Iterator[Problem]:
    """Report entries that share bytes: the trick of archives that unpack to a thousand times their size."""
    end = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.header_offset < end:
            name = printable(member.orig_filename)
            yield Problem(f"The entry `{name}` shares bytes with another", Place(f"{shown}/{name}"))
        end = max(end, member.header_offset + 30 + len(member.orig_filename) + member.compress_size)
