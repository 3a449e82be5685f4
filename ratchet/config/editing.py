"""Add an entry to a list of the configuration file, or take one out, and leave everything else as it is written."""

from __future__ import annotations

import copy
import json
import re
from typing import NamedTuple

from ratchet.config.yaml_writing import entry_lines
from ratchet.errors import InvalidConfig, Refused
from ratchet.task.positions import Node, nodes_by_steps
from ratchet.task.text import printable
from ratchet.task.yaml_text import parse_yaml, walk_yaml
from ratchet.values import Json, JsonObject


class _Text(NamedTuple):
    """A YAML file by lines.

    Args:
        nodes: What stands in it, by its steps.
    """

    lines: list[str]
    nodes: dict[tuple[str | int, ...], Node]
    starts: list[int]

    def line_of(self, *steps: str | int) -> int:
        """Return the line of a key, or of an entry of a list."""
        offset = self.nodes[steps].key_offset
        return max(index for index, start in enumerate(self.starts) if start <= offset)

    def end_of(self, line: int, margin: int) -> int:
        """Return the line after the last one that belongs to what begins on a line with a margin."""
        end = line + 1
        for index in range(line + 1, len(self.lines)):
            text = self.lines[index]
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            if _margin(text) <= margin:
                break
            end = index + 1
        return end


def add_entry(text: str, section: str, name: str, entry: JsonObject, *, file: str) -> str:
    """Return the text of a file with one more entry at the end of a list.

    Args:
        section, name: The list is `section.name`.

    Raises:
        InvalidConfig: The file cannot be read.
        Refused: It is laid out in a way that is not changed here.
    """
    value = _read(text, file)
    wanted = copy.deepcopy(value)
    group = wanted.get(section) or {}
    wanted[section] = {**group, name: [*(group.get(name) or []), entry]}
    if text.lstrip().startswith("{"):
        return json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"
    changed = _insert(text, section, name, entry, value)
    by_hand = "\n".join([f"{section}:", f"  {name}:", *(f"    {line}" for line in entry_lines([entry]))])
    return _checked(changed, wanted, file, f"Add it by hand:\n{by_hand}")


def remove_entry(text: str, section: str, name: str, index: int, *, file: str) -> str:
    """Return the text of a file with one entry fewer; see `add_entry`."""
    value = _read(text, file)
    wanted = copy.deepcopy(value)
    del wanted[section][name][index]
    if text.lstrip().startswith("{"):
        return json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"
    yaml = _parsed(text)
    first = yaml.line_of(section, name, index)
    margin = _margin(yaml.lines[first])
    del yaml.lines[first : yaml.end_of(first, margin)]
    if not wanted[section][name]:
        line = yaml.line_of(section, name)
        yaml.lines[line] = yaml.lines[line].partition(":")[0] + ": []\n"
    return _checked("".join(yaml.lines), wanted, file, f"Take entry {index + 1} of `{section}.{name}` out by hand")


def _read(text: str, file: str) -> JsonObject:
    value = parse_yaml(text, file=file, kind=InvalidConfig) if _says_something(text) else None
    if value is not None and not isinstance(value, dict):
        raise InvalidConfig(f"`{printable(file)}` is not an object of sections")
    return value or {}


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _checked(text: str, wanted: Json, file: str, hint: str) -> str:
    """Return a changed text when it says what is wanted."""
    try:
        if _read(text, file) == wanted:
            return text
    except InvalidConfig:
        pass
    raise Refused(f"`{printable(file)}` is laid out in a way that is not changed automatically", hint=hint)


def _insert(text: str, section: str, name: str, entry: JsonObject, value: JsonObject) -> str:
    if text and not text.endswith("\n"):
        text += "\n"
    if value.get(section) is None:
        # What stands there without a value says nothing, and would stand there twice.
        text = re.sub(rf"(?m)^{section}:[ \t]*(?:null)?[ \t]*\n", "", text)
        lines = [f"{section}:", f"  {name}:", *(f"    {line}" for line in entry_lines([entry]))]
        return text + ("\n" if text.strip() else "") + "\n".join(lines) + "\n"
    yaml = _parsed(text)
    if value[section].get(name):
        last = len(value[section][name]) - 1
        first = yaml.line_of(section, name, last)
        margin = _margin(yaml.lines[first])
        line = yaml.end_of(first, margin)
    else:
        line, margin = _open_list(yaml, section, name, value)
    yaml.lines[line:line] = [f"{' ' * margin}{added}\n" for added in entry_lines([entry])]
    return "".join(yaml.lines)


def _open_list(yaml: _Text, section: str, name: str, value: JsonObject) -> tuple[int, int]:
    """Make the line of a list without entries ready for some; return where they come and their margin."""
    if name in value[section]:
        line = yaml.line_of(section, name)
        yaml.lines[line] = yaml.lines[line].partition(":")[0] + ":\n"
        return line + 1, _margin(yaml.lines[line]) + 2
    line = yaml.line_of(section)
    beside = next(iter(value[section]))
    margin = _margin(yaml.lines[yaml.line_of(section, beside)])
    yaml.lines.insert(line + 1, f"{' ' * margin}{name}:\n")
    return line + 2, margin + 2


def _parsed(text: str) -> _Text:
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return _Text(lines, nodes_by_steps(walk_yaml(text)), starts[:-1])


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
