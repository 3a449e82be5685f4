"""Print pip constraints that hold every base dependency at the lowest version `pyproject.toml` allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)(?:\[[^]]*\])?>=(?P<lowest>[0-9][0-9A-Za-z.]*)")


def main() -> None:
    """Print one constraint a line."""
    for requirement in tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["dependencies"]:
        match = _REQUIREMENT.match(requirement)
        if match is None:
            raise SystemExit(f"`{requirement}` in pyproject.toml names no lowest version with `>=`")
        print(f"{match['name']}=={match['lowest']}")


if __name__ == "__main__":
    main()
