"""The prompt of the console on a terminal; the only part that needs prompt_toolkit."""

from __future__ import annotations

import sys
from functools import lru_cache

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.output import create_output

from ratchet.cli.console_completer import ConsoleCompleter
from ratchet.cli.console_history import open_history
from ratchet.cli.console_lines import is_open
from ratchet.cli.console_session import ConsoleSession

_INTERRUPTED = 130


def run_prompt(session: ConsoleSession) -> int:
    """Run what somebody types until they leave, and return the exit code."""
    # Asked several times for each key.
    ends_open = lru_cache(maxsize=1)(is_open)
    prompt: PromptSession[str] = PromptSession(
        history=open_history(),
        completer=ConsoleCompleter(session),
        complete_while_typing=False,
        # Enter goes on in a line that is open, and else runs it.
        multiline=Condition(lambda: ends_open(get_app().current_buffer.text)),
        prompt_continuation="... ",
        # stdout is data: where it is no terminal, the prompt is shown on stderr.
        output=create_output(always_prefer_tty=True),
    )
    print("`help` lists the commands, Tab completes, Ctrl-D leaves", file=sys.stderr)
    while session.ended is None:
        try:
            text = prompt.prompt(f"ratchet [{session.status}]> " if session.status else "ratchet> ")
            session.run_lines(text.split("\n"))
        except KeyboardInterrupt:
            session.status = _INTERRUPTED
        except EOFError:
            return 0
    return session.ended
