"""The only way out of the sandbox, for all executions of a runtime."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ratchet.gateway.policy import Policy
from ratchet.gateway.settings import HttpSettings

if TYPE_CHECKING:
    from ratchet.gateway.checkpoint import Checkpoint
    from ratchet.gateway.exchange import Answers
    from ratchet.gateway.gate import Gate
    from ratchet.gateway.secret import ReadValue, Secret
    from ratchet.gateway.secrets import Secrets
    from ratchet.gateway.transport import Transport
    from ratchet.task.model import Permissions

_USUAL_SETTINGS = HttpSettings()
_USUAL_POLICY = Policy()


class Gateway:
    """Owns the connections of this process; close it.

    Args:
        settings: How requests are made.
        policy: Which hosts and addresses tasks may reach.
        secrets: What the operator says about secrets.
    """

    def __init__(
        self,
        settings: HttpSettings = _USUAL_SETTINGS,
        policy: Policy = _USUAL_POLICY,
        secrets: Sequence[Secret] = (),
    ) -> None:
        self._settings = settings
        self._policy = policy
        self._secrets = {secret.name: secret for secret in secrets}
        self._lock = threading.Lock()
        self._transport: Transport | None = None

    def open_secrets(self, permissions: Permissions, given: Mapping[str, ReadValue], *, sends: bool) -> Secrets:
        """Return the secrets of one execution.

        Args:
            given: What somebody has given to this execution by hand; where the configuration binds no secret of the
                name, it may sign and go to the hosts that the task declares.
            sends: Whether requests go out.
        """
        from ratchet.gateway.secret import Secret
        from ratchet.gateway.secrets import Secrets

        bound = {} if not sends else dict(self._secrets)
        for name, read in given.items():
            known = bound.get(name) or Secret(name, read, permissions.net or (), may_sign=True)
            bound[name] = known._replace(read=read)
        return Secrets(permissions.secrets, bound, sends=sends)

    def open_gate(
        self,
        permissions: Permissions,
        secrets: Secrets,
        answers: Answers | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Gate:
        """Return what the requests of one execution go through.

        Args:
            permissions: What the task says that it needs.
            secrets: Those of the execution.
            answers: What answers in place of the network; None to go out.
            checkpoint: Who decides over each request that is permitted.
        """
        from ratchet.gateway.gate import Gate
        from ratchet.gateway.transport import Transport

        with self._lock:
            if self._transport is None:
                self._transport = Transport(self._settings)
        seconds = self._settings.timeout_seconds
        return Gate(self._transport, self._policy, permissions, secrets, seconds, answers, checkpoint)

    def close(self) -> None:
        """Close every connection that is kept."""
        with self._lock:
            if self._transport is not None:
                self._transport.close()
