"""What an engine does otherwise than dukpy, which the suites expect exactly and the docs list."""

from __future__ import annotations

from typing import Any, NamedTuple


class Difference(NamedTuple):
    """One case that ends otherwise.

    Args:
        dukpy, other: What happens on either engine, for the docs.
        reason: Why.
        expected: What a suite expects in place of the usual; None where the heads of hostile scripts say it.
    """

    dukpy: str
    other: str
    reason: str
    expected: Any = None


_OVERFLOW = ("script_error", "RangeError", "Maximum call stack size exceeded")

WASM = {
    "an unhandled rejection": Difference(
        "a rejected promise that nobody handles fails the task",
        "it is not noticed; the task goes on to its end",
        "the package has no hook for rejections",
        ("invalid_output", None, "The task returned nothing"),
    ),
    "import.meta": Difference(
        "`import.meta.url` is the path of the module inside the task",
        "`import.meta.url` is `undefined`",
        "the package sets nothing on `import.meta`",
        0,
    ),
    "a doubling text": Difference(
        "a text that doubles for ever ends with `MemoryLimit`",
        "it ends with the `InternalError` `string too long`",
        "a sum of texts is kept as its parts, so its length reaches 2^30 before its bytes do",
    ),
    "small values": Difference(
        "a place in an array takes 16 bytes",
        "it takes 8, so more of them fit within `memory_bytes`",
        "WebAssembly has addresses of 32 bits",
    ),
    "recursion that is caught": Difference(
        "the `RangeError` of recursion without end can be caught",
        "it ends the task; about 2,400 nested calls fit",
        "the stack of WebAssembly ends first, and nothing of an instance can go on after that",
        _OVERFLOW,
    ),
    "recursion": Difference(
        "the error of recursion without end says where",
        "it does not",
        "what a stopped instance was at cannot be read any more",
        "nowhere",
    ),
    "depth beyond the engine's own": Difference(
        "an output nested beyond what JSON can write is `InvalidOutput`",
        "it is the `RangeError` of a stack that is used up",
        "the same",
        ("script_error", "Maximum call stack size exceeded"),
    ),
    "assigning dukpy's names": Difference(
        "the globals `dukpy` and `call_python` swallow what is assigned to them",
        "they are names like any other",
        "the way to the host is no global there",
    ),
    "redefining dukpy's names": Difference(
        "they cannot be defined anew or deleted",
        "they can, to no effect",
        "the same",
    ),
    "the setter of events with every nonce": Difference(
        "a setter takes events of the host, with a secret",
        "there is no setter",
        "the same",
    ),
    "a crash": Difference(
        "some bugs of QuickJS end with `EngineCrash`",
        "the same task ends as the limit says",
        "a write through a null pointer stays inside the memory of the instance",
        ("memory_limit", "The task needed more than 96 MB of memory"),
    ),
    "a failed assertion": Difference(
        "a bug of QuickJS that miscounts references passes unnoticed",
        "it ends with `EngineCrash`",
        "the assertions of QuickJS are compiled in there only",
    ),
}
"""By the name of the case."""


def expected_on(engine: str, case: str, usual: Any) -> Any:
    """Return what a case must come to on an engine."""
    found = WASM.get(case) if engine == "wasm" else None
    return usual if found is None else found.expected
