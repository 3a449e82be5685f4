"""Read the metadata of a task in any of its dialects."""

from __future__ import annotations

import re
from typing import Any

from ratchet.task.model import Annotations, Metadata, Permissions
from ratchet.task.naming import is_slug, slug_of
from ratchet.task.quantity import BARE_MILLISECONDS_FROM, parse_positive, parse_size
from ratchet.task.reader import MOST_PROBLEMS, MetadataReader, name_of
from ratchet.task.text import nearest, printable
from ratchet.task.version import nearest_version, parse_version
from ratchet.values import Json, JsonObject

METADATA_FILES = (
    "metadata.json",
    "metadata.yaml",
    "metadata.yml",
    "meta.yaml",
    "meta.yml",
    "task.yaml",
    "task.yml",
)
"""Where metadata may stand, the first that is there wins."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Compiled on first use: few tasks have what these check.
_SECRET = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
_METHOD = r"[A-Za-z]{1,32}"
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_HOST = rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\]"
_NET = rf"(?:{_HOST})(?::[0-9]{{1,5}})?|https?://(?:{_HOST})(?::[0-9]{{1,5}})?(?:/[^\s#]*)?"

_ANNOTATIONS = ("read_only", "destructive", "idempotent", "open_world", "deterministic", "long_running")
_PERMISSIONS = ("net", "methods", "secrets", "tasks")
_ELSEWHERE = ("entrypoint", "input_schema", "output_schema", "inputs", "outputs")


def read_metadata(reader: MetadataReader, *, file: str, folder: str) -> Metadata:
    """Return what the metadata says; the reader holds every problem with it.

    Args:
        file: The metadata file, relative to the task.
        folder: The name of the task's folder, from which a missing name is made.
    """
    name, label = _read_name(reader, folder)
    fields: dict[str, Any] = {
        key: reader.text_of(key)
        for key in ("description", "documentation", "author", "category", "deprecation_message")
    }
    tags = reader.take("tags")
    return Metadata(
        name=name,
        label=label,
        metadata_file=file,
        version=_read_version(reader),
        uuid=_read_uuid(reader),
        tags=() if tags is None else reader.texts_of("tags", value=tags),
        deprecated=reader.flag_of("deprecated"),
        timeout_seconds=_read_timeout(reader),
        memory_bytes=_read_memory(reader),
        engine=reader.text_of("engine"),
        permissions=_read_permissions(reader),
        annotations=_read_annotations(reader),
        cases=_read_cases(reader),
        extra=_read_extra(reader),
        **fields,
    )


def _read_name(reader: MetadataReader, folder: str) -> tuple[str, str]:
    name, label = reader.text_of("name"), reader.text_of("label")
    if name is None:
        return slug_of(folder), label or folder
    if is_slug(name):
        return name, label or name
    slug = slug_of(name)
    message, hint = f"The name `{printable(name)}` is not a slug: `[a-z0-9][a-z0-9_-]{{0,63}}`", f'Write `"{slug}"`'
    if label is not None or not name.strip() or not name.isprintable():
        reader.report(message, "name", hint=hint)
        return slug, label or slug
    # The original had one of the two, and `name` was as free as `label`.
    reader.warn(message, "name", hint=f"{hint} and keep the text as `label`; until then the task is `{slug}`")
    return slug, name


def _read_version(reader: MetadataReader) -> str:
    value = reader.take("version")
    if value is None:
        reader.warn("There is no `version`", hint='Add `"version": "0.1.0"`, or run `ratchet validate --fix`')
        return "0.0.0"
    if isinstance(value, str) and parse_version(value):
        return value
    guess = nearest_version(str(value)) or "1.0.0"
    shown = f"`{printable(value)}`" if isinstance(value, str) else name_of(value)
    reader.report(f"`version` is {shown}, not a semantic version", "version", hint=f'Write `"{guess}"`, in quotes')
    return "0.0.0"


def _read_uuid(reader: MetadataReader) -> str | None:
    uuid = reader.text_of("uuid")
    if uuid is not None and not _UUID.fullmatch(uuid):
        hint = "Remove it, then run `ratchet validate --fix` for a new one"
        reader.warn(f"`{printable(uuid)}` is not a UUID", "uuid", hint=hint)
    return uuid


def _read_timeout(reader: MetadataReader) -> float | None:
    found: dict[str, float] = {}
    for key, unit in (("timeout_seconds", 1.0), ("timeout_ms", 1000.0), ("timeout", 1.0)):
        value = reader.take(key)
        if value is None:
            continue
        number = parse_positive(value)
        if number is None:
            reader.report(f"`{key}` is not a number above zero", key)
            continue
        if key == "timeout" and number >= BARE_MILLISECONDS_FROM:
            unit = 1000.0
            hint = f'Write `"timeout_ms": {value}`'
            reader.warn(f"`timeout` is taken as {value} milliseconds", "timeout", hint=hint)
        found[key] = number / unit
    if len(set(found.values())) > 1:
        keys = ", ".join(f"`{key}`" for key in found)
        reader.report(f"{keys} say different things", list(found)[-1], hint="Keep `timeout_seconds` only", key=True)
    return next(iter(found.values()), None)


def _read_memory(reader: MetadataReader) -> int | None:
    value = reader.take("memory_limit")
    if value is None:
        return None
    size = parse_size(value)
    if size is None:
        reader.report("`memory_limit` is not a size", "memory_limit", hint='Write `"64MB"`, or a number of bytes')
    return size


def _read_permissions(reader: MetadataReader) -> Permissions:
    section = reader.section("permissions", _PERMISSIONS, strict=True)
    checks = {"net": _check_net, "methods": _check_method, "secrets": _check_secret, "tasks": _check_task}
    read: dict[str, tuple[str, ...]] = {}
    for key in _PERMISSIONS:
        if key not in section:
            continue
        if section[key] is None:
            reader.report(f"`permissions.{key}` is empty", "permissions", key, hint="Write `[]` for none", key=True)
        else:
            read[key] = reader.texts_of("permissions", key, value=section[key], check=checks[key])
    methods = read.get("methods")
    return Permissions(
        net=read.get("net"),
        methods=None if methods is None else tuple(method.upper() for method in methods),
        secrets=read.get("secrets", ()),
        tasks=read.get("tasks", ()),
    )


def _check_net(text: str) -> str | None:
    if len(text) <= 2048 and re.fullmatch(_NET, text):
        return None
    return "is not `host`, `host:port`, `*.host` or `https://host/path`"


def _check_method(text: str) -> str | None:
    return None if re.fullmatch(_METHOD, text) else "is not an HTTP method"


def _check_secret(text: str) -> str | None:
    return None if re.fullmatch(_SECRET, text) else "is not a name: letters, digits and `_`"


def _check_task(text: str) -> str | None:
    return None if is_slug(text) else "is not the name of a task"


def _read_annotations(reader: MetadataReader) -> Annotations:
    section = reader.section("annotations", _ANNOTATIONS, strict=False)
    read: dict[str, bool] = {}
    for key in _ANNOTATIONS:
        value = section.get(key)
        if isinstance(value, bool):
            read[key] = value
        elif value is not None:
            reader.report(f"`annotations.{key}` is {name_of(value)}, not true or false", "annotations", key)
    return Annotations(**read)


def _read_cases(reader: MetadataReader) -> tuple[JsonObject, ...]:
    value = reader.take("test_cases")
    if value is None:
        return ()
    if not isinstance(value, list):
        reader.report(f"`test_cases` is {name_of(value)}, not a list", "test_cases")
        return ()
    for index, case in enumerate(value):
        if not isinstance(case, dict):
            reader.report(f"A test case is {name_of(case)}, not an object", "test_cases", index)
    return tuple(case for case in value if isinstance(case, dict))


def _read_extra(reader: MetadataReader) -> dict[str, Json]:
    known = sorted({*reader.taken, *_ELSEWHERE})
    extra = {key: value for key, value in reader.value.items() if key not in known}
    for key in list(extra)[:MOST_PROBLEMS]:
        match = nearest(key, known, cutoff=0.8)
        hint = f"Did you mean `{match}`?" if match else None
        reader.warn(f"`{printable(key)}` is not a metadata key that Ratchet knows", key, hint=hint, key=True)
    return extra
