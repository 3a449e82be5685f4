"""`ratchet test --drift`: mocks against the real service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.cli.test_mutants import write
from tests.gateway.http_server import HttpServer

SOURCE = """\
async ({ url, answer }) => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(answer) });
  return response.status;
}
"""


@pytest.fixture
def server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpServer]:
    """Start the real service, which the configuration grants; `/mirror` answers what it is sent."""
    (folder / "named.yaml").write_text("permissions: {private_networks: [127.0.0.1]}\n")
    monkeypatch.setenv("RATCHET_CONFIG", "named.yaml")
    with HttpServer() as running:
        yield running


def case_for(server: HttpServer, mocked: Any, answer: Any, path: str = "/mirror") -> dict[str, Any]:
    """Return a case whose mock says one thing, while the service says another."""
    url = f"http://127.0.0.1:{server.port}{path}"
    mock = {"http": {"url": url, "response": mocked}}
    return {"input": {"url": url, "answer": answer}, "mock": mock, "expected_output": 200}


def shown(reply: str, server: HttpServer) -> str:
    return reply.replace(str(server.port), "PORT")


def test_changes_of_the_real_service_are_classified(ratchet: Command, make_task: MakeTask, server: HttpServer) -> None:
    mocked = {"id": 1, "name": "nut", "tags": ["a", "b"], "maker": {"city": "Ulm"}}
    answer = {"id": "1", "name": "bolt", "tags": ["a"], "maker": {}, "extra": {"new": True}}
    write(make_task, "total", SOURCE, [case_for(server, mocked, answer), case_for(server, mocked, mocked)])
    assert shown(ratchet("test", "total", "--drift"), server) == snapshot("""\
exit 5
--- stdout
changed total: 0 (1 request, 1 added, 1 type changed, 1 value changed, 2 removed)
  mock 1, POST http://127.0.0.1:PORT/mirror
  --> total/tests/0.json:1:161
    added: /extra {"new": true}
    type changed: /id 1 → "1"
    value changed: /name "nut" → "bolt"
    removed: /tags/1 "b"
    removed: /maker/city "Ulm"
ok      total: 1 (1 request)
--- stderr
Error: The service no longer answers as the mocks of 1 of 2 cases say
""")
    reply = ratchet("test", "total", "--drift", "--json")
    document = json.loads(reply.partition("--- stdout\n")[2].partition("---")[0])
    assert document["drift"][0]["exchanges"][0]["changes"] == snapshot(
        [
            {"kind": "added", "pointer": "/extra", "before": None, "after": {"new": True}, "breaking": False},
            {"kind": "type", "pointer": "/id", "before": 1, "after": "1", "breaking": True},
            {"kind": "value", "pointer": "/name", "before": "nut", "after": "bolt", "breaking": False},
            {"kind": "removed", "pointer": "/tags/1", "before": "b", "after": None, "breaking": False},
            {"kind": "removed", "pointer": "/maker/city", "before": "Ulm", "after": None, "breaking": True},
        ]
    )
    assert (len(server.requests), document["drift"][1]["exchanges"]) == (4, [])


def test_new_keys_and_values_break_nothing(ratchet: Command, make_task: MakeTask, server: HttpServer) -> None:
    write(make_task, "total", SOURCE, [case_for(server, {"a": 1, "b": [1]}, {"a": 2, "b": [1, 2], "c": 3})])
    assert shown(ratchet("test", "total", "--drift"), server) == snapshot("""\
exit 0
--- stdout
changed total: 0 (1 request, 2 added, 1 value changed)
  mock 1, POST http://127.0.0.1:PORT/mirror
  --> total/tests/0.json:1:111
    added: /c 3
    value changed: /a 1 → 2
    added: /b/1 2
