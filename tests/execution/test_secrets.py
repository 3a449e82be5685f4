"""A task names secrets and never holds one; a server that echoes them gives nothing away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ratchet import Runtime, run
from ratchet.errors import InvalidConfig
from ratchet.execution.document import Execution
from ratchet.execution.recorded import load_recorded_task, load_recording
from ratchet.execution.recording import FolderRecorder
from ratchet.execution.replay import replay
from ratchet.execution.surroundings import Surroundings
from ratchet.gateway.expected import ExpectedExchange, ExpectedExchanges
from ratchet.gateway.gateway import Gateway
from ratchet.gateway.matching import ExpectedRequest
from ratchet.gateway.message import HttpResponse, Timings
from ratchet.gateway.policy import Policy
from ratchet.gateway.secret import Secret
from ratchet.gateway.url_pattern import parse_url_pattern
from ratchet.sandbox.pool import Pool
from tests.conftest import MakeTask
from tests.gateway.echoed import ECHOES
from tests.gateway.http_server import HttpServer

ON_EACH_ENGINE = True

CANARY = 'Zx9!k/L+7q"w e&r<T'
KEY = "a-key-to-sign-with"
Run = Callable[..., Execution]


def unreadable() -> str:
    """Stand for a variable that is not set."""
    raise InvalidConfig("The variable `NOWHERE` is not set", hint="Set it")


SECRETS = (
    Secret("TOKEN", lambda: CANARY, ("127.0.0.1",)),
    Secret("SIGNING", lambda: KEY, (), may_sign=True),
    Secret("SHORT", lambda: "7 chars", ("127.0.0.1",)),
    Secret("GONE", unreadable, ("127.0.0.1",)),
    Secret("HOST", lambda: "not-to-be-shown", ("127.0.0.1",)),
    Secret("PUBLIC", lambda: CANARY, ("api.example.com", "127.example.com")),
)
DECLARED = [secret.name for secret in SECRETS] + ["UNBOUND"]


@pytest.fixture(scope="module")
def online(engine: str) -> Iterator[Runtime]:
    """Return a runtime with secrets, whose tasks may reach loopback."""
    policy = Policy(private_networks=("127.0.0.0/8", "localhost"))
    with Runtime(pool=Pool(engine=engine), gateway=Gateway(policy=policy, secrets=SECRETS)) as runtime:
        yield runtime


@pytest.fixture
def run_body(online: Runtime, server: HttpServer, make_task: MakeTask) -> Run:
    """Return a function that runs the body of a task, which finds the server's address in `at`."""

    def run_it(body: str, *, declared: list[str] = DECLARED, **options: Any) -> Execution:
        source = f"async function main({{ at }}, context) {{ {body} }}"
        task = make_task(source, permissions={"secrets": declared})
        return run(online, task, {"at": server.url("")}, **options)

    return run_it


def output(execution: Execution) -> Any:
    assert execution.error is None, execution.error
    return execution.output


def failure(execution: Execution) -> tuple[str, str | None]:
    assert execution.error is not None
    return execution.error.message, execution.error.hint


SENT = {
    "header": ("{ headers: { 'X-Key': context.secret('TOKEN') } }", "x-key", CANARY),
    "literal": ("{ headers: { 'X-Key': 'key {{secret:TOKEN}};' } }", "x-key", f"key {CANARY};"),
    "basic": (
        "{ headers: { Authorization: 'Basic ' + btoa('user:' + context.secret('TOKEN')) } }",
        "authorization",
        "Basic " + base64.b64encode(f"user:{CANARY}".encode()).decode(),
    ),
    "json": ("{ method: 'POST', body: JSON.stringify({ k: context.secret('TOKEN') }) }", "", json.dumps({"k": CANARY})),
    "object": ("{ method: 'POST' }, { k: context.secret('TOKEN') }", "", json.dumps({"k": CANARY})),
    "parameters": (
        "{ method: 'POST', body: new URLSearchParams({ k: context.secret('TOKEN') }) }",
        "",
        "k=Zx9%21k%2FL%2B7q%22w%20e%26r%3CT",
    ),
    "form": (
        "{ method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 'k={{secret:TOKEN}}'",
        "",
        "k=Zx9%21k%2FL%2B7q%22w%20e%26r%3CT",
    ),
    "text": ("{ method: 'POST', body: 'the key {{secret:TOKEN}}' }", "", f"the key {CANARY}"),
    "encoded": (
        "{ method: 'POST', body: encodeURIComponent(encodeURIComponent(context.secret('TOKEN'))) }",
        "",
        "Zx9%2521k%252FL%252B7q%2522w%2520e%2526r%253CT",
    ),
}


