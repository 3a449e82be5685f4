"""Every tool, in the order of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ratchet.mcp_server.analysis import ANALYZE_ERROR
from ratchet.mcp_server.batch_tools import BATCH_EXECUTE
from ratchet.mcp_server.case_tools import RUN_TASK_TESTS
from ratchet.mcp_server.check_tools import VALIDATE_TASK
from ratchet.mcp_server.debug_tools import DEBUG_TASK
from ratchet.mcp_server.exchange_tools import EXPORT_TASKS, IMPORT_TASKS
from ratchet.mcp_server.find_tools import DESCRIBE_TASK, LIST_TASKS
from ratchet.mcp_server.job_tools import CANCEL_JOB, CREATE_JOB, GET_JOB, LIST_JOBS
from ratchet.mcp_server.portable import portable_tools
from ratchet.mcp_server.record_tools import RECORD_EXECUTION, REPLAY_EXECUTION
from ratchet.mcp_server.run_tools import CANCEL_EXECUTION, EXECUTE_TASK, GET_EXECUTION, LIST_EXECUTIONS
from ratchet.mcp_server.schedule_tools import CREATE_SCHEDULE, DELETE_SCHEDULE, LIST_SCHEDULES, TRIGGER_SCHEDULE
from ratchet.mcp_server.script_tools import RUN_SCRIPT
from ratchet.mcp_server.template_tools import GENERATE_FROM_TEMPLATE, LIST_TEMPLATES
from ratchet.mcp_server.tool import Tool
from ratchet.mcp_server.version_tools import CREATE_TASK_VERSION, RESTORE_TASK
from ratchet.mcp_server.write_tools import CREATE_TASK, DELETE_TASK, EDIT_TASK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ratchet.mcp_server.workshop import Workshop

READING = portable_tools(
    LIST_TASKS,
    DESCRIBE_TASK,
    EXECUTE_TASK,
    BATCH_EXECUTE,
    RUN_SCRIPT,
    GET_EXECUTION,
    LIST_EXECUTIONS,
    CANCEL_EXECUTION,
    ANALYZE_ERROR,
    REPLAY_EXECUTION,
    VALIDATE_TASK,
    RUN_TASK_TESTS,
    DEBUG_TASK,
)
WRITING = portable_tools(
    CREATE_TASK,
    EDIT_TASK,
    DELETE_TASK,
    CREATE_TASK_VERSION,
    RESTORE_TASK,
    LIST_TEMPLATES,
    GENERATE_FROM_TEMPLATE,
    EXPORT_TASKS,
    IMPORT_TASKS,
    RECORD_EXECUTION,
)
"""Offered only where there is a folder to write to."""

TOOLS = (*READING, *WRITING)
JOBS = portable_tools(
    LIST_JOBS,
    GET_JOB,
    CREATE_JOB,
    CANCEL_JOB,
    LIST_SCHEDULES,
    CREATE_SCHEDULE,
    TRIGGER_SCHEDULE,
    DELETE_SCHEDULE,
)
"""Offered only where the store of a server is configured."""

ALL = (*TOOLS, *JOBS)


def tools_of(workshop: Workshop) -> Sequence[Tool]:
    """Return the tools that have all that they need."""
    return (*READING, *(WRITING if workshop.folder is not None else ()), *(JOBS if workshop.desk is not None else ()))
