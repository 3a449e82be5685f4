"""Write configuration files to start from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.config.declaration import Section, Setting, expected, whole_key
from ratchet.config.settings import SECTIONS
from ratchet.config.yaml_writing import key_lines
from ratchet.values import Json, JsonObject

SCHEMA_FILE = "ratchet.schema.json"


class FileType(NamedTuple):
    """A kind of file to start from.

    Args:
        values: What it sets.
        complete: Whether it lists every other setting too, as a comment.
    """

    description: str
    values: Mapping[str, Json]
    complete: bool = True


TYPES = {
    "minimal": FileType(
        "What is changed most often, at its default.",
        {"execution.timeout_seconds": 30, "logging.level": "warning"},
        complete=False,
    ),
    "dev": FileType(
        "For a developer's machine: tight limits that show mistakes early, and much to read.",
        {
            "execution.timeout_seconds": 10,
            "execution.cpu_seconds": 5,
            "execution.workers.max": 2,
            "logging.level": "${LOG_LEVEL:-debug}",
        },
    ),
    "production": FileType(
        "For a server: nothing runs without full isolation, and logs are for programs to read.",
        {
            "execution.require_isolation": "full",
            "logging.level": "${LOG_LEVEL:-info}",
            "logging.format": "json",
        },
    ),
    "enterprise": FileType(
        "For an organisation: tasks of one repository, all of them pinned; full isolation; a log to keep.",
        {
            "execution.require_isolation": "full",
            "execution.workers.max": 8,
            "registry.sources": [
                {
                    "name": "shared",
                    "uri": "${TASKS_REPOSITORY:-https://git.example.com/platform/tasks.git}",
                    "type": "git",
                    "ref": "${TASKS_REF:-v1.0.0}",
                    "subdirectory": "tasks",
                    "polling_interval_seconds": 3600,
                }
            ],
            "registry.frozen": True,
            "logging.level": "${LOG_LEVEL:-info}",
            "logging.format": "json",
            "logging.targets": [
                {"type": "stderr", "level": "warning"},
                {"type": "file", "path": "${LOG_FILE:-ratchet.log}", "max_bytes": 104_857_600, "backup_count": 10},
            ],
        },
    ),
}


def generate_yaml(kind: str) -> str:
    """Return a commented file of a type."""
    file_type = TYPES[kind]
    lines = [
        f"# yaml-language-server: $schema=./{SCHEMA_FILE}",
        f"# `ratchet config schema > {SCHEMA_FILE}` makes the file that editors check this one with.",
        f"# {file_type.description}",
    ]
    for section in SECTIONS:
        settings = [setting for setting in section.settings if _is_listed(file_type, section, setting)]
        if settings:
            lines += ["", f"# {section.description}", *_section_lines(section, settings, file_type.values)]
    return "\n".join(lines)


def _is_listed(file_type: FileType, section: Section, setting: Setting) -> bool:
    return file_type.complete or whole_key(section, setting) in file_type.values


def _section_lines(section: Section, settings: list[Setting], values: Mapping[str, Json]) -> list[str]:
    if settings[0].name == "":
        return [f"# {settings[0].description}: {expected(settings[0])}.", f"# {section.name}: {{}}"]
    lines: list[str] = []
    group = ""
    for setting in settings:
        above, _, name = setting.name.rpartition(".")
        key = whole_key(section, setting)
        if above and above != group:
            # A group without a single value would be null.
            is_set = any(other.startswith(f"{section.name}.{above}.") for other in values)
            lines.append(f"  {above}:" if is_set else f"  # {above}:")
        group = above
        margin = "    " if above else "  "
        mark = "" if key in values else "# "
        lines.append(f"{margin}# {setting.description}: {expected(setting)}.")
        lines += [f"{margin}{mark}{line}" for line in key_lines(name, values.get(key, setting.default))]
    is_set = any(key.startswith(f"{section.name}.") for key in values)
    return [f"{section.name}:" if is_set else f"# {section.name}:", *lines]


def generate_json(kind: str) -> str:
    """Return a file of a type as JSON, which has no comments."""
    document: JsonObject = {"$schema": f"./{SCHEMA_FILE}"}
    for key, value in TYPES[kind].values.items():
        *above, name = key.split(".")
        group = document
        for step in above:
            group = group.setdefault(step, {})
        group[name] = value
    return json.dumps(document, indent=2)
