"""Put placeholders back wherever the values of secrets stand, however they are written there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ratchet.gateway.encodings import (
    LINE_END,
    base64_pattern,
    first_characters,
    hexadecimal_pattern,
    list_pattern,
    plain_pattern,
)
from ratchet.gateway.message import Headers, HttpRequest, HttpResponse
from ratchet.gateway.placeholders import placeholder_of
from ratchet.gateway.url import parse_url
from ratchet.values import Json

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+\-]*', re.DOTALL)
"""A string or a number of JSON."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]")
_BETWEEN_LINES = re.compile(rf"(?<=[A-Za-z0-9+/_\-]{{16}}){LINE_END}(?=[A-Za-z0-9+/_\-])")
_KINDS = ("plain", "base64")


class Masker:
    """Knows values and finds them.

    Args:
        values: By the names of the secrets.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        # The longest first: it may hold another.
        self._values = sorted(values.items(), key=lambda item: -len(item[1]))
        self._names = {f"{kind}{index}": name for index, (name, _) in enumerate(self._values) for kind in _KINDS}
        self._search = self._compile()
        self._search_in_lines: re.Pattern[str] | None = None

    def _compile(self, *, in_lines: bool = False) -> re.Pattern[str]:
        if not self._values:
            return re.compile(r"(?!)")
        patterns = []
        for index, (_, value) in enumerate(self._values):
            plain = (plain_pattern(value), hexadecimal_pattern(value), list_pattern(value))
            patterns.append(f"(?P<plain{index}>{'|'.join(plain)})")
            patterns.append(f"(?P<base64{index}>{base64_pattern(value, in_lines=in_lines)})")
        # The first characters alone, which are few, make the search through everything else three times as fast.
        starts = re.escape("".join(first_characters(value) for _, value in self._values))
        return re.compile(f"(?=[{starts}])(?:{'|'.join(patterns)})")

    def is_in(self, text: str) -> bool:
        """Tell whether a value may stand in a text."""
        return self._search.search(text) is not None or self._is_hidden(text)

    def _is_hidden(self, text: str) -> bool:
        """Tell whether a value stands in a text once what can stand between two of its characters is gone."""
        joined = _BETWEEN_LINES.sub("", text) if "\n" in text or "\\n" in text else text
        joined = joined.replace("\\u0000", "")
        return joined != text and self._search.search(joined) is not None

    def mask_text(self, text: str) -> str:
        """Return a text without a value in it."""
        masked = self._replace_found(self._search, text)
        if not self._is_hidden(masked):
            return masked
        if self._search_in_lines is None:
            self._search_in_lines = self._compile(in_lines=True)
        return self._replace_found(self._search_in_lines, masked)

    def mask_json_text(self, text: str) -> str:
        """Return JSON without a value in it, and still JSON."""
        if not self.is_in(text):
            return text
        # String by string, so that no escape is cut in two; a list of numbers is none.
        lists = [f"(?P<plain{index}>{list_pattern(value)})" for index, (_, value) in enumerate(self._values)]
        return self._replace_found(re.compile("|".join(lists)), _TOKEN.sub(self._mask_token, text), '"')

    def mask_bytes(self, data: bytes) -> bytes:
        """Return a body without a value in it; one that is JSON stays JSON."""
        text = data.decode("latin-1")
        if not self.is_in(text):
            return data
        try:
            json.loads(data)
            masked = self.mask_json_text(data.decode())
        except (ValueError, RecursionError):
            return self.mask_text(text).encode("latin-1")
        return masked.encode()

    def mask_value(self, value: Json) -> Json:
        """Return a JSON value without a value of a secret in any of its texts, keys included."""
        if isinstance(value, str):
            return self.mask_text(value)
        if isinstance(value, list):
            return [self.mask_value(entry) for entry in value]
        if isinstance(value, dict):
            return {self.mask_text(key): self.mask_value(entry) for key, entry in value.items()}
        return value

    def _mask_token(self, match: re.Match[str]) -> str:
        token = match[0]
        if token[0] != '"':
            found = self._search.search(token)
            return token if found is None else json.dumps(placeholder_of(self._names[found.lastgroup or ""]))
        try:
            text = json.loads(token, strict=False)
        except ValueError:
            return token
        masked = self.mask_text(text)
        return token if masked == text else json.dumps(masked, ensure_ascii=not masked.isprintable())

    def _replace_found(self, search: re.Pattern[str], text: str, quote: str = "") -> str:
        parts: list[str] = []
        end = 0
        for match in search.finditer(text):
            group = match.lastgroup or ""
            start, stop = match.span()
            if group.startswith("base64"):
                start, stop = _with_neighbours(text, start, stop)
            parts += [text[end : max(start, end)], quote, placeholder_of(self._names[group]), quote]
            end = stop
        return "".join([*parts, text[end:]]) if parts else text


def _with_neighbours(text: str, start: int, stop: int) -> tuple[int, int]:
    """Return where base64 ends that depends on a value in part."""
    start -= start > 0 and _BASE64.match(text[start - 1]) is not None
    stop += stop < len(text) and _BASE64.match(text[stop]) is not None
    return start, stop


def mask_request(masker: Masker, request: HttpRequest) -> HttpRequest:
    """Return a request without a value in it, for a task that has put one together from what it was sent."""
    return request._replace(
        url=masker.mask_text(request.url),
        headers=_mask_headers(masker, request.headers),
        body=None if request.body is None else masker.mask_bytes(request.body),
    )


def mask_response(masker: Masker, response: HttpResponse) -> HttpResponse:
    """Return an answer without a value in it."""
    return response._replace(
        reason=masker.mask_text(response.reason),
        headers=_mask_headers(masker, response.headers),
        body=masker.mask_bytes(response.body),
        url=_mask_url(masker, response.url),
        notes=tuple(masker.mask_text(note) for note in response.notes),
    )


def _mask_headers(masker: Masker, headers: Headers) -> Headers:
    return tuple((masker.mask_text(name), masker.mask_text(value)) for name, value in headers)


def _mask_url(masker: Masker, url: str) -> str:
    masked = masker.mask_text(url)
    # As the URL of the request is kept, with its placeholders encoded where they must be.
    return url if masked == url else str(parse_url(masked))
