"""What is kept is found again, bounded, and believed only when nobody else can have written it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ratchet.cache import Cache, Kept, key_of

KEY = key_of("a text")
Spoil = Callable[[Path], object]
posix = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes are POSIX's")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(str(tmp_path / "below" / "cache"))


def file_of(cache: Cache, key: str = KEY) -> Path:
    return Path(cache.folder, "inspected", key)


def test_value_is_found_again_by_kind_and_key(cache: Cache) -> None:
    assert cache.load("inspected", KEY) is None
    cache.save("inspected", KEY, {"a": [1, "é\ud800"]})
    assert cache.load("inspected", KEY) == {"a": [1, "é\ud800"]}
    assert cache.load("transpiled", KEY) is None
    assert cache.load("inspected", key_of("another text")) is None
    assert cache.status() == {
        "configuration": Kept(0, 0),
        "inspected": Kept(1, 4096),
        "surveyed": Kept(0, 0),
        "tested": Kept(0, 0),
        "transpiled": Kept(0, 0),
    }


def test_keys_of_other_parts_differ() -> None:
    keys = [key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of(b"abc", b""), key_of("")]
    assert len(set(keys)) == len(keys)
    assert key_of("é") == key_of("é".encode())


@posix
def test_only_the_user_can_read_and_write_what_is_kept(cache: Cache) -> None:
    before = os.umask(0)
    try:
        cache.save("inspected", KEY, 1)
    finally:
        os.umask(before)
    file = file_of(cache)
    modes = [path.stat().st_mode & 0o777 for path in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


def _change_a_byte(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"1", b"2"))


def _link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


def _become_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _become_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _signed(file: Path, payload: bytes) -> None:
    file.write_bytes(key_of("inspected", file.name, payload).encode() + payload)


SPOILT: dict[str, Spoil] = {
    "changed": _change_a_byte,
    "cut short": lambda file: os.truncate(file, file.stat().st_size - 1),
    "empty": lambda file: os.truncate(file, 0),
    "longer": lambda file: file.write_bytes(file.read_bytes() + b" "),
    "too long": lambda file: os.truncate(file, 9 << 20),
    "writable by the group": lambda file: file.chmod(0o620),
    "writable by all": lambda file: file.chmod(0o602),
    "unreadable": lambda file: file.write_bytes(b"\xff" * 200),
    "of a folder that others may write to": lambda file: file.parent.parent.chmod(0o777),
    "a link": _link,
    "a pipe": _become_a_pipe,
    "a folder": _become_a_folder,
    "no JSON": lambda file: _signed(file, b"{"),
    "too deep": lambda file: _signed(file, b"[" * 100_000),
    "gone": Path.unlink,
}


@posix
@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_what_cannot_be_believed_is_as_good_as_gone(cache: Cache, spoil: Spoil) -> None:
    cache.save("inspected", KEY, {"answer": 1})
    assert cache.load("inspected", KEY) == {"answer": 1}
    spoil(file_of(cache))
    assert cache.load("inspected", KEY) is None


def test_entry_in_the_place_of_another_is_not_believed(cache: Cache) -> None:
    cache.save("inspected", KEY, {"answer": 1})
    other = key_of("another text")
    file_of(cache).rename(file_of(cache, other))
    assert cache.load("inspected", other) is None
    Path(cache.folder, "transpiled").mkdir()
    file_of(cache, other).rename(Path(cache.folder, "transpiled", KEY))
    assert cache.load("transpiled", KEY) is None


@posix
def test_what_belongs_to_somebody_else_is_not_believed(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.save("inspected", KEY, {"answer": 1})
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    assert cache.load("inspected", KEY) is None
    cache.save("inspected", key_of("another text"), 1)
    assert cache.status()["inspected"].entries == 1


def test_the_longest_unused_make_room(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"), most_bytes=10 * 4096)
    keys = [key_of(str(number)) for number in range(11)]
    for age, key in enumerate(reversed(keys[:10])):
        cache.save("inspected", key, age)
        os.utime(file_of(cache, key), (1_000_000 - age, 1_000_000 - age))
    assert cache.load("inspected", keys[0]) == 9
    cache.save("transpiled", keys[10], "new")
    assert cache.load("transpiled", keys[10]) == "new"
    # Key 0 was the oldest until it was used; a quarter is freed, so that not every new entry pays for it.
    assert [cache.load("inspected", key) is not None for key in keys[:10]] == [True, *[False] * 4, *[True] * 5]


def test_value_that_takes_too_much_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "cache"), most_bytes=4096)
    cache.save("inspected", KEY, "x" * 4096)
    assert not (tmp_path / "cache").exists()


def test_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(str(tmp_path / "file" / "cache"))
    cache.save("inspected", KEY, 1)
    assert cache.load("inspected", KEY) is None
    assert (cache.clear(), sum(kept.entries for kept in cache.status().values())) == (Kept(0, 0), 0)


@posix
def test_full_disk_keeps_nothing_and_leaves_nothing(cache: Cache) -> None:
    # The limit on the size of files is the one that a test can set; both end a write in the middle.
    script = (
        "import resource, sys; from ratchet.cache import Cache; cache = Cache(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "cache.save('inspected', sys.argv[2], 'x' * 5000); print(cache.load('inspected', sys.argv[2]))"
    )
    output = subprocess.check_output([sys.executable, "-c", script, cache.folder, KEY], text=True)
    assert output == "None\n"
    assert list(Path(cache.folder, "inspected").iterdir()) == []


def test_writers_and_readers_at_a_time_see_whole_values(cache: Cache) -> None:
    values = [[number] * 2000 for number in range(4)]
    begin = threading.Barrier(8)

    def work(number: int) -> list[object]:
        begin.wait()
        seen = []
        for turn in range(30):
            cache.save("inspected", KEY, values[(number + turn) % 4])
            seen.append(cache.load("inspected", KEY))
        return seen

    with ThreadPoolExecutor(8) as threads:
        seen = [value for each in threads.map(work, range(8)) for value in each]
    assert all(value in values for value in seen)
    assert [path.name for path in Path(cache.folder, "inspected").iterdir()] == [KEY]


def test_clearing_removes_what_is_kept_and_nothing_else(cache: Cache) -> None:
    for kind in ("inspected", "transpiled"):
        cache.save(kind, KEY, 1)
    mine = [Path(cache.folder, "notes.txt"), Path(cache.folder, "inspected", "notes.txt")]
    half_written = Path(cache.folder, "inspected", f"{KEY}.0123456789abcdef.new")
    for file in (*mine, half_written):
        file.write_text("x")
    assert cache.clear() == Kept(3, 3 * 4096)
    assert cache.clear() == Kept(0, 0)
    assert [file.exists() for file in (*mine, half_written)] == [True, True, False]
