"""What was read from a source is kept by its digest, and read again wherever it cannot be believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ratchet import Runtime, Task, run
from ratchet.cache import Cache
from ratchet.errors import Unavailable
from ratchet.execution.check import check_sources
from ratchet.sandbox.pool import Pool
from tests.conftest import MakeTask

TYPED = {
    "main.ts": 'import { n } from "./n.js";\nexport default (input: number): number => input + n;',
    "n.js": "export const n = 1;",
}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(str(tmp_path / "cache"))


def closed(cache: Cache) -> Runtime:
    """Return a runtime that cannot start a worker."""
    runtime = Runtime(cache=cache, pool=Pool(maximum=1))
    runtime.close()
    return runtime


def test_unchanged_task_is_checked_without_a_worker(cache: Cache, make_task: MakeTask) -> None:
    broken = make_task({"main.js": "export default (input) => nothing.of(that);\nfetchh();"}, name="broken")
    good = make_task(TYPED)
    with Runtime(cache=cache) as runtime:
        found = [check_sources(runtime, task) for task in (good, broken)]
    assert [bool(problems) for problems in found] == [False, True]
    assert [check_sources(closed(cache), task) for task in (good, broken)] == found
    assert {kind: kept.entries for kind, kept in cache.status().items() if kept.entries} == {
        "inspected": 3,
        "transpiled": 1,
    }


def test_changed_file_is_read_again(cache: Cache, make_task: MakeTask) -> None:
    with Runtime(cache=cache) as runtime:
        check_sources(runtime, make_task(TYPED))
    changed = make_task({**TYPED, "n.js": "export const m = 1;"})
    with pytest.raises(Unavailable, match="shut down"):
        check_sources(closed(cache), changed)
    with Runtime(cache=cache) as runtime:
        (problem,) = check_sources(runtime, changed)
    assert "`n`" in problem.message


def test_without_a_cache_everything_is_read_again(make_task: MakeTask) -> None:
    task = make_task(TYPED)
    with Runtime() as runtime:
        assert check_sources(runtime, task) == []
        runtime.close()
        with pytest.raises(Unavailable):
            check_sources(runtime, task)


def _swap(file: Path, _: Cache) -> None:
    file.write_bytes(file.read_bytes().replace(b"input + n", b"input - n"))


def _other_shape(file: Path, cache: Cache) -> None:
    cache.save("transpiled", file.name, {"code": ["input - n"]})


def _writable(file: Path, cache: Cache) -> None:
    _rewrite(file, cache)
    file.chmod(0o666)


def _shared_folder(file: Path, cache: Cache) -> None:
    _rewrite(file, cache)
    Path(cache.folder).chmod(0o777)


def _rewrite(file: Path, cache: Cache) -> None:
    kept = cache.load("transpiled", file.name)
    assert kept is not None
    cache.save("transpiled", file.name, {**kept, "code": kept["code"].replace("input + n", "input - n")})


@pytest.mark.parametrize("tamper", [_swap, _other_shape, _writable, _shared_folder])
def test_tampered_source_does_not_run(cache: Cache, make_task: MakeTask, tamper: Callable[[Path, Cache], None]) -> None:
    task: Task = make_task(TYPED)
    with Runtime(cache=cache) as runtime:
        assert run(runtime, task, 5).output == 6
    (file,) = Path(cache.folder, "transpiled").iterdir()
    tamper(file, cache)
    with Runtime(cache=cache) as runtime:
        assert run(runtime, task, 5).output == 6
