"""Pack files into a ZIP that `archive.py` takes again, the same bytes for the same files."""

from __future__ import annotations

import io
from collections.abc import Mapping

from ratchet.task.bounds import HIGHEST_RATIO, RATIO_FREE_BYTES

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def pack_archive(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of files by their POSIX paths."""
    # Deferred: slow to import, and few need it.
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files):
            method = zipfile.ZIP_STORED if _shrinks_too_well(files[path]) else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(path, _FIRST_DAY), files[path], method)
    return buffer.getvalue()


def _shrinks_too_well(data: bytes) -> bool:
    """Tell whether a file would look like one that was made to fill a disk."""
    import zlib

    return len(data) > RATIO_FREE_BYTES and len(data) > len(zlib.compress(data)) * HIGHEST_RATIO // 2
