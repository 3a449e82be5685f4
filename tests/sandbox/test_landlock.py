from __future__ import annotations

import errno
import os
import struct
import sys

import pytest

from ratchet.sandbox import landlock
from ratchet.sandbox.isolation import NotApplied
from ratchet.sandbox.kernel import Kernel, bind_kernel


def _kernel(version: int, *, refuse: int | None = None) -> tuple[Kernel, list[tuple[int | bytes, ...]]]:
    calls: list[tuple[int | bytes, ...]] = []

    def call(number: int, *arguments: int | bytes) -> int:
        calls.append((number, *arguments))
        if number == refuse:
            return -errno.E2BIG
        if number == 446:
            return 0
        return version if arguments[0] == 0 else os.open(os.devnull, os.O_RDONLY)

    return Kernel(system="linux", machine="x86_64", system_call=call, prctl=call), calls


@pytest.mark.parametrize(
    ("version", "rights"),
    [
        (1, [0x1FFF]),
        (2, [0x3FFF]),
        (3, [0x7FFF]),
        (4, [0x7FFF, 3]),
        (5, [0xFFFF, 3]),
        (6, [0xFFFF, 3, 3]),
        (7, [0xFFFF, 3, 3]),
        (99, [0xFFFF, 3, 3]),
    ],
)
def test_every_right_of_the_kernels_version_is_given_up(version: int, rights: list[int]) -> None:
    kernel, calls = _kernel(version)
    assert landlock.apply(kernel, threads=1) == f"landlock:{min(version, 7)}"
    expected = struct.pack(f"={len(rights)}Q", *rights)
    assert calls[1] == (444, expected, len(expected), 0)
    assert calls[2][0] == 446


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has Landlock")
def test_this_kernel_takes_the_rights_of_every_version_up_to_its_own() -> None:
    kernel = bind_kernel()
    newest = int(landlock.probe(kernel).removeprefix("landlock:"))
    for version in range(1, newest + 1):
        rights = landlock.handled_rights(version)
        ruleset = kernel.system_call(444, rights, len(rights), 0)
        assert ruleset >= 0
        os.close(ruleset)


@pytest.mark.parametrize("number", [444, 446])
def test_refusal_names_the_error(number: int) -> None:
    kernel, _ = _kernel(7, refuse=number)
    with pytest.raises(NotApplied, match="E2BIG"):
        landlock.apply(kernel, threads=1)
