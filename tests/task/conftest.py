"""Make tasks for the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

WriteTask = Callable[..., Path]
METADATA: dict[str, Any] = {
    "uuid": "0b8f4c0e-6a53-4f0e-9d53-5d0a4e1f7c11",
    "version": "1.2.3",
    "label": "Total",
    "description": "Adds up.",
}
FILES: dict[str, str] = {
    "main.js": "(input) => input\n",
    "input.schema.json": '{"type": "object"}\n',
    "output.schema.json": "true\n",
}


@pytest.fixture
def write_task(tmp_path: Path) -> WriteTask:
    """Return a function that writes a sound task; metadata keys of None and files of None are left out."""

    def write(
        metadata: Mapping[str, Any] | None = None,
        files: Mapping[str, str | bytes | None] | None = None,
        *,
        name: str = "total",
    ) -> Path:
        folder = tmp_path / name
        own = {key: value for key, value in {**METADATA, **(metadata or {})}.items() if value is not None}
        everything: dict[str, str | bytes | None] = {"metadata.json": json.dumps(own, indent=2), **FILES}
        everything.update(files or {})
        for path, content in everything.items():
            if content is not None:
                file = folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write
