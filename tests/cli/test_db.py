"""The database is made, shown, copied and restored from the shell."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from resource import RLIMIT_FSIZE, setrlimit

import psycopg
import pytest
from inline_snapshot import snapshot
from sqlalchemy import func, select

from ratchet.execution.runtime import Runtime
from ratchet.jobs.service import open_jobs
from ratchet.store.models import ExecutionRow
from ratchet.store.store import open_store
from tests.cli.conftest import Command, MakeTask
from tests.jobs.tasks import open_tasks
from tests.postgres import Postgres
from tests.store.made import fill, make_execution


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have the commands use an empty database."""
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", database_url)
    return database_url


def plain(reply: str) -> str:
    """Return a reply without what is different each time or on each database, and without empty tables."""
    reply = re.sub(r"(sqlite:/|postgresql://)\S+", "<url>", reply)
    reply = re.sub(r"[0-9a-f]{16,64}", "<digest>", reply)
    return re.sub(r"(?m)^\w+ {2,}0(  <digest>)?\n", "", reply)


def test_tables_are_made_and_shown(ratchet: Command, database: str) -> None:
    assert ratchet("db", "upgrade").startswith("exit 0\n--- stdout\nThe tables are at ")
    assert ratchet("db", "upgrade").startswith("exit 0\n--- stdout\nThe tables are up to date, at ")
    with open_store(database) as store:
        fill(store, [make_execution(number) for number in range(3)])
    assert re.sub(r"\d{4}", "<n>", plain(ratchet("db", "status"))) == snapshot("""\
exit 0
--- stdout
<url>
Tables at <n>: current
executions              3
tasks                   1
""")
    assert '"executions": 3' in ratchet("db", "status", "--json")


