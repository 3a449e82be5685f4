"""What a mock or a recording says about the URL of a request."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from ratchet.gateway.failures import InvalidUrl
from ratchet.gateway.url import Url, parse_url
from ratchet.task.pattern import compile_pattern

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_WILDCARD = re.compile(r"\*|\{[^{}/]*\}")


class UrlPattern(NamedTuple):
    """A pattern and the two checks it makes, of the URL without its query and of the query.

    Args:
        text: As it was written.
        names_place: Whether the URL without its query is the one that is meant.
        names_query: Whether the query is, whatever its order.
    """

    text: str
    names_place: Callable[[Url], bool]
    names_query: Callable[[Url], bool]

    def matches(self, url: Url) -> bool:
        """Tell whether a URL is one that the pattern means."""
        return self.names_place(url) and self.names_query(url)


@lru_cache(1024)
def parse_url_pattern(text: str) -> UrlPattern:
    """Return the pattern that a text means.

    `/…/` is a regular expression, searched for in the URL; a text with a scheme is the URL itself, in which `*` stands
    for anything and `{name}` for anything without a slash; any other text is one that the URL contains.

    Raises:
        ValueError: It means none; the message is a clause that follows the text.
    """
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        search = compile_pattern(text[1:-1])
        return UrlPattern(text, lambda url: search(str(url)), _any_query)
    if not _SCHEME.match(text):
        if not text:
            raise ValueError("is empty, which every URL contains")
        return _pattern_of_part(text)
    if _WILDCARD.search(text):
        return _pattern_with_wildcards(text)
    return exact_pattern(text)


def exact_pattern(text: str) -> UrlPattern:
    """Return the pattern of one URL, whatever characters it has.

    Raises:
        ValueError: It is none; the message is a clause that follows the text.
    """
    try:
        exact = parse_url(text)
    except InvalidUrl as error:
        raise ValueError(f"is no URL: {error.message}") from None
    return UrlPattern(
        text,
        lambda url: (url.origin, url.path) == (exact.origin, exact.path),
        lambda url: pairs_of(url.query) == pairs_of(exact.query),
    )


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Return what a query says, without its order."""
    return sorted(parse_qsl(query.removeprefix("?"), keep_blank_values=True))


def _any_query(_url: Url) -> bool:
    return True


def _pattern_of_part(text: str) -> UrlPattern:
    place, mark, query = text.partition("?")
    wildcard = _WILDCARD.search(text)
    if not wildcard:
        wanted = pairs_of(query)
        if not mark:
            return UrlPattern(text, lambda url: text in str(url), _any_query)
        return UrlPattern(text, lambda url: place in url.origin + url.path, lambda url: pairs_of(url.query) == wanted)
    search = compile_pattern(_translate(text))
    return UrlPattern(text, lambda url: search(str(url)), _any_query)


def _pattern_with_wildcards(text: str) -> UrlPattern:
    place, mark, query = text.partition("?")
    search = compile_pattern(f"^{_translate(_with_path(place))}$")
    if not mark:
        # A star at the end takes the query in.
        ends_open = text.endswith("*")
        return UrlPattern(text, lambda url: search(url.origin + url.path), lambda url: ends_open or not url.query)
    wanted = [(name, compile_pattern(f"^{_translate(value)}$")) for name, value in pairs_of(query)]
    return UrlPattern(text, lambda url: search(url.origin + url.path), lambda url: _fits(wanted, pairs_of(url.query)))


def _fits(wanted: list[tuple[str, Callable[[str], bool]]], pairs: list[tuple[str, str]]) -> bool:
    if [name for name, _ in wanted] != [name for name, _ in pairs]:
        return False
    left = list(pairs)
    for name, fits in wanted:
        match = next((pair for pair in left if pair[0] == name and fits(pair[1])), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _with_path(place: str) -> str:
    """Return a URL with the slash that follows the host, in small letters as far as case has no meaning."""
    scheme, _, rest = place.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower() if not _WILDCARD.search(host) else host}{slash or '/'}{path}"


def _translate(text: str) -> str:
    """Return a regular expression for a text with wildcards."""
    parts: list[str] = []
    end = 0
    for match in _WILDCARD.finditer(text):
        parts += [_escape(text[end : match.start()]), "[^/?]+" if match[0] != "*" else ".*"]
        end = match.end()
    return "".join([*parts, _escape(text[end:])])


def _escape(text: str) -> str:
    return re.sub(r"[\\^$.*+?()\[\]{}|/]", lambda match: "\\" + match[0], text)
