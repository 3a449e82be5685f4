"""Prompts: what a model is told that is to write a task, mend one, or make one of an API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ratchet.errors import InvalidInput
from ratchet.execution.document import Execution
from ratchet.mcp_server.analysis import analyze
from ratchet.mcp_server.document_resources import page_uri
from ratchet.mcp_server.shortening import shorten
from ratchet.mcp_server.task_resources import task_uri
from ratchet.mcp_server.workshop import Workshop


class Argument(NamedTuple):
    """Something that a prompt is filled in with."""

    name: str
    description: str
    required: bool = False


class Message(NamedTuple):
    """One part of a prompt: a text, or the address of a resource that is put in."""

    text: str = ""
    uri: str = ""


class Prompt(NamedTuple):
    """What clients see of a prompt, and what it says.

    Args:
        render: Takes the arguments that were given, those that are required among them.
    """

    name: str
    title: str
    description: str
    arguments: Sequence[Argument]
    render: Callable[[Workshop, Mapping[str, str]], list[Message]]


_API = page_uri("reference/javascript-api")
_TESTING = page_uri("concepts/testing")
_SECRETS = page_uri("concepts/secrets")

_MOST_FACTS_BYTES = 20_000

_RULES = """\
How a task is written:

- One function of the input and a context, `export default async (input, context) => output`. The output is JSON.
- The input schema names every property with a type and a description, says which are `required`, and allows no others
  (`"additionalProperties": false`). Its root has the type `object`. The output schema is as strict.
- `fetch` is the only way out. There are no packages, no files and no environment. `permissions` say what the task
  reaches: `{"net": ["api.example.com"], "methods": ["GET"]}`. Name the least that will do.
- A secret is never in the source or the input: `context.secret('NAME')` gives a placeholder that is filled in on the
  wire, `permissions.secrets` names it, and the operator binds it.
- Throw an error that says what to do, such as `new ValidationError('…')`, rather than return an error as output.
- `context.progress(done, total, message)` tells of long work."""

_CASES = """\
The cases of the task:

- One for what it is for, one for the border of that, and one for each way in which it may fail (`expected_error`).
- A case never reaches the network. For every request there is a mock:
  `"mock": {"http": {"url": "https://api.example.com/items?id=3", "response": {"status": 200, "body": {…}}}}`.
- A case that expects nothing proves nothing: give `expected_output`, or `assertions` where a part of it varies."""


def _steps_of_writing(workshop: Workshop) -> str:
    if workshop.folder is None:
        return """\
This server has no tool that writes tasks. Do this:

1. Call `list_tasks` with words of the goal: there may be such a task already.
2. Write `metadata.json`, `main.js`, `input.schema.json`, `output.schema.json` and the cases under `tests/`.
3. Call `validate_task` with the source and the schemas, mend what it reports, and show all the files."""
    return """\
Do this:

1. Call `list_tasks` with words of the goal: there may be such a task already.
2. Call `create_task` with `name`, `description`, `source`, both schemas, `permissions` and `cases`.
3. Call `run_task_tests`. When a case fails, read what differs, and call `edit_task`, until all of them pass.
4. Call `execute_task` on a real input, once. When it fails, `analyze_error` says where and why.
5. Say what the task takes, gives back and may reach, and which of it you have not seen working."""


def _write_task(workshop: Workshop, arguments: Mapping[str, str]) -> list[Message]:
    named = f" Call it `{arguments['name']}`." if arguments.get("name") else ""
    return [
        Message(f"Write a Ratchet task: {arguments['goal']}{named}\n\n{_steps_of_writing(workshop)}"),
        Message(f"{_RULES}\n\n{_CASES}"),
        Message(uri=_API),
    ]


def _debug_task(workshop: Workshop, arguments: Mapping[str, str]) -> list[Message]:
    if arguments.get("execution_id"):
        execution = workshop.executions.find(arguments["execution_id"]).look()
        name = f"{execution.task.name}@{execution.task.version}"
    elif arguments.get("task"):
        name = arguments["task"]
        execution = None
    else:
        raise InvalidInput("Either `task` or `execution_id` is needed")
    task, source = workshop.catalogue.find(name)
    execution = execution or _last_failure(workshop, task.name)
    return [
        Message(
            f"The Ratchet task `{source}/{task.name}` does not do what it should.\n\n{_steps_of_mending(workshop)}"
        ),
        Message(_facts(workshop, execution)),
        Message(uri=task_uri(source, f"{task.name}@{task.version}")),
    ]


def _last_failure(workshop: Workshop, name: str) -> Execution | None:
    failures = (each for each in workshop.executions.all() if each.task.name == name and each.error is not None)
    return next(failures, None)


def _facts(workshop: Workshop, execution: Execution | None) -> str:
    if execution is None:
        return "No execution of it has failed on this server yet: begin with `run_task_tests`."
    if execution.error is None:
        return f"The execution `{execution.id}` is {execution.status}: compare its output with what was expected."
    facts = json.dumps(shorten(analyze(workshop, execution.id), _MOST_FACTS_BYTES).value, ensure_ascii=False, indent=2)
    return f"This is what `analyze_error` says of the execution `{execution.id}`; all of it was observed:\n\n{facts}"


def _steps_of_mending(workshop: Workshop) -> str:
    mend = "Call `edit_task` with the smallest change that mends the cause"
    if workshop.folder is None:
        mend = "This server has no tool that writes tasks: show the smallest change that mends the cause"
    return f"""\
