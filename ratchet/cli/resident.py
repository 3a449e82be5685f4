"""A process that stays: a server, a node."""

from __future__ import annotations

import gc

# Objects that were made since the last collection and are still there; Python looks after 700.
_YOUNG = 5_000


def settle() -> None:
    """Keep what is there by now out of every later collection, and collect less often.

    Modules and what they have built stay until the end; to look through all of them again and again would stop every
    thread for a tenth of a second, some thousand times a day.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
