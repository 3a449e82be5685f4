"""Where a value stands in a metadata file or schema, be it JSON or YAML."""

from __future__ import annotations

from ratchet.task.positions import locate, walk_json
from ratchet.task.text import place_at
from ratchet.values import Place


def is_yaml(file: str) -> bool:
    """Tell whether a file is YAML by its name."""
    return file.endswith((".yaml", ".yml"))


def place_of(file: str, text: str, pointer: str, *, key: bool = False) -> Place:
    """Return the place of the value that a JSON Pointer names in a JSON or YAML text.

    Args:
        key: Point at the key rather than at the value.
    """
    if is_yaml(file):
        # YAML is slow to import, and few tasks have any.
        from ratchet.task.yaml_text import walk_yaml

        node = locate(walk_yaml(text), pointer)
    else:
        node = locate(walk_json(text), pointer)
    if node is None:
        return Place(file)
    return place_at(file, text, node.key_offset if key else node.offset)
