"""An attempt at a job, as an execution that can be looked at, followed and cancelled while it is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from ratchet.execution.running import Running
from ratchet.sandbox.cancellation import Cancellation
from ratchet.store.job_models import JobRow
from ratchet.task.model import Limits, Task

Show = Callable[[Running], AbstractContextManager[object]]
"""Lets an execution be found as long as the block lasts; see `Executions.showing`."""


class Attempt(Running):
    """One that ends when its `future` is given what has come of it."""

    def __init__(self, job: JobRow, task: Task, limits: Limits, execution_id: str) -> None:
        super().__init__(job.input, execution_id=execution_id)
        self.found(task, limits)
        self._begun = self._begun._replace(attempt=job.attempts, job_id=job.id, schedule_id=job.schedule_id)

    @property
    def is_given_up(self) -> bool:
        """Whether somebody has cancelled this execution, and with it the job."""
        return self.cancellation.cancelled

    @contextmanager
    def shown(self, show: Show, cancellation: Cancellation) -> Iterator[None]:
        """Let it be found until what has come of it is kept, and then tell those who follow it.

        Args:
            cancellation: Stops what runs.
        """
        with show(self), self.cancellation.on_cancel(cancellation.cancel):
            try:
                yield
            finally:
                # Without an effect where it has ended as it should.
                self.future.cancel()
                self.ended()
