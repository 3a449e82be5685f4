"""The program as a process of its own, in pipes and on terminals."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Callable
from typing import Any

from tests.cli.conftest import reply_of

Start = Callable[..., "subprocess.Popen[bytes]"]
PATIENCE_SECONDS = 60


def reply(process: subprocess.Popen[bytes], stdin: bytes | None = None) -> str:
    stdout, stderr = process.communicate(stdin, timeout=PATIENCE_SECONDS)
    return reply_of(process.returncode, (stdout or b"").decode(), (stderr or b"").decode())


def on_terminal(start: Start, *arguments: str, **options: Any) -> tuple[int, str, str]:
    """Run the program with stdout and stderr on terminals of their own; return its code and what each showed."""
    # Not on Windows, where nobody calls this.
    import pty

    out, err = pty.openpty(), pty.openpty()
    process = start(
        *arguments, stdin=subprocess.DEVNULL, stdout=out[1], stderr=err[1], start_new_session=True, **options
    )
    os.close(out[1])
    os.close(err[1])
    shown = {out[0]: b"", err[0]: b""}
    waiting = set(shown)
    while waiting:
        ready, _, _ = select.select(list(waiting), [], [], PATIENCE_SECONDS)
        assert ready, "the program says nothing"
        for descriptor in ready:
            try:
                data = os.read(descriptor, 65_536)
            except OSError:  # Linux, when the last writer is gone.
                data = b""
            shown[descriptor] += data
            if not data:
                waiting.remove(descriptor)
    for descriptor in shown:
        os.close(descriptor)
    texts = [text.decode().replace("\r\n", "\n") for text in shown.values()]
    return process.wait(PATIENCE_SECONDS), texts[0], texts[1]
