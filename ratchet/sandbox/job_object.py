"""Hold a process by a job of Windows (Win32, Job Objects): to a share of the machine, and to the life of its host."""

from __future__ import annotations

import ctypes
import math
import time
from ctypes import c_int64, c_size_t, c_uint32, c_uint64, c_void_p

from ratchet.sandbox.isolation import NotApplied
from ratchet.sandbox.kernel import Kernel

_EXTENDED_LIMITS = 9
_PROCESS_TIME, _ACTIVE_PROCESSES, _PROCESS_MEMORY = 0x2, 0x8, 0x100
_DIE_ON_UNHANDLED_EXCEPTION, _KILL_ON_CLOSE = 0x400, 0x2000
_TICKS_A_SECOND = 10_000_000
# What `AssignProcessToJobObject` asks of a handle.
_SET_QUOTA, _TERMINATE = 0x100, 0x1


class BasicLimits(ctypes.Structure):
    """`JOBOBJECT_BASIC_LIMIT_INFORMATION`."""

    _fields_ = (
        ("process_time", c_int64),
        ("job_time", c_int64),
        ("flags", c_uint32),
        ("least_working_set", c_size_t),
        ("most_working_set", c_size_t),
        ("active_processes", c_uint32),
        ("affinity", c_size_t),
        ("priority", c_uint32),
        ("scheduling", c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """`JOBOBJECT_EXTENDED_LIMIT_INFORMATION`."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", c_uint64 * 6),
        ("process_memory", c_size_t),
        ("job_memory", c_size_t),
        ("peak_process_memory", c_size_t),
        ("peak_job_memory", c_size_t),
    )


class MemoryCounters(ctypes.Structure):
    """`PROCESS_MEMORY_COUNTERS`."""

    _fields_ = (
        ("size", c_uint32),
        ("page_faults", c_uint32),
        ("peak_working_set", c_size_t),
        ("working_set", c_size_t),
        ("quotas", c_size_t * 4),
        ("committed", c_size_t),
        ("peak_committed", c_size_t),
    )


class Job:
    """A job of the host's own: who is in it ends when the host lets go of it, by closing it or by its own end."""

    def __init__(self, kernel: Kernel, process: int) -> None:
        """Put a process, by its id, into a new job.

        Raises:
            OSError: The system refused; the process would outlive a host that is killed.
        """
        self._kernel = kernel
        limits = ExtendedLimits()
        limits.basic.flags = _KILL_ON_CLOSE | _ACTIVE_PROCESSES
        limits.basic.active_processes = 1
        opened: int | None = None
        try:
            self._handle = _open_job(kernel, limits)
            opened = _call(kernel, "OpenProcess", (c_uint32, c_uint32, c_uint32), _SET_QUOTA | _TERMINATE, 0, process)
            _call(kernel, "AssignProcessToJobObject", (c_void_p, c_void_p), self._handle, opened)
        except NotApplied as refusal:
            raise OSError(0, refusal.reason) from None
        finally:
            if opened is not None:
                _close(kernel, opened)

    def close(self) -> None:
        """End who is in the job."""
        _close(self._kernel, self._handle)


def apply(kernel: Kernel, *, memory_bytes: int | None, cpu_seconds: float | None) -> str:
    """Put the calling process into a job that starts no other and has these limits, for good.

    Args:
        memory_bytes: Memory that may be committed over what the process has now; None for no limit.
        cpu_seconds: Processor time from now on; None for no limit.

    Raises:
        NotApplied: The system has no jobs, or refused.
    """
    limits = ExtendedLimits()
    limits.basic.flags = _ACTIVE_PROCESSES | _DIE_ON_UNHANDLED_EXCEPTION
    limits.basic.active_processes = 1
    if memory_bytes is not None:
        limits.basic.flags |= _PROCESS_MEMORY
        limits.process_memory = _committed_bytes(kernel) + memory_bytes
    if cpu_seconds is not None:
        limits.basic.flags |= _PROCESS_TIME
        limits.basic.process_time = math.ceil((time.process_time() + cpu_seconds) * _TICKS_A_SECOND)
    # The handle stays open: who closes the last one of a job takes nothing back, and nobody else has its name.
    job = _open_job(kernel, limits)
    _call(kernel, "AssignProcessToJobObject", (c_void_p, c_void_p), job, _current_process(kernel))
    return "job_object"


def probe(kernel: Kernel) -> str:
    """Tell that the system has jobs.

    Raises:
        NotApplied: It has none.
    """
    kernel.function("CreateJobObjectW")
    return "job_object"


def _open_job(kernel: Kernel, limits: ExtendedLimits) -> int:
    job = _call(kernel, "CreateJobObjectW", (c_void_p, c_void_p), None, None)
    arguments = (c_void_p, c_uint32, c_void_p, c_uint32)
    size = ctypes.sizeof(limits)
    _call(kernel, "SetInformationJobObject", arguments, job, _EXTENDED_LIMITS, ctypes.byref(limits), size)
    return job


def _committed_bytes(kernel: Kernel) -> int:
    counters = MemoryCounters(size=ctypes.sizeof(MemoryCounters))
    arguments = (c_void_p, c_void_p, c_uint32)
    process = _current_process(kernel)
    _call(kernel, "K32GetProcessMemoryInfo", arguments, process, ctypes.byref(counters), counters.size)
    committed: int = counters.committed
    return committed


def _current_process(kernel: Kernel) -> int:
    return _call(kernel, "GetCurrentProcess", ())


def _close(kernel: Kernel, handle: int) -> None:
    _call(kernel, "CloseHandle", (c_void_p,), handle)


def _call(kernel: Kernel, name: str, types: tuple[type, ...], *arguments: object) -> int:
    """Call a function that returns a handle or whether it worked."""
    function = kernel.function(name)
    function.argtypes = types
    # Handles are as wide as addresses, and an `int` would cut them.
    function.restype = c_void_p
    result: int | None = function(*arguments)
    if not result:
        raise NotApplied(f"the system refused `{name}`")
    return result
