"""Run small, schema-checked JavaScript tasks in a sandbox that can be trusted.

The public API loads when it is first used: every worker imports this package.

    from ratchet import Runtime, load_task, run

    with Runtime() as runtime:
        execution = run(runtime, load_task("sample_tasks/addition"), {"num1": 5, "num2": 10})
        print(execution.status, execution.output)
"""

from __future__ import annotations

# As good as typing's own to a type checker; that import costs ten milliseconds before the first worker can start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ratchet.errors import RatchetError as RatchetError
    from ratchet.execution.document import Execution as Execution
    from ratchet.execution.run import run as run
    from ratchet.execution.runtime import Runtime as Runtime
    from ratchet.task.load import load_task as load_task
    from ratchet.task.model import Limits as Limits
    from ratchet.task.model import Task as Task

__version__ = "0.1.0"

_HOMES = {
    "Execution": "ratchet.execution.document",
    "Limits": "ratchet.task.model",
    "RatchetError": "ratchet.errors",
    "Runtime": "ratchet.execution.runtime",
    "Task": "ratchet.task.model",
    "load_task": "ratchet.task.load",
    "run": "ratchet.execution.run",
}
__all__ = ["Execution", "Limits", "RatchetError", "Runtime", "Task", "load_task", "run"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
