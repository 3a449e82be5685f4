"""Turn the bytes of a file into text, and offsets into places."""

from __future__ import annotations

from collections.abc import Sequence

from ratchet.errors import RatchetError
from ratchet.values import Place, Problem

_LONGEST_LINE = 400
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def place_at(file: str, text: str, offset: int) -> Place:
    """Return the place of a character offset; its line is left out when it is too long to show."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end].rstrip("\r")
    return Place(
        file=file,
        line=text.count("\n", 0, offset) + 1,
        column=offset - start + 1,
        text=line if len(line) <= _LONGEST_LINE else None,
    )


def decode_text(data: bytes, *, file: str, kind: type[RatchetError]) -> str:
    """Return the text of UTF-8 bytes.

    Raises:
        RatchetError: Of the given kind, when the bytes are not plain UTF-8.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            what = "starts with a byte order mark" if encoding == "UTF-8" else "is UTF-16"
            problem = Problem(
                f"`{printable(file)}` {what}",
                Place(file, 1, 1),
                hint="Save it as UTF-8 without a byte order mark",
            )
            raise error_from([problem], kind)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        problem = Problem(
            f"`{printable(file)}` is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            place_at(file, before, len(before)),
            hint="Save it as UTF-8",
        )
        raise error_from([problem], kind) from None


def error_from(problems: Sequence[Problem], kind: type[RatchetError], *, subject: str = "") -> RatchetError:
    """Return one error for all problems; a single one gives it its message, place and hint.

    Args:
        subject: What has the problems, for the message when there are several.
    """
    first = problems[0]
    if len(problems) == 1:
        return kind(first.message, hint=first.hint, place=first.place, problems=problems)
    message = f"{subject} has {len(problems)} problems" if subject else f"There are {len(problems)} problems"
    return kind(message, place=first.place, problems=problems)


def printable(text: str, longest: int = 200) -> str:
    """Return a text that is safe to show: control, bidi and undecodable characters escaped, cut when long."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(character if character.isprintable() else _escape(character) for character in short)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def nearest(word: str, known: Sequence[str], cutoff: float = 0.6) -> str | None:
    """Return the known word that looks most like this one, None when none does."""
    # difflib is slow to import and only a failure needs it.
    import difflib

    matches = difflib.get_close_matches(word[:200], known, n=1, cutoff=cutoff)
    return matches[0] if matches else None