@pytest.mark.parametrize(("init", "header", "sent"), SENT.values(), ids=SENT)
def test_a_value_is_put_in_on_the_wire_as_its_place_needs_it(
    run_body: Run, server: HttpServer, init: str, header: str, sent: str
) -> None:
    assert output(run_body(f"return (await fetch(at + '/bytes/1', {init})).status")) == 200
    request = server.requests[-1]
    got = request.header(header) if header else request.body.decode()
    assert json.loads(got or "") == json.loads(sent) if sent.startswith("{") else got == sent


@pytest.mark.parametrize("encode", ["", "encodeURIComponent"])
def test_a_value_in_a_url_is_encoded_and_never_changes_the_path(run_body: Run, server: HttpServer, encode: str) -> None:
    body = f"const k = {encode}(context.secret('TOKEN')); const r = await fetch(at + '/echo?k=' + k + '&p=' + k);"
    shown = output(run_body(body + "return [r.url, (await r.json()).target]"))
    value = "Zx9%21k%2FL%2B7q%22w%20e%26r%3CT"
    assert server.requests[-1].target == f"/echo?k={value}&p={value}"
    assert shown == [
        server.url("/echo?k={{secret:TOKEN}}&p={{secret:TOKEN}}"),
        "/echo?k={{secret:TOKEN}}&p={{secret:TOKEN}}",
    ]
    execution = run_body("return (await fetch(at + '/status/{{secret:TOKEN}}/200')).status")
    assert server.requests[-1].target == f"/status/{value}/200"
    assert execution.requests[0].url == server.url("/status/%7B%7Bsecret:TOKEN%7D%7D/200")


HIDDEN = """
  const r = await fetch(at + '/echo-as/FORM', { headers: { Authorization: 'Bearer ' + context.secret('TOKEN') } });
  const text = await r.text();
  const all = [text, r.statusText, r.headers.get('x-echo'), r.headers.get('set-cookie')];
  for (const part of all) console.log(part);
  context.progress({ progress: 0.5, message: text, data: all });
"""


RETURNED, THROWN = "return all", "throw Object.assign(new TypeError(text), { code: text })"


@pytest.mark.parametrize(("form", "end"), [*((form, RETURNED) for form in ECHOES), ("plain", THROWN), ("json", THROWN)])
def test_an_echoed_value_appears_nowhere(
    run_body: Run, server: HttpServer, tmp_path: Path, form: str, end: str
) -> None:
    recorder = FolderRecorder(str(tmp_path / "kept"))
    execution = run_body(HIDDEN.replace("FORM", form) + end, recorder=recorder)
    assert (execution.error is None) == end.startswith("return"), execution.error
    # What the server was sent is the value itself.
    assert server.requests[-1].header("Authorization") == f"Bearer {CANARY}"
    kept = [file.read_text() for file in (tmp_path / "kept").rglob("*") if file.is_file()]
    everything = "\n".join([json.dumps(execution.to_json()), *kept])
    # Of every form all that tells it from others, without quotes and brackets that the masked text keeps.
    telling = ECHOES[form](CANARY).strip('{}[]"\n ').replace('"', "").replace("\\", "")[3:-3]
    for canary in (CANARY, json.dumps(CANARY)[1:-1], CANARY.encode().hex(), telling):
        assert canary not in everything
        assert canary not in everything.replace("\\", "").replace('"', "")
    assert "{{secret:TOKEN}}" in everything