""")


def test_status_of_another_hundred_is_another_type(ratchet: Command, make_task: MakeTask, server: HttpServer) -> None:
    cases = [
        case_for(server, {"status": 200, "body": "status 404"}, None, "/status/404"),
        case_for(server, {"status": 200, "body": "status 201"}, None, "/status/201"),
    ]
    write(make_task, "total", SOURCE, cases)
    assert shown(ratchet("test", "total", "--drift"), server) == snapshot("""\
exit 5
--- stdout
changed total: 0 (1 request, 1 type changed)
  mock 1, POST http://127.0.0.1:PORT/status/404
  --> total/tests/0.json:1:90
    type changed: status 200 → 404
changed total: 1 (1 request, 1 value changed)
  mock 1, POST http://127.0.0.1:PORT/status/201
  --> total/tests/1.json:1:90
    value changed: status 200 → 201
--- stderr
Error: The service no longer answers as the mocks of 1 of 2 cases say
""")


def test_service_that_is_not_there_is_no_drift(ratchet: Command, make_task: MakeTask, server: HttpServer) -> None:
    with HttpServer() as gone:
        case = case_for(gone, {"a": 1}, {"a": 1})
    write(make_task, "total", SOURCE, [case])
    assert shown(ratchet("test", "total", "--drift"), gone) == snapshot("""\
exit 6
--- stdout
changed total: 0 (1 request, 1 unreachable)
  mock 1, POST http://127.0.0.1:PORT/mirror
  --> total/tests/0.json:1:90
    unreachable: No connection to `127.0.0.1` at port PORT: Connection refused
--- stderr
Error: A service could not be reached
Hint: The lines above say why
""")


def test_mock_of_a_sequence_and_one_that_fails_are_told_apart(
    ratchet: Command, make_task: MakeTask, server: HttpServer
) -> None:
    url = f"http://127.0.0.1:{server.port}/mirror"
    source = "async ({ url }) => { for (const body of ['1', '2', '3']) await fetch(url, { method: 'POST', body }); }"
    mocks = [{"url": url, "response": 1}, {"url": url, "error": "timeout"}, {"url": url, "response": 2}]
    write(make_task, "total", source, [{"input": {"url": url}, "mock": {"http": mocks}, "should_fail": True}])
    assert shown(ratchet("test", "total", "--drift"), server) == snapshot("""\
exit 0
--- stdout
changed total: 0 (3 requests, 1 value changed)
  mock 3, POST http://127.0.0.1:PORT/mirror
  --> total/tests/0.json:1:190
    value changed: the whole body 2 → 3
""")


def test_drift_without_mocks_and_with_other_flags_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    write(make_task, "total", "() => 1", [{"expected_output": 1}])
    assert ratchet("test", "--drift") == snapshot("""\
exit 5
--- stderr
Error: No case has mocks to compare with the service
""")
    assert ratchet("test", "--drift", "--mutate") == snapshot("""\
exit 2
--- stderr
Error: `--drift` judges no case, and does not go with `--mutate`
Hint: `ratchet test --help` lists what it takes
""")


def test_broken_case_is_told_beside_the_drift(ratchet: Command, make_task: MakeTask, server: HttpServer) -> None:
    write(make_task, "total", SOURCE, [case_for(server, 1, 1), {"mock": {"http": {}}}])
    assert shown(ratchet("test", "total", "--drift"), server) == snapshot("""\
exit 3
--- stdout
broken  total: 3 problems
error: The mock has no `url`
  --> total/tests/1.json:1:19
   |
 1 | {"mock": {"http": {}}}
   |                   ^
  = hint: Add the URL that it answers, such as `https://host/path`
error: The mock has no `response`
  --> total/tests/1.json:1:19
   |
 1 | {"mock": {"http": {}}}
   |                   ^
  = hint: Add a `response`, or an `error` such as `timeout`
warning: The case expects nothing: any output passes
  --> total/tests/1.json
  = hint: Add `expected_output`, `expected_error` or `assertions`
ok      total: 0 (1 request)
""")
