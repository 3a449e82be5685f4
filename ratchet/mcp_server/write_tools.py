"""Tools that write tasks: `create_task`, `edit_task`, `delete_task`."""

from __future__ import annotations

import os

from ratchet.errors import RatchetError
from ratchet.execution.check import check_task
from ratchet.mcp_server.client_rules import warnings_for_clients
from ratchet.mcp_server.schemas import CASES, MOST_FILES, PERMISSIONS
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.registry.placing import Written
from ratchet.registry.writing import Check, only_if
from ratchet.registry.written import create, delete, edit
from ratchet.task.load import load_task
from ratchet.task.naming import is_slug
from ratchet.task.problem_document import PROBLEM, problem_json
from ratchet.task.schema_words import ANYTHING, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.task.text import printable
from ratchet.values import JsonObject


def folder_of(call: Call) -> str:
    """Return the folder that may be written.

    Raises:
        InsufficientScope: The task in the place that the arguments name calls itself otherwise.
    """
    # Only a server with such a folder offers these tools.
    assert call.workshop.folder is not None
    folder, scopes = call.workshop.folder, call.workshop.scopes
    if not scopes.is_whole and "task" in call.arguments:
        scopes.check("write", _name_in(folder, call.arguments["task"]))
    return folder


def _name_in(folder: str, name: str) -> str:
    """Return what the task in a place calls itself; the name of the place where there is none, or none that loads."""
    try:
        return load_task(os.path.join(folder, name)).name if is_slug(name) else name
    except RatchetError:
        return name


def report_of(call: Call, written: Written) -> Answer:
    """Return what is said of a task that was just written: where it is, and every problem that it has."""
    task = written.task
    problems = check_task(call.workshop.runtime, task) + warnings_for_clients(task)
    standing = call.workshop.shelf.written(task)
    return Answer(
        {
            "task": f"{task.name}@{task.version}",
            "path": task.location,
            "digest": task.digest,
            "valid": not any(problem.severity == "error" for problem in problems),
            "problems": [problem_json(problem) for problem in problems],
            "former": written.former,
            "draft": standing.draft,
            "draft_because": list(standing.reasons),
            "next": standing.next,
        }
    )


def _create_task(call: Call) -> Answer:
    return report_of(call, create(folder_of(call), call.arguments))


def _edit_task(call: Call) -> Answer:
    return report_of(call, edit(folder_of(call), call.arguments, check=check_of(call)))


def check_of(call: Call) -> Check:
    """Return what refuses a change that its client makes of a task as it is not any more."""
    name = call.arguments["task"]
    hint = f'Call `describe_task {{"task": "{printable(name)}"}}`, and change that, with its `digest` as `if_digest`'
    return only_if(name, call.arguments.get("if_digest"), hint)


def _delete_task(call: Call) -> Answer:
    former = delete(folder_of(call), call.arguments["task"], check_of(call))
    call.workshop.shelf.wake()
    return Answer({"former": former})


SLUG = described(TEXT, "Small letters, digits, `-` and `_`; never a path")
PARTS: JsonObject = {
    "description": described(TEXT, "What the task does, for who chooses it"),
    "source": described(TEXT, "JavaScript, such as `export default (input) => input`"),
    "input_schema": described(ANYTHING, "JSON Schema of the input"),
    "output_schema": described(ANYTHING, "JSON Schema of the output"),
}
MORE: JsonObject = {
    "files": {
        "type": "object",
        "additionalProperties": TEXT_OR_NULL,
        "maxProperties": MOST_FILES,
        "description": "Texts of other files by their paths, such as `lib/money.js`; null takes one away",
    },
    "cases": CASES,
    "permissions": PERMISSIONS,
    "version": described(TEXT, "A semantic version; 0.1.0 for a new task without it"),
    "tags": listed(TEXT),
}
IF_DIGEST = described(TEXT, "`digest` of `describe_task` or of the last change; one changed since stays as it is")
WRITTEN = record(
    {
        "task": TEXT,
        "path": TEXT,
        "digest": TEXT,
        "valid": FLAG,
        "problems": listed(PROBLEM),
        "former": described(TEXT_OR_NULL, "Where the version before is kept"),
        "draft": described(FLAG, "Whether it has not been tested as it is; it becomes a tool when its cases pass"),
        "draft_because": listed(TEXT),
        "next": described(TEXT_OR_NULL, "The call that says more of a draft, or mends it"),
    }
)

CREATE_TASK = Tool(
    "create_task",
    "Write a new task",
    "Write a task into the folder of this server and check it. A task with problems is written all the same: "
    "`edit_task` mends it.",
    {
        "name": "double",
        "description": "Doubles a number",
        "source": "export default ({ value }) => ({ value: value * 2 });",
        "input_schema": {"type": "object", "properties": {"value": {"type": "number"}}, "required": ["value"]},
        "output_schema": {"type": "object", "properties": {"value": {"type": "number"}}, "required": ["value"]},
        "cases": [{"name": "doubles two", "input": {"value": 2}, "expected_output": {"value": 4}}],
    },
    record({"name": SLUG, **PARTS}, MORE),
    WRITTEN,
    _create_task,
    read_only=False,
    needs=("write",),
)

EDIT_TASK = Tool(
    "edit_task",
    "Change a task",
    "Change parts of a task in the folder of this server and check it; what is not named stays. A case replaces the "
    "one of the same name. Of a task that cannot be loaded, the parts replace the broken ones. The version before is "
    "kept.",
    {"task": "double", "source": "export default ({ value }) => ({ value: value + value });"},
    record({"task": SLUG}, {**PARTS, **MORE, "if_digest": IF_DIGEST}),
    WRITTEN,
    _edit_task,
    read_only=False,
    destructive=True,
    needs=("write",),
)

DELETE_TASK = Tool(
    "delete_task",
    "Take a task away",
    "Take a task out of the folder of this server. It is kept where the answer says.",
    {"task": "double"},
    record({"task": SLUG}, {"if_digest": IF_DIGEST}),
    record({"former": described(TEXT, "Where it is kept")}),
    _delete_task,
    read_only=False,
    destructive=True,
    needs=("write",),
)
