"""Errors and problems as text, the way a compiler shows them."""

from __future__ import annotations

import re

from ratchet.cli.terminal import Paint, in_github_actions, plain
from ratchet.errors import RatchetError
from ratchet.values import Place, Problem

_MOST_PROBLEMS = 20
_WIDEST_LINE = 160
_LONGEST_MESSAGE = 2000
# C0 but tab and line feed, DEL, C1, and what turns the direction of text (Unicode Bidirectional Algorithm, 2.0).
_ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

# A workflow command of GitHub Actions: at the start of a line, and in its older form anywhere.
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\[)", re.MULTILINE)


def inert(text: str) -> str:
    """Return a text with every character that a terminal, or GitHub Actions, would act on shown as an escape."""
    shown = _ACTIVE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    return _disarmed(shown) if in_github_actions() else shown


def _disarmed(text: str) -> str:
    return _COMMAND.sub(lambda match: "\\x23" if match[0] == "#" else f"{match[1]}\\x3a", text)


def inert_line(text: str) -> str:
    """Return a text that is safe in one line: line feeds and tabs are escapes too."""
    return inert(text).replace("\n", "\\n").replace("\t", "\\t")


def inert_json(text: str) -> str:
    """Return JSON that means the same and holds no character that a terminal would act on."""
    return _ACTIVE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def render_error(error: RatchetError, paint: Paint = plain) -> str:
    """Return an error with its place, its problems and its hint."""
    lines = [f"{paint('error', 'Error:')} {_message(error.message)}"]
    shown = error.problems[:_MOST_PROBLEMS]
    alone = len(error.problems) == 1 and error.problems[0].message == error.message
    if not shown or alone:
        lines += render_place(error.place, paint)
    else:
        for problem in shown:
            lines += render_problem(problem, paint)
        if len(error.problems) > len(shown):
            lines.append(f"  … and {len(error.problems) - len(shown)} more")
    if error.hint:
        lines.append(f"{paint('hint', 'Hint:')} {_message(error.hint)}")
    return "\n".join(lines)


def render_count(problems: int, paint: Paint = plain) -> str:
    """Return how many problems something has, `ok` for none."""
    if not problems:
        return paint("ok", "ok")
    return f"{problems} problem{'s' if problems != 1 else ''}"


def render_problem(problem: Problem, paint: Paint = plain) -> list[str]:
    """Return the lines of one problem among others."""
    if problem.place is None:
        where = f"{inert_line(problem.pointer)}: " if problem.pointer else ""
        lines = [f"  {where}{_message(problem.message)}"]
    else:
        word = paint(problem.severity, f"{problem.severity}:")
        lines = [f"{word} {_message(problem.message)}", *render_place(problem.place, paint)]
    if problem.hint:
        margin = "    " if problem.place is None else "  "
        lines.append(f"{margin}= {paint('hint', 'hint:')} {_message(problem.hint)}")
    return lines


def render_warning(problem: Problem, paint: Paint = plain) -> str:
    """Return a warning as one line, with the place in a file or the pointer into a value."""
    place = problem.place
    where = problem.pointer
    if place is not None:
        where = ":".join(str(part) for part in (place.file, place.line, place.column) if part is not None)
    words = inert_line(f"{where}: {problem.message}" if where else problem.message)
    return f"{paint('warning', 'Warning:')} {words}"


def _message(text: str) -> str:
    """Return a message whose later lines, which a task may have written, cannot pass for lines of Ratchet's own."""
    short = text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"
    return inert(short).replace("\n", "\n  ")


def render_place(place: Place | None, paint: Paint = plain) -> list[str]:
    """Return the lines that point into a file: the path, the source line, a caret."""
    if place is None:
        return []
    where = inert_line(place.file)
    if place.line is not None:
        where += f":{place.line}" + (f":{place.column}" if place.column is not None else "")
    lines = [f"  {paint('place', '-->')} {where}"]
    if place.text is not None and place.line is not None:
        lines += _excerpt(place.text, place.line, place.column, paint)
    return lines


def _excerpt(text: str, line: int, column: int | None, paint: Paint) -> list[str]:
    """Return a source line with its number, and a caret under the column; long lines are cut around it."""
    start = max(0, (column or 1) - _WIDEST_LINE // 2) if len(text) > _WIDEST_LINE else 0
    before = text[start : (column or 1) - 1]
    window = text[start : start + _WIDEST_LINE]
    number = str(line)
    margin = " " * len(number)
    gutter, beside = paint("place", f"{margin} |"), paint("place", f"{number} |")
    lines = [f" {gutter}", f" {beside} {inert(window.expandtabs(4))}".rstrip()]
    if column is not None:
        lines.append(f" {gutter} {' ' * len(inert(before.expandtabs(4)))}{paint('caret', '^')}")
    return lines
