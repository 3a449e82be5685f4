"""Parts of an output that are pictures, sounds or documents, as its schema says (JSON Schema 2020-12, contents)."""

from __future__ import annotations

import base64
import binascii
import copy
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ratchet.values import Json, JsonObject

_ENCODING = "base64"
_MOST = 20


class Media(NamedTuple):
    """A text in a value that is more than a text.

    Args:
        path: Where it is, by keys and indexes.
        media_type: Such as `image/png`.
        encoded: Whether the text is base64.
    """

    path: tuple[str | int, ...]
    media_type: str
    encoded: bool


def media_of(schema: Json, output: Json, base: tuple[str | int, ...]) -> tuple[Media, ...]:
    """Return the media of an output, the first few.

    Args:
        base: Where the output stands in the value that is given back.
    """
    return tuple(islice(media_in(schema, output, base), _MOST))


def media_in(schema: Json, value: Json, path: tuple[str | int, ...] = ()) -> Iterator[Media]:
    """Yield the media in a value, by the `contentMediaType` and `contentEncoding` of its schema."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, str):
        media_type, encoding = schema.get("contentMediaType"), schema.get("contentEncoding")
        plain = encoding is None
        if isinstance(media_type, str) and (plain or (encoding == _ENCODING and _is_encoded(value))):
            yield Media(path, media_type, not plain)
    elif isinstance(value, dict) and isinstance(schema.get("properties"), dict):
        for key, part in schema["properties"].items():
            if key in value:
                yield from media_in(part, value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from media_in(schema.get("items"), item, (*path, index))


def _is_encoded(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False


def text_at(value: Json, path: Sequence[str | int]) -> str:
    """Return the text of a medium."""
    for step in path:
        value = value[step]
    assert isinstance(value, str)
    return value


def without_media(value: JsonObject, media: Sequence[Media]) -> JsonObject:
    """Return a value in which media are named in place of their texts: a model is shown them besides."""
    changed = copy.deepcopy(value)
    for each in media:
        parent: Json = changed
        for step in each.path[:-1]:
            parent = parent[step]
        parent[each.path[-1]] = f"({each.media_type}, shown besides)"
    return changed
