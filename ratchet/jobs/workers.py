"""What the worker processes of a node do, as it says with each beat."""

from __future__ import annotations

from ratchet.execution.document import Execution
from ratchet.execution.executions import Executions
from ratchet.sandbox.pool import Pool
from ratchet.store.columns import moment_of
from ratchet.task.moment import render_moment
from ratchet.values import JsonObject


def workers_json(pool: Pool, executions: Executions) -> JsonObject:
    """Return how many workers a process has, what they run, and how many executions wait for one."""
    return {
        "engine": pool.engine,
        "most": pool.most,
        "busy": pool.busy,
        "ready": pool.ready,
        "waiting": pool.waiting,
        "executions": [_running_json(each) for each in executions.all() if each.status == "running"],
    }


def _running_json(execution: Execution) -> JsonObject:
    started = execution.started_at or execution.created_at
    return {
        "id": execution.id,
        "task": execution.task.name,
        "job_id": execution.job_id,
        "started_at": render_moment(moment_of(started)),
    }
