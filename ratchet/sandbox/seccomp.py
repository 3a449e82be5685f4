"""Leave a process only the system calls it needs (Linux, seccomp(2))."""

from __future__ import annotations

import errno
import struct

from ratchet.sandbox import syscall_filter
from ratchet.sandbox.isolation import NotApplied
from ratchet.sandbox.kernel import Kernel, describe_error

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER = 1
_GET_ACTION_AVAIL = 2
_ALL_THREADS = 1
_ACTION_ERRNO = 0x00050000

_REMEDIES = {
    errno.ENOSYS: "the kernel has no seccomp filters; they need `CONFIG_SECCOMP_FILTER` and Linux 4.14",
    errno.EINVAL: "the kernel was built without `CONFIG_SECCOMP_FILTER`",
    errno.EPERM: "the container forbids seccomp filters; update the container engine or its seccomp profile",
}


def apply(kernel: Kernel, *, pid: int, read_from: int, write_to: tuple[int, ...]) -> str:
    """Refuse all calls from now on but the ones that `syscall_filter` lists, in every thread.

    Raises:
        NotApplied: There is no list for this architecture, or the kernel refused it.
    """
    number = _call_number(kernel)
    program = syscall_filter.assemble(kernel.machine, pid=pid, read_from=read_from, write_to=write_to)
    address, length = program.buffer_info()
    result = kernel.system_call(number, _SET_MODE_FILTER, _ALL_THREADS, struct.pack("@HP", length, address))
    if result > 0:
        raise NotApplied(f"thread {result} of this process has a seccomp filter of its own")
    if result < 0:
        raise NotApplied(_refusal(result))
    return "seccomp"


def prepare(kernel: Kernel, *, read_from: int, write_to: tuple[int, ...]) -> None:
    """Assemble ahead what does not depend on the process; `apply` takes it from there."""
    if syscall_filter.knows(kernel.machine):
        syscall_filter.assemble(kernel.machine, pid=0, read_from=read_from, write_to=write_to)


def probe(kernel: Kernel) -> str:
    """Tell that the filter could be set.

    Raises:
        NotApplied: It could not.
    """
    result = kernel.system_call(_call_number(kernel), _GET_ACTION_AVAIL, 0, struct.pack("=I", _ACTION_ERRNO))
    if result < 0:
        raise NotApplied(_refusal(result))
    return "seccomp"


def _call_number(kernel: Kernel) -> int:
    if kernel.system != "linux":
        raise NotApplied("only Linux has it")
    if not syscall_filter.knows(kernel.machine):
        machine = kernel.machine or "32-bit processes"
        raise NotApplied(f"there is no list of system calls for `{machine}`; use a 64-bit Python on x86-64 or aarch64")
    return _SECCOMP[kernel.machine]


def _refusal(result: int) -> str:
    return _REMEDIES.get(-result) or f"the kernel refused the filter: {describe_error(result)}"
