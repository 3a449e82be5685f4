"""Annotations for GitHub Actions: failures shown beside the lines of a pull request.

Workflow commands are lines that begin with `::`, on either stream; see "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from ratchet.cli.report import inert
from ratchet.cli.terminal import in_github_actions
from ratchet.errors import RatchetError
from ratchet.values import Place, Problem


def annotate_error(error: RatchetError) -> None:
    """Print an annotation for each problem of an error, or for the error itself."""
    annotate(error.problems or [Problem(error.message, error.place, hint=error.hint)])


def annotate(problems: Iterable[Problem]) -> None:
    """Print an annotation for each problem to stderr, in GitHub Actions only."""
    if not in_github_actions():
        return
    for problem in problems:
        print(_annotation(problem), file=sys.stderr)


def _annotation(problem: Problem) -> str:
    properties = ",".join(f"{name}={_escape_property(value)}" for name, value in _properties(problem.place))
    message = f"{problem.message}\nHint: {problem.hint}" if problem.hint else problem.message
    return f"::{problem.severity}{' ' if properties else ''}{properties}::{_escape(message)}"


def _properties(place: Place | None) -> list[tuple[str, str]]:
    if place is None:
        return []
    position = [("line", place.line), ("col", place.column)]
    return [("file", _from_workspace(place.file)), *((name, str(at)) for name, at in position if at is not None)]


def _from_workspace(path: str) -> str:
    """Return a path from where the repository is checked out, whatever the working folder of the step."""
    workspace = os.path.realpath(os.environ.get("GITHUB_WORKSPACE") or os.getcwd())
    whole = os.path.realpath(path)
    return os.path.relpath(whole, workspace) if whole.startswith(workspace + os.sep) else path


def _escape(text: str) -> str:
    return inert(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
