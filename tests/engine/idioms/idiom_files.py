"""The idioms beside this file and what Node made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
EXPECTED_FILE = FOLDER / "expected.json"
_CALL = "await main((value) => lines.push(value));"


def load_idioms() -> dict[str, str]:
    """Return the text of each idiom by its name; each declares `main(log)`."""
    return {file.stem: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.js"))}


def load_expected() -> dict[str, list[Any]]:
    """Return what each idiom logged in Node."""
    lines: dict[str, list[Any]] = json.loads(EXPECTED_FILE.read_text("utf-8"))["lines"]
    return lines


def as_task(source: str) -> str:
    """Return an idiom as a task that returns what it logged."""
    export = "export default " if source.startswith("// @module") else ""
    return f"{source}\n{export}(async () => {{ const lines = []; {_CALL} return lines; }});\n"


def as_program(source: str) -> str:
    """Return an idiom as an ES module for Node that prints what it logged."""
    # Node 20 has everything else.
    polyfill = (
        "Promise.withResolvers ??= function () { let resolve, reject;"
        " const promise = new this((yes, no) => ([resolve, reject] = [yes, no]));"
        " return { promise, resolve, reject }; };"
    )
    return f"{polyfill}\n{source}\nconst lines = []; {_CALL} console.log(JSON.stringify(lines));\n"
