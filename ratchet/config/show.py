"""Render the configuration in force; saved as a file, it gives the same configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ratchet.config.configuration import Configuration
from ratchet.config.declaration import Section, whole_key
from ratchet.config.layer import Origin
from ratchet.config.layers import Layers, read_layers
from ratchet.config.settings import SECTIONS
from ratchet.config.yaml_writing import key_lines
from ratchet.errors import NotFound
from ratchet.task.text import nearest, printable
from ratchet.values import Json, JsonObject


def render_yaml(configuration: Configuration, *, section: str | None = None, origin: bool = False) -> str:
    """Return the settings as YAML, each with its origin in a comment where that is asked for."""
    layers = read_layers(configuration.source)
    lines: list[str] = []
    for chosen in sections_named(section):
        lines += _lines_of(chosen, layers, origin)
    return "\n".join(lines)


def _lines_of(section: Section, layers: Layers, origin: bool) -> list[str]:
    if section.settings[0].name == "":
        note = words_of(layers.origins[section.name]) if origin else ""
        return key_lines(section.name, layers.shown[section.name], note)
    lines = [f"{section.name}:"]
    group = ""
    for setting in section.settings:
        above, _, name = setting.name.rpartition(".")
        if above and above != group:
            lines.append(f"  {above}:")
        group = above
        key = f"{section.name}.{setting.name}"
        margin = "    " if above else "  "
        note = words_of(layers.origins[key]) if origin else ""
        lines += [margin + line for line in key_lines(name, layers.shown[key], note)]
    return lines


def to_document(configuration: Configuration, *, section: str | None = None, origin: bool = False) -> JsonObject:
    """Return the settings as nested JSON; with origins, each value is an object with `value` and `origin`."""
    layers = read_layers(configuration.source)
    document: JsonObject = {}
    for chosen in sections_named(section):
        for setting in chosen.settings:
            key = whole_key(chosen, setting)
            value: Json = layers.shown[key]
            _put(document, key, {"value": value, "origin": layers.origins[key]._asdict()} if origin else value)
    return document


def _put(document: JsonObject, key: str, value: Json) -> None:
    *above, name = key.split(".")
    for step in above:
        document = document.setdefault(step, {})
    document[name] = value


def words_of(origin: Origin) -> str:
    """Return where a value comes from, for a person."""
    line = "" if origin.line is None else f":{origin.line}"
    return f"{origin.kind} {printable(origin.name)}{line}".strip()


def sections_named(name: str | None) -> Sequence[Section]:
    """Return the section with a name, every section without one.

    Raises:
        NotFound: There is no such section.
    """
    if name is None:
        return SECTIONS
    known: Mapping[str, Section] = {section.name: section for section in SECTIONS}
    if name in known:
        return (known[name],)
    match = nearest(name, list(known))
    listed = ", ".join(f"`{word}`" for word in known)
    raise NotFound(
        f"There is no section `{printable(name)}`", hint=f"Did you mean `{match}`?" if match else f"There are {listed}"
    )
