"""The globals of the WinterTC Minimum Common Web API (ECMA-429), and Ratchet's own: what is there, and what is not.

`docs/reference/javascript-api.md` is made from this table and from the cases, and the tests hold both to the engine.
"""

from __future__ import annotations

from typing import NamedTuple


class Global(NamedTuple):
    """One global.

    Args:
        note: What is there, where that is not all of it; for one that is absent, why.
        here: Whether a task finds it.
        tested: The file with its tests, where it is more than the cases can hold.
    """

    note: str = ""
    here: bool = True
    tested: str | None = None


def _absent(note: str) -> Global:
    return Global(note, here=False)


_NO_STREAMS = _absent("bodies are held in memory, there are no streams")
_NO_MESSAGES = _absent("nothing sends messages to a task")
_NO_HANDLERS = _absent("what nobody catches ends the execution with `ScriptError`")
_NO_SCOPE = _absent("no worker scope; `globalThis` is the same everywhere")

COMMON_API = {
    "AbortController": Global(),
    "AbortSignal": Global("with `timeout` and `any`"),
    "Blob": Global("in memory, no `stream()`"),
    "ByteLengthQueuingStrategy": _NO_STREAMS,
    "CompressionStream": _NO_STREAMS,
    "CountQueuingStrategy": _NO_STREAMS,
    "Crypto": _absent("the object `crypto` is there, its class is not a global"),
    "CryptoKey": Global(),
    "CustomEvent": _absent("an `Event` can carry a property of its own"),
    "DOMException": Global(),
    "DecompressionStream": _NO_STREAMS,
    "ErrorEvent": _NO_HANDLERS,
    "Event": Global(),
    "EventTarget": Global(),
    "File": Global("in memory, no `stream()`"),
    "FormData": Global(),
    "Headers": Global(),
    "MessageChannel": _NO_MESSAGES,
    "MessageEvent": _NO_MESSAGES,
    "MessagePort": _NO_MESSAGES,
    "PromiseRejectionEvent": _NO_HANDLERS,
    "ReadableByteStreamController": _NO_STREAMS,
    "ReadableStream": _NO_STREAMS,
    "ReadableStreamBYOBReader": _NO_STREAMS,
    "ReadableStreamBYOBRequest": _NO_STREAMS,
    "ReadableStreamDefaultController": _NO_STREAMS,
    "ReadableStreamDefaultReader": _NO_STREAMS,
    "Request": Global("no `body` property"),
    "Response": Global("no `body` property"),
    "SubtleCrypto": _absent("the object `crypto.subtle` is there, its class is not a global"),
    "TextDecoder": Global("UTF-8, UTF-16 and windows-1252"),
    "TextDecoderStream": _NO_STREAMS,
    "TextEncoder": Global(),
    "TextEncoderStream": _NO_STREAMS,
    "TransformStream": _NO_STREAMS,
    "TransformStreamDefaultController": _NO_STREAMS,
    "URL": Global("with internationalised host names"),
    "URLPattern": _absent("a regular expression does"),
    "URLSearchParams": Global(),
    "WebAssembly": _absent("the engine has none"),
    "WritableStream": _NO_STREAMS,
    "WritableStreamDefaultController": _NO_STREAMS,
    "WritableStreamDefaultWriter": _NO_STREAMS,
    "atob": Global(),
    "btoa": Global(),
    "clearInterval": Global(),
    "clearTimeout": Global(),
    "console": Global("see [console](#console)"),
    "crypto": Global(
        "`randomUUID`, `getRandomValues`; in `subtle`: `digest` with SHA-1, SHA-256, SHA-384 and SHA-512, and HMAC "
        "with `importKey`, `exportKey`, `sign`, `verify` on raw keys; a key made from the "
        "placeholder of a [secret](../concepts/secrets.md#signatures) signs outside the worker"
    ),
    "fetch": Global("see [fetch](#fetch)", tested="tests/execution/test_fetch.py"),
    "globalThis": Global("also as `global`"),
    "navigator": _absent("a task does not learn what it runs in"),
    "onerror": _NO_HANDLERS,
    "onrejectionhandled": _NO_HANDLERS,
    "onunhandledrejection": _NO_HANDLERS,
    "performance": Global("`now()`, `timeOrigin` and `toJSON()`; the time origin is the start of the execution"),
    "queueMicrotask": Global(),
    "reportError": _NO_HANDLERS,
    "self": _NO_SCOPE,
    "setInterval": Global("returns a number"),
    "setTimeout": Global("returns a number"),
    "structuredClone": Global("without `transfer`"),
}

_TYPED_ERROR = Global("see [typed errors](#typed-errors)", tested="tests/engine/web/test_common_api.py")

OWN_API = {
    "AuthenticationError": _TYPED_ERROR,
    "AuthorizationError": _TYPED_ERROR,
    "ConfigurationError": _TYPED_ERROR,
    "DataError": _TYPED_ERROR,
    "HttpError": _TYPED_ERROR,
    "NetworkError": _TYPED_ERROR,
    "RateLimitError": _TYPED_ERROR,
    "ServiceUnavailableError": _TYPED_ERROR,
    "TimeoutError": _TYPED_ERROR,
    "ValidationError": _TYPED_ERROR,
    "clearImmediate": Global("as in Node"),
    "global": Global("as in Node"),
    "reportProgress": Global("see [context](#context)", tested="tests/engine/test_console.py"),
    "setImmediate": Global("as in Node; returns a number"),
}
