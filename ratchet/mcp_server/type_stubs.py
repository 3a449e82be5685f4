"""The types of all tasks, for who writes a script that calls them: a TypeScript declaration file."""

from __future__ import annotations

from collections.abc import Iterable

from ratchet.errors import RatchetError
from ratchet.registry.catalogue import Catalogue
from ratchet.registry.newest import newest_by_name
from ratchet.task.model import Task
from ratchet.task.type_of_schema import ANY, comment_lines, property_name, type_of_schema

_MARGIN = "  "
_HEAD = """\
/** What `run_script` was given as `input`. */
declare const input: unknown;

/** Every task that a script may call: `const { total } = await tasks.total({ items: [1, 2] })`. */
declare const tasks: {"""


def stubs_of(catalogue: Catalogue) -> str:
    """Return the declarations of every task that can be called by its name alone."""
    return render_stubs(_loaded(catalogue))


def _loaded(catalogue: Catalogue) -> Iterable[Task]:
    for entry in newest_by_name(catalogue.read()).values():
        try:
            yield entry.load()
        except RatchetError:
            # What is broken cannot be called either; `list_tasks` says why.
            continue


def render_stubs(tasks: Iterable[Task]) -> str:
    """Return a TypeScript declaration file in which each task is a method of `tasks`."""
    lines = [line for task in tasks for line in _method(task)]
    return "\n".join([_HEAD, *lines, "};", ""])


def _method(task: Task) -> list[str]:
    words = task.metadata.description or task.metadata.label
    notes = [f"@version {task.version}"]
    if task.metadata.deprecated:
        notes.append(f"@deprecated {task.metadata.deprecation_message or ''}".rstrip())
    takes = type_of_schema(task.input_schema, margin=_MARGIN, filled=True)
    gives = type_of_schema(task.output_schema, margin=_MARGIN)
    optional = "?" if takes == ANY or _may_be_empty(task) else ""
    signature = f"{property_name(task.name)}(input{optional}: {takes}): Promise<{gives}>;"
    return [*comment_lines("\n".join([words, *notes]), _MARGIN), _MARGIN + signature]


def _may_be_empty(task: Task) -> bool:
    """Tell whether a call without an input, which is one with `{}`, may fit."""
    schema = task.input_schema
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return False
    properties, required = schema.get("properties") or {}, schema.get("required") or []
    return all("default" in (properties.get(name) or {}) for name in required)
