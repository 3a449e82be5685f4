"""Tell schemas that cannot be made slow: whoever wrote them, a check takes as long as schema and value are large."""

from __future__ import annotations

import json

from ratchet.task.subschemas import walk_schemas
from ratchet.values import Json

_PLAIN = frozenset(
    "$comment $schema additionalItems additionalProperties const default deprecated description enum examples "
    "exclusiveMaximum exclusiveMinimum items maxItems maxLength maxProperties maximum minItems minLength minProperties "
    "minimum multipleOf prefixItems properties readOnly required title type writeOnly".split()
)
"""None of them applies two schemas to one part of a value, refers to another schema, or matches a pattern."""

_MOST_CHARACTERS = 10_000
_MOST_PAIRS = 300_000
"""So many characters of a schema times those of a value: at most every keyword is held against every part."""


def most_characters(schema: Json) -> int:
    """Return how long a value may be, as JSON, to be checked against a schema in no time; 0 where that is not known."""
    size = len(json.dumps(schema))
    if size > _MOST_CHARACTERS or not all(part.keys() <= _PLAIN for _, part in walk_schemas(schema)):
        return 0
    return _MOST_PAIRS // size
