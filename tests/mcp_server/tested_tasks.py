"""Tasks that may become tools: each with a case that passes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NUMBER = {"type": "object", "properties": {"value": {"type": "number"}}, "required": ["value"]}
DOUBLE = "export default ({ value }) => ({ value: value * 2 });\n"
CASE = {"name": "doubles two", "input": {"value": 2}, "expected_output": {"value": 4}}


def write_task(
    folder: Path,
    name: str = "double",
    *,
    source: str = DOUBLE,
    input_schema: Any = NUMBER,
    output_schema: Any = NUMBER,
    cases: Sequence[Any] = (CASE,),
    **metadata: Any,
) -> Path:
    """Write a task into a folder of tasks and return its own folder; a schema of None is left out."""
    root = folder / name
    (root / "tests").mkdir(parents=True, exist_ok=True)
    known = {"version": "1.0.0", "label": name.capitalize(), "description": f"The task {name}"}
    write_json(root / "metadata.json", {**known, "permissions": {"net": []}, **metadata})
    (root / "main.js").write_text(source)
    for side, schema in (("input", input_schema), ("output", output_schema)):
        if schema is not None:
            write_json(root / f"{side}.schema.json", schema)
    for number, case in enumerate(cases):
        write_json(root / "tests" / f"{number}.json", case)
    return root


def write_json(path: Path, value: Any) -> None:
    """Write a value in one step, so that who looks meanwhile sees the whole of it."""
    waiting = path.with_name(f".{path.name}.tmp")
    waiting.write_text(json.dumps(value))
    waiting.replace(path)
