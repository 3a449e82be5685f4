"""Read the cases in `cases/*.js` and what they are expected to give.

A file starts with what all its cases share. A case starts with `//# name` and is the body of an async function.
`//! reason` marks a deliberate difference from Node, and `//= JSON` gives the outcome of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Outcome = dict[str, Any]
"""`{"value": …}`, or `{"throws": name of the error}`."""

FOLDER = Path(__file__).parent
EXPECTED_FILE = FOLDER / "expected.json"


@dataclass(frozen=True, slots=True)
class WebCase:
    """One piece of JavaScript whose outcome is compared.

    Args:
        reason: Why the outcome differs from Node's; None where it must not.
        own_outcome: What we give instead.
    """

    name: str
    code: str
    reason: str | None
    own_outcome: Outcome | None


def load_cases() -> list[WebCase]:
    """Return every case of every file."""
    return [case for path in sorted((FOLDER / "cases").glob("*.js")) for case in _parse_cases(path)]


def load_expected() -> dict[str, Outcome]:
    """Return Node's outcome for every case, by name."""
    results: dict[str, Outcome] = json.loads(EXPECTED_FILE.read_text(encoding="utf-8"))["results"]
    return results


def program_of(case: WebCase) -> str:
    """Return an async function `main` that gives the outcome of the case."""
    return (
        f"async function main() {{\n"
        f"  const run = async () => {{\n{case.code}\n}};\n"
        f"  return run().then((value) => ({{ value: value === undefined ? null : value }}),"
        f" (error) => ({{ throws: String(error?.name ?? error) }}));\n"
        f"}}\n"
    )


def _parse_cases(path: Path) -> Iterator[WebCase]:
    shared, *sections = path.read_text(encoding="utf-8").split("\n//# ")
    for section in sections:
        name, *lines = section.splitlines()
        reason = next((line[4:] for line in lines if line.startswith("//! ")), None)
        own = next((json.loads(line[4:]) for line in lines if line.startswith("//= ")), None)
        code = "\n".join([shared, *lines])
        yield WebCase(f"{path.stem}/{name}", code, reason, own)
