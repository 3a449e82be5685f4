"""What the routes work with: the same core as every other door."""

from __future__ import annotations

import logging
import os
import threading
from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from ratchet.config.server import ServerSettings
from ratchet.execution.executions import Executions
from ratchet.execution.runtime import Runtime
from ratchet.execution.surroundings import Recorder
from ratchet.jobs.jobs import Jobs
from ratchet.jobs.schedules import Schedules
from ratchet.registry.catalogue import Catalogue
from ratchet.sandbox.cancellation import Cancellation
from ratchet.server.metrics import Metrics
from ratchet.server.once import Once
from ratchet.store.store import Store
from ratchet.store.switches import Switches


class Writable(NamedTuple):
    """The folder that tasks are written to.

    Args:
        source: What the source is called that its tasks are from.
    """

    source: str
    folder: str

    def path_of(self, name: str) -> str | None:
        """Return the folder of a task in it, by the name that it was checked to be; None where there is none."""
        path = os.path.join(self.folder, name)
        # A link may lead out of the folder.
        return path if os.path.isdir(path) and not os.path.islink(path) else None


class Service(NamedTuple):
    """What every route is given.

    Args:
        writable: Where tasks may be written; None where none may.
        writing: Held while one is, so that a condition holds until the change is made.
        recorder: Who records what somebody asks for; None where everything is recorded.
        closing: Cancelled when the server stops, for answers that would not end by themselves.
    """

    settings: ServerSettings
    runtime: Runtime
    catalogue: Catalogue
    executions: Executions
    once: Once
    metrics: Metrics
    log: logging.Logger
    writable: Writable | None
    store: Store
    recorder: Recorder | None
    switches: Switches
    jobs: Jobs
    schedules: Schedules
    writing: threading.Lock
    closing: Cancellation


async def _service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(_service_of)]
"""The type of a parameter that a route is given its service by."""
