"""`python -m ratchet`, and the `ratchet` command."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:
        # Ctrl-C before there was a command line that could take it.
        sys.stderr.write("Error: Interrupted\n")
        code = 130
    for stream in (sys.stdout, sys.stderr):
        # What a command printed before it failed; `run_command_line` has reported a stream that cannot be written.
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    # Nothing is open any more, and taking the interpreter apart would cost a tenth of the whole run.
    os._exit(code)


def _run(arguments: list[str]) -> int:
    started = None
    # A collection in the middle of the imports finds nothing and costs a twentieth of them; on again in `LazyGroup`.
    gc.disable()
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from ratchet.cli.streams import open_missing_streams

        open_missing_streams()
    # The worker warms up on another core while this process imports Typer; nothing may come before it.
    # A configuration may ask for another engine later; who asks here pays for no worker that nobody needs.
    warm = arguments[:1] == ["run-once"] and not {"--help", "--engine"} & set(arguments)
    if warm and sys.platform != "win32":
        from ratchet.sandbox.launch import start_worker

        # Where no process can be started now, none can later: the pool tries again and says why.
        with contextlib.suppress(OSError):
            started = start_worker("dukpy")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A description in letters that the terminal does not have is no reason to fail.
        sys.stdout.reconfigure(errors="backslashreplace")
    from ratchet.cli import run_command_line
    from ratchet.cli.application import Session

    return run_command_line(arguments, Session(started=started))


if __name__ == "__main__":
    main()
