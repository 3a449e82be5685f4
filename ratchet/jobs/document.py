"""Jobs, schedules and nodes as documents, the same on every surface."""

from __future__ import annotations

from datetime import datetime

from ratchet.jobs.priority import priority_of
from ratchet.store.job_models import AttemptRow, JobRow, NodeRow, ScheduleRow
from ratchet.task.moment import render_moment
from ratchet.values import JsonObject


def job_json(job: JobRow) -> JsonObject:
    """Return the document of a job, without the attempts and the output."""
    return {**job_in_list_json(job), "input": job.input}


def job_in_list_json(job: JobRow) -> JsonObject:
    """Return what lists say of a job: its input may be large, and a list has many."""
    return {
        "id": job.id,
        "task": {"name": job.task, "version": job.version, "digest": job.digest, "address": job.address},
        "status": job.status,
        "queue": job.queue,
        "priority": priority_of(job.rank),
        "idempotency_key": job.idempotency_key,
        "scheduled_for": moment_text(job.due_at),
        "max_retries": job.max_retries,
        "backoff_seconds": job.backoff_seconds,
        "attempts": job.attempts,
        "retries": job.retries,
        "deaths": job.deaths,
        "refusals": job.refusals,
        "cancel_requested": job.cancel_requested,
        "record": job.record,
        "node_id": job.node_id,
        "execution_id": job.execution_id,
        "schedule_id": job.schedule_id,
        "tick": moment_text(job.tick),
        "error": job.error,
        "created_at": moment_text(job.created_at),
        "started_at": moment_text(job.started_at),
        "finished_at": moment_text(job.finished_at),
    }


def attempt_json(attempt: AttemptRow) -> JsonObject:
    """Return the document of an attempt."""
    return {
        "number": attempt.number,
        "status": attempt.status,
        "node_id": attempt.node_id,
        "execution_id": attempt.execution_id,
        "error": attempt.error,
        "started_at": moment_text(attempt.started_at),
        "finished_at": moment_text(attempt.finished_at),
        "retry_at": moment_text(attempt.retry_at),
    }


def schedule_json(schedule: ScheduleRow) -> JsonObject:
    """Return the document of a schedule."""
    return {**schedule_in_list_json(schedule), "input": schedule.input}


def schedule_in_list_json(schedule: ScheduleRow) -> JsonObject:
    """Return what lists say of a schedule; see `job_in_list_json`."""
    return {
        "id": schedule.id,
        "name": schedule.name,
        "task": schedule.address,
        "cron": schedule.cron,
        "time_zone": schedule.time_zone,
        "queue": schedule.queue,
        "priority": priority_of(schedule.rank),
        "max_retries": schedule.max_retries,
        "overlap": schedule.overlap,
        "misfire": schedule.misfire,
        "max_executions": schedule.max_executions,
        "record": schedule.record,
        "enabled": schedule.enabled,
        "next_at": moment_text(schedule.next_at),
        "last_tick_at": moment_text(schedule.last_tick_at),
        "last_job_id": schedule.last_job_id,
        "fired": schedule.fired,
        "skipped": schedule.skipped,
        "created_at": moment_text(schedule.created_at),
        "updated_at": moment_text(schedule.updated_at),
    }


def node_json(node: NodeRow) -> JsonObject:
    """Return the document of a node."""
    return {
        "id": node.id,
        "host": node.host,
        "pid": node.pid,
        "version": node.version,
        "status": node.status,
        "slots": node.slots,
        "running": node.running,
        "completed": node.completed,
        "memory_bytes": node.memory_bytes,
        "started_at": moment_text(node.started_at),
        "beat_at": moment_text(node.beat_at),
    }


def moment_text(moment: datetime | None) -> str | None:
    """Return the text of a moment where there is one."""
    return None if moment is None else render_moment(moment)
