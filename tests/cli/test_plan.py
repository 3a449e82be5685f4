"""Requests that would change something are held and shown as a plan, and a plan lets exactly those through."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.gateway.http_server import HttpServer

TWO_WRITES = """async (input) => {
  const before = await (await fetch('URL/status/200')).text();
  const headers = { Authorization: 'Bearer ' + before, 'Idempotency-Key': crypto.randomUUID() };
  const made = await fetch('URL/mirror', { method: 'POST', headers, body: JSON.stringify({ at: Date.now(), sum: 5 }) });
  const gone = await fetch('URL/echo', { method: 'DELETE', headers });
  return [made.status, gone.status];
}"""


@pytest.fixture
def run(ratchet: Command, make_task: MakeTask, server: HttpServer) -> Any:
    """Return a function that writes a task which asks the server, and runs it with options."""

    def run_it(source: str, *options: str) -> str:
        make_task(source.replace("URL", server.url("")))
        return ratchet("run-once", "total", "--allow-host", "127.0.0.1", *options)

    return run_it


def methods(server: HttpServer) -> list[str]:
    return [request.method for request in server.requests]


def steady(text: str, server: HttpServer) -> str:
    """Return a text without what differs from run to run."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", text.replace(str(server.port), "PORT"))
    return re.sub(r'"at":\d+', '"at":NOW', re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text))


def test_a_plan_shows_what_would_change_something_and_only_reads_go_out(run: Any, server: HttpServer) -> None:
    assert steady(run(TWO_WRITES, "--plan"), server) == snapshot("""\
exit 0
--- stdout
total@1.2.3: 2 requests held, plan sha256:…

  1. POST http://127.0.0.1:PORT/mirror
     sha256:…
     authorization: ********
     content-type: text/plain;charset=UTF-8
     idempotency-key: UUID

     {"at":NOW,"sum":5}

  2. DELETE http://127.0.0.1:PORT/echo
     sha256:…
     authorization: ********
     idempotency-key: UUID
--- stderr
Note: Held requests are answered 202 and `{}`; what a server says may change later ones
""")
    assert methods(server) == ["GET"]


def test_a_plan_lets_through_exactly_what_it_showed_clock_and_chance_included(
    run: Any, server: HttpServer, folder: Path
) -> None:
    run(TWO_WRITES, "--plan", "--output", "plan.json")
    plan = json.loads((folder / "plan.json").read_text())
    assert run(TWO_WRITES, "--apply", "plan.json") == "exit 0\n--- stdout\n[200,200]\n"
    assert methods(server) == ["GET", "GET", "POST", "DELETE"]
    assert server.requests[2].body.decode() == plan["requests"][0]["body"]["text"]
    assert server.requests[2].header("Authorization") == "Bearer status 200"
    assert "status 200" not in (folder / "plan.json").read_text()


def test_the_plan_is_the_same_document_on_stdout_and_in_a_file(run: Any, folder: Path) -> None:
    reply = run(
        "() => fetch('URL/echo', { method: 'PUT', body: 'x' }).status", "--plan", "--json", "--output", "p.json"
    )
    assert reply == f"exit 0\n--- stdout\n{(folder / 'p.json').read_text()}"
    assert json.loads((folder / "p.json").read_text())["requests"][0]["body"] == {"text": "x"}


CHANGING = """async (input) => {
  const post = (path, value) => fetch('URL' + path, { method: 'POST', body: JSON.stringify(value) });
  const held = (await post('/mirror', { order: { items: [1, 2] } })).headers.get('ratchet-plan') !== null;
  const next = CHANGED;
  try { await next } catch {}
  await fetch('URL/echo').catch(() => 0);
  return 'went on';
}"""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            "post('/mirror', { order: { items: [1, held ? 3 : 4] } })",
            "/order/items/1: its body differs at `/order/items/1`: expected `3`, sent `4`",
        ),
        ("post(held ? '/mirror' : '/echo', 1)", "its url differs"),
        (
            "fetch('URL/mirror', { method: held ? 'PUT' : 'DELETE' })",
            "its method differs: expected `PUT`, sent `DELETE`",
        ),
        (
            "fetch('URL/mirror', { method: 'PUT', headers: held ? {} : { 'X-More': '1' } })",
            "x-more: its header differs at `x-more`: expected none, sent `1`",
        ),
        ("held ? 0 : post('/mirror', 1)", "The plan has 1 requests, and all have been made"),
        ("held ? post('/mirror', 1) : post('/mirror', 1).then(() => post('/mirror', 1))", "all have been made"),
    ],
)
def test_what_is_not_in_the_plan_ends_the_execution_before_anything_else_goes_out(
    run: Any, server: HttpServer, changed: str, words: str
) -> None:
    source = CHANGING.replace("CHANGED", changed)
    run(source, "--plan", "--output", "plan.json")
    server.requests.clear()
    reply = run(source, "--apply", "plan.json")
    assert re.match(r"exit 3\n--- stderr\n(Warning: Of the plan.*\n)?Error: `.*` is not in the plan\n", reply)
    assert words in reply
    assert "GET" not in methods(server)
    assert "DELETE" not in methods(server)


