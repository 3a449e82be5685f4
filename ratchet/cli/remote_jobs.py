"""The jobs and schedules of a server, asked for as those of the local database are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.cli.remote import RemoteServer
    from ratchet.jobs.asked import Asked
    from ratchet.jobs.asked_schedule import AskedSchedule
    from ratchet.jobs.jobs import Page

_ALL = {"limit": "500", "_sort": "name", "_order": "ASC"}


class RemoteJobs:
    """The jobs of a server; see `ratchet.jobs.jobs.Jobs`."""

    def __init__(self, server: RemoteServer) -> None:
        self._server = server

    def create(self, asked: Asked) -> JsonObject:
        """Make a job."""
        found: JsonObject = self._server.post("/jobs", _body(asked._asdict()))
        return found

    def page(self, wanted: Mapping[str, str]) -> Page:
        """Return some jobs, the newest first."""
        from ratchet.jobs.jobs import Page

        answer = self._server.get("/jobs", **wanted)
        jobs = answer["data"]
        return Page(jobs, jobs[-1]["id"] if answer["meta"]["next"] else None)

    def get(self, job_id: str) -> JsonObject:
        """Return a job with its attempts."""
        found: JsonObject = self._server.get(_path("jobs", job_id))
        return found

    def cancel(self, job_id: str) -> JsonObject:
        """Cancel a job."""
        found: JsonObject = self._server.post(_path("jobs", job_id, "cancel"))
        return found

    def retry(self, job_id: str) -> JsonObject:
        """Run a job again."""
        found: JsonObject = self._server.post(_path("jobs", job_id, "retry"))
        return found

    def stats(self) -> JsonObject:
        """Return how many jobs there are."""
        found: JsonObject = self._server.get("/jobs/stats")
        return found


class RemoteSchedules:
    """The schedules of a server; see `ratchet.jobs.schedules.Schedules`."""

    def __init__(self, server: RemoteServer) -> None:
        self._server = server

    def create(self, asked: AskedSchedule) -> JsonObject:
        """Make a schedule."""
        found: JsonObject = self._server.post("/schedules", asked._asdict())
        return found

    def replace(self, name: str, asked: AskedSchedule) -> JsonObject:
        """Give a schedule other values."""
        found: JsonObject = self._server.put(_path("schedules", name), asked._asdict())
        return found

    def asked(self, name: str) -> AskedSchedule:
        """Return what a schedule was asked for with."""
        from ratchet.jobs.asked_schedule import AskedSchedule

        document = self.get(name)
        return AskedSchedule(**{field: document[field] for field in AskedSchedule._fields})

    def all(self) -> Sequence[JsonObject]:
        """Return the schedules by name, five hundred at most."""
        found: Sequence[JsonObject] = self._server.get("/schedules", **_ALL)["data"]
        return found

    def get(self, name: str) -> JsonObject:
        """Return a schedule."""
        found: JsonObject = self._server.get(_path("schedules", name))
        return found

    def delete(self, name: str) -> None:
        """Remove a schedule."""
        self._server.delete(_path("schedules", name))

    def enable(self, name: str, *, enabled: bool = True) -> JsonObject:
        """Let a schedule make jobs, or none."""
        found: JsonObject = self._server.post(_path("schedules", name, "enable" if enabled else "disable"))
        return found

    def trigger(self, name: str) -> JsonObject:
        """Make a job of a schedule now."""
        found: JsonObject = self._server.post(_path("schedules", name, "trigger"))
        return found

    def preview(self, name: str, count: int) -> Sequence[str | None]:
        """Return the next times of a schedule."""
        times: Sequence[str | None] = self._server.get(_path("schedules", name, "preview"), count=str(count))["times"]
        return times


def _body(values: Mapping[str, Json]) -> JsonObject:
    """Return what is not the server's own default."""
    given = {name: value for name, value in values.items() if value is not None}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}


def _path(*parts: str) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in parts)
