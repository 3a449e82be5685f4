"""Call the kernel where Python has no function for it."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable

SystemCall = Callable[..., int]
"""Takes numbers, and bytes where the kernel wants an address to read; returns its answer, or the negative errno."""


class Kernel:
    """Hold what confinement needs to know of a system, and the two ways to call it.

    Args:
        system: As `sys.platform` says.
        machine: As `uname -m` says; empty for a 32-bit process, whose system calls have other numbers.
        system_call: Takes the number of a call and its arguments.
        prctl: Takes an option and its arguments; libc knows its number on every architecture.
    """

    __slots__ = ("machine", "prctl", "system", "system_call")

    def __init__(self, *, system: str, machine: str, system_call: SystemCall, prctl: SystemCall) -> None:
        self.system = system
        self.machine = machine
        self.system_call = system_call
        self.prctl = prctl


def bind_kernel() -> Kernel:
    """Return the kernel this process runs on; only Linux can be called."""
    if sys.platform != "linux":
        return Kernel(system=sys.platform, machine="", system_call=_refuse, prctl=_refuse)
    libc = ctypes.CDLL(None, use_errno=True)
    return Kernel(
        system=sys.platform,
        machine=os.uname().machine if sys.maxsize > 2**32 else "",
        system_call=_bind(libc, "syscall", 7),
        prctl=_bind(libc, "prctl", 5),
    )


def describe_error(result: int) -> str:
    """Name the error in a kernel's negative answer: its words and its constant."""
    return f"{os.strerror(-result)} (`{errno.errorcode.get(-result, -result)}`)"


def _bind(libc: ctypes.CDLL, name: str, count: int) -> SystemCall:
    function = libc[name]
    # This type takes numbers and bytes alike, without a ctypes object for each, which a forked process makes slowly.
    function.argtypes = (ctypes.c_void_p,) * count
    function.restype = ctypes.c_long
    no_arguments = (0,) * count

    def call(*arguments: int | bytes) -> int:
        result: int = function(*arguments, *no_arguments[len(arguments) :])
        return -ctypes.get_errno() if result == -1 else result

    return call


def _refuse(*_arguments: int | bytes) -> int:
    return -errno.ENOSYS
