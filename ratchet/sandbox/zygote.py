"""The zygote: a warm, single-threaded process that forks one worker for each execution. Linux.

On descriptor 0 it takes one-byte messages that carry two descriptors: the worker's channel and a lifeline. The
lifeline tells how the worker ended; when the host shuts it, the worker is killed. The zygote reaps its children
itself, so no process id ever travels and none can be mistaken. When the host dies, descriptor 0 ends, the zygote
exits, and the kernel kills what it forked.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
from typing import NoReturn

from ratchet.engine import Engine
from ratchet.engine.prelude import Prelude
from ratchet.sandbox.inbox import PolledInbox
from ratchet.sandbox.parent import die_with_parent
from ratchet.sandbox.worker import run_worker

ENDING = struct.Struct("!i")
"""A wait status, as `os.waitpid` gives it."""


def serve_forks(engine: Engine, prelude: Prelude) -> NoReturn:
    """Fork a worker for every message until the host is gone."""
    control = socket.socket(fileno=0)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(wake_read, select.POLLIN)
    lifelines: dict[int, int] = {}
    os.write(1, b"z")
    # Collected garbage and reference counts of the warm heap would be copied by every child.
    gc.collect()
    gc.freeze()
    gc.disable()
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        # Kill, reap, fork: only in this order is no descriptor closed, or given to another worker, that is still to
        # be looked at.
        for lifeline in ready & lifelines.keys():
            _kill(lifeline, lifelines, poll)
        if wake_read in ready:
            os.read(wake_read, 4096)
            _reap(lifelines, poll)
        if 0 in ready:
            _fork(control, lifelines, poll, engine, prelude)


def _fork(
    control: socket.socket, lifelines: dict[int, int], poll: select.poll, engine: Engine, prelude: Prelude
) -> None:
    message, descriptors, _, _ = socket.recv_fds(control, 1, 2)
    if not message:
        os._exit(0)
    parent = os.getpid()
    try:
        channel, lifeline = descriptors
        child = os.fork()
    except (OSError, ValueError):
        # No room for a process, or for the descriptors: the host sees them end, and the other workers run on.
        for descriptor in descriptors:
            os.close(descriptor)
        return
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        die_with_parent(parent)
        os.dup2(channel, 0)
        os.dup2(channel, 1)
        run_worker(engine, prelude, PolledInbox())
    os.close(channel)
    lifelines[lifeline] = child
    poll.register(lifeline, select.POLLIN)


def _kill(lifeline: int, lifelines: dict[int, int], poll: select.poll) -> None:
    """Kill the worker whose lifeline the host has shut; it is reaped like any other."""
    poll.unregister(lifeline)
    os.kill(lifelines[lifeline], signal.SIGKILL)


def _reap(lifelines: dict[int, int], poll: select.poll) -> None:
    for lifeline, child in list(lifelines.items()):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended == 0:
            continue
        del lifelines[lifeline]
        try:
            poll.unregister(lifeline)
        except KeyError:
            pass  # The host had asked for its death.
        try:
            os.write(lifeline, ENDING.pack(status))
        except BrokenPipeError:
            pass  # The host has closed its end: nobody wants to know.
        os.close(lifeline)
