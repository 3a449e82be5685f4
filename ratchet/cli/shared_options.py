"""Options that every command takes, before or after its name."""

from __future__ import annotations

from collections.abc import Sequence

SHARED_OPTIONS = ("--config", "--log-level", "--log-format")


def put_first(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the shared options in front, where the parser looks for them.

    What follows `--` is left alone, and so is an option that stands last and lacks its value.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            rest += [argument, *waiting]
            break
        if argument in SHARED_OPTIONS and waiting:
            front += [argument, waiting.pop(0)]
        elif argument.startswith(tuple(f"{option}=" for option in SHARED_OPTIONS)):
            front.append(argument)
        else:
            rest.append(argument)
    return front + rest
