"""Every setting, declared once."""

from __future__ import annotations

from collections.abc import Mapping

from ratchet.cache import MOST_BYTES
from ratchet.config.declaration import MASK, Section, SectionFault, Setting, whole_key
from ratchet.engine import ENGINES, MOST_MEMORY_BYTES
from ratchet.gateway.settings import HttpSettings
from ratchet.task.model import Limits
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

_DAY = 86_400
_MEBIBYTE = 1024 * 1024
_GIBIBYTE = 1024 * _MEBIBYTE
_LIMITS = Limits()
_HTTP = HttpSettings()
LOG_FILE_BYTES = 10 * _MEBIBYTE
LOG_FILE_BACKUPS = 5
LEVELS = ("debug", "info", "warning", "error")


def _check_execution(values: Mapping[str, Json]) -> tuple[str, str] | None:
    most = MOST_MEMORY_BYTES[values["engine"]]
    if values["memory_bytes"] > most and not values["engine_by_task"]:
        message = f"is {values['memory_bytes']:,}, above the {most >> 20} MB that dukpy can use"
        return "memory_bytes", f"{message}; `execution.engine: wasm` takes more"
    if values["workers.max"] is None or values["workers.min"] <= values["workers.max"]:
        return None
    return "workers.min", f"is {values['workers.min']}, more than `execution.workers.max`, {values['workers.max']}"


def _check_target(entry: JsonObject) -> tuple[str, str] | None:
    """Say which key a target of one type lacks, or has from the other."""
    if entry.get("type") == "file" and entry.get("path") is None:
        return "type", "is `file`, which needs a `path`"
    if entry.get("type") == "stderr":
        for key in ("path", "max_bytes", "backup_count"):
            if entry.get(key) is not None:
                return key, "is for files; this target is `stderr`"
    return None


def _check_source(entry: JsonObject) -> tuple[str, str] | None:
    """Say which key of a source is wrong; few configurations have any."""
    from ratchet.config.task_sources import check_source

    return check_source(entry)


def _check_secret(entry: JsonObject) -> tuple[str, str] | None:
    """Say which key of a secret is wrong; few configurations have any."""
    from ratchet.config.task_secrets import check_secret

    return check_secret(entry)


def _check_ceiling(entry: JsonObject) -> tuple[str, str] | None:
    """Say what is wrong with what a ceiling is for."""
    if (entry.get("queue") is None) == (entry.get("task") is None):
        return "concurrency", "stands beside both a `queue` and a `task`, or neither"
    return None


def _check_ceilings(values: Mapping[str, Json]) -> SectionFault | None:
    """Say which ceiling is for what has one already."""
    named = [(entry.get("queue"), entry.get("task")) for entry in values["ceilings"]]
    for index, name in enumerate(named):
        if name in named[:index]:
            return "ceilings", "stands beside what has a ceiling already", index, "concurrency"
    return None


def _check_names(values: Mapping[str, Json]) -> SectionFault | None:
    """Say which source has the name of another."""
    names = [entry.get("name") for entry in values["sources"]]
    for index, name in enumerate(names):
        if name in names[:index]:
            return "sources", f"is `{name}`, as another source is", index, "name"
    return None


def _check_http(values: Mapping[str, Json]) -> tuple[str, str] | None:
    agent, proxy = values["user_agent"], values["proxy"]
    if not (agent.isascii() and agent.isprintable()):
        return "user_agent", "holds a character that no header of a request may have"
    if proxy is None:
        return None
    if MASK in proxy:
        return "proxy", "has its password masked, as `ratchet config show` does"
    from ratchet.gateway.failures import InvalidUrl
    from ratchet.gateway.proxy import parse_proxy

    try:
        parse_proxy(proxy)
    except InvalidUrl:
        return "proxy", "is not the URL of a proxy, such as `http://proxy.example.com:3128`"
    return None


def _check_permissions(values: Mapping[str, Json]) -> tuple[str, str] | None:
    names = [name for name in ("allow", "deny", "private_networks") if values[name]]
    if not names:
        return None
    from ratchet.gateway.host_patterns import parse_pattern
    from ratchet.gateway.networks import parse_network

    for name in names:
        for entry in values[name]:
            try:
                (parse_network if name == "private_networks" else parse_pattern)(entry)
            except ValueError as error:
                return name, f"holds `{printable(entry)}`, which {error}"
    return None


