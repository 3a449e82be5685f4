"""The only way out of the sandbox, for all executions of a runtime."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ratchet.gateway.policy import Policy
from ratchet.gateway.settings import HttpSettings

if TYPE_CHECKING:
    from ratchet.gateway.checkpoint import Checkpoint
    from ratchet.gateway.exchange import Answers
    from ratchet.gateway.gate import Gate
    from ratchet.gateway.transport import Transport
    from ratchet.task.model import Permissions

_USUAL_SETTINGS = HttpSettings()
_USUAL_POLICY = Policy()


class Gateway:
    """Owns the connections of this process; close it.

    Args:
        settings: How requests are made.
        policy: Which hosts and addresses tasks may reach.
    """

    def __init__(self, settings: HttpSettings = _USUAL_SETTINGS, policy: Policy = _USUAL_POLICY) -> None:
        self._settings = settings
        self._policy = policy
        self._lock = threading.Lock()
        self._transport: Transport | None = None

    def open_gate(
        self, permissions: Permissions, answers: Answers | None = None, checkpoint: Checkpoint | None = None
    ) -> Gate:
        """Return what the requests of one execution go through.

        Args:
            permissions: What the task says that it needs.
            answers: What answers in place of the network; None to go out.
            checkpoint: Who decides over each request that is permitted.
        """
        from ratchet.gateway.gate import Gate
        from ratchet.gateway.transport import Transport

        with self._lock:
            if self._transport is None:
                self._transport = Transport(self._settings)
        return Gate(self._transport, self._policy, permissions, self._settings.timeout_seconds, answers, checkpoint)

    def close(self) -> None:
        """Close every connection that is kept."""
        with self._lock:
            if self._transport is not None:
                self._transport.close()
