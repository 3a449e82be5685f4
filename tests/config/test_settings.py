"""Every key can be set in a file and by its variable, and both ways of checking a value agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from ratchet.config.declaration import Setting, fits
from ratchet.config.schema import check_values, settings_model
from ratchet.config.settings import FLAGS, SECTIONS, SETTINGS, default_values, section_fault, variable_of
from tests.config.conftest import Load

OTHER: dict[str, Any] = {
    "execution.engine": "wasm",
    "execution.engine_by_task": True,
    "execution.timeout_seconds": 1.5,
    "execution.cpu_seconds": 2.5,
    "execution.memory_bytes": 33_554_432,
    "execution.output_bytes": 1000,
    "execution.console_lines": 7,
    "execution.console_bytes": 800,
    "execution.progress_events": 3,
    "execution.timers": 5,
    "execution.fetches": 7,
    "execution.fetches_in_flight": 3,
    "execution.grace_seconds": 0.5,
    "execution.validate_schemas": False,
    "execution.require_isolation": "partial",
    "execution.workers.min": 1,
    "execution.workers.max": 9,
    "http.timeout_seconds": 1.5,
    "http.max_redirects": 1,
    "http.user_agent": "probe/1",
    "http.verify_ssl": False,
    "http.ca_bundle": "/certificates/ca.pem",
    "http.proxy": "http://proxy.test:3128",
    "http.pool_size": 2,
    "http.max_body_bytes": 1000,
    "permissions.default": "declared",
    "permissions.allow": ["api.test", "*.example.com:8443"],
    "permissions.deny": ["https://api.test/admin"],
    "permissions.private_networks": ["10.0.0.0/8", "intranet.test:81"],
    "secrets": {
        "A": {"env": "THE_A", "hosts": ["api.test"]},
        "b_2": {"file": "/run/b", "use": ["sign"]},
        "C": {"keyring": "service/name", "hosts": ["*.test"], "use": ["sign"]},
    },
    "registry.sources": [
        {"name": "here", "uri": "/tasks", "watch": True, "polling_interval_seconds": 9.0, "enabled": False},
        {"name": "zipped", "uri": "https://tasks.example/all.zip", "type": "zip", "subdirectory": "x", "auth": "env:T"},
        {"name": "git", "uri": "git@host.example:tasks", "branch": "main", "shallow": False},
    ],
    "registry.frozen": True,
    "cache.enabled": False,
    "cache.folder": "/kept/here",
    "cache.max_bytes": 2_097_152,
    "logging.level": "debug",
    "logging.format": "json",
    "logging.targets": [{"type": "file", "path": "/log/x.log", "max_bytes": 2048, "backup_count": 1, "level": "error"}],
    "mcp.tasks": "/tasks",
    "mcp.read_only": True,
    "mcp.inline_bytes": 20_000,
    "mcp.confirm": False,
    "mcp.expose": "core",
    "mcp.include": ["report-*"],
    "mcp.exclude": ["own/*"],
    "mcp.tags": ["a"],
    "mcp.publish": "valid",
    "mcp.transport": "http",
    "mcp.host": "::1",
    "mcp.port": 0,
    "mcp.hosts": ["tasks.example.com"],
    "mcp.token": "env:TOKEN",
    "mcp.token_scopes": ["ratchet:run:report-*"],
    "mcp.oauth.issuer": "https://login.example.com",
    "mcp.oauth.resource": "https://tasks.example.com/mcp",
    "mcp.oauth.audience": "tasks",
    "mcp.oauth.jwks_url": "https://login.example.com/keys?version=2",
    "mcp.oauth.scopes_required": ["mcp"],
    "data.folder": "/data",
    "data.keep_days": 7.5,
    "data.keep_count": 1000,
    "jobs.slots": 3,
    "jobs.max_retries": 5,
    "jobs.backoff_seconds": 0.5,
    "jobs.backoff_most_seconds": 60.5,
    "jobs.poll_seconds": 1.5,
    "jobs.drain_seconds": 5.5,
    "jobs.keep_days": 1.5,
    "jobs.ceilings": [{"queue": "mail", "concurrency": 2}],
    "server.database.url": "env:DATABASE",
    "server.database.max_connections": 3,
    "server.database.connection_timeout_seconds": 2.5,
    "server.bind_address": "10.0.0.1",
    "server.port": 1234,
    "server.tasks": "/tasks",
    "server.require_key": False,
    "server.api_key": "env:KEY",
    "server.hosts": ["ratchet.test"],
    "server.cors.origins": ["https://page.test"],
    "server.rate_limit.requests_per_minute": 60,
    "server.rate_limit.burst_size": 7,
    "server.max_body_bytes": 2048,
    "server.shutdown_seconds": 1.5,
    "server.tls.certificate": "/tls/cert.pem",
    "server.tls.key": "/tls/key.pem",
}
"""A value of each key that is not its default."""


SOUND: dict[str, dict[str, Any]] = {
    "logging.targets": {"type": "file", "path": "/x"},
    "registry.sources": {"name": "x", "uri": "/x"},
}
"""An entry of each list whose entries need a key, to which any one key can be added."""


def text_of(key: str, value: Any) -> str:
    """Return a file that sets one key."""
    for step in reversed(key.split(".")):
        value = {step: value}
    return json.dumps(value)


def all_settings() -> dict[str, Setting]:
    """Return every setting and every key of an entry of a list."""
    inner = {f"{key}.{field.name}": field for key, setting in SETTINGS.items() for field in setting.fields}
    return {**SETTINGS, **inner}


def test_every_key_has_another_value_here() -> None:
    assert OTHER.keys() == SETTINGS.keys()
    assert not [key for key, value in OTHER.items() if value == SETTINGS[key].default]


@pytest.mark.parametrize("key", SETTINGS)
def test_a_key_is_set_by_the_file(load: Load, key: str) -> None:
    assert load(text_of(key, OTHER[key]), named=True).values == {**default_values(), key: OTHER[key]}


@pytest.mark.parametrize("key", SETTINGS)
def test_a_key_is_set_by_its_variable(load: Load, key: str) -> None:
    value = OTHER[key]
    text = value if isinstance(value, str) else json.dumps(value)
    configuration = load(**{variable_of(key): text})
    assert configuration.values == {**default_values(), key: value}
    assert configuration.origins()[key] == ("environment", variable_of(key), None)


@pytest.mark.parametrize("key", SETTINGS)
def test_a_key_of_a_wrong_type_is_refused_at_its_place(load: Load, key: str) -> None:
    _, faults = check_values({key: 5.5 if SETTINGS[key].kind == "map" else {"a": 1}})
    assert [fault[:2] for fault in faults] == [(key, ())]


@pytest.mark.parametrize("key", all_settings())
def test_the_quick_check_and_the_model_agree_at_the_edges(key: str) -> None:
    setting = all_settings()[key]
    numbers = [edge for edge in (setting.above, setting.least, setting.most) if edge is not None]
    around = [int(edge) + step for edge in numbers for step in (-1, 0, 1)]
    whole = [float(edge) for edge in around] if setting.kind == "number" else []
    for value in [*around, *whole, *setting.words, True, {"a": 1}, [1], "nonsense\0", "", float("inf")]:
        assert fits(setting, value) is model_takes(key, value), value


def model_takes(key: str, value: Any) -> bool:
    """Tell whether the model takes a value of a setting, or of a key of an entry."""
    if key in SETTINGS:
        return check_values({key: value})[1] == []
    outer, _, name = key.rpartition(".")
    entry = {**SOUND.get(outer, {}), name: value}
    section, _, inner = outer.partition(".")
    try:
        # The model alone: which keys may stand beside each other is checked elsewhere.
        settings_model().model_validate({section: {inner: [entry]} if inner else {"NAME": entry}})
    except ValidationError:
        return False
    return True


def test_the_defaults_fit() -> None:
    assert [key for key, setting in SETTINGS.items() if not fits(setting, setting.default)] == []
    assert [section_fault(default_values(), section) for section in SECTIONS] == [None] * len(SECTIONS)
    assert check_values({key: value for key, value in default_values().items() if value is not None})[1] == []


def test_numbers_carry_their_unit() -> None:
    units = ("_seconds", "_days", "_bytes", "_lines", "_events", "_count")
    counts = {"timers", "fetches", "fetches_in_flight", "workers.min", "workers.max", "max_redirects", "pool_size"}
    counts |= {"port", "database.max_connections", "rate_limit.requests_per_minute", "rate_limit.burst_size"}
    counts |= {"slots", "max_retries", "concurrency"}
    numbers = {setting.name for setting in all_settings().values() if setting.kind in ("whole", "number")}
    assert {name for name in numbers if not name.endswith(units)} == counts


def test_flags_stand_for_settings() -> None:
    assert set(FLAGS.values()) <= SETTINGS.keys()


def test_sections_can_be_left_empty(load: Load) -> None:
    for text in (
        "",
        "# nothing\n\n",
        "---\n",
        "execution:\ncache:\n",
        "execution:\n  workers:\n  timers: null\n",
        "{}",
    ):
        configuration = load(text)
        assert configuration.values == default_values()
        assert configuration.warnings == ()
