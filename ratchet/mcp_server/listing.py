"""The tasks that are tools at one moment, and why the others are none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.errors import NotPermitted
from ratchet.mcp_server.candidate import Candidate
from ratchet.mcp_server.gate import Verdict
from ratchet.mcp_server.tool import Answer, Call, Tool
from ratchet.values import JsonObject

_CASE: JsonObject = {"name": "example", "input": {}, "expected_output": {}}


class Standing(NamedTuple):
    """Whether a task is a tool.

    Args:
        tool: The tool's name; None where it is none.
        reasons: Why it is none.
        draft: Whether it is none because it has not passed the gate as it is.
        next: The call that says more, or mends it.
    """

    tool: str | None = None
    reasons: tuple[str, ...] = ()
    draft: bool = False
    next: str | None = None


class Listing(NamedTuple):
    """What the sources offered when they were read.

    Args:
        tools: By name, in the order of the list.
        drafts: What drafts would be as tools; they refuse to be called.
        standings: By `source/name@version`.
        waiting: Tasks that nobody has checked yet.
        reason: Why no task at all is a tool.
        digests: Of every task, by `source/name@version`.
    """

    tools: Mapping[str, Tool] = {}
    drafts: Mapping[str, Tool] = {}
    standings: Mapping[str, Standing] = {}
    waiting: tuple[Candidate, ...] = ()
    reason: str | None = None
    digests: Mapping[str, str] = {}

    def standing(self, address: str, version: str) -> Standing:
        """Return whether a version of a task is a tool."""
        if self.reason is not None:
            return Standing(reasons=(self.reason,))
        return self.standings.get(f"{address}@{version}") or Standing(reasons=("Another version is newer",))


def draft_of(candidate: Candidate, verdict: Verdict | None, *, own: bool) -> Standing:
    """Return the standing of a task that has not passed the gate.

    Args:
        verdict: None where nobody has checked it yet.
        own: Whether clients may write the task.
    """
    reasons = ("Its cases have not been run as it is now",) if verdict is None else verdict.reasons
    arguments: JsonObject = {"task": candidate.address}
    tool = "run_task_tests" if verdict is None else verdict.tool
    if tool == "edit_task" and own:
        arguments = {"task": candidate.task.name, "cases": [_CASE]}
    elif tool == "edit_task":
        tool = "run_task_tests"
    return Standing(None, reasons, True, f"{tool} {json.dumps(arguments)}")


def refusing(tool: Tool, standing: Standing) -> Tool:
    """Return the tool that a draft would be, for who calls it by the name that it had, or is to have."""

    def refuse(call: Call) -> Answer:
        hint = f"`execute_task` runs it as it is; `{standing.next}` says more"
        raise NotPermitted(f"`{tool.name}` is a draft: {'; '.join(standing.reasons)}", hint=hint)

    return tool._replace(call=refuse)
