"""`fetch`, in both ways of writing, against a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ratchet import Limits, Runtime, run
from ratchet.execution.document import Execution
from ratchet.gateway.gateway import Gateway
from ratchet.gateway.policy import Policy
from ratchet.sandbox.pool import Pool
from tests.conftest import MakeTask
from tests.gateway.http_server import HttpServer

ON_EACH_ENGINE = True

Fetch = Callable[..., Execution]
FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8"


@pytest.fixture(scope="module")
def online(engine: str) -> Iterator[Runtime]:
    """Return a runtime whose tasks may reach loopback."""
    with Runtime(
        pool=Pool(engine=engine), gateway=Gateway(policy=Policy(private_networks=("127.0.0.0/8",)))
    ) as runtime:
        yield runtime


@pytest.fixture
def fetch(online: Runtime, server: HttpServer, make_task: MakeTask) -> Fetch:
    """Return a function that runs the body of an async function, which finds the server's address in `at`."""

    def run_it(body: str, *, form: str = "async", limits: Limits | None = None, **metadata: Any) -> Execution:
        task = make_task(f"{form} function main({{ at }}, context) {{ {body} }}", **metadata)
        return run(online, task, {"at": server.url("")}, limits=limits)

    return run_it


def output(execution: Execution) -> Any:
    assert execution.error is None, execution.error
    return execution.output


def test_handle_and_response_tell_the_same_story(fetch: Fetch) -> None:
    body = """
      const handle = fetch(at + '/echo', { method: 'POST', headers: { 'X-Mine': 'a' } }, 'text');
      const told = [handle.ok, handle.status, handle.statusText, handle.body.body, handle.headers.get('Content-Type')];
      const response = await fetch(at + '/echo', { method: 'POST', headers: { 'X-Mine': 'a' }, body: 'text' });
      const { body } = await response.json();
      return [told, [response.ok, response.status, response.statusText, body, response.headers.get('Content-Type')]];
    """
    told = [True, 200, "OK", "text", "application/json"]
    assert output(fetch(body)) == [told, told]


def test_body_of_the_handle_is_text_where_it_is_no_json(fetch: Fetch) -> None:
    assert output(fetch("return fetch(at + '/chunked').body", form="")) == "one two"


@pytest.mark.parametrize(
    ("status", "name", "is_typed"),
    [
        (401, "AuthenticationError", "AuthenticationError"),
        (403, "AuthorizationError", "AuthorizationError"),
        (404, "HttpError", "HttpError"),
        (429, "RateLimitError", "RateLimitError"),
        (500, "ServiceUnavailableError", "ServiceUnavailableError"),
        (503, "ServiceUnavailableError", "ServiceUnavailableError"),
    ],
)
def test_reading_a_bad_status_throws_and_awaiting_it_does_not(
    fetch: Fetch, status: int, name: str, is_typed: str
) -> None:
    body = f"""
      let thrown;
      try {{ fetch(at + '/status/{status}').body }} catch (error) {{ thrown = error }}
      const {{ ok, status }} = await fetch(at + '/status/{status}');
      return [thrown.name, thrown.message, thrown.status, thrown instanceof {is_typed}, ok, status];
    """
    assert output(fetch(body)) == [name, f"HTTP {status}: Status", status, True, False, status]


def test_error_of_a_status_stands_where_the_request_was_made(fetch: Fetch) -> None:
    error = fetch("const n = 1;\n  const r = fetch(at + '/status/404');\n\n  return r.body", form="").error
    assert error is not None
    assert error.place is not None
    assert (error.name, error.status, error.place.line) == ("HttpError", 404, 2)


def test_error_of_an_awaited_request_stands_where_the_call_is(fetch: Fetch) -> None:
    error = fetch("const a = 1;\n  const r = fetch('http://127.0.0.1:1/');\n  return (await r).status").error
    assert error is not None
    assert error.place is not None
    assert (error.name, error.place.line) == ("NetworkError", 2)


def test_bad_answer_to_a_request_that_nobody_reads_fails_the_task(fetch: Fetch) -> None:
    error = fetch("fetch(at + '/status/503'); return 'done'", form="").error
    assert error is not None
    assert (error.name, error.status) == ("ServiceUnavailableError", 503)
    assert output(fetch("fetch(at + '/json-of-nobody').catch(() => 1); return 'done'", form="")) == "done"


