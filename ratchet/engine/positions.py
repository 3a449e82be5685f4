"""Tell where in the user's own file an error happened, better than the engine does.

The engine remembers a position at calls, at right operands, at `throw` and at expression statements only, and
reports the last one before the failing step, in the order of the text. A failed read of a property is therefore
somewhere after the reported position, in the same function: the message says what to look for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ratchet.engine.stack import Frame, parse_stack
from ratchet.values import Place

__all__ = ["Frame", "line_text", "locate", "parse_stack", "refine"]

_MAX_SOURCE = 200_000
_MAX_MESSAGE = 400


def locate(
    stack: str,
    message: str,
    sources: Mapping[str, str],
    file_of: Callable[[Frame], tuple[str, int] | None] | None = None,
) -> Place | None:
    """Return where in the user's own files an error happened, or None when its stack does not touch them.

    Args:
        sources: The text of each file, as the engine got it.
        file_of: Which of these files, and which line of it, a frame means, where the engine's own name and line
            do not say.
    """
    frames = parse_stack(stack)
    for index, frame in enumerate(frames):
        # `JSON.parse` and `RegExp` put the position in the text they read first, under a file name of its own.
        other_text = frame.function is None and index + 1 < len(frames) and frames[index + 1].native
        own = None if other_text or frame.native else (file_of or _named_file)(frame)
        if own is None or own[0] not in sources or own[1] < 1:
            continue
        file, line = own
        source = sources[file]
        if frame.function is None:
            spot = line, _character_column(source, line, frame.column)
        else:
            inner = frames[index - 1] if index else None
            native = inner.function if inner and inner.native else None
            callback = _is_callback(frames[index : index + 3])
            spot = refine(
                source, line, frame.column, message, function=frame.function, native=native, callback=callback
            )
        return Place(file, spot[0], spot[1], line_text(source, spot[0]))
    return None


def _is_callback(frames: list[Frame]) -> bool:
    """Tell whether the first frame is a callback that has the position of the call it was given to."""
    if len(frames) < 3 or not frames[1].native:
        return False
    callback, _, caller = frames
    return (callback.file, callback.line, callback.column) == (caller.file, caller.line, caller.column)


def _named_file(frame: Frame) -> tuple[str, int] | None:
    return (frame.file, frame.line) if frame.file is not None else None


def line_text(source: str, line: int) -> str | None:
    """Return a line of a source without its end; None beyond the last one."""
    start = _line_start(source, line)
    if start is None:
        return None
    end = source.find("\n", start)
    return source[start : end if end >= 0 else len(source)].rstrip("\r")


def refine(
    source: str,
    line: int,
    column: int,
    message: str,
    *,
    function: str | None = None,
    native: str | None = None,
    callback: bool = False,
) -> tuple[int, int]:
    """Return the line and column, in characters, of what a message complains about.

    Args:
        line: As the engine reported it.
        column: As the engine reported it, counted in UTF-8 bytes.
        function: The function of the frame, where known.
        native: The engine's own function that this frame had called and that failed, where there is one.
        callback: Whether the position is that of the call to which the function was given.
    """
    # Their patterns take a while to compile, and only failures need them.
    from ratchet.engine.failure_search import Search
    from ratchet.engine.javascript_tokens import read_script

    characters = _character_column(source, line, column)
    start = _line_start(source, line)
    if start is None or len(source) > _MAX_SOURCE:
        return line, characters
    script = read_script(source)
    search = Search(script, start + characters - 1, start if column <= 1 else None, function)
    if callback:
        search.enter_callback()
    index = search.find(message[:_MAX_MESSAGE], native)
    # What is looked for may end where a broken text does.
    if index is None or not 0 <= index < len(script.tokens):
        return line, characters
    offset = script.tokens[index].start
    return source.count("\n", 0, offset) + 1, offset - (source.rfind("\n", 0, offset) + 1) + 1


def _line_start(source: str, line: int) -> int | None:
    """Return the offset of a line, or None when there are fewer."""
    offset = 0
    for _ in range(line - 1):
        offset = source.find("\n", offset) + 1
        if offset == 0:
            return None
    return offset


def _character_column(source: str, line: int, column: int) -> int:
    """Turn a column counted in UTF-8 bytes into one counted in characters."""
    start = _line_start(source, line)
    if start is None or column < 1:
        return max(column, 1)
    text = source[start : start + column]
    return len(text.encode("utf-8", "surrogatepass")[: column - 1].decode("utf-8", "ignore")) + 1
