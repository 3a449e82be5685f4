"""Call the kernel where Python has no function for it."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol

from ratchet.sandbox.isolation import NotApplied

SystemCall = Callable[..., int]
"""Takes numbers, and bytes where the kernel wants an address to read; returns its answer, or the negative errno."""


class Library(Protocol):
    """A library of the system, which ctypes loads; its functions by name."""

    def __getitem__(self, name: str) -> Any: ...


class Kernel:
    """Hold what confinement needs to know of a system, and the ways to call it.

    Args:
        system: As `sys.platform` says.
        machine: As `uname -m` says; empty for a 32-bit process, whose system calls have other numbers.
        system_call: Takes the number of a call and its arguments.
        prctl: Takes an option and its arguments; libc knows its number on every architecture.
        library: What other systems than Linux are called through.
    """

    __slots__ = ("library", "machine", "prctl", "system", "system_call")

    def __init__(
        self,
        *,
        system: str,
        machine: str,
        system_call: SystemCall,
        prctl: SystemCall,
        library: Library | None = None,
    ) -> None:
        self.system = system
        self.machine = machine
        self.system_call = system_call
        self.prctl = prctl
        self.library = library

    def function(self, name: str) -> Any:
        """Return a function of the library, whose types the caller sets.

        Raises:
            NotApplied: There is none of this name.
        """
        try:
            if self.library is not None:
                return self.library[name]
        except (AttributeError, KeyError):
            pass  # What ctypes, and what a dictionary, say of a name that is not there.
        raise NotApplied(f"this system has no `{name}`")


def bind_kernel() -> Kernel:
    """Return the kernel this process runs on; only Linux takes system calls by number."""
    if sys.platform != "linux":
        library = _load_library()
        return Kernel(system=sys.platform, machine="", system_call=_refuse, prctl=_refuse, library=library)
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


def _load_library() -> Library | None:
    if sys.platform == "win32":
        return ctypes.WinDLL("kernel32")
    return ctypes.CDLL(None) if sys.platform == "darwin" else None


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
