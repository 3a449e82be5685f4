"""Check that the files and folders which a configuration names can be used."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ratchet.config.configuration import Configuration
from ratchet.config.layers import Layers, read_layers
from ratchet.config.secrets import SHORTEST_TOKEN, read_secret
from ratchet.errors import InvalidConfig, RatchetError
from ratchet.gateway.secret import SHORTEST
from ratchet.registry.source import is_local, path_of
from ratchet.task.text import printable
from ratchet.values import Problem


def check_existing(configuration: Configuration) -> list[Problem]:
    """Return a problem for everything named that is not there or cannot be written."""
    layers = read_layers(configuration.source)
    checks = (_check_folders, _check_targets, _check_sources, _check_certificates, _check_secrets, _check_token)
    return [problem for check in checks for problem in check(configuration, layers)]


def _check_folders(configuration: Configuration, layers: Layers) -> Iterator[Problem]:
    """Check folders that are made when they are first needed."""
    for key in ("cache.folder", "data.folder"):
        folder = configuration.values[key]
        if folder is None:
            continue
        nearest = os.path.abspath(folder)
        while not os.path.lexists(nearest) and os.path.dirname(nearest) != nearest:
            nearest = os.path.dirname(nearest)
        fault = _folder_fault(nearest)
        if fault is not None:
            message, hint = fault
            yield layers.problem(key, f"is `{printable(folder)}`, {message}", hint=hint)


def _check_targets(configuration: Configuration, layers: Layers) -> Iterator[Problem]:
    for index, target in enumerate(configuration.logging.targets):
        fault = None if target.path is None else _file_fault(target.path)
        if fault is not None:
            message, hint = fault
            sentence = f"is `{printable(target.path or '')}`, {message}"
            yield layers.problem("logging.targets", sentence, index, "path", hint=hint)


def _check_sources(configuration: Configuration, layers: Layers) -> Iterator[Problem]:
    for index, entry in enumerate(configuration.values["registry.sources"]):
        if entry.get("enabled") is False:
            continue
        uri = entry["uri"]
        if is_local(uri) and not os.path.exists(path_of(uri)):
            sentence = f"is `{printable(path_of(uri))}`, which is not there"
            yield layers.problem("registry.sources", sentence, index, "uri")
        if entry.get("auth") is not None:
            try:
                read_secret(entry["auth"], configuration.source.environment)
            except InvalidConfig as error:
                sentence = f"cannot be used: {error.message[0].lower()}{error.message[1:]}"
                yield layers.problem("registry.sources", sentence, index, "auth", hint=error.hint)


def _check_certificates(configuration: Configuration, layers: Layers) -> Iterator[Problem]:
    path = configuration.http.ca_bundle
    if path is not None and not (os.path.isfile(path) and os.access(path, os.R_OK)):
        fault = "which cannot be read" if os.path.exists(path) else "which is not there"
        yield layers.problem("http.ca_bundle", f"is `{printable(path)}`, {fault}")


def _check_secrets(configuration: Configuration, layers: Layers) -> Iterator[Problem]:
    for name, entry in configuration.values["secrets"].items():
        from ratchet.config.task_secrets import check_keyring, read_value

        place = next(key for key in ("env", "file", "keyring") if key in entry)
        try:
            # To read the keyring can mean to ask somebody for a password.
            value = None if place == "keyring" else read_value(entry, configuration.source.environment)
            if value is None:
                check_keyring()
            elif len(value) < SHORTEST:
                sentence = f"holds fewer than {SHORTEST} characters, too few to be told from other text"
                yield layers.problem("secrets", sentence, name, place)
        except RatchetError as error:
            sentence = f"cannot be used: {error.message[0].lower()}{error.message[1:]}"
            yield layers.problem("secrets", sentence, name, place, hint=error.hint)


def _check_token(configuration: Configuration, layers: Layers) -> Iterator[Problem]:
    token = configuration.values["mcp.token"]
    if token is None:
        return
    try:
        if len(read_secret(token, configuration.source.environment)) < SHORTEST_TOKEN:
            yield layers.problem("mcp.token", f"has fewer than {SHORTEST_TOKEN} characters, and could be guessed")
    except InvalidConfig as error:
        sentence = f"cannot be used: {error.message[0].lower()}{error.message[1:]}"
        yield layers.problem("mcp.token", sentence, hint=error.hint)


def _file_fault(path: str) -> tuple[str, str | None] | None:
    """Return why a file cannot be written, and a hint; None where it can."""
    if os.path.isdir(path):
        return "which is a folder", "Name a file in it"
    if os.path.exists(path):
        return None if os.access(path, os.W_OK) else ("which cannot be written", None)
    return _folder_fault(os.path.dirname(os.path.abspath(path)))


def _folder_fault(folder: str) -> tuple[str, str | None] | None:
    shown = printable(folder)
    if not os.path.lexists(folder):
        return f"but the folder `{shown}` is not there", f"`mkdir -p {shown}` makes it"
    if not os.path.isdir(folder):
        return f"but `{shown}` is no folder", None
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"but the folder `{shown}` cannot be written", None
    return None
