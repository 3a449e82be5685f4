"""`ratchet cache` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


def shown(reply: str, tmp_path: Path) -> str:
    """Return a reply without the folder of this test."""
    return reply.replace(str(tmp_path), "HOME")


def test_empty_cache_is_shown(ratchet: Command, tmp_path: Path) -> None:
    assert shown(ratchet("cache", "status"), tmp_path) == snapshot("""\
exit 0
--- stdout
HOME/cache/ratchet
configuration       0         0 KB
inspected           0         0 KB
surveyed            0         0 KB
tested              0         0 KB
transpiled          0         0 KB
all                 0         0 KB
At most 65,536 KB
""")
    assert not (tmp_path / "cache").exists()


def test_cache_is_shown_by_kind_and_cleared(ratchet: Command, make_task: MakeTask, tmp_path: Path) -> None:
    make_task(files={"main.js": None, "main.ts": "export default (input: object) => ({ total: 1 });\n"})
    first = ratchet("validate", "total")
    assert ratchet("validate", "total") == first
    assert shown(ratchet("cache", "status"), tmp_path) == snapshot("""\
exit 0
--- stdout
HOME/cache/ratchet
configuration       0         0 KB
inspected           1         4 KB
surveyed            0         0 KB
tested              0         0 KB
transpiled          1         4 KB
all                 2         8 KB
At most 65,536 KB
""")
    document = json.loads(ratchet("cache", "status", "--json").partition("--- stdout\n")[2])
    assert document.pop("folders") == [str(tmp_path / "cache" / "ratchet")]
    assert document == snapshot(
        {
            "enabled": True,
            "max_bytes": 67108864,
            "kinds": {
                "configuration": {"entries": 0, "size_bytes": 0},
                "inspected": {"entries": 1, "size_bytes": 4096},
                "surveyed": {"entries": 0, "size_bytes": 0},
                "tested": {"entries": 0, "size_bytes": 0},
                "transpiled": {"entries": 1, "size_bytes": 4096},
            },
            "entries": 2,
            "size_bytes": 8192,
        }
    )
    assert ratchet("cache", "clear") == snapshot("""\
exit 0
--- stdout
Removed 2 entries, 8 KB
""")
    assert ratchet("cache", "clear", "--json") == snapshot("""\
exit 0
--- stdout
{
  "entries": 0,
  "size_bytes": 0
}
""")
    assert ratchet("validate", "total") == first


def test_cache_of_a_folder_of_its_own_is_shown_and_cleared_with_that_of_the_user(
    ratchet: Command, make_task: MakeTask, folder: Path, tmp_path: Path
) -> None:
    make_task()
    (folder / "ratchet.yaml").write_text("cache: {folder: kept, max_bytes: 2097152}\n")
    ratchet("validate", "total")
    assert shown(ratchet("cache", "status"), tmp_path) == snapshot("""\
exit 0
--- stdout
HOME/cache/ratchet
HOME/work/kept
configuration       1         4 KB
inspected           1         4 KB
surveyed            0         0 KB
tested              0         0 KB
transpiled          0         0 KB
all                 2         8 KB
At most 2,048 KB
""")
    assert ratchet("cache", "clear") == snapshot("""\
exit 0
--- stdout
Removed 2 entries, 8 KB
""")
    (folder / "ratchet.yaml").write_text("cache: {enabled: false}\n")
    assert shown(ratchet("cache", "status"), tmp_path) == snapshot("""\
exit 0
--- stdout
HOME/cache/ratchet
configuration       0         0 KB
inspected           0         0 KB
surveyed            0         0 KB
tested              0         0 KB
transpiled          0         0 KB
all                 0         0 KB
Nothing new is kept: `cache.enabled` is false
""")
    ratchet("validate", "total")
    assert ratchet("cache", "clear") == snapshot("""\
exit 0
--- stdout
Removed 0 entries, 0 KB
""")