def _check_mcp(values: Mapping[str, Json]) -> SectionFault | None:
    """Say which key of OAuth is wrong; few configurations have any."""
    from ratchet.config.oauth import check_oauth

    return check_oauth(values)


def _check_server(values: Mapping[str, Json]) -> SectionFault | None:
    """Say which value of the server is wrong; few configurations set any but the port."""
    from ratchet.config.server import check_server

    return check_server(values)


SECTIONS = (
    Section(
        "execution",
        "What one execution may use, and how many there are at a time.",
        (
            Setting("engine", "word", ENGINES[0], "The JavaScript engine", words=ENGINES),
            Setting("engine_by_task", "flag", False, "Let a task's metadata choose another engine"),
            Setting(
                "timeout_seconds", "number", _LIMITS.timeout_seconds, "Wall-clock time of an execution",
                above=0, most=_DAY,
            ),
            Setting(
                "cpu_seconds", "number", _LIMITS.cpu_seconds, "Processor time of an execution", above=0, most=_DAY
            ),
            Setting(
                "memory_bytes", "whole", _LIMITS.memory_bytes, "Memory of an execution",
                least=_MEBIBYTE, most=max(MOST_MEMORY_BYTES.values()),
            ),
            Setting(
                "output_bytes", "whole", _LIMITS.output_bytes, "Size of the output as JSON",
                least=1, most=64 * _MEBIBYTE,
            ),
            Setting(
                "console_lines", "whole", _LIMITS.console_lines, "Lines of the console that are kept; more are counted",
                least=0, most=1_000_000,
            ),
            Setting(
                "console_bytes", "whole", _LIMITS.console_bytes, "Size of all lines of the console that are kept",
                least=0, most=64 * _MEBIBYTE,
            ),
            Setting(
                "progress_events", "whole", _LIMITS.progress_events, "Progress reports that are passed on",
                least=0, most=1_000_000,
            ),
            Setting("timers", "whole", _LIMITS.timers, "Timers that wait at a time", least=0, most=1_000_000),
            Setting("fetches", "whole", _LIMITS.fetches, "HTTP requests of an execution", least=0, most=100_000),
            Setting(
                "fetches_in_flight", "whole", _LIMITS.fetches_in_flight, "HTTP requests of an execution at a time",
                least=1, most=64,
            ),
            Setting(
                "grace_seconds", "number", _LIMITS.grace_seconds,
                "Time between the request to stop and the end of the process", least=0, most=60,
            ),
            Setting("validate_schemas", "flag", True, "Check input and output against the task's schemas"),
            Setting(
                "require_isolation", "word", "none", "The least isolation a worker must reach for a task to run",
                words=("none", "partial", "full"),
            ),
            Setting("workers.min", "whole", 0, "Workers that stand ready without load", least=0, most=64),
            Setting(
                "workers.max", "whole", None,
                "Workers at a time, at work or ready; more executions wait. Null is two a processor, from 4 to 64",
                optional=True, least=1, most=1024,
            ),
        ),
        _check_execution,
    ),
    Section(
        "http",
        "How the requests of tasks are made.",
        (
            Setting(
                "timeout_seconds", "number", _HTTP.timeout_seconds,
                "Time of a whole request, its redirects and the body of its answer included", above=0, most=3600,
            ),
            Setting("max_redirects", "whole", _HTTP.max_redirects, "Redirects that are followed", least=0, most=100),
            Setting("user_agent", "text", _HTTP.user_agent, "The `User-Agent` of a request that sets none"),
            Setting("verify_ssl", "flag", _HTTP.verify_ssl, "Check the certificates of servers"),
            Setting(
                "ca_bundle", "path", None, "A file of certificates to trust; null is those that browsers trust",
                optional=True,
            ),
            Setting(
                "proxy", "text", None, "The URL of an HTTP proxy that every request goes through", optional=True
            ),
            Setting(
                "pool_size", "whole", _HTTP.pool_size, "Connections that are kept open for the next request",
                least=0, most=1000,
            ),
            Setting(
                "max_body_bytes", "whole", _HTTP.max_body_bytes, "Size of the body of an answer, once it is decoded",
                least=1, most=32 * _MEBIBYTE,
            ),
        ),
        _check_http,
    ),
    Section(
        "permissions",
        "What tasks may reach.",
        (
            Setting(
                "default", "word", "public",
                "Any public address, narrowed by what a task declares; only what it declares; or nothing but `allow`",
                words=("public", "declared", "none"),
            ),
            Setting("allow", "texts", [], "Hosts that every task may reach, whatever it declares"),
            Setting("deny", "texts", [], "Hosts that no task may reach, whatever allows them"),
            Setting(
                "private_networks", "texts", [],
                "Networks, addresses and hosts that may be reached though they are not public", trusted=True,
            ),
        ),
        _check_permissions,
    ),
    Section(
        "secrets",
        "What tasks may name in place of a secret, where its value is, and what it may be used for.",
        (
            Setting(
                "", "map", {}, "Secrets by the names that tasks have for them", trusted=True,
                fields=(
                    Setting("env", "text", None, "The variable that holds the value", optional=True),
                    Setting("file", "path", None, "The file that holds it; a line feed at its end is no part of it",
                            optional=True),
                    Setting(
                        "keyring", "text", None, "`SERVICE/NAME` in the keyring of the system (extra `keyring`)",
                        optional=True,
                    ),
                    Setting(
                        "hosts", "texts", None, "Hosts that the value may be sent to, as in `permissions.allow`",
                        optional=True,
                    ),
                    Setting(
                        "use", "texts", None, "`sign` lets tasks have signatures made with it", optional=True
                    ),
                ),
                check=_check_secret,
            ),
        ),
    ),
    Section(
        "registry",
        "Where tasks come from that are called by name.",
        (
            Setting(
                "sources", "list", [], "Folders, ZIPs, indexes and repositories of tasks",
                fields=(
                    Setting("name", "text", None, "What stands before the slash in `source/name`"),
                    Setting("uri", "uri", None, "A path, or a URI: `file://`, `https://`, `ssh://`, `git@host:path`"),
                    Setting(
                        "type", "word", None, "Told from the URI without it",
                        optional=True, words=("filesystem", "zip", "http", "git"),
                    ),
                    Setting("branch", "text", None, "A branch of a repository", optional=True),
                    Setting(
                        "ref", "text", None, "A branch, tag or commit; without both, the repository's own HEAD",
                        optional=True,
                    ),
                    Setting(
                        "subdirectory", "text", None, "The folder in a folder, ZIP or repository that holds the tasks",
                        optional=True,
                    ),
                    Setting(
                        "shallow", "flag", None, "Fetch one commit without its history; true without it", optional=True
                    ),
                    Setting(
                        "watch", "flag", None, "Take edits of a folder or ZIP as they come, and pin none of its tasks",
                        optional=True,
                    ),
                    Setting(
                        "polling_interval_seconds", "number", None,
                        "How long what was fetched is taken for current; 300 without it",
                        optional=True, least=1, most=30 * _DAY,
                    ),
                    Setting("enabled", "flag", None, "False leaves the source out", optional=True),
                    Setting(
                        "auth", "secret", None, "The token for the server: `env:NAME`, `file:PATH`, or itself",
                        optional=True,
                    ),
                ),
                check=_check_source,
            ),
            Setting("frozen", "flag", False, "Refuse tasks of sources that `ratchet.lock` does not pin"),
        ),
        _check_names,
    ),
    Section(
        "cache",
        "What can be made again and is kept to save time.",
        (
            Setting("enabled", "flag", True, "Keep anything between two commands"),
            Setting("folder", "path", None, "Where it is kept; null is the user's cache folder", optional=True),
            Setting(
                "max_bytes", "whole", MOST_BYTES, "What it may take on the disk; the longest unused goes first",
                least=_MEBIBYTE, most=64 * _GIBIBYTE,
            ),
        ),
    ),
    Section(
        "logging",
        "What Ratchet says about its own work; a task's console is not part of it.",
        (
            Setting("level", "word", "warning", "The least severe level that is written", words=LEVELS),
            Setting("format", "word", "text", "Text for people, or one JSON object a line", words=("text", "json")),
            Setting(
                "targets", "list", [{"type": "stderr"}], "Where log lines go",
                fields=(
                    Setting("type", "word", None, "`stderr`, or a `file`", words=("stderr", "file")),
                    Setting("level", "word", None, "A level of its own", optional=True, words=LEVELS),
                    Setting("path", "path", None, "The file; its folder must be there", optional=True),
                    Setting(
                        "max_bytes", "whole", None,
                        f"Size at which a new file is begun; {LOG_FILE_BYTES:,} without it",
                        optional=True, least=1024, most=_GIBIBYTE,
                    ),
                    Setting(
                        "backup_count", "whole", None, f"Older files that are kept; {LOG_FILE_BACKUPS} without it",
                        optional=True, least=0, most=1000,
                    ),
                ),
                check=_check_target,
            ),
        ),
    ),
    Section(
        "mcp",
        "What `ratchet mcp` offers to language models.",
        (
            Setting(
                "tasks", "path", None, "Folder of tasks to offer beside the sources, and to write new ones to",
                optional=True,
            ),
            Setting("read_only", "flag", False, "Offer no tools that write tasks"),
            Setting(
                "inline_bytes", "whole", 100_000,
                "Size of an answer, and of a page of a resource; what is larger is shortened and linked",
                least=10_000, most=250_000,
            ),
            Setting(
                "confirm", "flag", True,
                "Have the user asked before a task that says that it destroys something, and refuse it where a client "
                "cannot ask",
            ),
            Setting(
                "transport", "word", "stdio", "Talk to the program that starts it, or to any number over HTTP",
                words=("stdio", "http"),
            ),
            Setting("host", "text", "127.0.0.1", "The address to listen on, for `http`"),
            Setting("port", "whole", 8090, "The port to listen on, for `http`; 0 is any free one", least=0, most=65535),
            Setting("hosts", "texts", [], "Other names that clients may reach it by, for `http`"),
            Setting(
                "token", "secret", None,
                "What clients must show, for `http`: `env:NAME`, `file:PATH`, or itself; null has one made and kept",
                optional=True, trusted=True,
            ),
            Setting(
                "token_scopes", "texts",
                [f"ratchet:{action}" for action in ("read", "run", "script", "write", "executions", "jobs")],
                "What the token allows, such as `ratchet:run:report-*`; the default is everything", trusted=True,
            ),
            Setting(
                "oauth.issuer", "text", None,
                "The authorization server whose access tokens clients must show in place of the token, as a URL",
                optional=True, trusted=True,
            ),
            Setting(
                "oauth.resource", "text", None,
                "The URL by which clients know this server; null is the address that it listens on",
                optional=True, trusted=True,
            ),
            Setting(
                "oauth.audience", "text", None, "What an access token must be for (`aud`); null is the resource",
                optional=True, trusted=True,
            ),
            Setting(
                "oauth.jwks_url", "text", None, "Where the keys of the issuer are; null finds them by its metadata",
                optional=True, trusted=True,
            ),
            Setting("oauth.scopes_required", "texts", [], "Scopes that every access token must have", trusted=True),
            Setting(
                "expose", "word", "auto", "Each task as a tool of its own, none, or each up to a count of 30",
                words=("tasks", "core", "auto"),
            ),
            Setting("include", "texts", [], "Patterns of names, such as `report-*` or `own/*`: only these are tools"),
            Setting("exclude", "texts", [], "Patterns of names: these are no tools"),
            Setting("tags", "texts", [], "Only tasks with one of these tags are tools"),
            Setting(
                "publish", "word", "tested",
                "What makes a task a tool: that it validates and its cases pass, that it validates, or nothing",
                words=("tested", "valid", "all"), trusted=True,
            ),
        ),
        _check_mcp,
    ),
    Section(
        "data",
        "What is kept of executions, and for how long.",
        (
            Setting(
                "folder", "path", None, "Where executions are kept; null keeps none that no database is named for",
                optional=True,
            ),
            Setting(
                "keep_days", "number", 90.0, "Age at which an execution is removed; null is never",
                optional=True, above=0, most=100 * 365,
            ),
            Setting(
                "keep_count", "whole", None, "Executions that are kept; the oldest are removed. Null is any number",
                optional=True, least=1, most=1_000_000_000,
            ),
        ),
    ),
    Section(
        "server",
        "How `ratchet serve` is reached, and by whom.",
        (
            Setting("bind_address", "text", "127.0.0.1", "The address to listen on; the default is for this machine"),
            Setting("port", "whole", 8080, "The port to listen on; 0 is any that is free", least=0, most=65_535),
            Setting(
                "tasks", "path", None, "Folder of tasks to offer beside the sources, and to write new ones to",
                optional=True,
            ),
            Setting("require_key", "flag", True, "Answer nobody who does not show the API key", trusted=True),
            Setting(
                "api_key", "secret", None,
                "The API key: `env:NAME`, `file:PATH`, or itself; without it, one is made at the first start",
                optional=True, trusted=True,
            ),
            Setting(
                "hosts", "texts", [], "Names by which the server may be asked, beside its addresses and its own name",
                trusted=True,
            ),
            Setting(
                "cors.origins", "texts", [], "Origins whose pages may use the server, such as `https://example.com`",
                trusted=True,
            ),
            Setting(
                "rate_limit.requests_per_minute", "whole", 6000, "Requests of one client; 0 is no limit",
                least=0, most=10_000_000,
            ),
            Setting(
                "rate_limit.burst_size", "whole", 500, "Requests that a client may make at once before that counts",
                least=1, most=1_000_000,
            ),
            Setting(
                "max_body_bytes", "whole", 8 * _MEBIBYTE, "Size of the body of a request",
                least=1024, most=64 * _MEBIBYTE,
            ),
            Setting(
                "shutdown_seconds", "number", 20.0, "Time that running executions have to end when the server stops",
                least=0, most=3600,
            ),
            Setting(
                "database.url", "secret", None,
                "The database: `sqlite:FILE` or `postgresql://…`, or `env:NAME` or `file:PATH` where that stands; "
                "null is a file of SQLite in the data folder",
                optional=True, trusted=True,
            ),
            Setting(
                "database.max_connections", "whole", 10, "Connections to the database at a time", least=1, most=1000
            ),
            Setting(
                "database.connection_timeout_seconds", "number", 30.0,
                "How long to wait for a connection, and on SQLite for another's change", above=0, most=3600,
            ),
            Setting(
                "tls.certificate", "path", None, "A file with the certificate and its chain, for HTTPS", optional=True
            ),
            Setting("tls.key", "path", None, "A file with the private key of the certificate", optional=True),
        ),
        _check_server,
    ),
    Section(
        "jobs",
        "How jobs and schedules are run.",
        (
            Setting(
                "slots", "whole", None,
                "Jobs at a time in one process; null is as many as there are workers",
                optional=True, least=1, most=1024,
            ),
            Setting("max_retries", "whole", 3, "Retries of a job that does not say how many", least=0, most=100),
            Setting(
                "backoff_seconds", "number", 2.0, "The longest wait before the first retry; it doubles each time",
                least=0, most=_DAY,
            ),
            Setting(
                "backoff_most_seconds", "number", 600.0, "The longest wait before any retry", least=0, most=30 * _DAY
            ),
            Setting(
                "poll_seconds", "number", 0.25, "How often a node looks for jobs that another one has taken in",
                least=0.05, most=60,
            ),
            Setting(
                "drain_seconds", "number", 30.0,
                "How long a node that is stopped waits for its jobs before it puts them back in line",
                least=0, most=3600,
            ),
            Setting(
                "keep_days", "number", 7.0, "Age since its end at which a job is removed; null is never",
                optional=True, above=0, most=100 * 365,
            ),
            Setting(
                "ceilings", "list", [], "Jobs at a time on all nodes together, of a queue or of a task",
                fields=(
                    Setting("queue", "text", None, "The name of a queue", optional=True),
                    Setting("task", "text", None, "The name of a task", optional=True),
                    Setting("concurrency", "whole", None, "How many at a time", least=1, most=100_000),
                ),
                check=_check_ceiling,
            ),
        ),
        _check_ceilings,
    ),
)  # fmt: skip

