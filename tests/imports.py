"""What each module of the package imports, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "ratchet"


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a module.

    Args:
        target: The full name of the module that is imported.
        typing_only: Whether it stands under `if TYPE_CHECKING`.
    """

    line: int
    target: str
    typing_only: bool


def modules() -> dict[str, Path]:
    """Return every module of the package by its full name."""
    return {_name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports_of(path: Path) -> Iterator[Import]:
    """Yield every import of a module, those inside functions too."""
    yield from _imports_in(ast.parse(path.read_text("utf-8")), False)


def _imports_in(node: ast.AST, typing_only: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(node.lineno, alias.name, typing_only)
    elif isinstance(node, ast.ImportFrom):
        # Ruff forbids relative imports, so there is always a module.
        for alias in node.names:
            yield Import(node.lineno, _target(node.module or "", alias.name), typing_only)
    elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        for statement in node.body:
            yield from _imports_in(statement, True)
        for statement in node.orelse:
            yield from _imports_in(statement, typing_only)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _imports_in(child, typing_only)


def _target(module: str, name: str) -> str:
    """Return the submodule where `from package import submodule` means one, else the module."""
    path = PACKAGE.parent.joinpath(*module.split("."), name)
    return f"{module}.{name}" if path.with_suffix(".py").exists() or path.is_dir() else module


def _name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
