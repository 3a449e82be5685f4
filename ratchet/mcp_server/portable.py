"""Write a JSON Schema so that clients understand it that know one `type` for each value, as some dialects do."""

from __future__ import annotations

from ratchet.mcp_server.tool import Tool
from ratchet.values import Json, JsonObject

_ABOUT = ("title", "description", "default", "examples", "enum", "const")
"""What is said of a value whatever type it has."""


def portable_tools(*tools: Tool) -> tuple[Tool, ...]:
    """Return tools of this server with their schemas written so; those of tasks are their own."""
    return tuple(tool._replace(input=portable(tool.input), output=portable(tool.output)) for tool in tools)


def portable(schema: Json) -> Json:
    """Return a schema for the same values in which a list of types is one branch for each."""
    if isinstance(schema, list):
        return [portable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner: JsonObject = {key: portable(value) for key, value in schema.items()}
    types = inner.get("type")
    if not isinstance(types, list) or "anyOf" in inner:
        return inner
    about = {key: value for key, value in inner.items() if key in _ABOUT}
    more = {key: value for key, value in inner.items() if key not in (*_ABOUT, "type")}
    return {**about, "anyOf": [{"type": each} if each == "null" else {"type": each, **more} for each in types]}
