"""Tools that carry tasks as a ZIP: `export_tasks`, `import_tasks`."""

from __future__ import annotations

import base64
import binascii
import os

from ratchet.errors import InvalidInput, NotFound, OutputLimit
from ratchet.mcp_server.schemas import TASK
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.mcp_server.write_tools import WRITTEN, folder_of, report_of
from ratchet.registry.exchange import import_tasks, pack_tasks, save_export
from ratchet.registry.inside import path_inside
from ratchet.task.archive import MOST_ARCHIVE_BYTES
from ratchet.task.schema_words import COUNT, FLAG, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.task.text import printable
from ratchet.values import Problem

_MOST_TASKS = 200
_ROOM_FOR_WORDS = 8_000


def _export_tasks(call: Call) -> Answer:
    tasks = [call.workshop.catalogue.find(name)[0] for name in call.arguments["tasks"]]
    data = pack_tasks(tasks)
    told = {"tasks": [f"{task.name}@{task.version}" for task in tasks], "bytes": len(data)}
    if "file" in call.arguments:
        call.workshop.scopes.check_some(("write",))
        file = save_export(folder_of(call), call.arguments["file"], data)
        return Answer({**told, "file": file, "archive": None})
    text = base64.b64encode(data).decode()
    # Less of it would be no ZIP.
    if len(text) + _ROOM_FOR_WORDS > call.workshop.inline_bytes:
        raise OutputLimit(f"The ZIP has {len(data):,} bytes, too many for an answer", hint="Name a `file`")
    return Answer({**told, "file": None, "archive": text})


EXPORT_TASKS = Tool(
    "export_tasks",
    "Export tasks",
    "Pack tasks of any source into one ZIP, with a folder for each: as base64 in the answer, or as a file in the "
    "folder of this server.",
    {"tasks": ["double"], "file": "double.zip"},
    record(
        {"tasks": {**listed(TASK), "minItems": 1, "maxItems": _MOST_TASKS}},
        {"file": described(TEXT, "A name such as `tasks.zip`; without it the answer holds the ZIP, if it is small")},
    ),
    record(
        {
            "tasks": described(listed(TEXT), "What is in it"),
            "bytes": COUNT,
            "file": described(TEXT_OR_NULL, "Its path in the folder of the tasks, as `import_tasks` takes it"),
            "archive": described(TEXT_OR_NULL, "The ZIP as base64"),
        }
    ),
    _export_tasks,
    read_only=False,
)


def _import_tasks(call: Call) -> Answer:
    arguments = call.arguments
    if ("archive" in arguments) == ("file" in arguments):
        raise InvalidInput("Either `archive` or `file` is needed, not both", hint="Pass a ZIP as base64, or name one")
    if "archive" in arguments:
        data, location = _decoded(arguments["archive"]), "archive"
    else:
        data, location = _read(folder_of(call), arguments["file"]), arguments["file"]
    scopes, replace = call.workshop.scopes, arguments.get("replace", False)
    written = import_tasks(
        folder_of(call), data, location, replace=replace, check_name=lambda name: scopes.check("write", name)
    )
    return Answer({"tasks": [report_of(call, each).value for each in written]})


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        problem = Problem("It is not base64 (RFC 4648, section 4)", pointer="/archive")
        raise InvalidInput("`archive` is not base64", problems=[problem], hint="`file` names a ZIP instead") from None


def _read(folder: str, name: str) -> bytes:
    path = path_inside(folder, name)
    if not os.path.isfile(path):
        raise NotFound(f"There is no file `{printable(name)}` in the folder of the tasks")
    with open(path, "rb") as file:
        return file.read(MOST_ARCHIVE_BYTES + 1)


IMPORT_TASKS = Tool(
    "import_tasks",
    "Import tasks",
    "Write the tasks of a ZIP into the folder of this server, all or none, and check each. The ZIP may be one of "
    "`export_tasks`, or of a single task. Nothing in it can lead out of the folder.",
    {"file": ".ratchet-exports/double.zip", "replace": True},
    record(
        {},
        {
            "archive": {
                "type": "string", "maxLength": MOST_ARCHIVE_BYTES * 4 // 3 + 4, "description": "The ZIP as base64",
            },
            "file": described(TEXT, "In place of `archive`: the path of a ZIP in the folder of the tasks"),
            "replace": described(
                FLAG, "Whether to replace tasks of the same names, which are kept; false without it"
            ),
        },
    ),
    record({"tasks": listed(WRITTEN)}),
    _import_tasks,
    read_only=False,
    destructive=True,
    needs=("write",),
)  # fmt: skip
