"""Hold a process to a share of the machine."""

from __future__ import annotations

import math

from ratchet.sandbox.isolation import NotApplied

try:
    import resource
except ModuleNotFoundError:  # Windows
    resource = None  # type: ignore[assignment]


SIZE_UNKNOWN = "memory has no limit, since `/proc` does not tell the size of a process here"


def apply(*, size_bytes: int | None, memory_bytes: int | None, cpu_seconds: float | None, descriptors: int) -> str:
    """Lower the limits of this process for good.

    Args:
        size_bytes: The address space this process has now; None if unknown.
        memory_bytes: Address space it may have beyond that; None for no limit.
        cpu_seconds: Processor time from now on; None for no limit.
        descriptors: How many may be open, counted from descriptor 0.

    Raises:
        NotApplied: Some of the limits could not be set; the others hold.
    """
    probe()
    wanted = [("core", 0, 0), ("fsize", 0, 0), ("nproc", 0, 0), ("nofile", descriptors, descriptors)]
    if cpu_seconds is not None:
        soft = _cpu_limit(cpu_seconds)
        wanted.append(("cpu", soft, soft + 1))
    if memory_bytes is not None and size_bytes is not None:
        wanted.append(("as", size_bytes + memory_bytes, size_bytes + memory_bytes))
    refused = [(name, reason) for name, soft, hard in wanted if (reason := _lower(name, soft, hard))]
    reasons = [f"the system refused `RLIMIT_{name.upper()}`: {reason}" for name, reason in refused]
    if memory_bytes is not None and size_bytes is None:
        reasons.append(SIZE_UNKNOWN)
    if reasons:
        held = ",".join(name for name, _, _ in wanted if name not in dict(refused))
        raise NotApplied("; ".join(reasons), partly=f"rlimits:{held}" if held else None)
    return "rlimits"


def probe() -> str:
    """Tell that this system has resource limits.

    Raises:
        NotApplied: It has none.
    """
    if resource is None:
        raise NotApplied("this system has no resource limits that a process sets for itself")
    return "rlimits"


def _cpu_limit(seconds: float) -> int:
    # The kernel counts from the start of the process, and takes 0 for 1.
    used = resource.getrusage(resource.RUSAGE_SELF)
    return max(1, math.ceil(used.ru_utime + used.ru_stime + seconds))


def _lower(name: str, soft: int, hard: int) -> str | None:
    try:
        number = getattr(resource, f"RLIMIT_{name.upper()}")
        # Where a stricter limit is there already it stays; root could raise even the hard ones.
        present_soft, present_hard = resource.getrlimit(number)
        resource.setrlimit(number, (_stricter(soft, present_soft), _stricter(hard, present_hard)))
    except (AttributeError, ValueError, OSError) as error:
        return str(error)
    return None


def _stricter(wanted: int, present: int) -> int:
    return wanted if present == resource.RLIM_INFINITY else min(wanted, present)
