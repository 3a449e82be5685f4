"""Start an execution and see it to its end: the task of an earlier one here, or any on a server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from ratchet.cli.configured import open_runtime
from ratchet.cli.executions_at import Elsewhere, open_server
from ratchet.cli.interruption import cancel_on_interrupt
from ratchet.cli.keeping import keep, open_kept
from ratchet.cli.listener import TerminalListener
from ratchet.cli.one_run import run_shown
from ratchet.cli.paths import data_folder
from ratchet.cli.sources import open_catalogue, say_if_not_current
from ratchet.errors import NotFound, Unavailable
from ratchet.execution.calls import FindTask
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.pool import SOURCES, Pool
from ratchet.task.load import load_task
from ratchet.task.siblings import sibling_finder
from ratchet.task.text import printable

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration
    from ratchet.execution.document import Execution, TaskReference
    from ratchet.task.model import Task


def run_again_here(configuration: Configuration, identity: str) -> Execution:
    """Run the task of an execution that is kept on this machine, and keep what comes of it beside that one.

    Raises:
        NotFound: There is no such execution, or its task is gone.
        RatchetError: The task may not run, or not on that input any more.
        NotKept: It has run, and what has come of it is not kept.
    """
    with closing(open_kept(configuration, data_folder())) as keeper:
        before = keeper.find(identity)
        task, find_task = _find_again(configuration, before.task)
        with open_runtime(configuration, Pool(SOURCES[-1], engine=configuration.engine, maximum=1)) as runtime:
            execution = run_shown(runtime, configuration, task, before.input, find_task, {}, recorder=keeper.recorder)
        return keep(keeper, execution)


def run_there(configuration: Configuration, url: str, start: Callable[[Elsewhere], Execution]) -> Execution:
    """Have a server run a task, show it as it goes, and return the execution when it has ended.

    Args:
        start: Asks the server for it.

    Raises:
        RatchetError: The server refuses it.
    """
    cancellation = Cancellation()
    with open_server(configuration, url) as server, TerminalListener() as listener, cancel_on_interrupt(cancellation):
        return server.follow(start(server), listener.console, listener.progress, cancellation)


def _find_again(configuration: Configuration, reference: TaskReference) -> tuple[Task, FindTask]:
    """Return a task as it is now, and where it finds others: by its name as a server does, else where it ran from."""
    catalogue = open_catalogue(configuration)
    try:
        task, source = catalogue.find(reference.name, say_if_not_current)
    except (NotFound, Unavailable) as missing:
        task = _load_from(reference, missing)
        return task, sibling_finder(task.location)
    return task, catalogue.finder(source)


def _load_from(reference: TaskReference, missing: NotFound | Unavailable) -> Task:
    with suppress(NotFound):
        task = load_task(reference.source)
        if task.name == reference.name:
            return task
    hint = f"It was at `{printable(reference.source)}`; `ratchet run-once TASK` runs it from elsewhere"
    raise type(missing)(missing.message, hint=hint)
