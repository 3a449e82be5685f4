"""Write the archives of `sample_tasks` anew from its folders: `python tests/zip_samples.py`."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "sample_tasks"
ARCHIVES = {
    "greeting.zip": ("greeting", ("greeting/",)),
    "look-up.zip": ("look-up", ("", "look-up/")),
}
"""The folder each archive is made from, and the prefixes under which it holds that folder's files."""


def zip_sample(folder: Path, prefixes: tuple[str, ...]) -> bytes:
    """Return an archive of a folder that has the same bytes wherever and whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for prefix in prefixes:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(prefix + path.relative_to(folder).as_posix())
                # Compression and the system that made it would differ from one machine to the next.
                entry.compress_type = zipfile.ZIP_STORED
                entry.create_system = 3
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def main() -> None:
    """Write every archive."""
    for name, (folder, prefixes) in ARCHIVES.items():
        (SAMPLES / name).write_bytes(zip_sample(SAMPLES / folder, prefixes))


if __name__ == "__main__":
    main()
