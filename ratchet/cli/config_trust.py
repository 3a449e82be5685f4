"""What `ratchet config trust` does."""

from __future__ import annotations

import os

from ratchet.cli.report import inert_line
from ratchet.config.discover import find_file
from ratchet.config.trust import read_trusted, revoke, trust, trust_store
from ratchet.errors import NotFound, Refused


def trust_file(named: str | None) -> None:
    """Trust a file as it is now.

    Raises:
        NotFound: There is none.
    """
    found = find_file(named, os.environ)
    if found.path is None:
        raise NotFound("There is no configuration file here", hint="Name one: `ratchet config trust FILE`")
    try:
        trust(found.path, found.content, trust_store(os.environ))
    except OSError as error:
        raise _unwritable(error) from None
    print(f"{inert_line(found.path)}: trusted until it changes")


def revoke_file(named: str | None) -> None:
    """Trust a file no more; it need not be there any longer.

    Raises:
        NotFound: It was not trusted.
    """
    path = named or find_file(None, os.environ).path
    try:
        known = path is not None and revoke(path, trust_store(os.environ))
    except OSError as error:
        raise _unwritable(error) from None
    if path is None or not known:
        shown = "no file" if path is None else f"`{inert_line(path)}`"
        raise NotFound(f"What is named, {shown}, is not trusted", hint="`ratchet config trust --list` shows what is")
    print(f"{inert_line(path)}: trusted no more")


def list_trusted() -> None:
    """Print the paths of the trusted files."""
    for path in sorted(read_trusted(trust_store(os.environ))):
        print(inert_line(path))


def _unwritable(error: OSError) -> Refused:
    store = inert_line(trust_store(os.environ))
    return Refused(f"`{store}` cannot be written: {error.strerror}", hint="It is where trusted files are remembered")