def test_pieces_that_a_task_puts_together_are_masked_too(run_body: Run, server: HttpServer, tmp_path: Path) -> None:
    body = """
      const headers = { 'X-Key': context.secret('TOKEN') };
      await fetch(at + '/bytes/1', { headers });
      const value = PIECES.join('');
      console.log(value);
      context.progress({ message: value });
      const sent = { method: 'POST', body: value, headers: { 'X-Mine': btoa(value) } };
      await fetch(at + '/echo?' + encodeURIComponent(value), sent);
    """
    pieces = json.dumps([CANARY[:9], CANARY[9:]])
    for end, status in (("return { [value]: value }", "completed"), ("throw new Error('it was ' + value)", "failed")):
        execution = run_body(body.replace("PIECES", pieces) + end, recorder=FolderRecorder(str(tmp_path / "kept")))
        folder = Path(str(execution.recording))
        assert execution.status == status
        assert "{{secret:TOKEN}}" in (execution.output or failure(execution)[0])
        shown = json.dumps(execution.to_json()) + "".join(
            file.read_text() for file in folder.iterdir() if file.is_file()
        )
        for form in (CANARY, json.dumps(CANARY)[1:-1], base64.b64encode(CANARY.encode()).decode()):
            assert form not in shown
        assert server.requests[-1].body.decode() == CANARY


REFUSED = {
    "undeclared": (
        "fetch(at + '/bytes/1', { headers: { K: '{{secret:OTHER}}' } })",
        "`OTHER` is not among the secrets that the task declares",
        '`"permissions": {"secrets": ["TOKEN", "SHORT", "GONE", "PUBLIC", "UNBOUND", "OTHER"]}` in the task\'s metadata'
        " declares it",
    ),
    "undeclared by name": (
        "context.secret('OTHER')",
        "`OTHER` is not among the secrets that the task declares",
        '`"permissions":{"secrets":["TOKEN","SHORT","GONE","PUBLIC","UNBOUND","OTHER"]}` in the task\'s metadata'
        " declares it",
    ),
    "unbound": (
        "context.secret('UNBOUND')",
        "The secret `UNBOUND` is not bound in the configuration",
        "`secrets: {UNBOUND: {env: UNBOUND, hosts: [HOST]}}` binds it, `--secret UNBOUND=@FILE` gives it once",
    ),
    "unbound literal": (
        "fetch(at + '/bytes/1', { headers: { K: '{{secret:UNBOUND}}' } })",
        "The secret `UNBOUND` is not bound in the configuration",
        "`secrets: {UNBOUND: {env: UNBOUND, hosts: [HOST]}}` binds it, `--secret UNBOUND=@FILE` gives it once",
    ),
    "another host": (
        "fetch(at + '/bytes/1', { headers: { K: context.secret('PUBLIC') } })",
        "The secret `PUBLIC` is not bound to `127.0.0.1`",
        "`secrets.PUBLIC.hosts: [api.example.com, 127.example.com, 127.0.0.1]` in the configuration binds it",
    ),
    "in the clear": (
        "fetch('http://api.example.com/', { headers: { K: context.secret('PUBLIC') } })",
        "The secret `PUBLIC` goes to `api.example.com` over https alone",
        "`http://api.example.com` in `secrets.PUBLIC.hosts` lets it go in the clear",
    ),
    "in the clear to what begins like this machine": (
        "fetch('http://127.example.com/', { headers: { K: context.secret('PUBLIC') } })",
        "The secret `PUBLIC` goes to `127.example.com` over https alone",
        "`http://127.example.com` in `secrets.PUBLIC.hosts` lets it go in the clear",
    ),
    "short": (
        "fetch(at + '/bytes/1', { headers: { K: context.secret('SHORT') } })",
        "The secret `SHORT` has fewer than 8 characters, too few to be told from other text",
        None,
    ),
    "unreadable": (
        "fetch(at + '/bytes/1', { headers: { K: context.secret('GONE') } })",
        "The secret `GONE` cannot be had: the variable `NOWHERE` is not set",
        "Set it",
    ),
    "redirect": (
        "fetch(at + '/redirect?status=307&to=' + encodeURIComponent(at.replace('127.0.0.1', 'localhost') + '/echo'),"
        " { headers: { K: context.secret('TOKEN') } })",
        "The secret `TOKEN` is not bound to `localhost`",
        "`secrets.TOKEN.hosts: [127.0.0.1, localhost]` in the configuration binds it",
    ),
}


