"""Executions that are kept and run again."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ratchet import Execution, Runtime, Task, load_task, run
from ratchet.errors import Conflict, InvalidRecording, NotFound, Refused
from ratchet.execution.recorded import load_recorded_task, load_recording
from ratchet.execution.recording import open_recorder
from ratchet.execution.replay import Replay, replay
from ratchet.gateway.gateway import Gateway
from ratchet.gateway.policy import Policy
from ratchet.task.siblings import sibling_finder
from tests.conftest import MakeTask
from tests.gateway.http_server import HttpServer

BUSY = """
export default async ({ at, n }, context) => {
  const seen = [context.executionId, context.deadline, Math.random(), crypto.randomUUID(), Date.now()];
  const all = await Promise.all([1, 2, 3].map((side) => fetch(`${at}/bytes/${side + n}`).then((r) => r.text())));
  await new Promise((done) => setTimeout(done, 1 + n % 3));
  const posted = fetch(`${at}/echo?n=${n}`, { method: 'POST', headers: { 'x-n': `${n}` } }, { at: Date.now() }).body;
  const lost = await fetch('http://127.0.0.1:1/').catch((error) => [error.name, error.code, error.message]);
  console.log('done', performance.now());
  return { seen, all, posted: posted.body, lost, end: new Date().toISOString() };
};
"""


@pytest.fixture(scope="module")
def online() -> Iterator[Runtime]:
    """Return a runtime whose tasks may reach loopback."""
    with Runtime(gateway=Gateway(policy=Policy(private_networks=("127.0.0.0/8",)))) as runtime:
        yield runtime


def record(runtime: Runtime, task: Task, value: Any, path: Path, **options: Any) -> Execution:
    execution = run(runtime, task, value, recorder=open_recorder(str(path)), **options)
    assert execution.recording is not None
    return execution


def play(runtime: Runtime, path: str | Path, task: Task | None = None) -> Replay:
    return replay(runtime, load_recording(str(path)), task or load_recorded_task(str(path)))


def test_replays_give_the_same_bytes(
    online: Runtime, runtime: Runtime, server: HttpServer, make_task: MakeTask, tmp_path: Path
) -> None:
    task = make_task(BUSY)
    for n in range(100):
        execution = record(online, task, {"at": server.url(""), "n": n}, tmp_path / "kept")
        assert execution.error is None
        asked = len(server.requests)
        # On a runtime that may reach nothing on this machine.
        again = play(runtime, str(execution.recording))
        assert (again.changes, again.notes) == ((), ())
        assert again.execution.output_json == execution.output_json
        assert len(server.requests) == asked


def test_recording_holds_what_it_says(online: Runtime, server: HttpServer, make_task: MakeTask, tmp_path: Path) -> None:
    task = make_task(BUSY)
    execution = record(online, task, {"at": server.url(""), "n": 0}, tmp_path / "kept")
    folder = Path(str(execution.recording))
    assert folder.name.startswith("ratchet_session_20")
    assert sorted(os.listdir(folder)) == ["input.json", "output.json", "requests.har", "session.json", "task"]
    assert json.loads((folder / "input.json").read_text()) == {"at": server.url(""), "n": 0}
    assert (folder / "output.json").read_text() == execution.output_json
    assert load_task(folder / "task").digest == task.digest
    entries = json.loads((folder / "requests.har").read_text())["log"]["entries"]
    assert [entry["request"]["method"] for entry in entries] == ["GET", "GET", "GET", "POST", "GET"]
    session = json.loads((folder / "session.json").read_text())
    assert (session["schema"], session["id"]) == ("ratchet.execution/1", execution.id)
    assert session["session"].keys() == {"seed", "context", "clock", "events", "calls", "signatures"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder, *folder.rglob("*")])


def test_two_recordings_of_one_second_have_names_of_their_own(
    runtime: Runtime, make_task: MakeTask, tmp_path: Path
) -> None:
    task = make_task("() => 1")
    names = {str(record(runtime, task, None, tmp_path / "kept").recording) for _ in range(5)}
    assert len(names) == 5
    assert len(os.listdir(tmp_path / "kept")) == 5


def test_capsule_is_the_folder_in_one_file(runtime: Runtime, make_task: MakeTask, tmp_path: Path) -> None:
    task = make_task({"main.js": "() => [require('./lib/n.js'), Math.random()]", "lib/n.js": "module.exports = 7"})
    execution = record(runtime, task, None, tmp_path / "one.ratchet")
    assert execution.recording == str(tmp_path / "one.ratchet")
    with zipfile.ZipFile(execution.recording) as archive:
        assert "task/lib/n.js" in archive.namelist()
    shutil.rmtree(task.location)
    assert play(runtime, execution.recording).changes == ()
    with pytest.raises(Conflict):
        open_recorder(execution.recording)


@pytest.mark.parametrize(
    "source",
    ["() => { throw new RangeError(`${Math.random()}`) }", "() => undefined", "async () => { await fetch('x') }"],
)
def test_failure_is_recorded_and_fails_the_same_way(
    runtime: Runtime, make_task: MakeTask, tmp_path: Path, source: str
) -> None:
    execution = record(runtime, make_task(source), None, tmp_path / "kept")
    assert execution.error is not None
    folder = Path(str(execution.recording))
    assert json.loads((folder / "error.json").read_text())["message"] == execution.error.message
    assert not (folder / "output.json").exists()
    assert play(runtime, folder).changes == ()


def test_called_tasks_are_recorded_and_not_run_again(runtime: Runtime, make_task: MakeTask, tmp_path: Path) -> None:
    called = make_task("(n) => [n, Math.random()]", name="called")
    source = "export default (n, { call }) => call('called', n)"
    task = make_task(source, name="caller", permissions={"tasks": ["called"]})
    execution = record(runtime, task, 5, tmp_path / "kept", find_task=sibling_finder(task.location))
    assert execution.error is None
    shutil.rmtree(called.location)
    assert play(runtime, str(execution.recording)).changes == ()


CHANGES: dict[str, tuple[str, str, list[tuple[str, str, str]]]] = {
    "another output": (
        "return { a: 1 }",
        "return { a: 2, b: 3 }",
        [("output", "/b", "`3` is new"), ("output", "/a", "`1` became `2`")],
    ),
    "another order of keys": (
        "return { a: 1, b: 2 }",
        "return { b: 2, a: 1 }",
        [("output", "", "The output is the same value with keys in another order")],
    ),
    "a failure": (
        "return 1",
        "throw new Error('no')",
        [("error", "", "It failed, and did not when it was recorded: The task threw `Error: no`")],
    ),
    "no failure": (
        "throw new Error('no')",
        "return 1",
        [("error", "", "It completed, and failed when it was recorded")],
    ),
    "another error": (
        "throw new Error('no')",
        "throw new Error('yes')",
        [("error", "/message", '`"no"` became `"yes"`')],
    ),
    "a dropped request": (
        "fetch(at + '/bytes/1').body; fetch(at + '/bytes/2').body; return 1",
        "fetch(at + '/bytes/1').body; return 1",
        [("request", "", "`GET AT/bytes/2` was recorded and is not made any more")],
    ),
    "an added request": (
        "return 1",
        "try { fetch(at + '/bytes/1').body } catch { } return 1",
        [("request", "", "`GET AT/bytes/1` was not recorded. There is no recorded request at all")],
    ),
    "another order": (
        "fetch(at + '/bytes/1').body; fetch(at + '/bytes/2').body; return 1",
        "fetch(at + '/bytes/2').body; fetch(at + '/bytes/1').body; return 1",
        [("request", "", "The requests come in another order: 2, 1")],
    ),
    "another body": (
        "return fetch(at + '/echo', { method: 'POST' }, { a: { b: 1 } }).status",
        "return fetch(at + '/echo', { method: 'POST' }, { a: { b: 2 } }).catch(() => 200).then(() => 200)",
        [
            (
                "request",
                "",
                "`POST AT/echo` was not recorded. The nearest is recorded request 1: "
                "its body differs at `/a/b`: expected `1`, sent `2`",
            ),
            ("request", "", "`POST AT/echo` was recorded and is not made any more"),
        ],
    ),
    "another header": (
        "return fetch(at + '/echo', { headers: { a: 'b' } }).status",
        "return fetch(at + '/echo').catch(() => 200).then(() => 200)",
        [
            (
                "request",
                "",
                "`GET AT/echo` was not recorded. The nearest is recorded request 1: "
                "its header differs at `a`: expected `b`, sent none",
            ),
            ("request", "", "`GET AT/echo` was recorded and is not made any more"),
        ],
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_replay_of_a_changed_task_says_what_differs(
    online: Runtime, server: HttpServer, make_task: MakeTask, tmp_path: Path, kind: str
) -> None:
    before, after, expected = CHANGES[kind]
    task = make_task(f"function main({{ at }}) {{ {before} }}")
    execution = record(online, task, {"at": server.url("")}, tmp_path / "kept")
    found = play(online, str(execution.recording), make_task(f"function main({{ at }}) {{ {after} }}", name="changed"))
    told = [(what, pointer, message.replace(server.url(""), "AT")) for what, pointer, message in found.changes]
    assert told == expected
    assert found.notes == ("The task is not the one that was recorded",)


def test_recording_of_another_engine_says_so(runtime: Runtime, make_task: MakeTask, tmp_path: Path) -> None:
    folder = Path(str(record(runtime, make_task("() => 1"), None, tmp_path / "kept").recording))
    session = json.loads((folder / "session.json").read_text())
    session["engine"]["version"] = "0.0.1"
    (folder / "session.json").write_text(json.dumps(session))
    assert [note.split(" 0.0.1")[0] for note in play(runtime, folder).notes] == [
        "It was recorded with the engine dukpy"
    ]


def test_recording_of_the_original_is_replayed(runtime: Runtime, make_task: MakeTask, tmp_path: Path) -> None:
    folder = tmp_path / "ratchet_session_20250601_120000"
    folder.mkdir()
    (folder / "input.json").write_text('{"n": 1}')
    (folder / "output.json").write_text('{ "from": {"b": 2, "a": 1} }')
    entry = {
        "request": {
            "method": "GET",
            "url": "https://x.example/?n=1",
            "queryString": [],
            "headers": [{"name": "u", "value": "v"}],
        },
        "response": {"status": 200, "content": {"mimeType": "application/octet-stream", "text": '{"a": 1, "b": 2}'}},
    }
    (folder / "requests.har").write_text(json.dumps({"log": {"entries": [entry]}}))
    task = make_task("({ n }) => ({ from: fetch(`https://x.example/?n=${n}`).body })")
    assert play(runtime, folder, task).changes == ()
    with pytest.raises(InvalidRecording, match="holds no task"):
        load_recorded_task(str(folder))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("input.json", None, "is no recording"),
        ("output.json", "{", "output.json"),
        ("requests.har", "{}", "is no HTTP Archive"),
        ("session.json", "[]", "holds no object"),
        ("session.json", '{"session": {"seed": "00"}}', "has no `context`"),
        ("session.json", '{"session": 5}', "is no object"),
        ("input.json", "[" * 100_000, "input.json"),
    ],
)
def test_recording_that_is_broken_is_refused(
    runtime: Runtime, make_task: MakeTask, tmp_path: Path, file: str, content: str | None, message: str
) -> None:
    folder = Path(str(record(runtime, make_task("() => 1"), None, tmp_path / "kept").recording))
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    with pytest.raises(InvalidRecording) as refused:
        load_recording(str(folder))
    files = [problem.place.file for problem in refused.value.problems if problem.place is not None]
    assert message in " ".join([refused.value.message, *files])


def test_recording_that_leads_out_of_its_folder_is_refused(
    runtime: Runtime, make_task: MakeTask, tmp_path: Path
) -> None:
    folder = Path(str(record(runtime, make_task("() => 1"), None, tmp_path / "kept").recording))
    (folder / "input.json").unlink()
    (folder / "input.json").symlink_to("/etc/hostname")
    with pytest.raises(InvalidRecording):
        load_recording(str(folder))


def test_nothing_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_recording(str(tmp_path / "none"))


def test_recorder_refuses_a_path_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "no" / "folder.ratchet"):
        with pytest.raises(Refused):
            open_recorder(str(path))