def test_request_that_nobody_reads_is_made(fetch: Fetch, server: HttpServer, engine: str) -> None:
    target = f"/echo?unread-by-{engine}"
    assert output(fetch(f"fetch(at + '{target}'); return 1", form="")) == 1
    assert [request.target for request in server.requests].count(target) == 1


def test_returned_handle_and_response_give_their_content(fetch: Fetch) -> None:
    plain = {"ok": True, "status": 200, "statusText": "OK", "headers": {"content-length": "3"}, "body": "xxx"}
    assert output(fetch("return fetch(at + '/bytes/3')", form="")) == plain
    assert output(fetch("return fetch(at + '/bytes/3')")) == plain
    assert output(fetch("return { inside: await fetch(at + '/bytes/3') }")) == {"inside": plain}


BODIES: dict[str, tuple[str, str, str | None]] = {
    "text": ("'a=1'", "a=1", "text/plain;charset=UTF-8"),
    "an object": ("{ a: [1, 'é'] }", '{"a":[1,"é"]}', "application/json"),
    "a list": ("[1]", "[1]", "application/json"),
    "search parameters": (
        "new URLSearchParams({ a: 'b c' })",
        "a=b+c",
        FORM_TYPE,
    ),
    "bytes": ("new Uint8Array([65, 66])", "AB", None),
    "a buffer": ("new Uint8Array([65, 66]).buffer", "AB", None),
    "a blob": ("new Blob(['AB'], { type: 'text/x' })", "AB", "text/x"),
    "a number": ("5", "5", "text/plain;charset=UTF-8"),
    "an object that knows its JSON": ("new (class { toJSON() { return [7] } })()", "[7]", "application/json"),
}


@pytest.mark.parametrize("where", ["third", "init"])
@pytest.mark.parametrize("kind", BODIES)
def test_bodies_of_every_kind_are_sent_with_their_type(fetch: Fetch, kind: str, where: str) -> None:
    value, sent, content_type = BODIES[kind]
    options = f"{{ method: 'POST' }}, {value}" if where == "third" else f"{{ method: 'POST', body: {value} }}"
    received = output(fetch(f"return (await fetch(at + '/echo', {options})).json()"))
    types = [value for name, value in received["headers"] if name.lower() == "content-type"]
    assert received["body"].encode("latin-1").decode() == sent
    assert types == ([] if content_type is None else [content_type])


def test_form_data_is_sent_with_its_boundary(fetch: Fetch) -> None:
    body = """
      const form = new FormData();
      form.append('name', 'value');
      return (await fetch(at + '/echo', { method: 'POST', body: form })).json();
    """
    received = output(fetch(body))
    content_type = next(value for name, value in received["headers"] if name.lower() == "content-type")
    boundary = content_type.removeprefix("multipart/form-data; boundary=")
    assert received["body"].startswith(f"--{boundary}\r\n")
    assert "\r\n\r\nvalue\r\n" in received["body"]


def test_content_type_of_the_script_wins(fetch: Fetch) -> None:
    body = "return (await fetch(at + '/echo', { method: 'PUT', headers: { 'content-type': 'x/y' } }, { a: 1 })).json()"
    received = output(fetch(body))
    assert [value for name, value in received["headers"] if name.lower() == "content-type"] == ["x/y"]


@pytest.mark.parametrize(
    "headers", ["{ 'X-A': 1 }", "[['X-A', '1']]", "new Headers({ 'x-a': '1' })", "new Map([['X-A', 1]])"]
)
def test_headers_come_in_every_form(fetch: Fetch, headers: str) -> None:
    received = output(fetch(f"return (await fetch(at + '/echo', {{ headers: {headers} }})).json()"))
    assert [value for name, value in received["headers"] if name.lower() == "x-a"] == ["1"]


