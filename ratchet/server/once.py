"""Requests that may come twice: the same idempotency key runs a task once."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from ratchet.errors import Conflict, KeyReused, NotFound
from ratchet.execution.document import new_execution_id
from ratchet.execution.executions import Executions
from ratchet.execution.running import Running
from ratchet.store.models import RequestKeyRow
from ratchet.store.request_keys import claim_key, find_key, release_keys
from ratchet.store.store import Store
from ratchet.values import Json

_HINT = "Ask again in a moment"


class Once:
    """The keys of a store.

    Args:
        patience: After that time an execution that nobody knows has died with another server.
    """

    def __init__(self, store: Store, executions: Executions, patience: timedelta) -> None:
        self._store = store
        self._executions = executions
        self._patience = patience
        self._lock = threading.Lock()
        self._held: set[str] = set()

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """Answer one request with a key at a time.

        Raises:
            Conflict: Another one is about to be answered.
        """
        with self._lock:
            if key in self._held:
                raise _in_flight()
            self._held.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(key)

    def start(self, key: str, asked: Json, start: Callable[[str], Running]) -> Running:
        """Return the execution that the key has run, which is started where there is none yet.

        Args:
            asked: All that must be the same in requests with the same key.
            start: Starts an execution with an id.

        Raises:
            KeyReused: The key has been used for something else.
            Conflict: Another server works on the first request.
        """
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        identity = new_execution_id()
        claimed = self._claim(key, digest, identity)
        if claimed.digest != digest:
            raise KeyReused("The idempotency key has been used for another request", hint="Use a key for one request")
        if claimed.execution_id != identity:
            return self._find(claimed.execution_id)
        try:
            return start(identity)
        except BaseException:
            self.release(identity)
            raise

    def release(self, execution_id: str) -> None:
        """Let a key be used again whose execution was refused before anything ran."""
        with self._store.writing() as session:
            release_keys(session, [execution_id])

    def _claim(self, key: str, digest: str, execution_id: str) -> RequestKeyRow:
        """Return the claim that counts: one that was there already, or this one."""
        with self._store.reading() as session:
            before = find_key(session, key)
        lost = [before.execution_id] if before is not None and self._is_lost(before) else []
        with self._store.writing() as session:
            release_keys(session, lost)
            return claim_key(session, key, digest, execution_id)

    def _is_lost(self, claim: RequestKeyRow) -> bool:
        """Tell whether the execution of a claim has died with its server, or been removed since."""
        if claim.created_at + self._patience > self._store.clock.now():
            return False
        try:
            self._executions.find(claim.execution_id)
        except NotFound:
            return True
        return False

    def _find(self, execution_id: str) -> Running:
        try:
            return self._executions.find(execution_id)
        except NotFound:
            raise _in_flight() from None


def _in_flight() -> Conflict:
    return Conflict("A request with this idempotency key is under way", hint=_HINT)
