"""The sandbox of macOS, asked for through a library that only records: the system itself is not here."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from ratchet.sandbox import seatbelt
from ratchet.sandbox.isolation import NotApplied
from ratchet.sandbox.kernel import Kernel


def kernel_with(**functions: Any) -> Kernel:
    def refuse(*_arguments: int | bytes) -> int:
        return -errno.ENOSYS

    return Kernel(system="darwin", machine="arm64", system_call=refuse, prctl=refuse, library=functions)


def test_profile_for_pure_computation_is_asked_for_by_name() -> None:
    calls: list[tuple[bytes, int]] = []

    def sandbox_init(profile: bytes, flags: int, _error: object) -> int:
        calls.append((profile, flags))
        return 0

    kernel = kernel_with(sandbox_init=sandbox_init)
    assert (seatbelt.probe(kernel), calls) == ("sandbox_init", [])
    assert (seatbelt.apply(kernel), calls) == ("sandbox_init", [(b"pure-computation", 1)])


def test_refusal_gives_the_words_of_the_system_and_their_memory_back() -> None:
    freed: list[bytes | None] = []

    def sandbox_init(_profile: bytes, _flags: int, error: Any) -> int:
        error._obj.value = b"already in a sandbox"
        return -1

    def sandbox_free_error(error: Any) -> None:
        freed.append(error.value)

    with pytest.raises(NotApplied, match="the system refused `sandbox_init`: already in a sandbox"):
        seatbelt.apply(kernel_with(sandbox_init=sandbox_init, sandbox_free_error=sandbox_free_error))
    assert freed == [b"already in a sandbox"]


def test_system_without_it_says_so() -> None:
    for ask in (seatbelt.apply, seatbelt.probe):
        with pytest.raises(NotApplied, match="this system has no `sandbox_init`"):
            ask(kernel_with())
