"""Make JSON Schemas from the `inputs` and `outputs` of the original's short dialect."""

from __future__ import annotations

from ratchet.task.reader import MetadataReader, name_of, nearest_hint
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_OTHER_NAMES = {"str": "string", "text": "string", "int": "integer", "long": "integer", "float": "number"}
_OTHER_NAMES |= {"double": "number", "bool": "boolean", "list": "array", "dict": "object", "map": "object"}
_ANYTHING = "any"


def schema_of_fields(reader: MetadataReader, key: str, fields: Json) -> JsonObject:
    """Return the JSON Schema of `{name: {type, description, required}}`; the reader notes what is wrong with it."""
    if not isinstance(fields, dict):
        reader.report(f"`{key}` is {name_of(fields)}, not an object of fields", key)
        return {}
    properties: JsonObject = {}
    required: list[str] = []
    for name, value in fields.items():
        field = {"type": value} if isinstance(value, str) else value
        if not isinstance(field, dict):
            reader.report(f"The field `{printable(name)}` is {name_of(value)}, not an object", key, name)
            continue
        properties[name] = _property_of(reader, (key, name), field)
        if _is_required(reader, (key, name), field):
            required.append(name)
    schema: JsonObject = {"$schema": DIALECT, "type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return schema


def _property_of(reader: MetadataReader, path: tuple[str, str], field: JsonObject) -> JsonObject:
    schema = dict(field)
    # A list under `required` is JSON Schema's own, of the field's properties.
    if not isinstance(field.get("required"), list):
        schema.pop("required", None)
    kind = schema.pop("type", None)
    if kind is None or kind == _ANYTHING:
        return schema
    if not isinstance(kind, str):
        return {"type": kind, **schema}
    name = _OTHER_NAMES.get(kind.lower(), kind.lower())
    if name not in _TYPES:
        reader.report(f"`{printable(kind)}` is not a type", *path, "type", hint=nearest_hint(kind, _TYPES))
    return {"type": name, **schema}


def _is_required(reader: MetadataReader, path: tuple[str, str], field: JsonObject) -> bool:
    required = field.get("required")
    if required is not None and not isinstance(required, bool | list):
        reader.report(f"`required` is {name_of(required)}, not true or false", *path, "required")
    return required is True
