"""Confine the calling process for good: what a worker does to itself before it sees a task.

On Linux that takes Landlock and seccomp besides resource limits, on macOS its own sandbox, on Windows a job. Whatever
cannot be had is reported, so that a caller can refuse to go on.
"""

from __future__ import annotations

import os

from ratchet.sandbox import landlock, rlimits, seccomp
from ratchet.sandbox.descriptors import close_other_descriptors
from ratchet.sandbox.isolation import Isolation, Measure, NotApplied, gather
from ratchet.sandbox.kernel import Kernel, bind_kernel, describe_error

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4
_PR_SET_NO_NEW_PRIVS, _PR_GET_NO_NEW_PRIVS = 38, 39

_STANDARD_FDS = (0, 1, 2)

_LONGEST_STAT = 4096
_WARM_UP_ROUNDS = 16

_prepared: Kernel | None = None


def prepare() -> None:
    """Do ahead what `confine` needs, so that processes forked from this one need not."""
    global _prepared
    if _prepared is None:
        _prepared = bind_kernel()
        seccomp.prepare(_prepared, read_from=_STANDARD_FDS[0], write_to=_STANDARD_FDS[1:])
        # The interpreter rewrites code that it meets often; done here, no forked process copies pages for it.
        for _ in range(_WARM_UP_ROUNDS):
            probe(kernel=_prepared)


def confine(
    *,
    memory_bytes: int | None,
    cpu_seconds: float | None,
    engine_fds: tuple[int, int, int] = _STANDARD_FDS,
    kernel: Kernel | None = None,
) -> Isolation:
    """Give up everything but computing, reading one descriptor and writing two; return what was reached.

    Args:
        memory_bytes: Address space over what the process has now; None for an engine with a limit of its own.
        cpu_seconds: Processor time from now on, rounded up; None for no limit.
        engine_fds: Where to read, where to write, where to write errors; pipes or sockets, since files may not grow.
        kernel: What to call in place of the system's own.

    Raises:
        OSError: An inherited descriptor may still be open.
    """
    kernel = kernel or _prepared or bind_kernel()
    # Both are asked first: afterwards nothing can be opened to look.
    size, threads = _read_size_and_threads()
    pid = os.getpid()
    close_other_descriptors(kernel, keep=engine_fds)
    return gather(
        (
            ("undumpable", lambda: _take(kernel, "undumpable", _PR_SET_DUMPABLE, 0)),
            ("no_new_privs", lambda: _take(kernel, "no_new_privs", _PR_SET_NO_NEW_PRIVS, 1)),
            ("landlock", lambda: landlock.apply(kernel, threads=threads)),
            # After Landlock, whose ruleset takes a descriptor that this limit does not grant.
            (
                "rlimits",
                lambda: rlimits.apply(
                    size_bytes=size,
                    memory_bytes=memory_bytes,
                    cpu_seconds=cpu_seconds,
                    descriptors=max(engine_fds) + 1,
                ),
            ),
            ("seccomp", lambda: seccomp.apply(kernel, pid=pid, read_from=engine_fds[0], write_to=engine_fds[1:])),
            # Last, since it may take away what the others need.
            *_measures_of_other_systems(kernel, memory_bytes=memory_bytes, cpu_seconds=cpu_seconds),
        )
    )


def probe(*, kernel: Kernel | None = None) -> Isolation:
    """Return what `confine` would reach on this machine, and leave this process as it is."""
    kernel = kernel or bind_kernel()
    return gather(
        (
            ("undumpable", lambda: _take(kernel, "undumpable", _PR_GET_DUMPABLE)),
            ("no_new_privs", lambda: _take(kernel, "no_new_privs", _PR_GET_NO_NEW_PRIVS)),
            ("landlock", lambda: landlock.probe(kernel)),
            ("rlimits", lambda: _probe_limits(_read_size_and_threads()[0])),
            ("seccomp", lambda: seccomp.probe(kernel)),
            *_probes_of_other_systems(kernel),
        )
    )


def _measures_of_other_systems(
    kernel: Kernel, *, memory_bytes: int | None, cpu_seconds: float | None
) -> tuple[Measure, ...]:
    # Imported where they are used, in `prepare` at the latest: a worker on Linux pays for neither.
    if kernel.system == "darwin":
        from ratchet.sandbox import seatbelt

        return (("sandbox_init", lambda: seatbelt.apply(kernel)),)
    if kernel.system == "win32":
        from ratchet.sandbox import job_object

        return (("job_object", lambda: job_object.apply(kernel, memory_bytes=memory_bytes, cpu_seconds=cpu_seconds)),)
    return ()


def _probes_of_other_systems(kernel: Kernel) -> tuple[Measure, ...]:
    if kernel.system == "darwin":
        from ratchet.sandbox import seatbelt

        return (("sandbox_init", lambda: seatbelt.probe(kernel)),)
    if kernel.system == "win32":
        from ratchet.sandbox import job_object

        return (("job_object", lambda: job_object.probe(kernel)),)
    return ()


def _take(kernel: Kernel, measure: str, option: int, *arguments: int) -> str:
    if kernel.system != "linux":
        raise NotApplied("only Linux has it")
    result = kernel.prctl(option, *arguments)
    if result < 0:
        raise NotApplied(f"the kernel refused it: {describe_error(result)}")
    return measure


def _probe_limits(size: int | None) -> str:
    held = rlimits.probe()
    if size is None:
        raise NotApplied(rlimits.SIZE_UNKNOWN, partly=held)
    return held


def _read_size_and_threads() -> tuple[int | None, int]:
    """Return the address space in bytes, None where it cannot be read, and the number of threads."""
    try:
        # Reading without a file object touches fewer pages, which a forked process pays for one by one.
        stat = os.open("/proc/self/stat", os.O_RDONLY)
        text = os.read(stat, _LONGEST_STAT)
        os.close(stat)
        # The name of the program, in parentheses, may hold anything; state, field 3 of proc(5), comes after it.
        fields = text.rpartition(b")")[2].split()
        return int(fields[20]), int(fields[17])
    except (OSError, ValueError, IndexError):
        return None, 1
