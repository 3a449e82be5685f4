"""Close what a worker inherited."""

from __future__ import annotations

import errno
import os

from ratchet.sandbox.kernel import Kernel

# The number is the same on every architecture Python runs on.
_CLOSE_RANGE = 436
_LAST_DESCRIPTOR = 2**32 - 1

# Reached only without `close_range` and without a listing of the open descriptors, which means Windows.
_GUESSED_LAST_DESCRIPTOR = 8191


def close_other_descriptors(kernel: Kernel, *, keep: tuple[int, ...]) -> None:
    """Close every open descriptor but the ones to keep.

    Raises:
        OSError: A descriptor may still be open; nothing else would tell, so it cannot be reported as a missing measure.
    """
    first = 0
    for kept in (*sorted(keep), _LAST_DESCRIPTOR + 1):
        if first < kept:
            _close_range(kernel, first, kept - 1)
        first = kept + 1


def _close_range(kernel: Kernel, first: int, last: int) -> None:
    result = kernel.system_call(_CLOSE_RANGE, first, last, 0)
    if result in (-errno.ENOSYS, -errno.EPERM):
        # Containers of an older make answer EPERM to calls they do not know.
        _close_one_by_one(first, last)
    elif result < 0:
        raise OSError(-result, os.strerror(-result))


def _close_one_by_one(first: int, last: int) -> None:
    try:
        names = os.listdir("/dev/fd")
    except OSError:
        os.closerange(first, min(last, _GUESSED_LAST_DESCRIPTOR) + 1)
        return
    for descriptor in map(int, names):
        if first <= descriptor <= last:
            _close(descriptor)


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError as error:
        # The listing itself had a descriptor, which is closed by now.
        if error.errno != errno.EBADF:
            raise
