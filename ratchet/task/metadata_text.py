"""Change keys of a metadata file, and leave what else it says as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping

from ratchet.errors import InvalidTask
from ratchet.task.contents import parse_file
from ratchet.task.places import is_yaml
from ratchet.values import Json, JsonObject


def change_keys(data: bytes, file: str, changes: Mapping[str, Json], dropped: Collection[str] = ()) -> bytes:
    """Return a metadata file in which some keys have other values, or are gone.

    A YAML file keeps its comments but those inside what changes; one that is laid out in a way that is not changed here
    becomes the same values without comments.

    Raises:
        InvalidTask: The file cannot be read.
    """
    value, text = parse_file(data, path=file)
    if not isinstance(value, dict):
        raise InvalidTask(f"`{file}` does not hold an object")
    wanted = {key: each for key, each in {**value, **changes}.items() if key not in dropped}
    changed = _with_lines(text, file, {key: each for key, each in changes.items() if value.get(key) != each}, dropped)
    if not is_yaml(file) or not _says(changed, file, wanted):
        # JSON is YAML too.
        changed = json.dumps(wanted, indent=2) + "\n"
    return changed.encode()


def _says(text: str, file: str, wanted: JsonObject) -> bool:
    try:
        said, _ = parse_file(text.encode(), path=file)
    except InvalidTask:
        return False
    return bool(said == wanted)


def _with_lines(text: str, file: str, changes: Mapping[str, Json], dropped: Collection[str]) -> str:
    """Return a YAML text with the lines of these keys written anew; whether it worked is for the caller to see."""
    if not is_yaml(file):
        return text
    spans = _spans_of(text)
    lines = _lines_of(text)
    for key, (start, end) in sorted(spans.items(), key=lambda item: item[1], reverse=True):
        if key in changes or key in dropped:
            lines[start:end] = [] if key in dropped else [_line_of(key, changes[key])]
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return "".join([*lines, *(_line_of(key, value) for key, value in changes.items() if key not in spans)])


def _spans_of(text: str) -> dict[str, tuple[int, int]]:
    """Return the first line of each key of a YAML text and the line after its value; comments after it are not its."""
    # Deferred: YAML is slow to import.
    from ratchet.task.yaml_text import walk_yaml

    lines = _lines_of(text)
    starts = {str(node.step): text.count("\n", 0, node.key_offset) for node in walk_yaml(text) if node.depth == 1}
    ends = [*sorted(starts.values()), len(lines)]
    spans = {}
    for key, start in starts.items():
        end = next(line for line in ends if line > start)
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        spans[key] = start, end
    return spans


def _lines_of(text: str) -> list[str]:
    # A line of YAML ends where `_spans_of` counts one, and nowhere else.
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _line_of(key: str, value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"{key}: {text if text.isprintable() else json.dumps(value)}\n"
