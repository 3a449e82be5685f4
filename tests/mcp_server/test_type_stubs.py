"""The declarations of tasks for who writes scripts."""

from __future__ import annotations

import json
import time
from pathlib import Path

from inline_snapshot import snapshot

from ratchet.execution.runtime import Runtime
from ratchet.execution.typescript import transpile
from ratchet.mcp_server.type_stubs import render_stubs, stubs_of
from ratchet.registry.catalogue import Catalogue
from ratchet.registry.lock import Lock
from ratchet.registry.source import Source
from ratchet.registry.store import Store
from ratchet.task.load import load_task
from ratchet.values import Json, JsonObject

NUMBERS = {"type": "array", "items": {"type": "number"}}


def write_task(root: Path, version: str = "1.0.0", metadata: JsonObject | None = None, **schemas: Json) -> Path:
    """Write a task; `takes` and `gives` are its schemas."""
    root.mkdir(parents=True)
    (root / "metadata.json").write_text(json.dumps({"version": version, "label": root.name, **(metadata or {})}))
    (root / "main.js").write_text("export default (input) => input;\n")
    (root / "input.schema.json").write_text(json.dumps(schemas.get("takes", True)))
    (root / "output.schema.json").write_text(json.dumps(schemas.get("gives", True)))
    return root


def catalogue_of(*folders: Path) -> Catalogue:
    sources = [Source(folder.name, str(folder), "filesystem", watch=True) for folder in folders]
    return Catalogue(sources, Store(None), Lock(""))


def test_each_task_is_a_method_with_its_types_and_words(tmp_path: Path) -> None:
    takes: JsonObject = {"type": "object", "properties": {"items": NUMBERS}, "required": ["items"]}
    total = write_task(tmp_path / "total", metadata={"description": "Adds up"}, takes=takes, gives={"type": "number"})
    old = {"deprecated": True, "deprecation_message": "Use `total`"}
    filled: JsonObject = {
        "type": "object",
        "properties": {"of": {"type": "string", "default": "all"}},
        "required": ["of"],
    }
    sum_of = write_task(tmp_path / "sum-of", metadata=old, takes=filled)
    assert render_stubs([load_task(total), load_task(sum_of)]) == snapshot("""\
/** What `run_script` was given as `input`. */
declare const input: unknown;

/** Every task that a script may call: `const { total } = await tasks.total({ items: [1, 2] })`. */
declare const tasks: {
  /**
   * Adds up
   * @version 1.0.0
   */
  total(input: {
    items: number[];
  }): Promise<number>;
  /**
   * sum-of
   * @version 1.0.0
   * @deprecated Use `total`
   */
  "sum-of"(input?: {
    /** @default "all" */
    of?: string;
  }): Promise<unknown>;
};
""")


def test_of_each_name_the_newest_release_of_the_first_source_counts(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, place, version in (
        (first, "a/total", "1.0.0"),
        (first, "b/total", "1.2.0"),
        (first, "c/total", "2.0.0-rc.1"),
        (second, "total", "3.0.0"),
        (second, "other", "0.1.0-alpha"),
    ):
        write_task(folder / place, version)
    (first / "a" / "total" / "main.js").unlink()
    versions = [line for line in stubs_of(catalogue_of(first, second)).splitlines() if "@version" in line]
    assert versions == ["   * @version 0.1.0-alpha", "   * @version 1.2.0"]


def test_whatever_schemas_and_words_say_it_is_typescript(tmp_path: Path, runtime: Runtime) -> None:
    nasty: JsonObject = {
        "type": "object",
        "description": "*/ } /*",
        "properties": {
            "a'b\"c\\\n": {"enum": ["'\"\\\u2028\n", None]},
            "class": {"items": {"anyOf": [{"type": "object", "properties": {"x": {"const": "*/"}}}, {"type": "null"}]}},
            "π": {"prefixItems": [{"type": ["string", "null"]}, False], "description": "\x1b[31m*/"},
        },
    }
    task = load_task(write_task(tmp_path / "class", metadata={"description": "*/ */\n@x"}, takes=nasty, gives=nasty))
    text = render_stubs([task])
    assert transpile(runtime, task, "stubs.ts", text, ends=time.monotonic() + 60).syntax is None
    assert "\x1b" not in text
