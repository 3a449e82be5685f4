"""A process that stays: a server, a node."""

from __future__ import annotations

import gc


def settle() -> None:
    """Keep what is there by now out of every later collection.

    Modules and what they have built stay until the end; to look through all of them again and again would stop every
    thread for a tenth of a second, some thousand times a day.
    """
    gc.freeze()
