"""Local modules: which file of the task a specifier means, and the text the engine gets for it."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping

from ratchet.engine.stack import Frame

SCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_MODULE_SYNTAX = re.compile(
    r"""(?m)(?:^|[;}])\s*(?:
        import\s*(?:[\w$*{][^'"();]{0,2000}\bfrom\s*)?['"]
      | export\s*(?:[{*]|(?:default|const|let|var|function|class|async)\b)
    )""",
    re.VERBOSE,
)
# The engine does not know import attributes; every one that a task can give says what the suffix says.
_ATTRIBUTES = re.compile(
    r"""(?m)(^\s*(?:import|export)\b[^'"();]{0,2000}['"][^'"\n]{1,1000}['"])(\s*with\s*\{[^{}]*\})"""
)
_EXPORTED_NAME = re.compile(r"\bexports\.([A-Za-z_$][\w$]*)\s*=(?!=)")
_EXPORTED_OBJECT = re.compile(r"\bmodule\.exports\s*=\s*(?=\{)")
_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|\.\.\.|[{}()\[\],]|[A-Za-z_$][\w$]*""",
    re.DOTALL,
)
_RESERVED = frozenset(
    "default break case catch class const continue debugger delete do else enum export extends false finally for "
    "function if import in instanceof new null return super switch this throw true try typeof var void while with "
    "let static yield await implements interface package private protected public".split()
)


class ModuleNotFound(Exception):
    """A specifier that names no file of the task; the text is for the task's author."""


class Modules:
    """The task's own files as modules.

    CommonJS files and scripts are evaluated under one file name, which the engine chooses. Each is therefore pushed
    down by as many empty lines as all before it have, so that a line number tells the file.
    """

    def __init__(self, files: Mapping[str, str], main: str) -> None:
        self._files = files
        self._main = main
        self._spans: list[tuple[int, int, str | None]] = [(0, _line_count(files[main]), main)]
        self._folders = {posixpath.dirname(main)}

    def resolve(self, base: str, specifier: str) -> str:
        """Return the path inside the task that `base` means by `specifier`.

        Raises:
            ModuleNotFound: No such file, or not a path at all.
        """
        if base == "" or (specifier == self._main and base.startswith("<")):
            return specifier if specifier in self._files else self._missing(specifier)
        if not specifier.startswith(("./", "../", "/")) and specifier not in (".", ".."):
            name = specifier[:200]
            raise ModuleNotFound(f"Cannot find module '{name}': only files of the task can be loaded, as './{name}'")
        # Every script has the same name in the engine, so a dynamic import from one may come from any of them.
        folders = sorted(self._folders) if base.startswith("<") else [posixpath.dirname(base)]
        for folder in folders:
            path = posixpath.normpath(posixpath.join(folder, specifier))
            for candidate in _candidates(path):
                if candidate in self._files:
                    return candidate
        return self._missing(specifier)

    def _missing(self, specifier: str) -> str:
        raise ModuleNotFound(f"Cannot find module '{specifier[:200]}' in the task")

    def required(self, identity: str) -> dict[str, str]:
        """Return what `require` evaluates for a resolved path: its kind and text.

        Raises:
            ModuleNotFound: The file is an ES module, which `require` cannot load.
        """
        text = self._files[identity]
        if identity.endswith(".json"):
            return {"id": identity, "kind": "json", "text": text}
        if is_module(identity, text):
            raise ModuleNotFound(f"'{identity}' is an ES module: load it with `import`, not `require`")
        folder = posixpath.dirname(identity)
        self._folders.add(folder)
        function = "(function (exports, require, module, __filename, __dirname) {\n" + text + "\n})"
        return {"id": identity, "kind": "script", "text": self._below(function, identity), "folder": folder}

    def below_files(self, text: str) -> str:
        """Push a text of the host below the lines of every file, so that none of its lines passes for one of theirs."""
        return self._below(text, None)

    def _below(self, text: str, identity: str | None) -> str:
        start = self._spans[-1][1] + 1
        self._spans.append((start, start + _line_count(text), identity))
        return "\n" * (start - 1) + text

    def source(self, identity: str) -> str | None:
        """Return the text of a resolved path as an ES module, wrapping CommonJS and JSON."""
        text = self._files.get(identity)
        if text is None:
            return None
        if identity != self._main and (identity.endswith(".json") or not is_module(identity, text)):
            return _bridge(identity, text)
        return _ATTRIBUTES.sub(lambda match: match[1] + re.sub(r"[^\n]", " ", match[2]), text)

    def locate(self, frame: Frame) -> tuple[str, int] | None:
        """Return the task's file and line for an engine's stack frame, None for a frame of the host."""
        if frame.file is None or frame.line is None:
            return None
        if frame.file in self._files:
            return frame.file, frame.line
        if frame.file == "<input>":
            for start, end, identity in reversed(self._spans):
                if start < frame.line <= end:
                    return None if identity is None else (identity, frame.line - start)
        return None


def is_module(path: str, text: str) -> bool:
    """Tell whether a file is an ES module: by its suffix, else by what looks like an import or an export."""
    if path.endswith((".mjs", ".cjs", ".mts", ".cts")):
        return path.endswith((".mjs", ".mts"))
    return _MODULE_SYNTAX.search(text) is not None


def commonjs_exports(text: str) -> frozenset[str]:
    """Return the names under which an ES module can import from a CommonJS file."""
    return frozenset(_exported_names(text)) | {"default"}


def _candidates(path: str) -> list[str]:
    # TypeScript imports the file that a compiler would make: `./x.js` for `./x.ts`.
    written = [path.removesuffix("js") + "ts"] if path.endswith((".js", ".mjs", ".cjs")) else []
    suffixed = [path + suffix for suffix in (*SCRIPT_SUFFIXES, ".json")]
    return [path, *written, *suffixed, f"{path}/index.js", f"{path}/index.ts"]


def _bridge(identity: str, text: str) -> str:
    """Return an ES module that exports what `require` gives for this file, by name where names can be told."""
    lines = [f'const $loaded$ = globalThis["ratchet:require"]({json.dumps(identity)});', "export default $loaded$;"]
    if not identity.endswith(".json"):
        lines += [f"export const {name} = $loaded$?.{name};" for name in _exported_names(text)]
    return "\n".join(lines)


def _exported_names(text: str) -> list[str]:
    names = set(_EXPORTED_NAME.findall(text))
    for assignment in _EXPORTED_OBJECT.finditer(text):
        names.update(_keys_of_object(text, assignment.end()))
    return sorted(names - _RESERVED)


def _keys_of_object(text: str, start: int) -> Iterator[str]:
    """Yield the plain keys of the object literal that starts at an offset."""
    depth = 0
    expected = True
    for match in _TOKEN.finditer(text, start):
        token = match[0]
        if token in "{([":
            depth += 1
        elif token in "})]":
            depth -= 1
            if depth == 0:
                return
        elif token == "," and depth == 1:
            expected = True
        elif depth == 1 and expected and not token.startswith(("/", "'", '"', "`")):
            # A modifier has the name still behind it.
            expected = token in ("async", "get", "set")
            if not expected and token != "...":
                yield token


def _line_count(text: str) -> int:
    return text.count("\n") + 1