def test_request_objects_and_urls_are_taken(fetch: Fetch) -> None:
    body = """
      const request = new Request(at + '/echo', { method: 'POST', body: 'of the request', headers: { 'x-a': '1' } });
      const first = await (await fetch(request)).json();
      const second = await (await fetch(new URL(at + '/echo?u'))).json();
      const third = await (await fetch(new Request(at + '/echo'), { method: 'DELETE' })).json();
      return [first.method, first.body, first.headers.filter(([name]) => name === 'x-a'), second.target, third.method];
    """
    assert output(fetch(body)) == ["POST", "of the request", [["x-a", "1"]], "/echo?u", "DELETE"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("fetch()", "fetch needs a URL"),
        ("fetch('/relative')", "`/relative` is no absolute URL"),
        ("fetch('ftp://example.com/')", "`ftp://example.com/` is neither `http` nor `https`"),
        ("fetch(at, { method: 'BREW' })", "GET, HEAD, POST"),
        ("fetch(at, { method: 'GET', body: 'x' })", "cannot have a body"),
        ("fetch(at, { redirect: 'often' })", '"often" is not a valid value of redirect'),
        ("fetch(at, { headers: { 'a b': 'c' } })", "`a b` is no header name"),
        ("fetch(at, { headers: { a: 'b\\nc' } })", "holds a line break"),
        ("fetch(at, { signal: {} })", "The signal must be an AbortSignal"),
        ("fetch(at, 'POST')", "The options of fetch must be an object"),
    ],
)
def test_calls_that_cannot_be_meant_are_type_errors(fetch: Fetch, call: str, message: str) -> None:
    body = f"try {{ await {call} }} catch (error) {{ return [error instanceof TypeError, error.message] }}"
    is_type_error, said = output(fetch(body))
    assert is_type_error
    assert message in said


def test_requests_go_out_in_order_and_side_by_side(fetch: Fetch, engine: str) -> None:
    body = f"""
      const all = await Promise.all([1, 2, 3].map((n) => fetch(`${{at}}/together?of={engine}&side=${{n}}`)));
      return all.map((response) => response.url.slice(-1) + response.status);
    """
    execution = fetch(body)
    assert output(execution) == ["1200", "2200", "3200"]
    assert [request.url[-1] for request in execution.requests] == ["1", "2", "3"]


def test_no_more_are_in_flight_than_the_limit_says(fetch: Fetch) -> None:
    body = "await Promise.all([1, 2, 3].map(() => fetch(at + '/slow?ms=100'))); return 1"
    execution = fetch(body, limits=Limits(fetches_in_flight=1))
    assert output(execution) == 1
    assert execution.duration_ms is not None
    assert execution.duration_ms >= 300


def test_too_many_requests_end_the_execution(fetch: Fetch) -> None:
    error = fetch("for (let i = 0; i < 9; i++) await fetch(at + '/bytes/1')", limits=Limits(fetches=3)).error
    assert error is not None
    assert (error.code, error.message) == ("count_limit", "The task made more than 3 requests")


def test_abort_rejects_with_its_reason_and_ends_the_request(fetch: Fetch) -> None:
    body = """
      const controller = new AbortController();
      const request = fetch(at + '/silent', { signal: controller.signal });
      controller.abort(new RangeError('changed my mind'));
      const first = await request.catch((error) => error.message);
      const late = await fetch(at + '/silent', { signal: AbortSignal.timeout(30) }).catch((error) => error.name);
      let sync;
      try { fetch(at, { signal: AbortSignal.abort() }).body } catch (error) { sync = error.name }
      return [first, late, sync];
    """
    execution = fetch(body)
    assert output(execution) == ["changed my mind", "TimeoutError", "AbortError"]
    assert execution.duration_ms is not None
    assert execution.duration_ms < 5000


def test_failures_of_the_network_can_be_caught(fetch: Fetch) -> None:
    body = """
      const seen = [];
      for (const path of ['/reset', '/short', '/bomb', '/not-http'])
        seen.push(await fetch(at + path).catch((error) => [error.name, error.code, error instanceof NetworkError]));
      return seen;
    """
    assert output(fetch(body)) == [
        ["NetworkError", "reset", True],
        ["NetworkError", "reset", True],
        ["NetworkError", "too_large", True],
        ["NetworkError", "bad_response", True],
    ]


