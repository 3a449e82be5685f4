"""Jobs of Windows, made through a library that only records: the system itself is not here."""

from __future__ import annotations

import ctypes
import errno
import time
from collections.abc import Callable
from typing import Any

import pytest

from ratchet.sandbox import job_object
from ratchet.sandbox.isolation import NotApplied
from ratchet.sandbox.kernel import Kernel

JOB, OPENED, OWN = 1 << 40, 7, 2**64 - 1
MEBIBYTE = 1 << 20


class Windows:
    """Answers as kernel32 would, and keeps what it was asked.

    Args:
        refused: The function that fails.
    """

    def __init__(self, refused: str = "") -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.limits = job_object.ExtendedLimits()
        answers = {"CreateJobObjectW": JOB, "OpenProcess": OPENED, "GetCurrentProcess": OWN}
        names = (*answers, "SetInformationJobObject", "AssignProcessToJobObject", "CloseHandle")
        functions: dict[str, Any] = {
            name: self._recorder(name, None if name == refused else answers.get(name, 1)) for name in names
        }
        functions["K32GetProcessMemoryInfo"] = lambda process, counters, size: self._report_memory(counters, size)

        def refuse(*_arguments: int | bytes) -> int:
            return -errno.ENOSYS

        self.kernel = Kernel(system="win32", machine="", system_call=refuse, prctl=refuse, library=functions)

    def _recorder(self, name: str, answer: int | None) -> Callable[..., int | None]:
        def call(*arguments: Any) -> int | None:
            if name == "SetInformationJobObject":
                job, kind, limits, size = arguments
                assert (job, kind, size) == (JOB, 9, ctypes.sizeof(job_object.ExtendedLimits))
                self.limits = limits._obj
            else:
                self.calls.append((name, *arguments))
            return answer

        return call

    @staticmethod
    def _report_memory(counters: Any, size: int) -> int:
        assert size == ctypes.sizeof(job_object.MemoryCounters)
        counters._obj.committed = 30 * MEBIBYTE
        return 1


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the sizes are those of 64-bit processes")
def test_structures_have_the_sizes_of_the_systems_own() -> None:
    sizes = [ctypes.sizeof(kind) for kind in (job_object.BasicLimits, job_object.ExtendedLimits)]
    assert (sizes, ctypes.sizeof(job_object.MemoryCounters)) == ([64, 144], 72)


def test_worker_is_held_to_its_memory_its_time_and_one_process() -> None:
    windows = Windows()
    before = time.process_time()
    assert job_object.apply(windows.kernel, memory_bytes=96 * MEBIBYTE, cpu_seconds=20) == "job_object"
    limits = windows.limits
    assert (limits.basic.flags, limits.basic.active_processes) == (0x2 | 0x8 | 0x100 | 0x400, 1)
    assert limits.process_memory == (30 + 96) * MEBIBYTE
    assert before + 20 <= limits.basic.process_time / 10_000_000 <= time.process_time() + 20.000001
    assert windows.calls[-1] == ("AssignProcessToJobObject", JOB, OWN)
    assert "CloseHandle" not in [name for name, *_ in windows.calls]


def test_limits_that_are_not_wanted_are_not_set() -> None:
    windows = Windows()
    job_object.apply(windows.kernel, memory_bytes=None, cpu_seconds=None)
    assert (windows.limits.basic.flags, windows.limits.process_memory) == (0x8 | 0x400, 0)


@pytest.mark.parametrize("name", ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_refusal_is_named(name: str) -> None:
    with pytest.raises(NotApplied, match=f"the system refused `{name}`"):
        job_object.apply(Windows(refused=name).kernel, memory_bytes=1, cpu_seconds=1)
    with pytest.raises(OSError, match=f"the system refused `{name}`"):
        job_object.Job(Windows(refused=name).kernel, 4711)


def test_child_ends_with_the_hosts_handle_of_its_job() -> None:
    windows = Windows()
    job = job_object.Job(windows.kernel, 4711)
    assert (windows.limits.basic.flags, windows.limits.basic.active_processes) == (0x2000 | 0x8, 1)
    assert windows.calls == [
        ("CreateJobObjectW", None, None),
        ("OpenProcess", 0x101, 0, 4711),
        ("AssignProcessToJobObject", JOB, OPENED),
        ("CloseHandle", OPENED),
    ]
    job.close()
    assert windows.calls[-1] == ("CloseHandle", JOB)


def test_system_without_jobs_says_so() -> None:
    windows = Windows()
    windows.kernel.library = {}
    with pytest.raises(NotApplied, match="this system has no `CreateJobObjectW`"):
        job_object.probe(windows.kernel)
