"""Databases are copied to the other kind and back, whole, also when it takes more than one attempt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ratchet.errors import Conflict, InvalidInput, Mismatch, NotFound
from ratchet.store.backup import backup_store, restore_store
from ratchet.store.copying import copy_store
from ratchet.store.executions import save_execution
from ratchet.store.rows import plain_tables, summary_of
from ratchet.store.store import Store, open_store
from tests.postgres import Postgres
from tests.store.made import fill, make_execution

COPY = """
import sys, time
from ratchet.store.copying import copy_store
from ratchet.store.engine import open_engine

def slowly(done, total):
    print(done, flush=True)
    time.sleep(600)

copy_store(open_engine(sys.argv[1]), open_engine(sys.argv[2]), origin="here", progress=slowly)
"""


@pytest.fixture(params=["to postgresql", "to sqlite"])
def urls(request: pytest.FixtureRequest, postgres: Postgres, tmp_path: Path) -> tuple[str, str]:
    """Return the URLs of two empty databases of different kinds."""
    pair = (f"sqlite:{tmp_path / 'one.db'}", postgres.make_database())
    return pair if request.param == "to postgresql" else (pair[1], pair[0])


def summaries(store: Store) -> object:
    with store.engine.connect() as connection:
        return [summary_of(connection, table) for table in plain_tables()]


def test_a_copy_holds_the_same(urls: tuple[str, str]) -> None:
    with open_store(urls[0]) as source, open_store(urls[1]) as target:
        fill(source, [make_execution(number, task=f"ä{number % 3} \x01") for number in range(600)])
        copied = copy_store(source.engine, target.engine, origin="here")
        assert (copied.rows, copied.resumed) == (603, False)
        assert summaries(target) == summaries(source)


def test_a_copy_that_was_killed_goes_on(urls: tuple[str, str]) -> None:
    with open_store(urls[0]) as source, open_store(urls[1]) as target:
        fill(source, [make_execution(number) for number in range(600)])
        with subprocess.Popen([sys.executable, "-c", COPY, *urls], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            there = int(process.stdout.readline())
            os.kill(process.pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        with pytest.raises(Conflict, match="holds something already"):
            copy_store(source.engine, target.engine, origin="elsewhere")
        heard: list[tuple[int, int]] = []
        copied = copy_store(
            source.engine, target.engine, origin="here", progress=lambda done, total: heard.append((done, total))
        )
        assert (copied.rows, copied.resumed) == (601 - there, True)
        assert heard[-1] == (601, 601)
        assert summaries(target) == summaries(source)


def test_what_holds_something_is_replaced_by_force_only(urls: tuple[str, str]) -> None:
    with open_store(urls[0]) as source, open_store(urls[1]) as target:
        fill(source, [make_execution(1)])
        fill(target, [make_execution(2), make_execution(3)])
        with pytest.raises(Conflict, match="holds something already"):
            copy_store(source.engine, target.engine, origin="here")
        copy_store(source.engine, target.engine, origin="here", force=True)
        assert summaries(target) == summaries(source)


def test_a_target_that_somebody_else_writes_to_is_told(urls: tuple[str, str]) -> None:
    with open_store(urls[0]) as source, open_store(urls[1]) as target:
        fill(source, [make_execution(number) for number in range(3)])

        def meddle(done: int, total: int) -> None:
            with target.writing() as session:
                save_execution(session, make_execution(2, status="failed", code="time_limit"))

        with pytest.raises(Mismatch, match="`executions`"):
            copy_store(source.engine, target.engine, origin="here", progress=meddle)


def test_a_backup_is_restored_into_either_kind(urls: tuple[str, str], tmp_path: Path) -> None:
    file = str(tmp_path / "backup.db")
    with open_store(urls[0]) as source, open_store(urls[1]) as target:
        fill(source, [make_execution(number) for number in range(600)])
        backup_store(source.engine, file)
        before = summaries(source)
        fill(source, [make_execution(number) for number in range(600, 610)])
        for store in (target, source):
            restore_store(file, store.engine, force=store is source)
            assert summaries(store) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("backup.db") and path.name != "backup.db"]


def test_a_backup_is_made_while_others_write(database_url: str, tmp_path: Path) -> None:
    with open_store(database_url) as store:
        fill(store, [make_execution(number) for number in range(10)])
        with store.writing() as session:
            save_execution(session, make_execution(10))
            backup_store(store.engine, str(tmp_path / "backup.db"))
    with open_store("sqlite::memory:") as other:
        assert restore_store(str(tmp_path / "backup.db"), other.engine).tables["executions"].rows == 10


def test_files_are_not_overwritten_and_no_other_is_restored(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database\n" * 200)
    with open_store("sqlite::memory:") as store:
        with pytest.raises(Conflict, match="is there already"):
            backup_store(store.engine, str(file))
        with pytest.raises(InvalidInput, match="is no backup"):
            restore_store(str(file), store.engine)
        with pytest.raises(NotFound):
            restore_store(str(tmp_path / "none"), store.engine)
        backup_store(store.engine, str(file), force=True)
        assert restore_store(str(file), store.engine).rows == 0