def test_requests_of_a_plan_may_come_in_any_order_and_a_missing_one_is_told(run: Any, server: HttpServer) -> None:
    source = """async () => {
      const post = (path) => fetch('URL' + path, { method: 'POST' });
      const held = (await post('/status/201')).headers.get('ratchet-plan') !== null;
      for (const path of held ? ['/echo', '/mirror', '/bytes/1'] : ['/bytes/1', '/echo']) await post(path);
      return 1;
    }"""
    run(source, "--plan", "--output", "plan.json")
    reply = run(source, "--apply", "plan.json")
    assert reply == snapshot("""\
exit 0
--- stdout
1
--- stderr
Warning: Of the plan, these requests were not made: 3
""")
    assert [request.target for request in server.requests] == ["/status/201", "/bytes/1", "/echo"]


def test_a_redirect_does_not_take_a_planned_request_elsewhere(run: Any, server: HttpServer) -> None:
    source = "() => fetch('URL/redirect?status=307&to=/mirror', { method: 'POST', body: 'x' }).status"
    run(source, "--plan", "--output", "plan.json")
    reply = run(source, "--apply", "plan.json")
    assert "A redirect of a planned request leads to `POST" in reply
    assert [request.target for request in server.requests] == ["/redirect?status=307&to=/mirror"]


def test_a_plan_of_another_task_or_input_is_refused(run: Any, server: HttpServer) -> None:
    source = "(input) => fetch('URL/mirror', { method: 'POST', body: 'x' }).status"
    run(source, "--plan", "--output", "plan.json")
    assert "The plan is of another task" in run(source + ";", "--apply", "plan.json")
    assert "The plan is of another input" in run(source, "--apply", "plan.json", "--set", "name=x")
    assert server.requests == []


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan["requests"][0].update(url="http://127.0.0.1:1/other"),
        lambda plan: plan["requests"][0].update(body={"text": "y"}),
        lambda plan: plan["requests"].append(plan["requests"][0]),
        lambda plan: plan["basis"].update(seed="0" * 64),
        lambda plan: plan["basis"].update(start="now"),
        lambda plan: plan["basis"].update(more=1),
        lambda plan: plan["requests"][0].update(headers=[["a"]]),
        lambda plan: plan["requests"][0].update(body={"base64": "%"}),
        lambda plan: plan["requests"][0].update(body=[5]),
        lambda plan: plan.update(requests={"a": 1}),
        lambda plan: plan.update(task=None),
        lambda plan: plan.pop("digest"),
    ],
)
def test_a_plan_that_was_changed_or_is_none_is_refused(run: Any, folder: Path, server: HttpServer, change: Any) -> None:
    source = "() => fetch('URL/mirror', { method: 'POST', body: 'x' }).status"
    run(source, "--plan", "--output", "plan.json")
    plan = json.loads((folder / "plan.json").read_text())
    change(plan)
    (folder / "plan.json").write_text(json.dumps(plan))
    reply = run(source, "--apply", "plan.json")
    assert re.match(r"exit 3\n--- stderr\nError: (`plan.json` is no plan|The plan `plan.json` has been changed)", reply)
    assert server.requests == []


def test_reads_come_from_a_recording(run: Any, server: HttpServer) -> None:
    source = """async () => {
      const read = await (await fetch('URL/bytes/3')).text();
      return (await fetch('URL/mirror', { method: 'POST', body: read })).status;
    }"""
    run(source, "--record", "kept.ratchet")
    server.requests.clear()
    plan = json.loads(run(source, "--plan", "--json", "--recording", "kept.ratchet").partition("--- stdout\n")[2])
    assert plan["requests"][0]["body"] == {"text": "xxx"}
    assert server.requests == []


def test_what_a_called_task_would_change_is_held_too(ratchet: Command, make_task: MakeTask, server: HttpServer) -> None:
    make_task(f"() => fetch('{server.url('/mirror')}', {{ method: 'POST' }}).status", name="inner")
    metadata: dict[str, Any] = {"permissions": {"tasks": ["inner"]}}
    make_task("(input, context) => context.call('inner', {})", metadata=metadata)
    arguments = ("run-once", "total", "--allow-host", "127.0.0.1")
    assert "1 request held" in ratchet(*arguments, "--plan", "--output", "plan.json")
    assert server.requests == []
    assert ratchet(*arguments, "--apply", "plan.json") == "exit 0\n--- stdout\n200\n"
    assert methods(server) == ["POST"]


def test_a_plan_of_a_task_that_fails_shows_what_it_got_to(run: Any) -> None:
    reply = run("() => { fetch('URL/mirror', { method: 'POST' }).status; throw new Error('no') }", "--plan")
    assert reply.startswith("exit 1\n--- stdout\ntotal@1.2.3: 1 request held")
    assert "The task threw `Error: no`" in reply


@pytest.mark.parametrize(
    "options",
    [
        ("--plan", "--apply", "x"),
        ("--recording", "x"),
        ("--plan", "--record", "x"),
        ("--apply", "x", "--watch"),
    ],
)
def test_options_that_do_not_go_together_are_refused(run: Any, options: tuple[str, ...]) -> None:
    assert run("() => 1", *options).startswith("exit 2\n")
