"""Regular expressions for the ways in which others may write a value that they were sent.

Values are one line of ASCII. Repetitions have bounds, so that a search takes a time that is linear in the text.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_ESCAPES = "\\%&=+-_"
"""What an escape of a character can begin with; `-` and `_` are those of base64 for URLs."""
_RUN = re.compile(r"\\+|[^\\]")
_ZEROS = r"(?:\0|\\u0000){0,3}"
LINE_END = r"(?:\r|\n|\\{1,4}[rn]){1,4}"
"""Where base64 goes on in the next line, in a text or in the JSON of one."""


def plain_pattern(value: str) -> str:
    """Return a pattern for a value as it is, reversed, or with any of its characters escaped.

    Each may be so for JSON, JavaScript, HTML or quoted-printable, percent-encoded, and more than once; between two
    there may be the zero bytes of UTF-16.
    """
    forms = dict.fromkeys((value, value[::-1]))
    return "|".join(_ZEROS.join(map(_characters, _RUN.findall(form))) for form in forms)


def _characters(run: str) -> str:
    """Return a pattern for a character, or for backslashes in a row, of which others may make any number."""
    if run[0] != "\\":
        return _character(run)
    # Possessive: to try each way of sharing them out would take a time that is exponential in their number.
    forms = [rf"\\{{{len(run)},{8 * len(run)}}}+", rf"{_character(run[0])}{{{len(run)}}}"]
    if len(run) > 1:
        forms.append(rf"(?:\\(?:\0|\\u0000){{1,3}}+){{{len(run) - 1}}}\\")
    return f"(?:{'|'.join(forms)})"


def _character(character: str) -> str:
    code = ord(character)
    digits = _either_case(f"{code:02x}")
    forms = [
        re.escape(character) if character.isalnum() or character == "\\" else r"\\{0,8}+" + re.escape(character),
        rf"\\{{1,8}}+(?:u00{digits}|u\{{0{{0,4}}{digits}\}}|x{digits}|{code:03o})",
        rf"%(?:25){{0,8}}{digits}",
        rf"&(?:amp;){{0,4}}\#(?:0{{0,8}}{code}|[xX]0{{0,8}}{digits});?",
        rf"={digits}",
    ]
    if character in _NAMED:
        forms.append(rf"&(?:amp;){{0,4}}{_NAMED[character]};")
    if character == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def hexadecimal_pattern(value: str) -> str:
    """Return a pattern for a value as the hexadecimal numbers of its bytes, with a separator between two or without."""
    return r"[ :\-]?".join(_either_case(f"{code:02x}") for code in value.encode())


def list_pattern(value: str) -> str:
    """Return a pattern for a value as the decimal numbers of its bytes in a list."""
    decimal = r"\s?,\s{0,32}".join(str(code) for code in value.encode())
    return f"(?<![0-9]){decimal}(?![0-9])"


def base64_pattern(value: str, *, in_lines: bool = False) -> str:
    """Return a pattern for base64 of a text that has a value somewhere in it, itself perhaps escaped or base64.

    Args:
        in_lines: Whether it may be broken into lines, as in mail, which makes it twenty times as slow to compile.
    """
    between = f"(?:{LINE_END})?" if in_lines else ""
    return "|".join(between.join(map(_base64_character, text)) for text in _base64_texts(value))


def first_characters(value: str) -> str:
    """Return every character that a match of one of these patterns can begin with."""
    code = value.encode()[0]
    starts = [value[0], value[-1], f"{code:x}"[0], f"{code:X}"[0], f"{code}"[0], *_ESCAPES]
    return "".join(dict.fromkeys([*starts, *(text[0] for text in _base64_texts(value))]))


def _base64_texts(value: str) -> list[str]:
    """Return the parts of base64 that depend on a value alone, whatever stands around it."""
    escaped = (value, quote(value, safe=""), json.dumps(value)[1:-1], html.escape(value))
    inner = [text.encode() for text in dict.fromkeys(escaped)]
    inner += [value.encode("utf-16-le"), value.encode("utf-16-be")]
    inner += [text.encode() for text in _alignments(value.encode())]
    return list(dict.fromkeys(text for data in inner for text in _alignments(data)))


def _alignments(data: bytes) -> Iterator[str]:
    """Yield base64 of bytes that none, one or two others precede, as far as it depends on these bytes alone."""
    for before in range(3):
        encoded = b64encode(bytes(before) + data).decode()
        yield encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]


def _base64_character(character: str) -> str:
    if character.isalnum():
        return character
    digits = _either_case(f"{ord(character):02x}")
    other = r"\-" if character == "+" else "_"
    return rf"(?:\\?[{character}{other}]|%(?:25){{0,8}}{digits}|\\{{1,8}}u00{digits})"


def _either_case(digits: str) -> str:
    return "".join(digit if digit.isdigit() else f"[{digit}{digit.upper()}]" for digit in digits)
