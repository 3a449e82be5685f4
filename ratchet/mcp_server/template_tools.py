"""Tools that begin a task with one that works: `list_templates`, `generate_from_template`."""

from __future__ import annotations

from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.mcp_server.write_tools import SLUG, WRITTEN, folder_of, report_of
from ratchet.registry.written import generate
from ratchet.task.scaffold import TEMPLATES, describe_template, permissions_of_template
from ratchet.task.schema_words import TEXT, described, listed, record

_WORDS = ("label", "description", "version")


def _list_templates(call: Call) -> Answer:
    templates = [
        {"template": name, "description": describe_template(name), "permissions": permissions_of_template(name)}
        for name in TEMPLATES
    ]
    return Answer({"templates": templates})


LIST_TEMPLATES = Tool(
    "list_templates",
    "List templates",
    "Show what `generate_from_template` can start a task from: small tasks that work, with schemas and cases.",
    {},
    record({}),
    record(
        {
            "templates": listed(
                record(
                    {
                        "template": TEXT,
                        "description": TEXT,
                        "permissions": described({"type": "object"}, "What the task declares to reach"),
                    }
                )
            )
        }
    ),
    _list_templates,
    needs=("write",),
)


def _generate_from_template(call: Call) -> Answer:
    arguments = call.arguments
    words = {key: arguments.get(key) for key in _WORDS}
    return report_of(call, generate(folder_of(call), arguments["name"], arguments["template"], **words))


GENERATE_FROM_TEMPLATE = Tool(
    "generate_from_template",
    "Start a task from a template",
    "Write a task that works into the folder of this server: source, schemas and cases that pass. Look at it with "
    "`describe_task`, change it with `edit_task`.",
    {"template": "http-client", "name": "read-order", "description": "Reads an order of the shop"},
    record(
        {"template": {"enum": list(TEMPLATES)}, "name": SLUG},
        {
            "label": described(TEXT, "Name for people; made of `name` without it"),
            "description": described(TEXT, "What the task does; what the template does without it"),
            "version": described(TEXT, "A semantic version; 0.1.0 without it"),
        },
    ),
    WRITTEN,
    _generate_from_template,
    read_only=False,
    needs=("write",),
)
