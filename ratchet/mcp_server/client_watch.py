"""Notice that the client of stdin and stdout is gone, from before anything large is imported."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Callable

from ratchet.sandbox.cancellation import Cancellation

_LOOK_SECONDS = 0.5
_END_SECONDS = 2.0


class ClientWatch:
    """Looks at a pipe that the client reads, and at the process that has started this one, in a thread of its own.

    Who is gone wants no answer: a server that only begins ends at once, whatever it is importing, and one that serves
    has little time to end by itself.

    Args:
        outgoing: The file descriptor of the pipe.

    Attributes:
        gone: Cancelled as soon as the client is.
        serving: Whether there is something to end before this process does.
    """

    def __init__(self, outgoing: int) -> None:
        self._outgoing = outgoing
        self._parent = os.getppid()
        self.gone = Cancellation()
        self.serving = False
        threading.Thread(target=self._watch, name="client", daemon=True).start()

    def _watch(self) -> None:
        wait = _waiting_for(self._outgoing)
        while os.getppid() == self._parent and not wait():
            pass
        if self.serving:
            self.gone.cancel()
            time.sleep(_END_SECONDS)
        # The system ends what this process has started.
        os._exit(0)


def _waiting_for(pipe: int) -> Callable[[], bool]:
    """Return what waits a moment for the reader of a pipe to go, and tells whether it has."""
    if sys.platform == "win32":  # Pipes cannot be waited for.
        return lambda: bool(time.sleep(_LOOK_SECONDS))
    poll = select.poll()
    # No event is asked for: that nobody reads is told in any case.
    poll.register(pipe, 0)
    return lambda: bool(poll.poll(_LOOK_SECONDS * 1000))
