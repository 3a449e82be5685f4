"""The generated parts of the docs, as Markdown; the cog blocks in the files call these functions."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ratchet.cli import main
from ratchet.cli.application import COMMANDS
from ratchet.cli.terminal import AGENTS
from ratchet.config import moved
from ratchet.config.declaration import Setting, expected, whole_key
from ratchet.config.generate import generate_yaml
from ratchet.config.settings import FLAGS, SECTIONS, SETTINGS, variable_of
from ratchet.config.yaml_writing import scalar
from ratchet.engine.prelude import Prelude
from ratchet.errors import code_of, error_classes
from ratchet.mcp_server.tool import Tool
from ratchet.mcp_server.tools import ALL
from ratchet.task.metadata import METADATA_FILES
from ratchet.task.model import Limits
from ratchet.values import Json, JsonObject
from tests.engine.differences import WASM
from tests.engine.web.case_files import load_cases
from tests.engine.web.common_api import COMMON_API, OWN_API, Global

_ROOT = Path(__file__).resolve().parent.parent
_MEBIBYTE = 1024 * 1024
_WIDTH = 110


def source(path: str) -> str:
    """Return a file of the repository as a block of its language."""
    text = (_ROOT / path).read_text("utf-8")
    return f"```{path.rpartition('.')[2]}\n{text.strip()}\n```"


def command_list(file: str = "") -> str:
    """Return the table of commands, with links into a file."""
    rows = [(f"[`ratchet {name}`]({file}#ratchet-{name})", summary) for name, (_, summary) in COMMANDS.items()]
    return _table(("Command", "What it does"), rows)


def command_help(*command: str) -> str:
    """Return the help text of a command as a block of text."""
    # The width of the help follows the terminal.
    os.environ["COLUMNS"] = "80"
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exit_code = main([*command, "--help"])
    assert exit_code == 0
    return f"```text\n{output.getvalue().strip()}\n```"


def agents() -> str:
    """Return the variables by which agents are known."""
    return ", ".join(f"`{name}`" for name in AGENTS) + "."


def error_table() -> str:
    """Return a row for each error class, those of one exit code together."""
    rows = [
        (
            f"[`{kind.__name__}`](#{kind.__name__.lower()})",
            f"`{code_of(kind)}`",
            str(kind.exit_code),
            str(kind.http_status),
        )
        for kind in error_classes()
    ]
    return _table(("Error", "`code`", "Exit code", "HTTP status"), sorted(rows, key=lambda row: int(row[2])))


def error_facts(name: str) -> str:
    """Return the sentence, the code and the numbers of one error class."""
    kind = next(kind for kind in error_classes() if kind.__name__ == name)
    docstring = (kind.__doc__ or "").strip().splitlines()[0]
    return f"{docstring} Code `{code_of(kind)}`, exit code {kind.exit_code}, HTTP status {kind.http_status}."


def common_api_table() -> str:
    """Return every global of the common API: whether it is there, when it is loaded, and what to know about it."""
    return _table(("Global", "Here", "Notes"), [_global_row(name, row) for name, row in _sorted(COMMON_API)])


def own_api_table() -> str:
    """Return every global that Ratchet adds to the common ones."""
    return _table(("Global", "Here", "Notes"), [_global_row(name, row) for name, row in _sorted(OWN_API)])


def _sorted(rows: Mapping[str, Global]) -> list[tuple[str, Global]]:
    return sorted(rows.items(), key=lambda row: row[0].lower())


def _global_row(name: str, row: Global) -> tuple[str, ...]:
    here = "first use" if name in Prelude().lazy_globals else "start"
    return f"`{name}`", here if row.here else "no", row.note


def node_differences() -> str:
    """Return every case whose outcome is not that of Node, with the reason."""
    rows = [(case.name.replace("/", ": ", 1).replace("|", "\\|"), case.reason) for case in load_cases() if case.reason]
    return _table(("Case", "Why it differs"), rows)


def limits_table() -> str:
    """Return the default of every limit."""
    return _table(
        ("Limit", "Default"), [(f"`{name}`", _shown(name, value)) for name, value in Limits()._asdict().items()]
    )


def settings_reference() -> str:
    """Return a heading, the sentence and the table of each section of the configuration."""
    parts = []
    for section in SECTIONS:
        rows = [_setting_row(whole_key(section, setting), setting) for setting in section.settings]
        table = _table(("Key", "Value", "Default", "What it does"), rows)
        parts.append(f"## {section.name}\n\n{section.description}\n\n{table}")
        for setting in section.settings:
            if setting.fields:
                parts.append(_entry_reference(whole_key(section, setting), setting))
    return "\n\n".join(parts)


def _setting_row(key: str, setting: Setting) -> tuple[str, ...]:
    default = f"`{scalar(setting.default)}`"
    if setting.kind == "map":
        default = f"[no entry](#{key}name)"
    elif setting.fields:
        default = f"[{'one entry' if setting.default else 'no entry'}](#{key.replace('.', '')})"
    return f"`{key}`", expected(setting), default, setting.description


def _entry_reference(key: str, setting: Setting) -> str:
    rows = [(f"`{field.name}`", expected(field), field.description) for field in setting.fields]
    if setting.kind == "map":
        return f"### {key}.NAME\n\n{_table(('Key of an entry', 'Value', 'What it is'), rows)}"
    default = ", ".join(f"`{name}: {scalar(value)}`" for entry in setting.default for name, value in entry.items())
    table = _table(("Key of an entry", "Value", "What it is"), rows)
    number = f"one entry, {default}" if default else "no entry"
    return f"### {key}\n\nWithout the key there is {number}.\n\n{table}"


def variables_table() -> str:
    """Return the environment variable and the flag of every setting."""
    flags = {key: flag for flag, key in FLAGS.items()}
    rows = [(f"`{key}`", f"`{variable_of(key)}`", f"`{flags[key]}`" if key in flags else "") for key in SETTINGS]
    return _table(("Key", "Variable", "Option"), rows)


def moved_table() -> str:
    """Return the names of the original that are accepted, and what they are now."""
    rows = [(f"`{old}`", f"`{new}`") for old, new in moved.KEYS.items()]
    rows += [(f"`{key}[].{old}`", f"`{new}`") for key, fields in moved.FIELDS.items() for old, new in fields.items()]
    rows += [
        (f"`{list_}.NAME`, `{users}[].auth_name`", f"`{users}[].auth`") for list_, users in moved.CREDENTIALS.items()
    ]
    rows += [(f"`{key}: {old}`", f"`{key}: {new}`") for key, words in moved.WORDS.items() for old, new in words.items()]
    rows += [(f"`{old}`", f"`{variable_of(key)}`") for old, key in moved.VARIABLES.items()]
    retired = {**moved.RETIRED_KEYS, **moved.RETIRED_VARIABLES}
    rows += [(f"`{old}`", f"nothing: {why}") for old, why in retired.items()]
    return _table(("In the original", "Now"), rows)


def configuration_file(kind: str) -> str:
    """Return a generated configuration file as a block."""
    return f"```yaml\n{generate_yaml(kind)}\n```"


def engine_differences() -> str:
    """Return what the engine `wasm` does otherwise, as the suites expect it."""
    rows = [(difference.dukpy, difference.other, difference.reason) for difference in WASM.values()]
    return _table(("With `dukpy`", "With `wasm`", "Why"), rows)


def mcp_tools() -> str:
    """Return a heading, the description, the example and both schemas of each tool of the MCP server."""
    return "\n\n".join(map(_tool_reference, ALL))


def mcp_tool_list() -> str:
    """Return a row for each tool: its name, the scope that it needs, and the first sentence about it."""
    rows = [
        (
            f"[`{tool.name}`](reference/mcp-tools.md#{tool.name})",
            " or ".join(f"`{action}`" for action in tool.needs),
            _first_sentence(tool.description),
        )
        for tool in ALL
    ]
    return _table(("Tool", "Scope", "What it does"), rows)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".").replace("|", "\\|")


def _tool_reference(tool: Tool) -> str:
    rows = [
        (f"`{name}`", "yes" if name in tool.input.get("required", []) else "", _words_of(schema))
        for name, schema in tool.input["properties"].items()
    ]
    parts = [f"## {tool.name}", tool.description]
    parts += [_json_block({"name": tool.name, "arguments": tool.example})]
    parts += [_table(("Argument", "Required", "What it is"), rows)]
    parts += ["Input schema:", _json_block(tool.input), "Output schema:", _json_block(tool.whole_output)]
    return "\n\n".join(parts)


def _json_block(value: JsonObject) -> str:
    return f"```json\n{_compact(value, 0)}\n```"


def _compact(value: Json, margin: int) -> str:
    """Return JSON in which what fits in a line is one."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or margin + len(line) <= _WIDTH:
        return line
    inner = "  " * (margin // 2 + 1)
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {_compact(part, len(inner))}" for key, part in value.items()]
    else:
        lines = [f"{inner}{_compact(part, len(inner))}" for part in value]
    brackets = "{}" if isinstance(value, dict) else "[]"
    return brackets[0] + "\n" + ",\n".join(lines) + "\n" + " " * margin + brackets[1]


def _words_of(schema: JsonObject) -> str:
    words: str = schema.get("description", "")
    if "enum" in schema:
        words = "One of " + ", ".join(f"`{word}`" for word in schema["enum"])
    if "minimum" in schema and "maximum" in schema:
        words += f"; {schema['minimum']} to {schema['maximum']}"
    return words or str(schema["type"])


def http_api() -> str:
    """Return a heading for each subject of the HTTP API, and each route with what it takes and answers."""
    from ratchet.server.app import create_api

    document = create_api().openapi()
    parts: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts.setdefault(operation["tags"][0], []).append(_route_reference(method, path, operation))
    return "\n\n".join(f"## {tag.capitalize()}\n\n" + "\n\n".join(routes) for tag, routes in parts.items())


def _route_reference(method: str, path: str, operation: JsonObject) -> str:
    parts = [f"### {operation['summary']}", f"`{method.upper()} {path}`", operation["description"]]
    given = operation.get("parameters", [])
    names = {each["name"] for each in given}
    rows = [
        (f"`{each['name']}`", each["in"], _parameter_words(each))
        for each in given
        # The suffixes of filters are described once for all lists.
        if not any(each["name"].startswith(f"{name}_") for name in names)
    ]
    if rows:
        parts.append(_table(("Parameter", "In", "What it is"), rows))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        parts.append(f"It takes a body, [`{_name_of(content['schema'])}`](#schemas).")
    answers = []
    for status, answer in sorted(operation["responses"].items()):
        kinds = ", ".join(f"`{kind}`" for kind in answer.get("content", {}))
        given = "".join(f", `{header}`" for header in answer.get("headers", {}))
        answers.append((status, answer["description"], kinds, f"{given[2:]}"))
    return "\n\n".join([*parts, _table(("Status", "When", "Type", "Headers"), answers)])


_MOST_SHOWN = 8


def _parameter_words(parameter: JsonObject) -> str:
    words: str = parameter.get("description", "")
    choices = parameter["schema"].get("enum", [])
    return f"{words}: {', '.join(f'`{each}`' for each in choices)}" if 0 < len(choices) <= _MOST_SHOWN else words


def _name_of(schema: JsonObject) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2] or "object"


def metadata_files() -> str:
    """Return the names a metadata file may have, in the order they are looked for."""
    return "\n".join(f"{position}. `{name}`" for position, name in enumerate(METADATA_FILES, 1))


def _shown(name: str, value: float) -> str:
    if name.endswith("_seconds"):
        return f"{value:g} s"
    if name.endswith("_bytes"):
        return f"{value // _MEBIBYTE} MB" if value >= _MEBIBYTE else f"{value // 1024} KB"
    return f"{value:,}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
