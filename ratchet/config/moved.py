"""What the original calls otherwise: accepted, with a warning that names the new name."""

from __future__ import annotations

from ratchet.config.declaration import Setting
from ratchet.values import Json, JsonObject

KEYS = {
    "database.connection_timeout": "server.database.connection_timeout_seconds",
    "database.max_connections": "server.database.max_connections",
    "database.url": "server.database.url",
    "execution.max_concurrent_tasks": "execution.workers.max",
    "execution.max_execution_duration": "execution.timeout_seconds",
    "execution.timeout_grace_period": "execution.grace_seconds",
    "http.proxy.http_proxy": "http.proxy",
    "http.proxy.https_proxy": "http.proxy",
    "http.timeout": "http.timeout_seconds",
    "server.cors.allowed_origins": "server.cors.origins",
    "server.database.connection_timeout": "server.database.connection_timeout_seconds",
    "server.workers.worker_count": "execution.workers.max",
}
GROUPS = {key.rpartition(".")[0] for key in KEYS}
"""What held keys in the original, and may be a value today."""
FIELDS = {
    "logging.targets": {"max_size_bytes": "max_bytes", "max_files": "backup_count"},
    "registry.sources": {
        "auth_name": "auth",
        "config.branch": "branch",
        "config.git_ref": "ref",
        "config.shallow": "shallow",
        "config.subdirectory": "subdirectory",
        "config.watch": "watch",
        "config.watch_changes": "watch",
        "polling_interval": "polling_interval_seconds",
        "source_type": "type",
    },
}
"""Keys of the entries of a list; a dot stands before what is in an object of the entry."""

CREDENTIALS = {"registry.auth": "registry.sources"}
"""Lists of credentials by name, and the list whose entries name them as `auth_name`."""

_LEVELS = {"trace": "debug", "warn": "warning"}
WORDS = {
    "logging.level": _LEVELS,
    "logging.format": {"compact": "text", "pretty": "text"},
    "logging.targets.level": _LEVELS,
    "logging.targets.type": {"console": "stderr"},
    # The transport of that name is deprecated in the protocol.
    "mcp.transport": {"sse": "http"},
}

VARIABLES = {
    "RATCHET_CACHE_ENABLED": "cache.enabled",
    "RATCHET_DATABASE_URL": "server.database.url",
    "RATCHET_HTTP_TIMEOUT": "http.timeout_seconds",
    "RATCHET_HTTP_USER_AGENT": "http.user_agent",
    "RATCHET_HTTP_VERIFY_SSL": "http.verify_ssl",
    "RATCHET_LOG_LEVEL": "logging.level",
    "RATCHET_MAX_EXECUTION_SECONDS": "execution.timeout_seconds",
    "RATCHET_MCP_HOST": "mcp.host",
    "RATCHET_MCP_PORT": "mcp.port",
    "RATCHET_MCP_TRANSPORT": "mcp.transport",
    "RATCHET_SERVER_BIND_ADDRESS": "server.bind_address",
    "RATCHET_SERVER_PORT": "server.port",
    "RATCHET_VALIDATE_SCHEMAS": "execution.validate_schemas",
}

_ONE_KEY = "`ratchet serve` knows its clients by an API key"
_FIXED = "what pages of `server.cors.origins` may do is fixed"
_NO_COUNT = "`cache.max_bytes` bounds what is kept instead"
RETIRED_KEYS = {
    "database.connection_timeout": "server.database.connection_timeout_seconds",
    "database.max_connections": "server.database.max_connections",
    "database.url": "server.database.url",
    "cache.task_cache": _NO_COUNT,
    "http.connection_pool": "`http.pool_size` is the number of connections that are kept",
    "http.proxy.no_proxy": "with `http.proxy`, every request goes through the proxy",
    "mcp.enabled": "`ratchet mcp` is the server, and nothing else starts it",
    "server.auth": _ONE_KEY,
    "server.cors.allow_credentials": _FIXED,
    "server.cors.allowed_headers": _FIXED,
    "server.cors.allowed_methods": _FIXED,
    "server.workers.restart_on_crash": "a worker that crashes is always replaced",
}
RETIRED_VARIABLES = {
    "RATCHET_CACHE_SIZE": _NO_COUNT,
}
"""Names that do nothing any more, and why."""


def rename(key: str, setting: Setting, value: Json) -> tuple[Json, list[str]]:
    """Return a value in the words of today, and a sentence for each word and key that has changed."""
    if setting.kind == "word":
        return _rename_word(key, value)
    if setting.kind != "list" or not isinstance(value, list):
        return value, []
    sentences: list[str] = []
    entries = []
    for entry in value:
        if not isinstance(entry, dict):
            entries.append(entry)
            continue
        renamed = {}
        for name, field in _flatten(key, entry).items():
            today = FIELDS.get(key, {}).get(name, name)
            if today != name:
                sentences.append(f"`{name}` in `{key}` is `{today}` now")
            renamed[today], changed = _rename_word(f"{key}.{today}", field)
            sentences += changed
        entries.append(renamed)
    return entries, sentences


def _flatten(key: str, entry: JsonObject) -> JsonObject:
    """Return an entry without the objects inside it that the original has."""
    groups = {name.partition(".")[0] for name in FIELDS.get(key, {}) if "." in name}
    flat: JsonObject = {}
    for name, field in entry.items():
        inner = name in groups and isinstance(field, dict)
        flat |= {f"{name}.{part}": value for part, value in field.items()} if inner else {name: field}
    return flat


def _rename_word(key: str, value: Json) -> tuple[Json, list[str]]:
    today = WORDS.get(key, {}).get(value) if isinstance(value, str) else None
    return (value, []) if today is None else (today, [f"`{value}` for `{key}` is `{today}` now"])
