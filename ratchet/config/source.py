"""What a configuration is made from, read once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ratchet.values import Json


class Source(NamedTuple):
    """What a configuration is made from.

    Args:
        path: The file as the user would type it; None when there is none.
        content: Its bytes, so that nothing depends on reading it twice.
        environment: The variables of the process.
        flags: Values of options of a command, by the name of the option.
        named: Whether the user has named the file, or trusts it all the same; see `discover.Found`.
    """

    path: str | None
    content: bytes
    environment: Mapping[str, str]
    flags: Mapping[str, Json]
    named: bool = False
