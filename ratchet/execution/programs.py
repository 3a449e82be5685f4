"""The engine's own programs that read a task's text: vendored bundles and what we wrote around them."""

from __future__ import annotations

import functools
import hashlib
import os

import ratchet.engine

_FOLDER = os.path.dirname(ratchet.engine.__file__)


@functools.cache
def read_program(name: str) -> str:
    """Return a JavaScript file of the engine, such as `vendor/acorn.js`."""
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        return file.read()


@functools.cache
def program_digest(*names: str) -> str:
    """Return a digest of programs, for caches of what they make."""
    return hashlib.sha256("\0".join(read_program(name) for name in names).encode()).hexdigest()