def test_refused_host_names_what_would_allow_it(fetch: Fetch) -> None:
    body = "try { await fetch('https://other.example/') } catch (e) { return [e.name, e.code, e.message, e.hint] }"
    name, code, message, hint = output(fetch(body, permissions={"net": ["api.example"]}))
    assert (name, code) == ("NetworkError", "not_permitted")
    assert message == "`other.example` is not among the hosts that the task declares"
    assert '"net": ["api.example", "other.example"]' in hint
    assert "`--allow-host other.example`" in hint


def test_uncaught_refusal_keeps_its_hint(fetch: Fetch) -> None:
    error = fetch("await fetch('https://other.example/')", permissions={"net": []}).error
    assert error is not None
    assert error.hint is not None
    assert "--allow-host other.example" in error.hint


def test_private_address_is_refused_without_a_grant(runtime: Runtime, server: HttpServer, make_task: MakeTask) -> None:
    before = server.connections
    task = make_task("async ({ at }) => fetch(at).catch((error) => [error.code, error.message])")
    code, message = run(runtime, task, {"at": server.url("/")}).output
    assert (code, message) == ("not_permitted", "`127.0.0.1` is not a public address")
    assert server.connections == before


def test_redirect_is_followed_returned_or_refused(fetch: Fetch) -> None:
    body = """
      const url = at + '/redirect?to=/bytes/2';
      const followed = await fetch(url), manual = await fetch(url, { redirect: 'manual' });
      const refused = await fetch(url, { redirect: 'error' }).catch((error) => error.code);
      return [followed.redirected, followed.url.slice(-8), manual.status, manual.headers.get('location'), refused];
    """
    assert output(fetch(body)) == [True, "/bytes/2", 302, "/bytes/2", "redirect"]


def test_binary_answers_keep_their_bytes(fetch: Fetch) -> None:
    body = """
      const response = await fetch(at + '/mirror', { method: 'POST', body: new Uint8Array([0, 255, 128, 65]) });
      const copy = response.clone();
      return [[...new Uint8Array(await response.arrayBuffer())], await copy.text()];
    """
    assert output(fetch(body)) == [[0, 255, 128, 65], "\0��A"]


def test_methods_of_the_handle_are_those_of_the_response(fetch: Fetch) -> None:
    body = """
      const text = fetch(at + '/bytes/2').text(), json = fetch(at + '/echo').json();
      return [await text, (await json).method, await fetch(at + '/bytes/2').then((r) => r.status)];
    """
    assert output(fetch(body)) == ["xx", "GET", 200]


def test_headers_that_are_not_the_scripts_to_set_are_dropped_with_a_note(fetch: Fetch) -> None:
    execution = fetch("return (await fetch(at + '/echo', { headers: { Host: 'evil.example' } })).json()")
    assert "evil.example" not in str(output(execution))
    assert [(line.level, line.text) for line in execution.console] == [
        ("warn", "The header `Host` was not sent: the gateway sets or forbids it")
    ]


def test_requests_stand_in_the_execution(fetch: Fetch, server: HttpServer) -> None:
    execution = fetch("await fetch(at + '/bytes/3'); await fetch('http://127.0.0.1:1/').catch(() => 1); return 1")
    first, second = execution.to_json()["requests"]
    assert (first["method"], first["url"], first["status"]) == ("GET", server.url("/bytes/3"), 200)
    assert (first["bytes_out"], first["bytes_in"], first["from"], first["error"]) == (0, 3, "network", None)
    assert (second["status"], second["bytes_in"]) == (None, None)
    assert second["error"].startswith("No connection to `127.0.0.1`")
    assert execution.used["fetches"] == 2


def test_waiting_for_an_answer_counts_to_the_wall_and_not_to_the_processor(fetch: Fetch) -> None:
    execution = fetch("fetch(at + '/silent').body", form="", limits=Limits(timeout_seconds=0.5))
    assert execution.error is not None
    assert execution.error.code == "time_limit"
    assert fetch("return fetch(at + '/slow?ms=400').body", form="").used["cpu_ms"] < 300


def test_task_that_breaks_its_own_globals_still_gets_answers(fetch: Fetch) -> None:
    body = """
      Object.prototype.then = undefined; Array.prototype.push = () => { throw 1 };
      JSON.stringify = () => 'mine'; Promise.prototype.then = undefined;
      return fetch(at + '/bytes/2').body;
    """
    assert output(fetch(body, form="")) == "xx"
