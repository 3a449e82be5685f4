"""`run_script`: JavaScript that calls tasks, run as a task that nobody has saved."""

from __future__ import annotations

import importlib.resources
import json
import re

from ratchet.execution.calls import MAX_CALLS, MAX_IN_FLIGHT
from ratchet.mcp_server.drafts import SCRIPT
from ratchet.mcp_server.others import Others
from ratchet.mcp_server.run_tools import EXECUTE_TASK, OUTCOME, outcome_of
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.task.load import build_task
from ratchet.task.model import Task
from ratchet.task.schema_words import ANYTHING, TEXT, TEXT_OR_NULL, described, listed, record
from ratchet.values import JsonObject

_MODULE = re.compile(r"^\s*export\s+(?:default|async|function|const|let)\b", re.MULTILINE)


def _run_script(call: Call) -> Answer:
    arguments = call.arguments
    others = Others(call.workshop.to_run, confirm=call.workshop.confirm)
    running = call.workshop.executions.start(
        script_task(arguments["source"], others.names),
        arguments.get("input", {}),
        timeout_seconds=arguments.get("timeout_seconds"),
        find_task=others.find,
        find_beside=others.beside,
        heard=call.heard,
    )
    with call.cancellation.on_cancel(running.cancellation.cancel):
        running.wait(arguments.get("wait_seconds", call.wait_seconds))
    answer = outcome_of(running.look())
    return answer._replace(value={**answer.value, "drafts": _drafts(call, others)})


def _drafts(call: Call, others: Others) -> list[JsonObject]:
    """Return which of the tasks that were called have not been tested as they are, and why."""
    standings = [
        (name, call.workshop.shelf.standing(found.source, found.task)) for name, found in sorted(others.called.items())
    ]
    return [
        {"task": name, "draft_because": list(standing.reasons), "next": standing.next}
        for name, standing in standings
        if standing.draft
    ]


def script_task(source: str, names: list[str]) -> Task:
    """Return a task that runs a script.

    Args:
        source: The body of a function, or a module whose default export is one.
        names: The tasks that it may call.
    """
    # No host and no secret: what nobody has saved, nobody has looked at. What the operator allows to every task stays.
    permissions = {"net": [], "tasks": names}
    metadata = {"name": SCRIPT, "version": "0.0.0", "description": "A script", "permissions": permissions}
    # The body begins on the first line: errors tell the lines of who wrote it.
    text = source if _MODULE.search(source) else f"export default async (input, context) => {{{source}\n}};\n"
    files = {
        "metadata.json": json.dumps(metadata),
        "main.mjs": importlib.resources.files(__package__).joinpath("script.js").read_text("utf-8"),
        "names.js": f"export const names = {json.dumps(names)};\n",
        "script.js": text,
        "input.schema.json": "true",
        "output.schema.json": "true",
    }
    data = {path: text.encode("utf-8", "surrogatepass") for path, text in files.items()}
    return build_task(SCRIPT, "", SCRIPT, data, foreign=True)


_DRAFT = record({"task": TEXT, "draft_because": listed(TEXT), "next": TEXT_OR_NULL})

RUN_SCRIPT = Tool(
    "run_script",
    "Run a script that calls tasks",
    "Run JavaScript that calls any number of tasks and works on what they give back, in one call: the body of an async "
    "function with `return`, or a module with `export default`. It finds `input`, and each task as a method of "
    f"`tasks`: `await tasks.total(…)`, `tasks['word-count']`. It may call {MAX_CALLS} times, {MAX_IN_FLIGHT} at a "
    "time; the tasks reach what they declare, the script itself no host and no secret. It runs in the sandbox, is not "
    "saved, and is an execution like others. `drafts` names the tasks it called that are not tested as they are. The "
    "resource `ratchet://types/tasks.d.ts` has the types of all tasks.",
    {
        "source": "const totals = await Promise.all(input.orders.map((items) => tasks.total({ items })));\n"
        "return totals.reduce((sum, { total }) => sum + total, 0);",
        "input": {"orders": [[1, 2], [3]]},
    },
    record(
        {"source": described(TEXT, "JavaScript, such as `return (await tasks.total({ items: [1, 2] })).total;`")},
        {
            "input": described(ANYTHING, "What the script finds as `input`; `{}` without it"),
            **{key: EXECUTE_TASK.input["properties"][key] for key in ("timeout_seconds", "wait_seconds")},
        },
    ),
    record({**OUTCOME, "drafts": described(listed(_DRAFT), "Tasks that it called, not tested as they are")}),
    _run_script,
    read_only=False,
    open_world=True,
    needs=("script",),
)
