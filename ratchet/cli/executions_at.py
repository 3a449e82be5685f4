"""Where a command looks at executions: what this machine keeps, or a server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from ratchet.cli.execution_report import row_of
from ratchet.cli.keeping import open_kept
from ratchet.cli.paths import data_folder
from ratchet.errors import NotFound
from ratchet.execution.document import ConsoleLine, Execution
from ratchet.execution.keeper import SHORTEST_PREFIX, Keeper, Wanted
from ratchet.registry.address import NAME_SHAPE, parse_address
from ratchet.sandbox.cancellation import Cancellation
from ratchet.task.moment import render_moment
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.cli.remote import RemoteServer
    from ratchet.config.configuration import Configuration

_ID = re.compile(rf"[0-9a-f-]{{{SHORTEST_PREFIX},36}}")
_WAIT_SECONDS = 1.0


class ExecutionsAt(Protocol):
    """Executions somewhere."""

    def rows(self, wanted: Wanted) -> list[JsonObject]:
        """Return what a list shows of the executions that are asked for, the newest first."""

    def find(self, identity: str) -> Execution:
        """Return an execution by its id, or by what no other id begins with."""


class _Here:
    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def rows(self, wanted: Wanted) -> list[JsonObject]:
        if wanted.after is not None:
            wanted = wanted._replace(after=self._keeper.find(wanted.after).id)
        return [row_of(execution) for execution in self._keeper.newest(wanted)]

    def find(self, identity: str) -> Execution:
        return self._keeper.find(identity)


class Elsewhere:
    """Executions of a server, those under way among them."""

    def __init__(self, server: RemoteServer) -> None:
        self._server = server

    def rows(self, wanted: Wanted) -> list[JsonObject]:
        """Return what a list shows of the executions that are asked for, the newest first."""
        if wanted.after is not None:
            wanted = wanted._replace(after=self.find(wanted.after).id)
        asked = {
            "task": wanted.task,
            "status": wanted.status,
            "created_at_gte": _text(wanted.since),
            "created_at_lt": _text(wanted.until),
            "after": wanted.after,
            "limit": str(wanted.limit),
        }
        answer = self._server.get("/executions", **{name: text for name, text in asked.items() if text is not None})
        rows: list[JsonObject] = answer["data"]
        return rows

    def find(self, identity: str) -> Execution:
        """Return an execution by its id, or by what no other id begins with."""
        return self._read(self._server.get(_path(identity)))

    def cancel(self, identity: str) -> Execution:
        """End an execution, and return what has become of it."""
        return self._read(self._server.post(f"{_path(identity)}/cancel"))

    def start(self, task: str, value: Json, *, record: bool) -> Execution:
        """Run a task, and return the execution as it begins."""
        address = parse_address(task)
        if address is None:
            raise NotFound(f"`{printable(task)}` is not the name of a task", hint=NAME_SHAPE)
        version = {"source": address.source, "version": address.version}
        asked = urlencode({name: text for name, text in version.items() if text is not None})
        body = {"input": value, "wait_seconds": 0, "record": record}
        return self._read(self._server.post(f"/tasks/{address.name}/execute?{asked}", body))

    def retry(self, identity: str) -> Execution:
        """Run the task of an execution again, and return the new one as it begins."""
        return self._read(self._server.post(f"{_path(identity)}/retry?wait_seconds=0"))

    def follow(
        self,
        found: Execution,
        console: Callable[[ConsoleLine], None],
        progress: Callable[[JsonObject], None] | None = None,
        cancellation: Cancellation | None = None,
    ) -> Execution:
        """Return an execution when it has ended.

        Args:
            console: Called with each line of its console.
            progress: Called with what it last reported.
            cancellation: Ends it.
        """
        seen = 0
        while True:
            for line in found.console[seen:]:
                console(line)
            seen = len(found.console)
            if progress is not None and found.progress is not None:
                progress(found.progress)
            if found.finished_at is not None:
                return found
            is_unwanted = cancellation is not None and cancellation.cancelled
            found = self.cancel(found.id) if is_unwanted else self._wait(found.id)

    def _wait(self, identity: str) -> Execution:
        return self._read(self._server.get(_path(identity), wait_seconds=f"{_WAIT_SECONDS:g}"))

    def _read(self, document: JsonObject) -> Execution:
        from ratchet.execution.document_reading import read_execution

        return read_execution(document)


@contextmanager
def open_executions(configuration: Configuration, connect: str) -> Iterator[ExecutionsAt]:
    """Lend the executions of the server at a URL, those that this machine keeps without one."""
    if connect:
        with open_server(configuration, connect) as elsewhere:
            yield elsewhere
        return
    keeper = open_kept(configuration, data_folder())
    try:
        yield _Here(keeper)
    finally:
        keeper.close()


@contextmanager
def open_server(configuration: Configuration, url: str) -> Iterator[Elsewhere]:
    """Lend the executions of a server."""
    from ratchet.cli.remote import RemoteServer

    with RemoteServer(url, configuration) as server:
        yield Elsewhere(server)


def _path(identity: str) -> str:
    if not _ID.fullmatch(identity):
        hint = "`ratchet execution list` shows those that are kept"
        raise NotFound(f"There is no execution `{printable(identity, 50)}`", hint=hint)
    return f"/executions/{identity}"


def _text(seconds: float | None) -> str | None:
    return None if seconds is None else render_moment(seconds)
