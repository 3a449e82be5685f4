"""Tell which draft of JSON Schema a schema is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ratchet.values import Json

if TYPE_CHECKING:
    from jsonschema_rs import Validator

DEFAULT_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VALIDATORS = {
    "http://json-schema.org/draft-04/schema": "Draft4Validator",
    "http://json-schema.org/draft-06/schema": "Draft6Validator",
    "http://json-schema.org/draft-07/schema": "Draft7Validator",
    "https://json-schema.org/draft/2019-09/schema": "Draft201909Validator",
    DEFAULT_DIALECT: "Draft202012Validator",
}
DIALECTS = tuple(_VALIDATORS)


def dialect_of(schema: Json) -> str | None:
    """Return the address of a schema's dialect, 2020-12 when it names none, None when it names an unknown one."""
    named = schema.get("$schema") if isinstance(schema, dict) else None
    if named is None:
        return DEFAULT_DIALECT
    if not isinstance(named, str):
        return None
    plain = named.strip().removesuffix("#").rstrip("/")
    # Both schemes are common in the wild and mean the same.
    for known in DIALECTS:
        if plain.partition("://")[2] == known.partition("://")[2]:
            return known
    return None


def validator_class(dialect: str) -> type[Validator]:
    """Return the compiled validator's class for a dialect."""
    import jsonschema_rs

    found: type[Validator] = getattr(jsonschema_rs, _VALIDATORS[dialect])
    return found
