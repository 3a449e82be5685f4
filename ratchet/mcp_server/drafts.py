"""The task that a call is about: one that has a name, or one whose files stand in the call."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from ratchet.errors import InvalidInput
from ratchet.execution.calls import FindTask
from ratchet.mcp_server.others import Others
from ratchet.mcp_server.schemas import CASES, MOST_FILES, PERMISSIONS, TASK
from ratchet.mcp_server.tool import Call
from ratchet.registry.changes import put_texts
from ratchet.task.load import build_task
from ratchet.task.metadata import METADATA_FILES
from ratchet.task.model import Permissions, Task
from ratchet.task.naming import slug_of
from ratchet.task.schema_words import ANYTHING, TEXT, described
from ratchet.values import JsonObject

DRAFT = "draft"
SCRIPT = "script"
UNSAVED = (DRAFT, SCRIPT)
"""What executions of code are called that nobody has saved."""

SUBJECT: JsonObject = {
    "task": TASK,
    "source": described(TEXT, "In place of `task`: JavaScript that is not saved, as `main.js`"),
    "files": {
        "type": "object",
        "additionalProperties": TEXT,
        "maxProperties": MOST_FILES,
        "description": "With or without `source`: texts of files by their paths, such as `lib/money.js`",
    },
    "input_schema": described(ANYTHING, "With `source`: the JSON Schema of its input"),
    "output_schema": described(ANYTHING, "With `source`: the JSON Schema of its output"),
    "cases": {**CASES, "description": "With `source`: its cases, each with a `name`"},
    "permissions": {**PERMISSIONS, "description": "With `source`: what it declares to reach"},
}
"""Arguments that say which task; `task`, or one of `source` and `files`."""


class Subject(NamedTuple):
    """A task, and where it finds others to call.

    Args:
        find_beside: Where tasks that it calls find others; in the same place without it.
        saved: Whether it is more than the files of a call.
    """

    task: Task
    find_task: FindTask
    find_beside: Callable[[Task], FindTask] | None
    saved: bool

    def confined(self) -> Task:
        """Return the task as it may run in the world: what nobody has saved reaches nothing that it names itself."""
        if self.saved:
            return self.task
        metadata = self.task.metadata
        permissions = Permissions(net=(), tasks=metadata.permissions.tasks)
        return self.task._replace(metadata=metadata._replace(permissions=permissions))


def subject_of(call: Call, *, to_run: bool) -> Subject:
    """Return the task that a call is about.

    Args:
        to_run: Whether it is run, and not only looked at.

    Raises:
        InsufficientScope: The token does not allow that.
        InvalidInput: It names none, or one twice, or a path that no file may have.
        InvalidTask: The files make no task.
    """
    arguments, workshop = call.arguments, call.workshop
    catalogue = workshop.to_run if to_run else workshop.catalogue
    if ("task" in arguments) == bool({"source", "files"} & arguments.keys()):
        # Not said in the schema: clients refuse tools that have `oneOf` at its root.
        raise InvalidInput("Either `task` or `source` is needed, not both", hint="Name a task, or pass its source")
    if "task" in arguments:
        task, source = catalogue.find(arguments["task"])
        return Subject(task, catalogue.finder(source), None, saved=True)
    if to_run:
        workshop.scopes.check_some(("script",))
    # A draft has no way out, so neither have those that it calls.
    others = Others(catalogue, confirm=False)
    return Subject(_draft(arguments), others.find, others.beside, saved=False)


def _draft(arguments: JsonObject) -> Task:
    texts = arguments.get("files", {})
    metadata: JsonObject = {"version": "0.1.0", "label": "Draft", "description": "Not saved"}
    if "permissions" in arguments:
        metadata["permissions"] = arguments["permissions"]
    values: JsonObject = {} if texts.keys() & {*METADATA_FILES} else {"metadata.json": metadata}
    values |= {f"{side}.schema.json": arguments.get(f"{side}_schema", True) for side in ("input", "output")}
    values |= {f"tests/{slug_of(case['name'])}.json": case for case in arguments.get("cases", [])}
    files = {path: json.dumps(value, indent=2).encode() for path, value in values.items()}
    put_texts(files, texts)
    if "source" in arguments:
        files["main.js"] = arguments["source"].encode("utf-8", "surrogatepass")
    return build_task(DRAFT, "", DRAFT, files, foreign=True)
