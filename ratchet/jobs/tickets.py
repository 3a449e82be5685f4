"""Where in the line the ticket of a job stands."""

from __future__ import annotations

from ratchet.jobs.dispatch import Ticket
from ratchet.store.job_models import JobRow


def ticket_of(job: JobRow) -> Ticket:
    """Return the ticket of a job: by its priority, and before others of the same where its node has died or stopped.

    Whoever failed, or was handed back, has had his turn.
    """
    was_first = job.ticket > 1 and job.retries == job.refusals == 0
    return Ticket(job.id, job.ticket, 2 * job.rank - was_first)