def test_no_password_of_a_url_is_shown(ratchet: Command, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres.make_database().replace("postgres:@", "postgres:hidden1@")
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", f"{url}&password=hidden2&sslpassword=hidden3")
    ratchet("db", "upgrade")
    reply = ratchet("db", "status", "--json")
    assert reply.startswith("exit 0\n")
    assert "hidden" not in reply + ratchet("db", "status")
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", f"{url}&password=hidden2&port=1")
    assert ratchet("db", "status").startswith("exit 6\n")
    assert "hidden" not in ratchet("db", "status")


def test_there_is_nothing_to_show_before_anything_is_kept(ratchet: Command, tmp_path: Path) -> None:
    reply = ratchet("db", "status")
    assert reply == snapshot("""\
exit 3
--- stderr
Error: There is no database yet
Hint: `ratchet db upgrade` makes it
""")
    assert [path.name for path in tmp_path.rglob("*.db")] == []


def test_a_file_is_copied_to_a_server(
    ratchet: Command, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_task: MakeTask
) -> None:
    monkeypatch.setenv("RATCHET_DATA__FOLDER", str(tmp_path / "data"))
    make_task()
    ratchet("run-once", "total")
    listed = ratchet("execution", "list", "--json")
    monkeypatch.setenv("ELSEWHERE", postgres.make_database())
    assert plain(ratchet("db", "copy", "--to", "env:ELSEWHERE")) == snapshot("""\
exit 0
--- stdout
executions              1  <digest>
tasks                   1  <digest>
2 rows written; both databases hold the same
""")
    assert plain(ratchet("db", "copy", "--to", "env:ELSEWHERE")) == snapshot("""\
exit 3
--- stderr
Error: The database that is to be written holds something already
Hint: `--force` replaces it
""")
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", "env:ELSEWHERE")
    assert ratchet("execution", "list", "--json") == listed
    assert ratchet("db", "copy", "--to", "env:ELSEWHERE", "--force") == snapshot("""\
exit 3
--- stderr
Error: A database cannot be copied to itself
Hint: Name another one
""")


def test_a_backup_brings_back_what_was_there(ratchet: Command, database: str, folder: Path) -> None:
    with open_store(database) as store:
        fill(store, [make_execution(number) for number in range(3)])
        assert ratchet("db", "backup", "kept.db") == "exit 0\n--- stdout\nkept.db\n"
        fill(store, [make_execution(3)])
    assert plain(ratchet("db", "restore", "kept.db")) == snapshot("""\
exit 3
--- stderr
Error: The database that is to be written holds something already
Hint: `--force` replaces it
""")
    assert plain(ratchet("db", "restore", "kept.db", "--force")) == snapshot("""\
exit 0
--- stdout
executions              3  <digest>
tasks                   1  <digest>
4 rows written; both databases hold the same
""")
    assert ratchet("db", "backup", "kept.db") == snapshot("""\
exit 3
--- stderr
Error: `kept.db` is there already
Hint: Name another file, or add `--force`
""")
    assert [path.name for path in folder.iterdir()] == ["kept.db"]


def test_a_backup_for_which_there_is_no_room_leaves_nothing_behind(
    start: Callable[..., subprocess.Popen[bytes]], database: str, folder: Path
) -> None:
    with open_store(database) as store:
        fill(store, [make_execution(number) for number in range(300)])
        limit = 100_000
        with start("db", "backup", "kept.db", preexec_fn=lambda: setrlimit(RLIMIT_FSIZE, (limit, limit))) as process:
            _, said = process.communicate(timeout=60)
    assert (process.returncode, said.decode()) == (6, "Error: `kept.db` cannot be written: disk I/O error\n")
    assert list(folder.iterdir()) == []


def test_a_backup_that_is_damaged_replaces_nothing(ratchet: Command, database: str, folder: Path) -> None:
    with open_store(database) as store:
        fill(store, [make_execution(number) for number in range(300)])
    ratchet("db", "backup", "kept.db")
    with (folder / "kept.db").open("r+b") as file:
        file.seek(file.seek(0, os.SEEK_END) // 2)
        file.write(bytes(20_000))
    assert ratchet("db", "restore", "kept.db", "--force") == snapshot("""\
exit 3
--- stderr
Error: `kept.db` is damaged
Hint: Take another backup; nothing has been changed
""")
    assert "executions            300" in ratchet("db", "status")


def test_a_database_that_a_node_works_on_is_neither_replaced_nor_moved(
    ratchet: Command, database: str, runtime: Runtime, folder: Path, tmp_path: Path
) -> None:
    with open_store(database) as store:
        fill(store, [make_execution(0)])
        ratchet("db", "backup", "kept.db")
        with open_jobs(store, runtime, open_tasks(tmp_path / "tasks")) as service:
            refused = ratchet("db", "restore", "kept.db", "--force")
            assert ratchet("db", "copy", "--to", "sqlite:other.db") == refused
            assert ratchet("db", "backup", "live.db").startswith("exit 0\n")
            said = refused.replace(str(tmp_path), "<tmp>").replace(service.node.me.node_id, "<node>")
        with store.reading() as session:
            assert session.scalar(select(func.count()).select_from(ExecutionRow)) == 1
    if database.startswith("sqlite"):
        assert said == snapshot("""\
exit 3
--- stderr
Error: Another server works on the jobs of `<tmp>`
Hint: Stop the server first
""")
    else:
        assert said == snapshot("""\
exit 3
--- stderr
Error: The node `<node>` works on the database
Hint: Stop every node first; one that was killed is gone after 15 s
""")
    assert ratchet("db", "restore", "kept.db", "--force").startswith("exit 0\n")
    assert ratchet("db", "copy", "--to", f"sqlite:{tmp_path / 'beside.db'}").startswith("exit 0\n")


def test_a_database_that_cannot_be_used_is_a_problem_of_the_configuration(
    ratchet: Command, folder: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(url: str) -> str:
        monkeypatch.setenv("DATABASE", url)
        return ratchet("config", "validate", "ratchet.yaml").replace(str(folder), "<work>")

    (folder / "ratchet.yaml").write_text("data: {folder: taken}\nserver: {database: {url: env:DATABASE}}\n")
    (folder / "taken").write_text("a file")
    assert check("mysql://user:secret@host/name") == snapshot("""\
exit 3
--- stdout
ratchet.yaml: 2 problems
error: `data.folder` is `<work>/taken`, but `<work>/taken` is no folder
  --> ratchet.yaml:1:16
   |
 1 | data: {folder: taken}
   |                ^
error: `server.database.url` cannot be used: the URL of the database names neither SQLite nor PostgreSQL
  --> ratchet.yaml:2:26
  = hint: Write `sqlite:FILE` or `postgresql://USER:PASSWORD@HOST/NAME`
--- stderr
Hint: `ratchet config schema` says what each key takes
""")
    (folder / "taken").unlink()
    assert check("sqlite:new.db").startswith("exit 0\n")
    assert check(postgres.make_database()).startswith("exit 0\n")
    assert "the database does not answer" in check(f"postgresql:///none?host={folder}")
    assert [path.name for path in folder.iterdir()] == ["ratchet.yaml"]


def test_what_postgresql_does_not_allow_is_said(
    ratchet: Command, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upgrade(url: str) -> str:
        monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", url)
        return ratchet("db", "upgrade")

    def alter(url: str, statement: str) -> str:
        with psycopg.connect(url, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute(statement.format(name).encode())
        return name

    url = postgres.make_database()
    name = alter(url, "CREATE ROLE stranger_of_{} LOGIN")
    assert upgrade(url.replace("postgres:@", f"stranger_of_{name}@")) == snapshot("""\
exit 6
--- stderr
Error: The database does not answer: permission denied for schema public
""")
    assert upgrade(f"{url}&colour=blue") == snapshot("""\
exit 6
--- stderr
Error: The database does not answer: invalid connection option "colour"
""")
    alter(url, "ALTER DATABASE {} SET default_transaction_read_only = on")
    assert upgrade(url) == snapshot("""\
exit 6
--- stderr
Error: The database does not answer: cannot execute CREATE TABLE in a read-only transaction
""")
    for encoding in ("SQL_ASCII", "LATIN1"):
        kind = f"ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"
        alter(url.replace(f"/{name}", "/postgres"), f"CREATE DATABASE {name}_{encoding.lower()} {kind}")
        assert (
            upgrade(url.replace(name, f"{name}_{encoding.lower()}"))
            == f"""\
exit 3
--- stderr
Error: The database is in `{encoding}`, which does not take every text
Hint: `CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0` makes one that does
"""
        )


def test_a_node_that_may_make_no_schema_says_so(
    ratchet: Command, start: Callable[..., subprocess.Popen[bytes]], postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.make_database()
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"CREATE ROLE guest_of_{name} LOGIN".encode())
        connection.execute(f"GRANT ALL ON SCHEMA public TO guest_of_{name}".encode())
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", url.replace("postgres:@", f"guest_of_{name}@"))
    assert ratchet("db", "upgrade").startswith("exit 0\n")
    with start("worker") as process:
        _, said = process.communicate(timeout=60)
    error = f"Error: The database does not answer: permission denied for database {name}"
    assert (process.returncode, said.decode().splitlines()[-1]) == (6, error)


def test_the_file_of_a_database_that_is_damaged_is_named(
    ratchet: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "data" / "ratchet.db"
    monkeypatch.setenv("RATCHET_DATA__FOLDER", str(file.parent))
    file.parent.mkdir()
    file.write_bytes(b"This is text, and no database." * 100)
    said = snapshot("""\
exit 6
--- stderr
Error: The database `<data>/ratchet.db` is damaged: file is not a database
Hint: Move it away, with its `-wal` and `-shm`; `ratchet db restore FILE` brings a backup back
""")
    for words in ("db status", "db upgrade", "db backup kept.db", "job list", "execution list", "serve --port 0"):
        assert ratchet(*words.split()).replace(str(file.parent), "<data>") == said
    file.unlink()
    ratchet("db", "upgrade")
    with file.open("r+b") as content:
        content.seek(4096)
        content.write(bytes(4096))
    assert "is damaged: database disk image is malformed\n" in ratchet("job", "list")


def test_the_file_of_a_database_may_be_called_in_any_script(
    ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", "sqlite:Aufträge 100%25?.db")
    assert ratchet("db", "upgrade").startswith("exit 3\n")
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", "sqlite:Aufträge 100%25%3F.db")
    ratchet("db", "upgrade")
    assert (folder / "Aufträge 100%?.db").is_file()
    shown = ratchet("db", "status").splitlines()[2]
    assert shown == f"sqlite:{folder}/Aufträge 100%25%3F.db"
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", shown)
    assert ratchet("db", "copy", "--to", "sqlite:Заказы.db").startswith("exit 0\n")
    assert (folder / "Заказы.db").is_file()


def test_a_folder_may_be_called_what_is_no_text(
    ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = folder / os.fsdecode(b"\xff")
    odd.mkdir()
    monkeypatch.chdir(odd)
    monkeypatch.setenv("RATCHET_DATA__FOLDER", "kept")
    assert ratchet("db", "upgrade").startswith("exit 0\n")
    assert ratchet("db", "backup", f"{odd}/saved.db").startswith("exit 0\n")
    assert ratchet("db", "restore", f"{odd}/saved.db", "--force").startswith("exit 0\n")
    assert ratchet("db", "status").startswith("exit 0\n")
    assert ratchet("db", "copy", "--to", "sqlite:copied.db").startswith("exit 0\n")
    assert {path.name for path in odd.iterdir()} == {"kept", "saved.db", "copied.db"}


def test_the_file_of_the_tickets_can_be_done_without(
    ratchet: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "data" / "engine.db"
    monkeypatch.setenv("RATCHET_DATA__FOLDER", str(file.parent))
    file.parent.mkdir()
    file.write_bytes(b"This is text, and no database." * 100)
    assert ratchet("serve", "--port", "0").replace(str(file.parent), "<data>") == snapshot("""\
exit 6
--- stderr
Error: The database `<data>/engine.db` is damaged: file is not a database
Hint: Move it away: a new one is made, and the jobs go on
""")