SETTINGS = {whole_key(section, setting): setting for section in SECTIONS for setting in section.settings}
"""Every setting by its whole key, such as `execution.workers.max`."""

FLAGS = {
    "--engine": "execution.engine",
    "--timeout": "execution.timeout_seconds",
    "--memory": "execution.memory_bytes",
    "--log-level": "logging.level",
    "--log-format": "logging.format",
    "--expose": "mcp.expose",
    "--include": "mcp.include",
    "--exclude": "mcp.exclude",
    "--tag": "mcp.tags",
}
"""The options of commands that stand for a setting."""


def variable_of(key: str) -> str:
    """Return the environment variable of a setting: `execution.workers.max` is `RATCHET_EXECUTION__WORKERS__MAX`."""
    return "RATCHET_" + key.replace(".", "__").upper()


def default_values() -> dict[str, Json]:
    """Return the default of every setting by its key."""
    return {key: setting.default for key, setting in SETTINGS.items()}


def section_fault(values: Mapping[str, Json], section: Section) -> SectionFault | None:
    """Return the key to blame, a sentence and the steps inside the value where values do not go together."""
    if section.check is None:
        return None
    fault = section.check({setting.name: values[whole_key(section, setting)] for setting in section.settings})
    return None if fault is None else (f"{section.name}.{fault[0]}", *fault[1:])
