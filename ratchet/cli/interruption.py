"""Ctrl-C while a task runs, and while its values are checked."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ratchet.sandbox.cancellation import Cancellation


@contextmanager
def cancel_on_interrupt(cancellation: Cancellation) -> Iterator[None]:
    """Turn the first Ctrl-C into a cancellation, so that the execution is still reported; the second ends it all."""

    def interrupt(number: int, _frame: object) -> None:
        signal.signal(number, signal.default_int_handler)
        cancellation.cancel()

    try:
        before = signal.signal(signal.SIGINT, interrupt)
    except ValueError:  # Not the main thread: whoever embeds this has the signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def let_interrupt_end() -> Iterator[None]:
    """Have Ctrl-C end the process by itself: the schema checker keeps every handler written in Python waiting."""
    if threading.current_thread() is not threading.main_thread():
        yield  # As above.
        return
    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
