"""Every tool, in the order of the list."""

from __future__ import annotations

from ratchet.mcp_server.analysis import ANALYZE_ERROR
from ratchet.mcp_server.check_tools import VALIDATE_TASK
from ratchet.mcp_server.find_tools import DESCRIBE_TASK, LIST_TASKS
from ratchet.mcp_server.run_tools import CANCEL_EXECUTION, EXECUTE_TASK, GET_EXECUTION, LIST_EXECUTIONS

TOOLS = (
    LIST_TASKS,
    DESCRIBE_TASK,
    EXECUTE_TASK,
    GET_EXECUTION,
    LIST_EXECUTIONS,
    CANCEL_EXECUTION,
    ANALYZE_ERROR,
    VALIDATE_TASK,
)
