"""Where Ratchet keeps things on this system."""

from __future__ import annotations

import os
import sys


def cache_folder() -> str:
    """Return the folder for what can be made again.

    platformdirs costs a tenth of the start-up; on Linux its answer is the XDG Base Directory Specification's.
    """
    if sys.platform == "linux":
        base = os.environ.get("XDG_CACHE_HOME", "")
        return os.path.join(base if os.path.isabs(base) else os.path.expanduser("~/.cache"), "ratchet")
    import platformdirs

    return platformdirs.user_cache_dir("ratchet", appauthor=False)


def state_folder() -> str:
    """Return the folder for what lasts from one session to the next, such as a history."""
    import platformdirs

    return platformdirs.user_state_dir("ratchet", appauthor=False)


def data_folder() -> str:
    """Return the folder for what is to be kept, such as the executions of a server."""
    import platformdirs

    return platformdirs.user_data_dir("ratchet", appauthor=False)
