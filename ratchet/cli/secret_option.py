"""`--secret NAME=@FILE`: a value that is given to one task by hand, and never on the command line."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping, Sequence

from ratchet.cli.usage import UnknownWord
from ratchet.config.secrets import read_secret
from ratchet.errors import NotPermitted
from ratchet.gateway.permissions import metadata_line
from ratchet.gateway.secret import ReadValue
from ratchet.task.model import Task

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def read_secrets(options: Sequence[str]) -> dict[str, ReadValue]:
    """Return what reads the value of each secret; each has been read once, so that a slip is seen before a task runs.

    Raises:
        InvalidConfig: A file or variable is not there, or holds no line of text.
    """
    given: dict[str, ReadValue] = {}
    for option in options:
        name, equals, place = option.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise UnknownWord("`--secret` is not NAME=@FILE or NAME=env:VARIABLE", "NAME is what the task calls it")
        if place.startswith("@"):
            place = f"file:{place[1:]}"
        elif not place.startswith("env:"):
            # It is not repeated: it may be the secret.
            raise UnknownWord(
                f"`--secret {name}` takes no value: every process of the machine could see it",
                f"Write `{name}=@FILE` or `{name}=env:VARIABLE`",
            )
        given[name] = functools.partial(read_secret, place, os.environ)
        given[name]()
    return given


def check_declared(task: Task, given: Mapping[str, ReadValue]) -> None:
    """Refuse a secret that a task does not ask for.

    Raises:
        NotPermitted: There is one.
    """
    declared = task.metadata.permissions.secrets
    for name in given:
        if name not in declared:
            where = task.path_of(task.metadata.metadata_file)
            raise NotPermitted(
                f"The task does not ask for the secret `{name}`",
                hint=f"{metadata_line('secrets', declared, name)} in `{where}` does",
            )
