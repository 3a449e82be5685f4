"""What a token allows: tools that are listed, calls that are refused, and that there is no way around."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ratchet.mcp_server.scopes import ACTIONS, parse_scopes, scope_of
from tests.mcp_server.authorization_server import AUDIENCE, AuthorizationServer, authorization_server
from tests.mcp_server.conftest import write_task
from tests.mcp_server.http_client import HANDSHAKE, JSON, Reply, Served, older_body, start_http
from tests.mcp_server.raw_client import MODERN
from tests.mcp_server.test_deferral import DECLARED

OBJECT = {"type": "object"}
CALLS_SECRET = "export default async (input, context) => context.call('secret', {});\n"
CASE = {"cases": [{"name": "one", "input": {}, "expected_output": 1}]}
ALL = " ".join(map(scope_of, ACTIONS))
LOOKING = ["list_tasks", "describe_task", "get_execution", "list_executions", "cancel_execution", "analyze_error"]


@pytest.fixture(scope="module")
def issuing() -> Iterator[AuthorizationServer]:
    with authorization_server() as started:
        yield started


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, issuing: AuthorizationServer) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    tasks = folder / "tasks"
    write_task(tasks, "open", "export default () => 1;\n", OBJECT, **CASE)
    write_task(tasks, "secret", "export default () => 'hidden';\n", OBJECT)
    write_task(tasks, "endless", "export default () => { for (;;) {} };\n", OBJECT)
    write_task(tasks, "report-a", CALLS_SECRET, OBJECT, permissions={"tasks": ["secret"]}, **CASE)
    write_task(tasks, "report-b", "export default () => 1;\n", OBJECT, **CASE)
    variables = {"RATCHET_MCP__OAUTH__ISSUER": issuing.issuer, "RATCHET_MCP__OAUTH__RESOURCE": AUDIENCE}
    with start_http(folder, "--tasks", str(tasks), RATCHET_MCP__PUBLISH="all", **variables) as running:
        # Which tasks are tools is known once somebody has asked.
        assert "open" in Client(running, issuing, ALL).tools()
        yield running


class Client:
    """One user of the server, whose tokens allow what is said."""

    def __init__(self, served: Served, issuing: AuthorizationServer, scope: str, user: str = "ada") -> None:
        self._served = served
        self._shown = {"Authorization": f"Bearer {issuing.token(scope, sub=user)}"}

    def ask(self, method: str, meta: Mapping[str, Any] = MODERN, /, **params: Any) -> Reply:
        """Ask something in the newer era."""
        headers = {**self._served.modern_headers(method), **self._shown}
        for key in {"name", "uri", "taskId"} & params.keys():
            headers["Mcp-Name"] = params[key]
        return self._served.request(older_body(1, method, {**params, "_meta": meta}), headers)

    def ask_as_older(self, method: str, **params: Any) -> Reply:
        """Ask something in a session of its own."""
        opened = self._served.request(older_body(1, "initialize", HANDSHAKE), {**JSON, **self._shown})
        session = {**JSON, **self._shown, "Mcp-Session-Id": opened.headers["mcp-session-id"]}
        return self._served.request(older_body(2, method, params), session)

    def tools(self) -> list[str]:
        """Return the names of the tools that are listed, the same in both eras."""
        modern, older = (ask("tools/list").message["result"]["tools"] for ask in (self.ask, self.ask_as_older))
        assert [tool["name"] for tool in modern] == [tool["name"] for tool in older]
        return [tool["name"] for tool in modern]

    def call(self, tool: str, **arguments: Any) -> Any:
        """Return the value of a call; None where it is refused at once."""
        reply = self.ask("tools/call", name=tool, arguments=arguments)
        return None if reply.status == 403 else reply.message["result"]["structuredContent"]

    def execute(self, task: str) -> Any:
        """Run a task and return what is said of its execution."""
        return self.call("execute_task", task=task, input={})

    def script(self, source: str) -> Any:
        """Run a script and return what is said of its execution."""
        return self.call("run_script", source=source)

    def refusals(self, tool: str, **arguments: Any) -> tuple[str, str]:
        """Return why a call is refused, and which scope is named, the same in both eras."""
        replies = [ask("tools/call", name=tool, arguments=arguments) for ask in (self.ask, self.ask_as_older)]
        found = {(reply.message["error"]["message"], reply.headers["www-authenticate"]) for reply in replies}
        assert {reply.status for reply in replies} == {403}
        ((message, challenge),) = found
        assert 'error="insufficient_scope"' in challenge
        assert "resource_metadata=" in challenge
        return message, challenge.rpartition('scope="')[2].rstrip('"')


@pytest.fixture
def client(served: Served, issuing: AuthorizationServer) -> Callable[..., Client]:
    return lambda scope, user="ada": Client(served, issuing, scope, user)


def test_a_token_lists_what_it_allows(client: Callable[..., Client]) -> None:
    tasks = ["endless", "open", "report-a", "report-b", "secret"]
    every = client(ALL).tools()
    assert every[-5:] == tasks
    assert client("openid").tools() == []
    reading = client("ratchet:read").tools()
    assert reading == [*LOOKING, "validate_task", "export_tasks"]
    assert client("ratchet:read ratchet:run").tools() == [
        name for name in every if name in (*reading, *tasks, "execute_task", "batch_execute", "replay_execution",
                                           "run_task_tests", "debug_task")
    ]  # fmt: skip
    # What a task calls must be allowed too.
    assert client("ratchet:run:report-*").tools()[-1:] == ["report-b"]
    assert "run_script" in client("ratchet:script").tools()
    assert "execute_task" not in client("ratchet:script").tools()
    assert {*client("ratchet:write:x").tools()} == {name for name in every if name not in tasks} - {
        "execute_task", "batch_execute", "run_script", "replay_execution", "run_task_tests", "debug_task",
    }  # fmt: skip


def test_a_call_that_a_token_does_not_allow_is_refused_by_its_scope(client: Callable[..., Client]) -> None:
    narrow = client("ratchet:run:report-* ratchet:read:open")
    assert narrow.refusals("create_task") == ("The token does not allow to change tasks", "ratchet:write")
    assert narrow.refusals("run_script") == ("The token does not allow to run code that is not saved", "ratchet:script")
    for named in ("open", "open@1.0.0", "tasks/open"):
        refused = narrow.refusals("execute_task", task=named, input={})
        assert refused == ("The token does not allow to run `open`", "ratchet:run")
    assert narrow.refusals("open") == ("The token does not allow to run `open`", "ratchet:run")
    assert narrow.refusals("report-a") == ("The token does not allow to run `secret`", "ratchet:run")
    assert narrow.execute("report-b")["output"] == 1


def test_a_task_that_may_not_be_seen_is_as_one_that_is_not_there(client: Callable[..., Client]) -> None:
    narrow = client("ratchet:run:report-* ratchet:read:open")
    listed = narrow.call("list_tasks")
    assert [task["name"] for task in listed["tasks"]] == ["open", "report-a", "report-b"]
    for name in ("secret", "nowhere"):
        assert narrow.refusals("describe_task", task=name) == (
            f"The token does not allow to look at `{name}`", "ratchet:read",
        )  # fmt: skip
        reply = narrow.ask("tools/call", name=name, arguments={})
        assert reply.message["error"]["message"] == f"There is no tool `{name}`"
        read = narrow.ask("resources/read", uri=f"ratchet://tasks/tasks/{name}")
        assert read.message["error"]["message"] == f"The token does not allow to look at `{name}`"
    uris = [each["uri"] for each in narrow.ask("resources/list").message["result"]["resources"]]
    assert {uri.split("/")[4] for uri in uris if uri.startswith("ratchet://tasks/")} == {
        "open@1.0.0", "report-a@1.0.0", "report-b@1.0.0",
    }  # fmt: skip
    types = narrow.ask("resources/read", uri="ratchet://types/tasks.d.ts").message["result"]["contents"][0]["text"]
    assert ("secret" in types, "open" in types, "report-b" in types) == (False, False, True)
    reference = {"type": "ref/prompt", "name": "debug_task"}
    found = narrow.ask("completion/complete", ref=reference, argument={"name": "task", "value": ""})
    assert found.message["result"]["completion"]["values"][:3] == ["open", "report-a", "report-b"]
    prompt = narrow.ask("prompts/get", name="debug_task", arguments={"task": "secret"})
    assert prompt.message["error"]["message"] == "The token does not allow to look at `secret`"


def test_a_task_calls_no_other_than_the_token_allows(client: Callable[..., Client]) -> None:
    sentence = "The token does not allow to run `secret`"
    narrow = client("ratchet:run:report-* ratchet:script")
    assert narrow.execute("report-a")["error"]["message"] == sentence
    rows = narrow.call("batch_execute", requests=[
        {"id": "a", "task": "report-b", "input": {}}, {"id": "b", "task": "secret", "input": {}},
    ])["results"]  # fmt: skip
    assert [(row["status"], row["output"]) for row in rows] == [("completed", 1), ("refused", None)]
    assert (rows[1]["error"]["code"], rows[1]["error"]["message"]) == ("insufficient_scope", sentence)
    assert narrow.script("return await tasks['report-b']({});")["output"] == 1
    unknown = narrow.script("return await tasks.secret({});")["error"]["message"]
    assert unknown.startswith("There is no task `secret` to call; ")
    assert narrow.script("return await tasks['report-a']({});")["error"]["message"] == sentence
    source = "export default async (input, context) => context.call('secret', {});"
    draft = narrow.call("debug_task", source=source, permissions={"tasks": ["secret"]})
    assert "There is no task `secret`" in str(draft["error"])
    tested = narrow.call(
        "run_task_tests", source=source, permissions={"tasks": ["secret"]},
        cases=[{"name": "x", "input": {}, "expected_output": "hidden"}],
    )  # fmt: skip
    assert tested["all_passed"] is False
    assert client(ALL).execute("report-a")["output"] == "hidden"


def test_code_that_is_not_saved_needs_a_scope_of_its_own(client: Callable[..., Client]) -> None:
    running = client("ratchet:run")
    draft = running.call("debug_task", source="export default () => 1;")
    assert draft["error"]["code"] == "insufficient_scope"
    assert client("ratchet:run ratchet:script").call("debug_task", source="export default () => 1;")["output"] == 1
    assert running.call("validate_task", source="export default () => 1;")["valid"] is True


def test_an_execution_is_seen_by_whose_it_is(client: Callable[..., Client]) -> None:
    ada, grace = client("ratchet:run"), client("ratchet:run", "grace")
    identity = ada.execute("secret")["execution_id"]

    def sees(asking: Client) -> bool:
        read = [
            asking.ask("resources/read", uri=f"ratchet://{uri}").message
            for uri in (f"executions/{identity}", f"executions/{identity}/output", f"recordings/{identity}")
        ]
        called = [
            asking.call(tool, execution_id=identity)
            for tool in ("get_execution", "analyze_error", "replay_execution", "cancel_execution")
        ]
        resources = [each["uri"] for each in asking.ask("resources/list").message["result"]["resources"]]
        found = {
            *("result" in message for message in read),
            *("There is no execution" not in str(value.get("error")) for value in called if value is not None),
            f"ratchet://executions/{identity}" in resources,
            identity in [row["execution_id"] for row in asking.call("list_executions", limit=200)["executions"]],
        }
        assert len(found) == 1
        return found.pop()

    assert sees(ada)
    assert not sees(grace)
    assert sees(client("ratchet:read ratchet:executions", "grace"))
    # The same user by the same program, with a token that allows less.
    assert not sees(client("ratchet:run:report-*"))
    assert not sees(client("ratchet:run:report-* ratchet:executions", "grace"))


def test_a_session_and_its_tokens_are_those_of_one_user(served: Served, issuing: AuthorizationServer) -> None:
    def shown(scope: str, user: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {issuing.token(scope, sub=user)}"}

    ada = {**JSON, **shown(ALL, "ada")}
    opened = served.request(older_body(1, "initialize", HANDSHAKE), ada)
    session = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
    listed = older_body(2, "tools/list")
    assert len(served.request(listed, {**ada, **session}).message["result"]["tools"]) > 20
    narrower = served.request(listed, {**JSON, **shown("ratchet:read", "ada"), **session})
    assert len(narrower.message["result"]["tools"]) == 8
    assert served.request(listed, {**JSON, **shown(ALL, "grace"), **session}).status == 404


def test_only_tasks_that_the_token_allows_are_written(client: Callable[..., Client], tmp_path: Path) -> None:
    parts = {"description": "x", "source": "export default () => 2;", "input_schema": OBJECT, "output_schema": True}
    narrow = client("ratchet:write:mine-*")
    assert narrow.refusals("create_task", name="other", **parts)[1] == "ratchet:write"
    assert narrow.refusals("edit_task", task="open", description="y")[1] == "ratchet:write"
    assert narrow.refusals("delete_task", task="secret")[1] == "ratchet:write"
    assert narrow.refusals("generate_from_template", name="other", template="http-client")[1] == "ratchet:write"
    assert narrow.call("create_task", name="mine-a", **parts)["valid"] is True
    renamed = narrow.call("edit_task", task="mine-a", files={"metadata.json": json.dumps({"name": "open"})})
    assert renamed["error"]["message"] == "The metadata calls the task `open`, not `mine-a`"
    assert narrow.refusals("execute_task", task="mine-a", input={})[1] == "ratchet:run"
    exported = client(ALL).call("export_tasks", tasks=["secret"], file="theirs.zip")
    taken = narrow.call("import_tasks", file=exported["file"], replace=True)
    assert taken["error"]["message"] == "The token does not allow to change `secret`"
    assert narrow.call("export_tasks", tasks=["secret"])["error"]["code"] == "insufficient_scope"
    assert client("ratchet:read").call("export_tasks", tasks=["open"], file="x.zip")["error"]["code"] == (
        "insufficient_scope"
    )


def test_what_takes_long_is_asked_for_by_whose_it_is(client: Callable[..., Client]) -> None:
    ada, grace = client("ratchet:run"), client(ALL, "grace")
    begun = ada.ask("tools/call", DECLARED, name="execute_task", arguments={"task": "endless", "input": {}})
    identity = begun.message["result"]["taskId"]
    for method in ("tasks/get", "tasks/cancel", "tasks/update"):
        error = grace.ask(method, DECLARED, taskId=identity).message["error"]
        assert error["message"] == f"There is no task `{identity}`"
    assert ada.ask("tasks/get", DECLARED, taskId=identity).message["result"]["status"] == "working"
    assert "result" in ada.ask("tasks/cancel", DECLARED, taskId=identity).message


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("ratchet:run", "run read"),
        ("ratchet:run:a*", "run read"),
        ("ratchet:run:[ab]bc", "run read"),
        ("ratchet:run:b*", ""),
        ("ratchet:write", "write read"),
        ("ratchet:read:abc", "read"),
        ("ratchet:script", "script"),
        ("ratchet:script:abc", ""),
        ("ratchet:executions", "executions"),
        ("ratchet:", ""),
        ("ratchet:run:", ""),
        ("RATCHET:run", ""),
        ("ratchet:all", ""),
        ("run", ""),
        ("xratchet:run", ""),
    ],
)
def test_a_scope_allows_what_it_says(scope: str, allowed: str) -> None:
    scopes = parse_scopes([scope, "openid"])
    assert {action for action in ACTIONS if scopes.allows(action, "abc")} == {*allowed.split()}


def test_a_token_of_the_server_may_allow_less(tmp_path: Path) -> None:
    write_task(tmp_path / "tasks", "open", "export default () => 1;\n", OBJECT)
    variables = {"RATCHET_MCP__TOKEN_SCOPES": '["ratchet:run:open"]', "RATCHET_MCP__PUBLISH": "all"}
    with start_http(tmp_path, "--tasks", str(tmp_path / "tasks"), **variables) as served:
        names = [tool["name"] for tool in served.modern("tools/list").message["result"]["tools"]]
        assert names == [*LOOKING[:2], "execute_task", "batch_execute", *LOOKING[2:], "replay_execution",
                         "validate_task", "run_task_tests", "debug_task", "export_tasks", "open"]  # fmt: skip
        reply = served.modern("tools/call", name="delete_task", arguments={"task": "open"})
        assert (reply.status, reply.headers["www-authenticate"]) == (
            403, 'Bearer realm="ratchet", error="insufficient_scope", scope="ratchet:write"',
        )  # fmt: skip
        called = served.modern("tools/call", name="open", arguments={}).message["result"]
        assert called["structuredContent"] == {"result": 1}