Find the cause before you change anything:

1. Read the error, the lines around it, the requests that were made and the console below.
2. Decide whether the task is wrong, the input, a schema, a permission, or the service that it asks. Say which, and
   which observation tells so. `get_execution` has the whole input and output.
3. Call `run_task_tests`. When all cases pass, the case for this failure is missing: write it first, and see it fail.
4. {mend}. Do not loosen a schema, a permission or a case only to get rid of the error.
5. Run the cases again, and then the input that failed."""


def _task_from_api(workshop: Workshop, arguments: Mapping[str, str]) -> list[Message]:
    operation = f"\n\nThe operation that is wanted: {arguments['operation']}" if arguments.get("operation") else ""
    return [
        Message(
            "Write a Ratchet task that calls this API. Take from the description what it says, and ask rather than "
            f"guess what it does not.\n\n{arguments['api']}{operation}\n\n{_steps_of_writing(workshop)}"
        ),
        Message(
            f"""\
How the description becomes a task:

- One task for one operation. Its name is the operation's, such as `list-orders`.
- Path, query and body parameters become properties of the input, with the types, limits, defaults and descriptions that
  the API gives. Encode them: `new URL(…)`, `url.searchParams.set(…)`, `encodeURIComponent(…)`.
- The output schema is what the caller needs of a good answer, and not the whole answer. Follow the pages of a list up
  to a limit that the input sets.
- The server's address becomes `permissions.net`, the method `permissions.methods`.
- The credentials become a secret in a header, never a property of the input. Say which secret must be bound to which
  host.
- `const response = await fetch(…)`; look at `response.ok` and throw `new HttpError(response.status, …)` with what the
  API says of the failure. A status that the description names gets a case of its own.

{_RULES}

{_CASES}"""
        ),
        Message(uri=_API),
        Message(uri=_TESTING),
        Message(uri=_SECRETS),
    ]


PROMPTS = (
    Prompt(
        "write_task",
        "Write a task",
        "Write a new task with its schemas, permissions and cases, and see it work",
        (
            Argument("goal", "What the task is to do, in words", required=True),
            Argument("name", "What to call it: small letters, digits, `-` and `_`"),
        ),
        _write_task,
    ),
    Prompt(
        "debug_task",
        "Debug a failing task",
        "Find out why a task or one execution of it failed, and mend it; one of the two arguments is needed",
        (
            Argument("task", "The task, as `list_tasks` gives it: its last failure is looked at"),
            Argument("execution_id", "The execution that failed"),
        ),
        _debug_task,
    ),
    Prompt(
        "task_from_api",
        "Turn an API description into a task",
        "Write a task that calls an API, from a part of its description",
        (
            Argument("api", "The description: a part of an OpenAPI document, a curl command, or words", required=True),
            Argument("operation", "Which operation of it"),
        ),
        _task_from_api,
    ),
)
