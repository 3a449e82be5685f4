"""Take all files, ports and foreign processes away from a process (Linux, Documentation/userspace-api/landlock)."""

from __future__ import annotations

import errno
import os
import struct

from ratchet.sandbox.isolation import NotApplied
from ratchet.sandbox.kernel import Kernel, describe_error

# The numbers are the same on every architecture Python runs on.
_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_ASK_VERSION = 1

NEWEST_VERSION = 7
"""The newest version of the interface whose rights are listed here; version 7 itself added only log options."""

# Each entry is the version that brought rights, and the mask of all rights known from then on.
_FILE_RIGHTS = ((1, 0x1FFF), (2, 0x3FFF), (3, 0x7FFF), (5, 0xFFFF))
_PORT_RIGHTS = ((4, 0x3),)
_SCOPES = ((6, 0x3),)

_REMEDIES = {
    errno.ENOSYS: "the kernel has no Landlock; it came with Linux 5.13",
    errno.EOPNOTSUPP: "the kernel was started without Landlock; add `landlock` to the `lsm=` boot parameter",
    errno.EPERM: "the container forbids Landlock; update the container engine or its seccomp profile",
}


def apply(kernel: Kernel, *, threads: int) -> str:
    """Give up every right that the kernel's Landlock knows; open descriptors stay usable.

    Args:
        threads: How many this process has; Landlock binds the calling one and those it starts.

    Raises:
        NotApplied: The kernel offers no Landlock, refused it, or left other threads out.
    """
    version = _usable_version(kernel)
    ruleset = _create_ruleset(kernel, handled_rights(version))
    try:
        result = kernel.system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    if result < 0:
        raise NotApplied(f"the kernel refused to enforce Landlock: {describe_error(result)}")
    if threads > 1:
        raise NotApplied(f"Landlock binds one of the {threads} threads of this process")
    return f"landlock:{version}"


def probe(kernel: Kernel) -> str:
    """Tell which version of Landlock would be used.

    Raises:
        NotApplied: The kernel offers none.
    """
    return f"landlock:{_usable_version(kernel)}"


def handled_rights(version: int) -> bytes:
    """Return `struct landlock_ruleset_attr` with all rights of a version, in the size that version knows."""
    masks = [_newest_mask(masks, version) for masks in (_FILE_RIGHTS, _PORT_RIGHTS, _SCOPES)]
    return struct.pack("=3Q", *masks)[: 8 + 8 * (version >= 4) + 8 * (version >= 6)]


def _newest_mask(masks: tuple[tuple[int, int], ...], version: int) -> int:
    return max((mask for since, mask in masks if since <= version), default=0)


def _usable_version(kernel: Kernel) -> int:
    if kernel.system != "linux":
        raise NotApplied("only Linux has it")
    version = kernel.system_call(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    if version <= 0:
        raise NotApplied(_REMEDIES.get(-version) or f"the kernel refused Landlock: {describe_error(version)}")
    return min(version, NEWEST_VERSION)


def _create_ruleset(kernel: Kernel, rights: bytes) -> int:
    ruleset = kernel.system_call(_CREATE_RULESET, rights, len(rights), 0)
    if ruleset < 0:
        raise NotApplied(f"the kernel refused a Landlock ruleset: {describe_error(ruleset)}")
    return ruleset
