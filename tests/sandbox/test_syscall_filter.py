"""Interpret the program as the kernel would, which lets one machine test the programs of all."""

from __future__ import annotations

import errno
import struct

import pytest

from ratchet.sandbox import syscall_filter

ALLOWED = 0x7FFF0000
REFUSED = 0x00050000 | errno.EPERM
PID = 4711
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "fstat": (5, 80), "mmap": (9, 222),
    "mprotect": (10, 226), "munmap": (11, 215), "madvise": (28, 233), "futex": (202, 98), "tgkill": (234, 131),
    "tkill": (200, 130), "exit_group": (231, 94), "getrandom": (318, 278), "setitimer": (38, 103),
    "rt_sigreturn": (15, 139), "execve": (59, 221), "openat": (257, 56), "clone": (56, 220), "prctl": (157, 167),
}  # fmt: skip
MACHINES = ("x86_64", "aarch64")


def _judge(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    padded = [*arguments, *[0] * (6 - len(arguments))]
    audit = AUDIT[machine] if architecture is None else architecture
    data = struct.pack("<IIQ6Q", number, audit, 0, *(value & (1 << 64) - 1 for value in padded))
    program = syscall_filter.assemble(machine, pid=PID, read_from=0, write_to=(1, 2))
    steps = [struct.unpack("<HBBI", struct.pack("<Q", word)) for word in program]
    accumulator = position = 0
    while True:
        code, if_true, if_false, constant = steps[position]
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, constant)
        elif code == 0x54:
            accumulator &= constant
        elif code == 0x15:
            position += if_true if accumulator == constant else if_false
        elif code == 0x35:
            position += if_true if accumulator >= constant else if_false
        else:
            assert code == 0x06
            return int(constant)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("read", (0,)),
        ("readv", (0,)),
        ("write", (1,)),
        ("writev", (2,)),
        ("fstat", (2,)),
        ("mmap", (0, 4096, 3, 0x22, -1, 0)),
        ("mmap", (0, 4096, 0, 0x4022, -1, 0)),
        ("mmap", (0, 4096, 3, 0x20022, -1, 0)),
        ("mprotect", (4096, 4096, 3)),
        ("munmap", (4096, 4096)),
        ("madvise", (4096, 4096, 4)),
        ("futex", (4096, 128)),
        ("futex", (4096, 128 | 256 | 9)),
        ("tgkill", (PID, 1, 6)),
        ("tgkill", (PID | 7 << 32, 1, 6)),
        ("tkill", (PID, 6)),
        ("exit_group", (0,)),
        ("getrandom", (0, 1, 0)),
        ("setitimer", (0, 0, 0)),
        ("rt_sigreturn", ()),
    ],
)
def test_needed_call_is_allowed(machine: str, name: str, arguments: tuple[int, ...]) -> None:
    assert _judge(machine, NUMBERS[name][MACHINES.index(machine)], *arguments) == ALLOWED


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("read", (1,)),
        ("read", (3,)),
        ("read", (1 << 32,)),
        ("readv", (1,)),
        ("write", (0,)),
        ("write", (3,)),
        ("write", (1 | 1 << 32,)),
        ("writev", (0,)),
        ("fstat", (3,)),
        ("mmap", (0, 4096, 4, 0x22, -1, 0)),
        ("mmap", (0, 4096, 3 | 1 << 40, 0x22, -1, 0)),
        ("mmap", (0, 4096, 3, 0x02, 0, 0)),
        ("mmap", (0, 4096, 3, 0x21, -1, 0)),
        ("mmap", (0, 4096, 3, 0x23, -1, 0)),
        ("mmap", (0, 4096, 3, 0x40022, -1, 0)),
        ("mmap", (0, 4096, 3, 0x22 | 1 << 40, -1, 0)),
        ("mprotect", (4096, 4096, 5)),
        ("madvise", (4096, 4096, 100)),
        ("futex", (4096, 6)),
        ("tgkill", (PID + 1, 1, 6)),
        ("tgkill", (-1, 1, 6)),
        ("tkill", (PID + 1, 6)),
        ("execve", ()),
        ("openat", ()),
        ("clone", ()),
        ("prctl", ()),
    ],
)
def test_anything_more_is_refused(machine: str, name: str, arguments: tuple[int, ...]) -> None:
    assert _judge(machine, NUMBERS[name][MACHINES.index(machine)], *arguments) == REFUSED


@pytest.mark.parametrize("machine", MACHINES)
def test_about_forty_calls_are_allowed_and_no_more(machine: str) -> None:
    reached = [number for number in range(1024) if _judge(machine, number) == ALLOWED]
    guarded = {"write", "writev", "mmap", "madvise", "tgkill", "tkill"}
    assert not {NUMBERS[name][MACHINES.index(machine)] for name in guarded} & set(reached)
    assert len(reached) == {"x86_64": 32, "aarch64": 29}[machine]


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_architecture_are_refused(machine: str) -> None:
    number = NUMBERS["exit_group"][MACHINES.index(machine)]
    assert _judge(machine, number) == ALLOWED
    for architecture in (0, 0x40000003, 0x40000028, AUDIT["aarch64" if machine == "x86_64" else "x86_64"]):
        assert _judge(machine, number, architecture=architecture) == REFUSED


def test_calls_of_the_x32_interface_are_refused() -> None:
    assert not [number for number in range(1024) if _judge("x86_64", 0x4000_0000 | number) == ALLOWED]


def test_other_architectures_are_unknown() -> None:
    assert [syscall_filter.knows(machine) for machine in (*MACHINES, "riscv64", "")] == [True, True, False, False]
