"""A database is opened, its tables made and brought up to date, alike on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import IntegrityError

from ratchet.errors import Conflict, InvalidConfig, Refused, Unavailable
from ratchet.store import migrate
from ratchet.store.address import parse_address
from ratchet.store.columns import moment_of
from ratchet.store.engine import open_engine
from ratchet.store.job_models import JobRow
from ratchet.store.migrate import VERSION_TABLE, Schema, read_schema, upgrade
from ratchet.store.models import TaskRow
from ratchet.store.store import Store, open_store

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{after}"


def upgrade():
    op.create_table("added", sa.Column("id", sa.Integer(), primary_key=True))
"""


def task_row(name: str, digest: str = "d") -> TaskRow:
    return TaskRow(name=name, digest=digest, version="1.0.0", source="/x", first_seen_at=moment_of(1.5))


def names_in(store: Store) -> list[str]:
    with store.reading() as session:
        return [row.name for row in session.query(TaskRow).order_by(TaskRow.name)]


def test_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    with open_store(database_url) as store, store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, JobRow.metadata) == []


def test_what_was_written_is_there_when_the_store_is_opened_again(database_url: str) -> None:
    with open_store(database_url) as store, store.writing() as session:
        session.add(task_row("total"))
    with open_store(database_url) as store, store.reading() as session:
        row = session.get_one(TaskRow, ("total", "d"))
        assert row.first_seen_at == moment_of(1.5)


def test_a_block_that_raises_leaves_nothing(database_url: str) -> None:
    with open_store(database_url) as store:

        def add_the_same_twice() -> None:
            with store.writing() as session:
                session.add(task_row("total"))
                session.flush()
                session.execute(insert(TaskRow).values(names))

        names = {"name": "total", "digest": "d", "version": "1.0.0", "source": "/x", "first_seen_at": moment_of(2)}
        with pytest.raises(IntegrityError):
            add_the_same_twice()
        assert names_in(store) == []


def test_processes_that_open_one_database_at_once_make_its_tables_once(database_url: str) -> None:
    code = "import sys; from ratchet.store.store import open_store; open_store(sys.argv[1]).close()"
    command = [sys.executable, "-c", code, database_url]
    with ExitStack() as stack:
        processes = [stack.enter_context(subprocess.Popen(command)) for _ in range(4)]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    with open_store(database_url) as store:
        assert names_in(store) == []


def test_threads_that_read_and_then_write_wait_for_each_other(database_url: str) -> None:
    with open_store(database_url) as store:

        def add(number: int) -> None:
            with store.writing() as session:
                session.query(TaskRow).count()
                session.add(task_row(f"{number:02}"))

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(add, range(40)))
        assert names_in(store) == [f"{number:02}" for number in range(40)]


def test_a_database_in_memory_is_one_for_all_threads() -> None:
    with open_store("sqlite::memory:") as store:

        def add(number: int) -> None:
            with store.writing() as session:
                session.add(task_row(f"{number}"))

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(add, range(9)))
        assert len(names_in(store)) == 9


def test_tables_of_a_newer_version_are_left_alone(database_url: str) -> None:
    with open_store(database_url) as store:
        mark(store.engine, "9999")
    with pytest.raises(Conflict, match="newer version of Ratchet"):
        open_store(database_url)


def mark(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = :revision"), {"revision": revision})


def test_a_file_of_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    with open_store(f"sqlite:{tmp_path / 'made' / 'store.db'}") as store, store.engine.connect() as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
        subseconds = connection.exec_driver_sql("SELECT unixepoch('subsec')").scalar()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    assert isinstance(subseconds, float)
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(tmp_path / "made").st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_file_of_sqlite_is_for_nobody_else(tmp_path: Path) -> None:
    with open_store(f"sqlite:{tmp_path / 'store.db'}") as store, store.writing() as session:
        session.add(task_row("written"))
        session.flush()
        assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
            "store.db": 0o600,
            "store.db-shm": 0o600,
            "store.db-wal": 0o600,
        }


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("sqlite:a.db", "{here}/a.db"),
        ("sqlite://a.db", "{here}/a.db"),
        ("sqlite://a.db?mode=rwc", "{here}/a.db"),
        ("sqlite:///tmp/a.db", "/tmp/a.db"),
        ("sqlite:/tmp/a%20b.db", "/tmp/a b.db"),
        ("sqlite::memory:", ":memory:"),
        ("sqlite://:memory:", ":memory:"),
    ],
)
def test_the_forms_of_the_original_name_a_file(
    written: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_address(written).database == file.format(here=tmp_path)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_server_is_named_by_its_url(scheme: str) -> None:
    url = parse_address(f"{scheme}://me:secret@db.test:5433/tasks?sslmode=require")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+psycopg://me:secret@db.test:5433/tasks?sslmode=require"
    )


@pytest.mark.parametrize(
    "text", ["", "mysql://secret@x/y", "secret.db", "sqlite:", "sqlite:x?mode=ro", "postgresql://me:secret@db.test"]
)
def test_a_url_that_is_none_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        parse_address(text)
    assert "secret" not in str(caught.value)


def test_a_database_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database, but long enough to look at for one\n" * 90)
    with pytest.raises(Unavailable, match="the database"):
        open_store(f"sqlite:{tmp_path / 'file' / 'store.db'}")
    with pytest.raises(Unavailable, match="does not answer"):
        open_store(f"postgresql:///none?host={tmp_path}", timeout_seconds=1)


def test_tables_of_an_older_version_are_brought_up_to_date_by_hand_on_postgresql_only(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(database_url).close()
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder)
    (folder / "versions" / "next.py").write_text(NEXT.format(after=newest()))
    monkeypatch.setattr(migrate, "FOLDER", str(folder))
    engine = open_engine(database_url)
    if engine.dialect.name == "postgresql":
        with pytest.raises(Refused, match="not up to date") as caught:
            open_store(database_url)
        assert caught.value.hint == "`ratchet db upgrade` brings them up to date"
        assert upgrade(engine).waiting == ("next",)
    engine.dispose()
    with open_store(database_url) as store, store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM added")).scalar() == 0
        assert read_schema(connection) == Schema("next", "next", (), is_foreign=False)


def newest() -> str:
    engine = open_engine("sqlite::memory:")
    try:
        with engine.connect() as connection:
            return read_schema(connection).newest
    finally:
        engine.dispose()


def test_only_what_may_be_lost_does_not_wait_for_the_disk(database_url: str) -> None:
    with open_store(database_url) as store:
        asks = text("PRAGMA synchronous" if store.is_sqlite else "SHOW synchronous_commit")
        for losable, says in ((False, (2, "on")), (True, (1, "off")), (False, (2, "on"))):
            with store.writing(losable=losable) as session:
                assert session.execute(asks).scalar_one() in says
