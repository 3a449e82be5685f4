"""Name exactly what ran by a digest over all files of a task."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return `sha256:` and the SHA-256 over the sorted lines `sha256  path`, each ended by a line feed."""
    lines = sorted(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in files.items())
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()
