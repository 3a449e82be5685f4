"""Executions for tests of the store, made without running any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ratchet.execution.document import Execution, ExecutionError, Status, TaskReference
from ratchet.store.executions import save_executions
from ratchet.store.store import Store
from ratchet.task.model import Limits

START = 1_770_000_000.0


def execution_id(number: int) -> str:
    """Return the id of an execution that began so many seconds after `START`."""
    return f"{int((START + number) * 1000) << 16 | 0x7000:016x}8000000000000000"[:32]


def make_execution(
    number: int, *, task: str = "total", status: Status = "completed", code: str | None = None
) -> Execution:
    """Return an execution that began so many seconds after `START`."""
    digits = execution_id(number)
    identity = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    reference = TaskReference(task, "1.0.0", f"digest of {task}", f"/tasks/{task}")
    began = START + number
    return Execution(
        identity,
        reference,
        status,
        {"number": number},
        Limits(),
        began,
        began,
        began + 0.25,
        output_json=f'{{"got": {number}}}' if status == "completed" else None,
        error=ExecutionError(code, "It went wrong") if code else None,
        duration_ms=250,
        queued_ms=0,
    )


def fill(store: Store, executions: Iterable[Execution]) -> Sequence[str]:
    """Keep executions and return their ids."""
    made = list(executions)
    with store.writing() as session:
        save_executions(session, made)
    return [execution.id for execution in made]
