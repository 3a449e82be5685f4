"""URLs, read once and as browsers read them; everything behind is given the parts.

Implements what the parser of the WHATWG URL Standard, section 4.4, does for `http` and `https`, absolute and relative
to a base. One difference: credentials in a URL are refused, as the Fetch Standard does.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from ratchet.gateway.failures import InvalidUrl
from ratchet.gateway.host import InvalidHost, parse_host
from ratchet.task.text import printable

DEFAULT_PORTS = {"http": 80, "https": 443}
_MOST_CHARACTERS = 65_536
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_AUTHORITY = re.compile(r"[^/\\?#]*")
_PATH = re.compile(r"[^?#]*")
# What the path and the query of a URL may hold besides letters, digits and `_.-~`; a `%` stays what it is.
_PATH_SAFE = "!$%&'()*+,/:;=@[]|\\"
_QUERY_SAFE = "!$%&()*+,/:;=?@[]\\^`{|}"
_DOT = re.compile(r"\.|%2e", re.IGNORECASE)


class Url(NamedTuple):
    """Where a request goes.

    Args:
        scheme: `http` or `https`.
        host: Canonical: a name in ASCII, or an address without brackets.
        path: With its leading slash, percent-encoded, without dot segments.
        query: With its leading `?`, or empty.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def target(self) -> str:
        """What stands in the request line."""
        return self.path + self.query

    @property
    def authority(self) -> str:
        """The host and the port, which is left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What two URLs share that may share credentials."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return self.origin + self.target


def parse_url(text: str, base: Url | None = None) -> Url:
    """Return the URL that a text means, alone or where it stands in the answer from another one.

    Raises:
        InvalidUrl: It is none, has credentials, or a scheme other than `http` and `https`.
    """
    if len(text) > _MOST_CHARACTERS:
        raise InvalidUrl(f"The URL has {len(text):,} characters, more than {_MOST_CHARACTERS:,}")
    text = re.sub(r"[\t\n\r]", "", text.strip("".join(map(chr, range(0x21)))))
    match = _SCHEME.match(text)
    if match is None:
        if base is None:
            raise InvalidUrl(f"`{printable(text)}` is no absolute URL", hint="Begin it with `https://`")
        return _parse_relative(text, base)
    scheme, rest = match[1].lower(), text[match.end() :]
    if scheme not in DEFAULT_PORTS:
        raise InvalidUrl(f"`{printable(text)}` is neither `http` nor `https`")
    if base is not None and base.scheme == scheme and not rest.replace("\\", "/").startswith("//"):
        return _parse_relative(rest, base)
    return _parse_authority(scheme, rest.lstrip("/\\"))


def _parse_relative(text: str, base: Url) -> Url:
    forward = text[:2].replace("\\", "/")
    if forward == "//":
        return _parse_authority(base.scheme, text.lstrip("/\\"))
    path = _PATH.match(text)
    assert path is not None
    if forward.startswith("/"):
        written = path[0]
    elif path[0]:
        written = base.path.rpartition("/")[0] + "/" + path[0]
    else:
        query = _parse_query(text[path.end() :]) if text.startswith("?") else base.query
        return base._replace(query=query)
    return base._replace(path=_parse_path(written), query=_parse_query(text[path.end() :]))


def _parse_authority(scheme: str, text: str) -> Url:
    match = _AUTHORITY.match(text)
    assert match is not None
    authority, rest = match[0], text[match.end() :]
    if "@" in authority:
        host = authority.rpartition("@")[2]
        raise InvalidUrl(
            f"The URL of `{printable(host)}` holds a user name or password", hint="Send it in an `Authorization` header"
        )
    host_text, port = _split_port(authority, scheme)
    try:
        host = parse_host(host_text)
    except InvalidHost as error:
        raise InvalidUrl(f"The host `{printable(host_text)}` {error}") from None
    path = _PATH.match(rest)
    assert path is not None
    return Url(scheme, host, port, _parse_path(path[0]), _parse_query(rest[path.end() :]))


def _split_port(authority: str, scheme: str) -> tuple[str, int]:
    host, colon, port = authority.rpartition(":")
    if not colon or "]" in port:
        return authority, DEFAULT_PORTS[scheme]
    if port == "":
        return host, DEFAULT_PORTS[scheme]
    if not re.fullmatch(r"[0-9]{1,20}", port) or int(port) > 65_535:
        raise InvalidUrl(f"`{printable(port)}` in `{printable(authority)}` is no port")
    return host, int(port)


def _parse_path(text: str) -> str:
    """Return a path with its dot segments followed, however they are spelled."""
    segments = text.replace("\\", "/").removeprefix("/").split("/")
    kept: list[str] = []
    for index, segment in enumerate(segments):
        dots = _DOT.sub(".", segment)
        if dots == "..":
            kept = kept[:-1]
        elif dots != ".":
            kept.append(segment)
        if dots in (".", "..") and index == len(segments) - 1:
            kept.append("")
    return "/" + _encoded("/".join(kept), _PATH_SAFE)


def _parse_query(text: str) -> str:
    query = text.partition("#")[0]
    return _encoded(query, _QUERY_SAFE) if query else ""


def _encoded(text: str, safe: str) -> str:
    # A lone surrogate is U+FFFD on the web.
    return quote(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), safe=safe)
