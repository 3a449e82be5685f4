"""Put what the sources say over each other, and refuse it with every problem at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from ratchet.config import secrets
from ratchet.config.declaration import MASK, Setting
from ratchet.config.discover import VARIABLE
from ratchet.config.environment_layer import read_environment
from ratchet.config.file_layer import read_file
from ratchet.config.layer import Entry, Layer, Origin
from ratchet.config.references import escape
from ratchet.config.schema import check_values
from ratchet.config.settings import FLAGS, SECTIONS, SETTINGS, default_values, section_fault
from ratchet.config.source import Source
from ratchet.errors import InvalidConfig
from ratchet.registry.source import is_local, is_path, path_of
from ratchet.task.text import error_from, printable
from ratchet.values import Json, JsonObject, Place, Problem


class Layers(NamedTuple):
    """What the sources come to.

    Args:
        shown: The values with references as they are written, for a file that gives the same configuration.
        holders: The layer and the entry that each value comes from; none for a default or a flag.
    """

    values: dict[str, Json]
    shown: dict[str, Json]
    origins: dict[str, Origin]
    holders: dict[str, tuple[Layer, Entry]]
    warnings: tuple[Problem, ...]

    def problem(self, key: str, message: str, *inside: str | int, hint: str | None = None) -> Problem:
        """Return a problem with the value of a setting, or with a part of it.

        Args:
            message: What follows the name of the value in the sentence.
        """
        if key not in self.holders:
            return Problem(f"`{key}{_path(inside)}` {message}", hint=hint)
        layer, entry = self.holders[key]
        return layer.problem(f"`{entry.label}{_path(inside)}` {message}", (*entry.steps, *inside), hint)


def read_layers(source: Source) -> Layers:
    """Return what the sources say.

    Raises:
        InvalidConfig: With every problem there is.
    """
    values = default_values()
    result = Layers(values, {key: _escape(value) for key, value in values.items()}, {}, {}, ())
    result.origins.update({key: Origin("default") for key in values})
    problems: list[Problem] = []
    layers = (read_file(source), read_environment(source.environment))
    for layer in layers:
        if layer.kind == "file" and not source.named:
            _refuse_what_needs_trust(layer)
        _put(layer, result, None if layer.kind == "environment" else source.path)
        problems += layer.problems
    problems += _section_problems(result)
    if problems:
        subject = "The configuration" if source.path is None else f"`{printable(source.path)}`"
        odd = [warning for layer in layers for warning in layer.warnings]
        raise error_from(_in_order([*problems, *odd]), InvalidConfig, subject=subject)
    for flag, value in source.flags.items():
        values[FLAGS[flag]] = result.shown[FLAGS[flag]] = value
        result.origins[FLAGS[flag]] = Origin("flag", flag)
    return result._replace(warnings=tuple(_in_order([*layers[0].warnings, *layers[1].warnings])))


def _refuse_what_needs_trust(layer: Layer) -> None:
    """Refuse what only a file may say that the user trusts: others may have put the one that was found there."""
    hint = f"Read the file, then run `ratchet config trust`; `--config` and `{VARIABLE}` say the same for once"
    for key, entry in layer.entries.items():
        if SETTINGS[key].trusted and entry.value != SETTINGS[key].default:
            layer.refuse(f"`{key}` may not stand in a file that is not trusted", entry.steps, hint, key=True)
        for steps in _steps_that_send(SETTINGS[key], entry):
            name = f"{key}{_path(steps)}"
            layer.refuse(f"`{name}` may not stand in a file that is not trusted", (*entry.steps, *steps), hint)


def _steps_that_send(setting: Setting, entry: Entry) -> Iterator[tuple[str | int, ...]]:
    """Yield where the entries of a list name a secret, or put a variable of the user's into what is sent."""
    secrets = {field.name for field in setting.fields if field.kind == "secret"}
    if not secrets or not isinstance(entry.written, list):
        return
    for index, item in enumerate(entry.written):
        for name, value in item.items() if isinstance(item, dict) else ():
            if value is not None and (name in secrets or (isinstance(value, str) and "${" in value)):
                yield index, name


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Return problems as one meets them in the file, those of variables after them."""
    return sorted(problems, key=lambda problem: _position(problem.place))


def _position(place: Place | None) -> tuple[bool, int, int]:
    return (True, 0, 0) if place is None else (False, place.line or 0, place.column or 0)


def _put(layer: Layer, result: Layers, path: str | None) -> None:
    """Put the values of a layer that fit over those below, and note what is wrong with the others."""
    values, faults = check_values({key: entry.value for key, entry in layer.entries.items()})
    for fault in faults:
        entry = layer.entries[fault.key]
        message = f"`{entry.label}{_path(fault.inside)}` {fault.message}"
        layer.refuse(message, (*entry.steps, *fault.inside), fault.hint, key=fault.unknown_key)
    folder = None if path is None else os.path.dirname(os.path.abspath(path))
    for key, value in values.items():
        entry = layer.entries[key]
        result.values[key], result.shown[key] = _resolve(SETTINGS[key], value, entry.value, entry.written, folder)
        result.origins[key] = layer.origin(entry)
        result.holders[key] = layer, entry


def _path(inside: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in inside)


def _section_problems(result: Layers) -> list[Problem]:
    faults = (section_fault(result.values, section) for section in SECTIONS)
    return [result.problem(*fault) for fault in faults if fault is not None]


def _resolve(setting: Setting, value: Json, given: Json, written: Json, folder: str | None) -> tuple[Json, Json]:
    """Return a value with its paths made absolute, and as it is to be shown."""
    if setting.kind == "texts":
        return value, [text if text != was else _escape(was) for was, text in zip(given, written, strict=True)]
    if setting.kind == "map":
        named = {
            name: _resolve_entry(setting, item, given[name], written[name], folder) for name, item in value.items()
        }
        return {name: pair[0] for name, pair in named.items()}, {name: pair[1] for name, pair in named.items()}
    if setting.kind != "list":
        return _resolve_scalar(setting, value, given, written, folder)
    pairs = [_resolve_entry(setting, *parts, folder) for parts in zip(value, given, written, strict=True)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _resolve_entry(
    setting: Setting, value: JsonObject, given: JsonObject, written: JsonObject, folder: str | None
) -> tuple[JsonObject, JsonObject]:
    pairs = {
        field.name: _resolve(field, value[field.name], given[field.name], written[field.name], folder)
        for field in setting.fields
        if field.name in value
    }
    return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}


def _resolve_scalar(setting: Setting, value: Json, given: Json, written: Json, folder: str | None) -> tuple[Json, Json]:
    refers = isinstance(written, str) and written != given
    if setting.kind == "secret" and value is not None:
        return secrets.resolve(value, written, folder)
    if setting.kind not in ("path", "uri") or value is None or (setting.kind == "uri" and not is_local(value)):
        return value, written if refers else _escape(_masked(value))
    path = os.path.expanduser(value if setting.kind == "path" else path_of(value))
    if folder is None or os.path.isabs(path):
        return path, written if refers else _escape(path)
    path = os.path.normpath(os.path.join(folder, path))
    refers = refers and (setting.kind == "path" or is_path(value))
    return path, os.path.join(_escape(folder), written) if refers else _escape(path)


def _masked(value: Json) -> Json:
    """Return a value without the password that a URL in it may hold."""
    return re.sub(r"(?<=://)[^/?#@]+(?=@)", MASK, value) if isinstance(value, str) else value


def _escape(value: Json) -> Json:
    return escape(value) if isinstance(value, str) else value