@pytest.mark.parametrize(("call", "message", "hint"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_what_would_allow_it(
    run_body: Run, server: HttpServer, call: str, message: str, hint: str | None
) -> None:
    before = len(server.requests)
    execution = run_body(f"return (await {call}).status", declared=["TOKEN", "SHORT", "GONE", "PUBLIC", "UNBOUND"])
    assert failure(execution) == (message, hint)
    assert execution.error is not None
    assert execution.error.details == {"code": "not_permitted"}
    # That which redirects is asked, and where it leads is not.
    assert [request.target[:9] for request in server.requests[before:]] == (["/redirect"] if "redirect" in call else [])


def test_authorization_of_a_redirect_to_another_host_is_left_out(run_body: Run, server: HttpServer) -> None:
    body = """
      const to = encodeURIComponent(at.replace('127.0.0.1', 'localhost') + '/echo');
      const headers = { Authorization: 'Bearer ' + context.secret('TOKEN') };
      return (await fetch(at + '/redirect?to=' + to, { headers })).status;
    """
    assert output(run_body(body)) == 200
    assert [request.header("Authorization") for request in server.requests[-2:]] == [f"Bearer {CANARY}", None]


def test_a_failure_says_no_value(run_body: Run, server: HttpServer) -> None:
    execution = run_body("await fetch(at + '/redirect?to=ftp://' + context.secret('HOST'))")
    assert server.requests[-1].target == "/redirect?to=ftp://not-to-be-shown"
    assert failure(execution)[0] == (
        "`127.0.0.1` redirects to no place to go: `ftp://{{secret:HOST}}` is neither `http` nor `https`"
    )
    assert execution.requests[0].error == failure(execution)[0]


def test_a_value_that_a_redirect_carries_is_not_shown(run_body: Run, server: HttpServer) -> None:
    body = "const r = await fetch(at + '/redirect?to=/echo?' + context.secret('TOKEN')); return [r.url, await r.text()]"
    execution = run_body(body)
    assert "Zx9" not in json.dumps(execution.to_json())
    assert server.requests[-1].target == "/echo?Zx9!k/L+7q%22w%20e&r%3CT"


MAC = """
  const key = await crypto.subtle.importKey('raw', KEY, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
  const data = new TextEncoder().encode('payload');
  const mac = await crypto.subtle.sign('HMAC', key, data);
  const right = await crypto.subtle.verify('HMAC', key, mac, data);
  const wrong = await crypto.subtle.verify('HMAC', key, mac, new Uint8Array(3));
  const hex = [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const exported = await crypto.subtle.exportKey('raw', key).catch((error) => error.name);
  return [hex, right, wrong, key.extractable, key.type, exported];
"""
SIGNED = [
    hmac.digest(KEY.encode(), b"payload", hashlib.sha256).hex(),
    True,
    False,
    False,
    "secret",
    "InvalidAccessError",
]


@pytest.mark.parametrize("key", ["context.secret('SIGNING')", "new TextEncoder().encode(context.secret('SIGNING'))"])
def test_a_secret_that_may_sign_signs_outside_the_worker(run_body: Run, key: str) -> None:
    assert output(run_body(MAC.replace("KEY", key))) == SIGNED


def test_a_secret_that_may_not_sign_does_not(run_body: Run) -> None:
    execution = run_body(MAC.replace("KEY", "context.secret('TOKEN')"))
    assert failure(execution) == (
        "The secret `TOKEN` may not sign",
        "`secrets.TOKEN.use: [sign]` in the configuration lets it",
    )
    execution = run_body(MAC.replace("KEY", "'{{secret:SIGNING}}'"), declared=[])
    assert failure(execution)[0] == "`SIGNING` is not among the secrets that the task declares"


def test_a_recording_replays_where_there_are_no_secrets(
    run_body: Run, runtime: Runtime, server: HttpServer, tmp_path: Path
) -> None:
    more = """
      const headers = { 'X-Mac': hex, Authorization: 'Basic ' + btoa('a:' + context.secret('TOKEN')) };
      const r = await fetch(at + '/echo', { headers });
      let refused;
      try { context.secret('UNBOUND') } catch (error) { refused = error.message }
      return [await r.text(), refused, hex"""
    body = MAC.replace("KEY", "context.secret('SIGNING')").replace("return [hex", more)
    execution = run_body(body, recorder=FolderRecorder(str(tmp_path / "kept")))
    assert output(execution)[1:] == ["The secret `UNBOUND` is not bound in the configuration", *SIGNED]
    asked = len(server.requests)
    path = str(execution.recording)
    again = replay(runtime, load_recording(path), load_recorded_task(path))
    assert again.changes == ()
    assert again.execution.output_json == execution.output_json
    assert len(server.requests) == asked


def test_mocks_are_matched_by_placeholders_and_need_no_value(runtime: Runtime, make_task: MakeTask) -> None:
    source = """async (input, context) => {
      const key = context.secret('TOKEN');
      const sent = { method: 'POST', headers: { 'X-Key': key }, body: { key } };
      const r = await fetch('https://api.example.com/v1?key=' + key, sent);
      const raw = context.secret('SIGNING');
      const signing = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
      return [await r.text(), (await crypto.subtle.sign('HMAC', signing, new Uint8Array(1))).byteLength];
    }"""
    answer = HttpResponse(200, "OK", (), b"mocked", "", False, Timings(None, None, None, 0, 0, 0, 0), 6)
    url = parse_url_pattern("https://api.example.com/v1?key={{secret:TOKEN}}")
    key = "{{secret:TOKEN}}"
    mock = ExpectedExchange(ExpectedRequest("POST", url, {"x-key": key}, {"key": key}), answer, "mock 1")
    given = Surroundings(answers=ExpectedExchanges([mock]), secrets={"SIGNING": lambda: KEY})
    task = make_task(source, permissions={"secrets": ["TOKEN", "SIGNING"]})
    assert output(run(runtime, task, None, surroundings=given)) == ["mocked", 20]
    other = given._replace(answers=ExpectedExchanges([]))
    assert failure(run(runtime, task, None, surroundings=other))[0] == (
        "No mock answers `POST https://api.example.com/v1?key={{secret:TOKEN}}`"
    )


def test_a_secret_that_is_given_by_hand_goes_to_the_hosts_that_the_task_declares(
    online: Runtime, make_task: MakeTask, server: HttpServer
) -> None:
    source = "async ({ at }, context) => (await fetch(at, { headers: { K: context.secret('HAND') } })).status"
    given = Surroundings(secrets={"HAND": lambda: "given by hand"})
    permissions = {"secrets": ["HAND"], "net": ["127.0.0.1"]}
    task = make_task(source, permissions=permissions)
    assert output(run(online, task, {"at": server.url("/bytes/1")}, surroundings=given)) == 200
    assert server.requests[-1].header("K") == "given by hand"
    task = make_task(source, permissions={"secrets": ["HAND"]})
    execution = run(online, task, {"at": server.url("/bytes/1")}, surroundings=given)
    assert failure(execution)[0] == "The secret `HAND` is not bound to `127.0.0.1`"


def test_a_called_task_is_told_no_value_and_gets_no_secret_by_hand(
    online: Runtime, make_task: MakeTask, server: HttpServer, tmp_path: Path
) -> None:
    child = make_task(
        "(input, context) => [input, context.secret('HAND')]", name="child", permissions={"secrets": ["HAND"]}
    )
    source = f"""async ({{ at }}, context) => {{
      await fetch(at, {{ headers: {{ K: context.secret('TOKEN') }} }});
      return context.call('child', {json.dumps([CANARY[:9], CANARY[9:]])}.join(''));
    }}"""
    parent = make_task(source, permissions={"secrets": ["TOKEN"], "tasks": ["child"]})
    given = Surroundings(secrets={"HAND": lambda: "given by hand"})
    options: dict[str, Any] = {"find_task": lambda name: child, "recorder": FolderRecorder(str(tmp_path / "kept"))}
    execution = run(online, parent, {"at": server.url("/bytes/1")}, surroundings=given, **options)
    assert failure(execution)[0] == "The secret `HAND` is not bound in the configuration"
    (call,) = json.loads((Path(str(execution.recording)) / "session.json").read_text())["session"]["calls"]
    assert call["input"] == "{{secret:TOKEN}}"
    mocked = given._replace(answers=ExpectedExchanges([]))
    caller = make_task("(input, context) => context.call('child', 1)", permissions={"tasks": ["child"]})
    assert output(run(online, caller, None, surroundings=mocked, **options)) == [1, "{{secret:HAND}}"]


def test_context_has_no_more_than_it_says(run_body: Run) -> None:
    assert "secrets" not in output(run_body("return Object.keys(context)"))
