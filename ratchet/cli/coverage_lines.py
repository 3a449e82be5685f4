"""Which lines of a file ran, as a line for people."""

from __future__ import annotations

from ratchet.cases.coverage import FileCoverage
from ratchet.cli.report import inert_line
from ratchet.cli.terminal import Paint


def render_coverage(file: FileCoverage, paint: Paint) -> str:
    """Return how much of a file ran, and the lines that did not."""
    missing = ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in file.uncovered)
    word = paint("warning" if missing else "ok", "covered")
    lines = f"{len(file.runs)} line{'s' if len(file.runs) != 1 else ''}"
    counts = f"{file.percent:g} %, {file.covered} of {lines}"
    return f"{word} {inert_line(file.path)}: {counts}" + (f", not {missing}" if missing else "")
