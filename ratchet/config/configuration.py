"""The configuration as plain values, which is all that the other parts see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from ratchet.cache import Cache
from ratchet.config.settings import LOG_FILE_BACKUPS, LOG_FILE_BYTES
from ratchet.config.source import Source
from ratchet.gateway.settings import HttpSettings
from ratchet.task.model import Limits
from ratchet.values import Json, JsonObject, Problem

if TYPE_CHECKING:
    from ratchet.config.layer import Origin
    from ratchet.config.server import ServerSettings
    from ratchet.execution.keeper import Retention
    from ratchet.gateway.policy import Policy
    from ratchet.gateway.secret import Secret
    from ratchet.registry.source import Source as TaskSource

_DAY_SECONDS = 86_400
IsolationLevel = Literal["none", "partial", "full"]


class LogTarget(NamedTuple):
    """Where log lines go: stderr, or a file when there is a path.

    Args:
        level: The least severe level for this target alone; None for the level of all.
    """

    path: str | None = None
    level: str | None = None
    max_bytes: int = LOG_FILE_BYTES
    backup_count: int = LOG_FILE_BACKUPS


class Logging(NamedTuple):
    """What is logged, how, and where."""

    level: str
    format: Literal["text", "json"]
    targets: tuple[LogTarget, ...]


class Configuration(NamedTuple):
    """The settings in force.

    Args:
        values: Every setting by its key, such as `execution.workers.max`.
        warnings: What is odd, but no reason to refuse the configuration.
        source: What the values come from.
    """

    values: Mapping[str, Json]
    warnings: tuple[Problem, ...]
    source: Source

    @property
    def limits(self) -> Limits:
        """The ceilings of an execution."""
        known = (field for field in Limits._fields if f"execution.{field}" in self.values)
        return Limits()._replace(**{field: self.values[f"execution.{field}"] for field in known})

    @property
    def engine(self) -> str:
        """The name of the JavaScript engine."""
        return str(self.values["execution.engine"])

    @property
    def engine_by_task(self) -> bool:
        """Whether a task's metadata may choose another engine."""
        return self.values["execution.engine_by_task"] is True

    @property
    def worker_counts(self) -> tuple[int, int | None]:
        """The minimum and the maximum of a pool of workers; None for what suits this machine."""
        return self.values["execution.workers.min"], self.values["execution.workers.max"]

    @property
    def validate_schemas(self) -> bool:
        """Whether input and output are checked against the task's schemas."""
        return self.values["execution.validate_schemas"] is True

    @property
    def require_isolation(self) -> IsolationLevel:
        """The least isolation a worker must reach."""
        level: IsolationLevel = self.values["execution.require_isolation"]
        return level

    @property
    def http(self) -> HttpSettings:
        """How requests are made."""
        return HttpSettings(**{field: self.values[f"http.{field}"] for field in HttpSettings._fields})

    @property
    def policy(self) -> Policy:
        """What tasks may reach."""
        from ratchet.gateway.policy import Policy

        allow, deny, private = (self.values[f"permissions.{name}"] for name in ("allow", "deny", "private_networks"))
        return Policy(self.values["permissions.default"], tuple(allow), tuple(deny), tuple(private))

    def secrets(self) -> list[Secret]:
        """Return what the operator says about secrets; their values are read when they are needed."""
        if not self.values["secrets"]:
            return []
        from ratchet.config.task_secrets import secrets_of

        return secrets_of(self.values["secrets"], self.source.environment)

    @property
    def logging(self) -> Logging:
        """What is logged, how, and where."""
        targets = tuple(_target_of(entry) for entry in self.values["logging.targets"])
        return Logging(self.values["logging.level"], self.values["logging.format"], targets)

    @property
    def server(self) -> ServerSettings:
        """How the server is reached, and by whom."""
        from ratchet.config.server import server_settings

        return server_settings(self.values)

    def sources(self) -> list[TaskSource]:
        """Return where tasks come from that are called by name."""
        from ratchet.config.task_sources import sources_of

        return sources_of(self.values["registry.sources"], self.source.environment)

    @property
    def frozen(self) -> bool:
        """Whether tasks of sources that are not pinned are refused."""
        return self.values["registry.frozen"] is True

    def cache(self, default: str) -> Cache | None:
        """Return the cache for what can be made again, None when nothing is to be kept.

        Args:
            default: The folder where the configuration names none.
        """
        if not self.values["cache.enabled"]:
            return None
        return Cache(self.values["cache.folder"] or default, self.values["cache.max_bytes"])

    def database_url(self) -> str | None:
        """Return the URL of the database that holds executions; None for a file in the data folder.

        Raises:
            InvalidConfig: It stands in a variable that is not set, or in a file that cannot be read.
        """
        url = self.values["server.database.url"]
        if url is None:
            return None
        from ratchet.config.secrets import read_url

        return read_url(url, self.source.environment)

    def retention(self, now: float) -> Retention:
        """Return which executions are removed again."""
        from ratchet.execution.keeper import Retention

        days = self.values["data.keep_days"]
        return Retention(None if days is None else now - days * _DAY_SECONDS, self.values["data.keep_count"])

    def origins(self) -> dict[str, Origin]:
        """Return where the value of each setting comes from; the sources are read once more for it."""
        from ratchet.config.layers import read_layers

        return read_layers(self.source).origins


def _target_of(entry: JsonObject) -> LogTarget:
    given = {key: value for key, value in entry.items() if key != "type" and value is not None}
    return LogTarget(**given)
