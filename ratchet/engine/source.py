"""What a source text says about itself, told by the parser in a worker and never by running it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ratchet.engine.modules import ModuleNotFound, Modules
from ratchet.engine.positions import line_text
from ratchet.errors import EngineCrash
from ratchet.values import Json, Place, Problem

FORMS = frozenset(
    [
        "module-default",
        "module-main",
        "commonjs",
        "completion",
        "bare-function",
        "main",
        "unknown",
        "none",
    ]
)
_IMPORT_KINDS = frozenset(["import", "export", "dynamic", "require"])
_USED_KINDS = frozenset(["fetch", "secret", "call"])
_MAX_LISTED = 200
_MAX_WORDS = 2_000
_MAX_NUMBER = 1 << 31

Columns = Mapping[int, tuple[tuple[int, int], ...]]
"""For each line that moved: pairs of a column in the result and the column in the source, rising."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A line and a column, both from 1, the column counted in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Why a file cannot be read as JavaScript."""

    message: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Entry:
    """The function that a task's input goes to."""

    parameters: int
    asynchronous: bool
    spot: Spot


@dataclass(frozen=True, slots=True)
class Imported:
    """A module that a file asks for by a literal name.

    Args:
        kind: `import`, `export` (… from), `dynamic` (`import()`) or `require`.
        local: Whether the name is a relative path, the only kind that can be loaded.
        certain: Whether no condition and no `try` stands around it.
        names: What a declaration takes from the module; "default" for its default export.
    """

    kind: str
    specifier: str
    local: bool
    certain: bool
    spot: Spot
    names: tuple[tuple[str, Spot], ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownGlobal:
    """A name that a file uses and that neither it, nor the language, nor the host API defines."""

    name: str
    hint: str | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class Used:
    """What a file asks of the host.

    Args:
        kind: `fetch`, `secret` or `call`.
        text: The URL as far as it is certain, its host at least, or the name; None where only running it can tell.
        method: Of a fetch, in capitals; None where only running it can tell.
    """

    kind: str
    text: str | None
    method: str | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the parser found in one file.

    Args:
        form: How the file offers its function, one of `FORMS`; "unknown" where only evaluating it can tell.
        module: Whether it is an ES module.
        exports: The names that an ES module exports; None where another module decides.
    """

    form: str
    module: bool
    entry: Entry | None
    syntax: SyntaxFault | None
    imports: tuple[Imported, ...]
    unknown_globals: tuple[UnknownGlobal, ...]
    exports: frozenset[str] | None = None
    used: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class Transpiled:
    """A TypeScript file without its types, on the same lines; `code` is None when it has a syntax error."""

    code: str | None
    columns: Columns
    syntax: SyntaxFault | None


def inspect_request(files: Mapping[str, str], path: str, known_globals: Iterable[str]) -> Json:
    """Return what `inspect.js` wants to know about a file; for TypeScript, `files` holds the transpiled text."""
    return {"source": files[path], "path": path, "knownGlobals": sorted(known_globals)}


def transpile_request(source: str) -> Json:
    """Return what `transpile.js` wants to know."""
    return {"source": source}


def original_column(columns: Columns, line: int, column: int) -> int:
    """Return the column in a TypeScript file of a column in its transpiled text."""
    moved = 0
    for to, origin in columns.get(line, ()):
        if to > column:
            break
        moved = origin - to
    return max(1, column + moved)


def parse_transpiled(value: Json) -> Transpiled:
    """Check what a worker says that a TypeScript file becomes.

    Raises:
        EngineCrash: The answer has another shape; a worker that makes such an answer is broken.
    """
    answer = _Answer(value, {})
    code = answer.get("code", str, type(None))
    return Transpiled(code, _parse_columns(answer.get("columns", dict)), _parse_syntax(answer))


def parse_inspection(value: Json, columns: Columns | None = None) -> Inspection:
    """Check what a worker says about a file.

    Args:
        columns: For TypeScript, how the columns of the inspected text map to those of the file.

    Raises:
        EngineCrash: The answer has another shape; a worker that makes such an answer is broken.
    """
    answer = _Answer(value, columns or {})
    form = answer.words("form")
    if form not in FORMS:
        raise _broken()
    entry = answer.part("entry")
    return Inspection(
        form=form,
        module=answer.get("module", bool),
        entry=Entry(entry.number("parameters"), entry.get("async", bool), entry.spot()) if entry else None,
        syntax=_parse_syntax(answer),
        imports=tuple(_parse_import(item) for item in answer.items("imports")),
        exports=_parse_exports(answer.get("exports", list, type(None))),
        used=tuple(_parse_used(item) for item in answer.items("used")),
        unknown_globals=tuple(
            UnknownGlobal(item.words("name"), item.optional_words("hint"), item.spot())
            for item in answer.items("unknown")
        ),
    )


def problems_of(
    inspection: Inspection, path: str, files: Mapping[str, str], *, needs_entry: bool = True
) -> list[Problem]:
    """Return what is wrong with a file, errors before warnings.

    Args:
        files: The task's files as their author wrote them, for the text around a problem and for imports.
        needs_entry: Whether the file is the one to run, not a module of it.
    """
    source = files.get(path, "")

    def place(spot: Spot) -> Place:
        return Place(path, spot.line, spot.column, line_text(source, spot.line))

    if inspection.syntax is not None:
        return [Problem(f"Syntax error: {inspection.syntax.message}", place(inspection.syntax.spot))]
    problems: list[Problem] = []
    if needs_entry and inspection.form == "none":
        hint = "Write `export default (input) => …` or `function main(input) { … }`"
        problems.append(Problem("The file offers no function to run", Place(path), hint=hint))
    problems.extend(_import_problems(inspection, path, files))
    for unknown in inspection.unknown_globals:
        message = f"`{unknown.name}` is not defined"
        problems.append(Problem(message, place(unknown.spot), hint=unknown.hint, severity="warning"))
    return sorted(problems, key=lambda problem: problem.severity)


def _import_problems(inspection: Inspection, path: str, files: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each import that no file of the task answers."""
    modules = Modules({path: "", **files}, path)
    for imported in inspection.imports:
        try:
            if imported.local:
                modules.resolve(path, imported.specifier)
                continue
        except ModuleNotFound:
            pass
        spot = imported.spot
        yield Problem(
            f"Cannot load `{imported.specifier}`: "
            + ("the task has no such file" if imported.local else "only files of the task can be loaded"),
            Place(path, spot.line, spot.column, line_text(files.get(path, ""), spot.line)),
            hint=_import_hint(imported, path, files),
            severity="error" if imported.certain else "warning",
        )


def export_problems(
    inspection: Inspection, path: str, files: Mapping[str, str], exports: Mapping[str, Collection[str] | None]
) -> Iterator[Problem]:
    """Yield a problem for each name that a file imports and the module does not export.

    Args:
        exports: What each module exports, by its path; None or absent where that is not known.
    """
    modules = Modules(files, path)
    for imported in inspection.imports:
        try:
            target = modules.resolve(path, imported.specifier)
        except ModuleNotFound:
            continue
        known = exports.get(target)
        for name, spot in imported.names if known is not None else ():
            assert known is not None
            if name not in known:
                text = line_text(files.get(path, ""), spot.line)
                place = Place(path, spot.line, spot.column, text)
                yield Problem(f"`{target}` does not export `{name}`", place, hint=_export_hint(name, known))


def _export_hint(name: str, known: Collection[str]) -> str | None:
    import difflib

    close = difflib.get_close_matches(name, sorted(known), n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"It exports {', '.join(f'`{one}`' for one in sorted(known)[:8])}" if known else "It exports nothing"


def _import_hint(imported: Imported, path: str, files: Mapping[str, str]) -> str | None:
    """Return the name of the file that was probably meant, else what to do instead."""
    import difflib

    folder = posixpath.dirname(path)
    names = [_relative(name, folder) for name in sorted(files) if name != path and not name.startswith("tests/")]
    close = difflib.get_close_matches(imported.specifier, names, n=1, cutoff=0.7)
    if not imported.local and not close:
        close = [name for name in names if posixpath.splitext(name)[0] == f"./{imported.specifier}"][:1]
    if close:
        return f"Did you mean `{close[0]}`?"
    return None if imported.local else "Copy what the task needs of it into a file of the task"


def _relative(name: str, folder: str) -> str:
    """Return a file's name as a module in a folder would import it."""
    relative = posixpath.relpath(name, folder or ".")
    return relative if relative.startswith("../") else f"./{relative}"


def _parse_import(item: _Answer) -> Imported:
    kind = item.words("kind")
    if kind not in _IMPORT_KINDS:
        raise _broken()
    names = tuple((name.words("name"), name.spot()) for name in item.items("names"))
    local, certain = item.get("local", bool), item.get("certain", bool)
    return Imported(kind, item.words("specifier"), local, certain, item.spot(), names)


def _parse_used(item: _Answer) -> Used:
    kind = item.words("kind")
    if kind not in _USED_KINDS:
        raise _broken()
    return Used(kind, item.optional_words("text"), item.optional_words("method"), item.spot())


def _parse_exports(value: list[Json] | None) -> frozenset[str] | None:
    if value is None:
        return None
    if not all(type(name) is str for name in value):
        raise _broken()
    return frozenset(value)


def _parse_syntax(answer: _Answer) -> SyntaxFault | None:
    fault = answer.part("syntax")
    return SyntaxFault(fault.words("message"), fault.spot()) if fault else None


def _parse_columns(value: dict[str, Any]) -> dict[int, tuple[tuple[int, int], ...]]:
    columns: dict[int, tuple[tuple[int, int], ...]] = {}
    for line, pairs in value.items():
        if not line.isascii() or not line.isdigit() or len(line) > 9 or type(pairs) is not list:
            raise _broken()
        columns[int(line)] = tuple(_parse_pair(pair) for pair in pairs)
    return columns


def _parse_pair(pair: Json) -> tuple[int, int]:
    if (
        type(pair) is not list
        or len(pair) != 2
        or not all(type(part) is int and 0 < part < _MAX_NUMBER for part in pair)
    ):
        raise _broken()
    return pair[0], pair[1]


class _Answer:
    """A JSON object from a worker, read one checked field at a time."""

    def __init__(self, value: Json, columns: Columns) -> None:
        if type(value) is not dict:
            raise _broken()
        self._value: dict[str, Any] = value
        self._columns = columns

    def get(self, name: str, *kinds: type) -> Any:
        found = self._value.get(name)
        if type(found) not in kinds:
            raise _broken()
        return found

    def words(self, name: str) -> str:
        found: str = self.get(name, str)
        if len(found) > _MAX_WORDS:
            raise _broken()
        return found

    def optional_words(self, name: str) -> str | None:
        return None if self._value.get(name) is None else self.words(name)

    def number(self, name: str) -> int:
        found: int = self.get(name, int)
        if not 0 <= found < _MAX_NUMBER:
            raise _broken()
        return found

    def part(self, name: str) -> _Answer | None:
        found = self._value.get(name)
        return None if found is None else _Answer(found, self._columns)

    def items(self, name: str) -> list[_Answer]:
        found: list[Json] = self.get(name, list)
        if len(found) > _MAX_LISTED:
            raise _broken()
        return [_Answer(item, self._columns) for item in found]

    def spot(self) -> Spot:
        line, column = max(1, self.number("line")), max(1, self.number("column"))
        return Spot(line, original_column(self._columns, line, column))


def _broken() -> EngineCrash:
    return EngineCrash("The worker's answer about a source text makes no sense")
