"""What a token allows: one action, on every task or on those whose names fit a pattern.

`ratchet:ACTION` or `ratchet:ACTION:PATTERN`; whoever may run or write a task may read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple, get_args

from ratchet.config.oauth import RATCHET_SCOPE
from ratchet.errors import InsufficientScope
from ratchet.registry.address import parse_address
from ratchet.task.text import printable

Action = Literal["read", "run", "script", "write", "executions", "jobs"]
ACTIONS: tuple[Action, ...] = get_args(Action)
"""Look at tasks, run them, run code that is not saved, change tasks, see executions of others, see and make jobs."""

_OF_TASKS: tuple[Action, ...] = ("read", "run", "write")
"""Each of them lets one look at the task."""
_WORDS = {
    "read": "look at",
    "run": "run",
    "script": "run code that is not saved",
    "write": "change",
    "executions": "see executions of others",
    "jobs": "see and make jobs",
}


class Scopes(NamedTuple):
    """What is allowed: an action, and the pattern of the names of the tasks."""

    allowed: tuple[tuple[str, str], ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything is allowed."""
        return {(action, "*") for action in ACTIONS} <= {*self.allowed}

    def allows(self, action: Action, name: str) -> bool:
        """Tell whether an action is allowed on a task."""
        actions = _OF_TASKS if action == "read" else (action,)
        return any(each in actions and fnmatchcase(name, pattern) for each, pattern in self.allowed)

    def allows_some(self, action: Action) -> bool:
        """Tell whether an action is allowed at all; whoever may do anything may look at what he may see."""
        return any(action in ("read", each) for each, _ in self.allowed)

    def check(self, action: Action, name: str) -> None:
        """Let an action on a task pass.

        Args:
            name: Also with a source or a version.

        Raises:
            InsufficientScope: It is not allowed.
        """
        address = parse_address(name)
        known = name if address is None else address.name
        if not self.allows(action, known):
            raise refusal(action, known)

    def check_some(self, actions: Sequence[Action]) -> None:
        """Let pass who may do one of these at all.

        Raises:
            InsufficientScope: None of them is allowed.
        """
        if not any(map(self.allows_some, actions)):
            raise refusal(actions[0])


ALL = Scopes(tuple((action, "*") for action in ACTIONS))


def parse_scopes(texts: Iterable[str]) -> Scopes:
    """Return what the scopes of a token allow; those that are for others allow nothing here."""
    found = [match for text in texts if (match := RATCHET_SCOPE.fullmatch(text))]
    return Scopes(tuple((match[1] or match[3], match[2] or "*") for match in found))


def scope_of(action: Action) -> str:
    """Return the scope that allows an action on every task."""
    return f"ratchet:{action}"


def refusal(action: Action, name: str = "") -> InsufficientScope:
    """Return the error for what a token does not allow.

    Args:
        name: The task; it need not be there.
    """
    scope = scope_of(action)
    if action in _OF_TASKS and name:
        shown = printable(name)
        message = f"The token does not allow to {_WORDS[action]} `{shown}`"
        return InsufficientScope(message, scope=scope, hint=f"`{scope}` does, or `{scope}:{shown}`")
    words = f"{_WORDS[action]} tasks" if action in _OF_TASKS else _WORDS[action]
    return InsufficientScope(f"The token does not allow to {words}", scope=scope, hint=f"The scope `{scope}` does")
