"""Tools about versions of a task: `create_task_version` makes the next, `restore_task` brings a former one back."""

from __future__ import annotations

from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.mcp_server.write_tools import IF_DIGEST, MORE, PARTS, SLUG, WRITTEN, check_of, folder_of, report_of
from ratchet.registry.former import former_names, look_at_former
from ratchet.registry.written import add_version, restore
from ratchet.task.schema_words import TEXT, TEXT_OR_NULL, described, listed, record

_MOST_SHOWN = 20


def _create_task_version(call: Call) -> Answer:
    return report_of(call, add_version(folder_of(call), call.arguments, check_of(call)))


CREATE_TASK_VERSION = Tool(
    "create_task_version",
    "Make a new version of a task",
    "Make the next semantic version of a task in the folder of this server, with the changes that are named, and check "
    "it. The version before stays, and is called as `name@version`; `edit_task` changes a version in place.",
    {"task": "double", "version": "0.2.0", "source": "export default ({ value }) => ({ value: value + value });"},
    record(
        {"task": SLUG, "version": described(TEXT, "A semantic version later than the one of now")},
        {**PARTS, **{key: schema for key, schema in MORE.items() if key != "version"}, "if_digest": IF_DIGEST},
    ),
    WRITTEN,
    _create_task_version,
    read_only=False,
    needs=("write",),
)


def _restore_task(call: Call) -> Answer:
    folder, name = folder_of(call), call.arguments["task"]
    answer = report_of(call, restore(folder, name, call.arguments.get("former")))
    formers = [look_at_former(folder, name, former)._asdict() for former in former_names(folder, name)[:_MOST_SHOWN]]
    return answer._replace(value={**answer.value, "formers": formers})


RESTORE_TASK = Tool(
    "restore_task",
    "Bring a former version back",
    "Undo: bring the version of a task before its last change back, or any other that is kept, also of a task that was "
    "taken away. The version of now is kept in its turn. The answer lists what else can come back.",
    {"task": "double"},
    record(
        {"task": SLUG},
        {"former": described(TEXT, "As `formers` here, or `former` of another tool, gives it; the newest without it")},
    ),
    record(
        {
            **WRITTEN["properties"],
            "formers": described(
                listed(record({"name": TEXT, "version": TEXT_OR_NULL, "digest": TEXT_OR_NULL})),
                f"The newest {_MOST_SHOWN} that are kept, the newest first",
            ),
        }
    ),
    _restore_task,
    read_only=False,
    destructive=True,
    needs=("write",),
)
