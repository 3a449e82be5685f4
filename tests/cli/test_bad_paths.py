"""Whatever is handed to a command as a path, one clear error says what is wrong, where, and what to do next."""

from __future__ import annotations

import os
import socket
import zipfile
from pathlib import Path

from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


def test_a_path_that_is_not_there_suggests_the_nearest(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("run-once", "totl") == snapshot("""\
exit 3
--- stderr
Error: `totl` is not there
Hint: Did you mean `total`?
""")
    assert ratchet("run-once", "no/where") == snapshot("""\
exit 3
--- stderr
Error: `no/where` is not there
Hint: `ratchet list` shows the tasks below this folder
""")


def test_a_folder_without_metadata_is_no_task(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task(name="tasks/total")
    (folder / "empty").mkdir()
    assert ratchet("run-once", "tasks") == snapshot("""\
exit 3
--- stderr
Error: `tasks` is not a task: it has no metadata
  --> tasks
Hint: There are tasks below it: `tasks/total`
""")
    assert ratchet("run-once", "empty") == snapshot("""\
exit 3
--- stderr
Error: `empty` is not a task: it has no metadata
  --> empty
Hint: A task has one of `metadata.json`, `metadata.yaml`, `meta.yaml`, `task.yaml`; `ratchet generate task` writes one
""")


def test_a_file_is_no_task(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("run-once", "total/main.js") == snapshot("""\
exit 3
--- stderr
Error: `total/main.js` is neither a folder nor a ZIP archive
  --> total/main.js
Hint: Name its folder: `total`
""")
    assert ratchet("run-once", "/dev/null") == snapshot("""\
exit 3
--- stderr
Error: `/dev/null` is neither a folder nor a ZIP archive
  --> /dev/null
Hint: Name a folder with a task, or a ZIP of one
""")


def test_files_that_cannot_be_read_are_refused(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    task = make_task()
    (task / "loop").symlink_to("loop")
    os.mkfifo(task / "pipe")
    (task / "secret").symlink_to("/etc/passwd")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("total/door")
        assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: `total` has 4 problems
error: `door` is not a regular file: a socket
  --> total/door
  = hint: Remove it from the task
error: `pipe` is not a regular file: a pipe
  --> total/pipe
  = hint: Remove it from the task
error: The link `secret` leads out of the task
  --> total/secret
  = hint: Copy the file into the task
error: `loop` is not a regular file: a link that leads back to itself
  --> total/loop
  = hint: Remove it from the task
""")


def test_a_folder_with_very_many_files_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    task = make_task()
    (task / "many").mkdir()
    for number in range(10_001):
        os.close(os.open(task / "many" / f"{number}", os.O_CREAT | os.O_WRONLY))
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: `total` has more than 10,000 files and folders
  --> total
Hint: Move what the task does not need, such as `node_modules`, out of it
""")


def test_a_zip_bomb_is_refused(ratchet: Command, folder: Path) -> None:
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", '{"label": "Bomb", "version": "1.0.0"}')
        archive.writestr("main.js", b"\0" * 100_000_000)
    assert ratchet("run-once", "bomb.zip") == snapshot("""\
exit 3
--- stderr
Error: `main.js` in `bomb.zip` unpacks to more than 200 times its size
  --> bomb.zip/main.js
""")


def test_an_archive_that_leads_out_is_refused(ratchet: Command, folder: Path) -> None:
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        archive.writestr("metadata.json", '{"label": "Bad", "version": "1.0.0"}')
        archive.writestr("../main.js", "(input) => input")
        archive.writestr("/etc/passwd", "x")
    (folder / "torn.zip").write_bytes((folder / "bad.zip").read_bytes()[:-30])
    assert ratchet("run-once", "bad.zip") == snapshot("""\
exit 3
--- stderr
Error: `bad.zip` has 2 problems
error: The entry `../main.js` leads out of the archive
  --> bad.zip/../main.js
error: The entry `/etc/passwd` is an absolute path
  --> bad.zip//etc/passwd
""")
    assert ratchet("run-once", "torn.zip") == snapshot("""\
exit 3
--- stderr
Error: `torn.zip` is not a sound ZIP archive: the list of its files is missing
  --> torn.zip
Hint: Pack the folder of the task again
""")
    assert not (folder.parent / "main.js").exists()


def test_a_name_with_a_newline_is_shown_in_one_line(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="to\ntal\x1b[31m", files={"ma\nin.js": "x"})
    assert ratchet("run-once", "to\ntal\x1b[31m") == snapshot("""\
exit 3
--- stderr
Error: The name `ma\\nin.js` holds a control character or one that is not UTF-8
  --> to\\ntal\\x1b[31m/ma\\nin.js
Hint: Rename it
""")
    assert ratchet("run-once", "to\ntl\x1b[31m") == snapshot("""\
exit 3
--- stderr
Error: `to\\ntl\\x1b[31m` is not there
Hint: Did you mean `to\\ntal\\x1b[31m`?
""")
    make_task("() => {\n  throw 1;\n}\n", name="li\nne")
    assert ratchet("run-once", "li\nne") == snapshot("""\
exit 1
--- stderr
Error: The task threw `1`, which is not an error
  --> li\\nne/main.js
Hint: Throw an `Error`, which knows where it was thrown
""")
