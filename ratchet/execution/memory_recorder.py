"""Keep the last executions in memory, as far as there is room, so that they can be replayed or made into cases."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import NamedTuple

from ratchet.execution.document import Execution
from ratchet.execution.surroundings import Witnessed
from ratchet.task.model import Task
from ratchet.values import Json

MOST_BYTES = 64 * 1024 * 1024


class Kept(NamedTuple):
    """An execution, and what it saw."""

    task: Task
    execution: Execution
    witnessed: Witnessed


class MemoryRecorder:
    """Keeps executions by their ids, and drops the oldest when they need too much room.

    Args:
        most_bytes: Room for all of them, as estimated: their tasks, values, bodies and readings of the clock.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, Kept]] = OrderedDict()
        self._size = 0

    def keep(self, task: Task, execution: Execution, witnessed: Witnessed) -> None:
        """Keep an execution until newer ones need the room; it stands in no place that could be named."""
        size = _size_of(execution, witnessed) + sum(map(len, task.files.values()))
        if size > self._most:
            return
        with self._lock:
            self._kept[execution.id] = size, Kept(task, execution, witnessed)
            self._size += size
            while self._size > self._most:
                _, (dropped, _) = self._kept.popitem(last=False)
                self._size -= dropped

    def find(self, identity: str) -> Kept | None:
        """Return an execution that is still kept."""
        with self._lock:
            found = self._kept.get(identity)
        return found[1] if found else None

    def forget(self, identity: str) -> None:
        """Drop an execution, if it is there."""
        with self._lock:
            size, _ = self._kept.pop(identity, (0, None))
            self._size -= size


def _size_of(execution: Execution, witnessed: Witnessed) -> int:
    trace = witnessed.trace or {"clock": [], "events": []}
    return (
        _length(execution.input)
        + len(execution.output_json or "")
        + sum(_length([call.input, call.answer]) for call in witnessed.calls)
        + sum(
            len(exchange.request.body or b"") + (len(exchange.response.body) if exchange.response else 0)
            for exchange in witnessed.exchanges
        )
        + 64 * (len(trace["clock"]) + len(trace["events"]))
    )


def _length(value: Json) -> int:
    return len(json.dumps(value))
