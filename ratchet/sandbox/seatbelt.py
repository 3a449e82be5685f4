"""Take all services of the system away from a process by the sandbox of macOS (sandbox_init(3))."""

from __future__ import annotations

import ctypes

from ratchet.sandbox.isolation import NotApplied
from ratchet.sandbox.kernel import Kernel

# The profile `kSBXProfilePureComputation`, by its name: open descriptors stay usable, and that is all.
_PROFILE = b"pure-computation"
_NAMED = 1


def apply(kernel: Kernel) -> str:
    """Give up every service of the system.

    Raises:
        NotApplied: The system has no such sandbox, or refused it.
    """
    initialize = kernel.function("sandbox_init")
    initialize.argtypes = (ctypes.c_char_p, ctypes.c_uint64, ctypes.c_void_p)
    error = ctypes.c_char_p()
    if initialize(_PROFILE, _NAMED, ctypes.byref(error)) == 0:
        return "sandbox_init"
    words = (error.value or b"no reason").decode("utf-8", "replace")
    release = kernel.function("sandbox_free_error")
    release.argtypes = (ctypes.c_char_p,)
    release(error)
    raise NotApplied(f"the system refused `sandbox_init`: {words}")


def probe(kernel: Kernel) -> str:
    """Tell that the sandbox could be asked for; whether it is granted shows only then.

    Raises:
        NotApplied: The system has none.
    """
    kernel.function("sandbox_init")
    return "sandbox_init"
