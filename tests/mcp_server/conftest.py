"""Tasks to serve, and a client of a server that serves them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mcp_server.raw_client import RawClient, start_server

_SOURCES = {
    "total": "export default ({ items }) => ({ total: items.reduce((sum, item) => sum + item, 0) });\n",
    "broken": "export default (input) => {\n  const order = input.order;\n  return order.items.length;\n};\n",
    "endless": "export default () => { for (;;) {} };\n",
    "steps": """export default async (input, context) => {
  for (const done of [0.25, 0.5, 0.5, 0.1, 1]) {
    context.progress(done, 1, `at ${done}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return 'done';
};
""",
    "loud": "export default () => { console.log('a line'); return null; };\n",
}
_SCHEMAS = {
    "total": {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"type": "number"}}},
        "required": ["items"],
    }
}


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """Return a folder of tasks."""
    return write_tasks(tmp_path / "tasks")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of tasks for a whole file of tests."""
    return write_tasks(tmp_path_factory.mktemp("served") / "tasks")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[RawClient]:
    """Return a client of a server that may write to the folder."""
    with start_server(folder.parent, "--tasks", str(folder)) as client:
        client.initialize()
        yield client


def write_tasks(folder: Path) -> Path:
    """Write the tasks into a folder."""
    for name, source in _SOURCES.items():
        write_task(folder, name, source, _SCHEMAS.get(name, True))
    return folder


def write_task(folder: Path, name: str, source: str, schema: object = True, **metadata: object) -> Path:
    """Write one task and return its folder."""
    root = folder / name
    root.mkdir(parents=True)
    known = {"version": "1.0.0", "label": name.capitalize(), "description": f"The task {name}"}
    (root / "metadata.json").write_text(json.dumps({**known, **metadata}))
    (root / "main.js").write_text(source)
    (root / "input.schema.json").write_text(json.dumps(schema))
    (root / "output.schema.json").write_text("true")
    return root


def files_below(folder: Path) -> list[Path]:
    """Return everything below a folder but the cache, to which the cases of tasks add at any time, and the lock."""
    passing = {"cache", ".ratchet-lock"}
    return sorted(path for path in folder.rglob("*") if passing.isdisjoint(path.relative_to(folder).parts))
