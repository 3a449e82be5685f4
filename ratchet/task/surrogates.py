"""Replace lone surrogates, which JavaScript strings may hold and UTF-8 may not."""

from __future__ import annotations

from ratchet.values import Json


def replace_surrogates(value: Json) -> Json:
    """Return a copy of a value with every lone surrogate as U+FFFD, whatever the nesting."""
    if isinstance(value, str):
        return _clean(value)
    if not isinstance(value, dict | list):
        return value
    result: Json = _clean_container(value)
    waiting = [result]
    while waiting:
        part = waiting.pop()
        for key, child in part.items() if isinstance(part, dict) else enumerate(part):
            if isinstance(child, dict | list):
                part[key] = _clean_container(child)
                waiting.append(part[key])
    return result


def _clean_container(part: Json) -> Json:
    if isinstance(part, dict):
        return {_clean(key): _clean(child) if isinstance(child, str) else child for key, child in part.items()}
    return [_clean(child) if isinstance(child, str) else child for child in part]


def _clean(text: str) -> str:
    # Through UTF-16, so that two surrogates that make a pair become their character, as in JavaScript.
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
