"""How a hostile server may write a value that it was sent, so that nobody recognises it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

ECHOES: Mapping[str, Callable[[str], str]] = {
    "plain": lambda value: f"a{value}b",
    "json": lambda value: json.dumps({"k": value, value: 1}),
    "json-in-json": lambda value: json.dumps(json.dumps({"k": value})),
    "json-escapes": lambda value: "".join(f"\\u{ord(character):04x}" for character in value),
    "json-list": lambda value: json.dumps({"bytes": list(value.encode())}),
    "json-lines": lambda value: json.dumps({"content": base64.encodebytes(b"x" * 50 + value.encode()).decode()}),
    "javascript-escapes": lambda value: "".join(f"\\x{ord(character):02X}" for character in value),
    "html": html.escape,
    "html-numbers": lambda value: "".join(f"&#{ord(character)};" for character in value),
    "html-hexadecimal": lambda value: "".join(f"&#x{ord(character):X};" for character in value),
    "percent": lambda value: quote(value, safe=""),
    "percent-in-small-letters": lambda value: "".join(f"%{ord(character):02x}" for character in value),
    "percent-twice": lambda value: quote(quote(value, safe=""), safe=""),
    "form": quote_plus,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64-after-one": lambda value: base64.b64encode(b"u" + value.encode() + b"!").decode(),
    "base64-after-two": lambda value: base64.b64encode(b"u:" + value.encode()).decode(),
    "base64-for-urls": lambda value: base64.urlsafe_b64encode(b"?>" + value.encode()).decode(),
    "base64-in-lines": lambda value: base64.encodebytes(b"x" * 50 + value.encode()).decode(),
    "base64-in-percent": lambda value: quote(base64.b64encode(value.encode()).decode(), safe=""),
    "base64-twice": lambda value: base64.b64encode(base64.b64encode(value.encode())).decode(),
    "base64-of-utf-16": lambda value: base64.b64encode(value.encode("utf-16-le")).decode(),
    "hexadecimal": lambda value: value.encode().hex(),
    "hexadecimal-with-colons": lambda value: value.encode().hex(":").upper(),
    "reversed": lambda value: value[::-1],
    "utf-16": lambda value: value.encode("utf-16-le").decode("latin-1"),
}
