"""Small tasks for jobs, and a catalogue of them."""

from __future__ import annotations

import json
from pathlib import Path

from ratchet.registry.catalogue import Catalogue
from ratchet.registry.lock import Lock
from ratchet.registry.source import Source
from ratchet.registry.store import Store as Fetched

SOURCES = {
    "echo": "export default (input) => input;",
    "context": "export default (input, context) => ({ jobId: context.jobId, attempt: context.attempt });",
    "wait": "export default (input) => new Promise((done) => setTimeout(() => done(input), input.ms));",
    "long_at_first": """export default (input, context) =>
      context.attempt > 1 ? input : new Promise((done) => setTimeout(done, 59_000, input));""",
    "network": 'export default () => { throw new NetworkError("the line is down"); };',
    "busy": "export default () => { throw new HttpError(429); };",
    "broken": 'export default () => { throw new Error("no"); };',
    "second_time": """export default (input, context) => {
      if (context.attempt === 1) throw new NetworkError("the line is down");
      return context.attempt;
    };""",
    "wrong_output": 'export default () => "text";',
}


def write_tasks(folder: Path) -> Path:
    """Write the tasks and return their folder."""
    for name, source in SOURCES.items():
        write_task(folder, name, source)
    return folder


def write_task(folder: Path, name: str, source: str, *, version: str = "1.0.0") -> None:
    """Write one task."""
    task = folder / name
    task.mkdir(parents=True, exist_ok=True)
    metadata = {"uuid": "5f8d1c7e-93a4-4c1b-8f57-2b6a7c1d9e30", "version": version, "label": name}
    (task / "metadata.json").write_text(json.dumps(metadata))
    (task / "main.js").write_text(source)
    schema = {"type": "object", "properties": {"ms": {"type": "integer"}}}
    (task / "input.schema.json").write_text(json.dumps(schema))
    (task / "output.schema.json").write_text(json.dumps({"type": ["object", "integer"]}))


def open_tasks(folder: Path) -> Catalogue:
    """Return a catalogue of the tasks in a folder."""
    return Catalogue([Source("jobs", str(folder), "filesystem")], Fetched(None), Lock(str(folder / "ratchet.lock")))
