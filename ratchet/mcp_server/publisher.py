"""Keep the list of tools as the tasks are: run the cases of what has changed, and tell clients of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection

from ratchet.errors import Cancelled
from ratchet.mcp_server.candidate import Candidate
from ratchet.mcp_server.listing import Listing
from ratchet.mcp_server.shelf import Shelf
from ratchet.registry.watching import Watcher
from ratchet.task.text import printable

_TELL_SECONDS = 1.0
_END_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Publisher:
    """Works in a thread of its own as long as its `with` block lasts.

    Args:
        changed: Called when tasks have changed, from that thread: whether other tools are listed than before, and which
            tasks are others, by `source/name@version`.
    """

    def __init__(self, shelf: Shelf, changed: Callable[[bool, Collection[str]], None]) -> None:
        self._shelf = shelf
        self._changed = changed
        self._stopped = threading.Event()
        self._told = Listing()
        self._thread = threading.Thread(target=self._keep, name="ratchet-tools", daemon=True)

    def __enter__(self) -> Publisher:
        self._shelf.settled.clear()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._shelf.gate.cancellation.cancel()
        self._shelf.wake()
        # It may be waiting for a source that does not answer, and the client for this process to end.
        self._thread.join(_END_SECONDS)

    def _keep(self) -> None:
        try:
            self._told = self._shelf.look()
            self._check()
            self._shelf.settled.set()
            with Watcher(self._shelf.catalogue, lambda _: self._shelf.wake()):
                while not self._stopped.is_set():
                    self._shelf.fetch()
                    self._check()
                    self._shelf.wait()
        except Cancelled:
            return
        finally:
            self._shelf.settled.set()

    def _check(self) -> None:
        """Check tasks until all are; clients hear of it while that goes on, but not of each."""
        while not self._stopped.is_set() and (waiting := self._shelf.unchecked()):
            ends = time.monotonic() + _TELL_SECONDS
            while waiting and time.monotonic() < ends and not self._stopped.is_set():
                self._check_one(waiting.pop(0))
            self._tell()
        self._tell()

    def _check_one(self, candidate: Candidate) -> None:
        gate = self._shelf.gate
        try:
            verdict = gate.check(candidate)
        except Cancelled:
            raise
        except Exception:
            # A bug of ours: it keeps this task from being a tool, and no other.
            _log.exception("`%s` cannot be checked", printable(candidate.address))
            verdict = gate.refuse(candidate, "It cannot be checked: see the log of the server")
        if not verdict.passed:
            reasons = printable("; ".join(verdict.reasons), 1000)
            _log.warning("`%s` is a draft: %s", printable(candidate.address), reasons)

    def _tell(self) -> None:
        before, now = self._told, self._shelf.look()
        self._told = now
        tools = _tools(before) != _tools(now)
        tasks = {key for key, _ in before.digests.items() ^ now.digests.items()}
        if (tools or tasks) and not self._stopped.is_set():
            self._changed(tools, tasks)


def _tools(listing: Listing) -> dict[str, str]:
    """Return what clients would see of each tool, by its name."""
    return {name: tool.task.digest for name, tool in listing.tools.items() if tool.task is not None}
