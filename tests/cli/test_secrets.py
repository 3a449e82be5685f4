"""Secrets from the configuration and by hand: used on the wire, and shown nowhere."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.gateway.echoed import ECHOES
from tests.gateway.http_server import HttpServer

CANARY = "Canary/of-the+mine-77"
METADATA = {"permissions": {"secrets": ["TOKEN"], "net": ["127.0.0.1"]}}
CONFIGURATION = """
permissions: {private_networks: [127.0.0.1]}
secrets: {TOKEN: {env: THE_TOKEN, hosts: [127.0.0.1], use: [sign]}}
logging: {level: debug, format: json, targets: [{type: stderr}, {type: file, path: run.log}]}
"""
ASK = "await fetch('AT/echo-as/FORM', { headers: { Authorization: 'Bearer ' + context.secret('TOKEN') } })"
HEADER = "async (input, context) => (await fetch('AT', { headers: { K: context.secret('TOKEN') } })).status"


@pytest.fixture
def named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a configuration with a secret and return its name."""
    monkeypatch.setenv("THE_TOKEN", CANARY)
    (folder / "named.yaml").write_text(CONFIGURATION)
    return "named.yaml"


def forms_of(value: str) -> list[str]:
    """Return what no file and no stream may hold."""
    encoded = [base64.b64encode(b" " * before + value.encode()).decode()[4:-8] for before in range(3)]
    return [value, value[::-1], json.dumps(value)[1:-1], value.encode().hex(), *encoded]


@pytest.mark.parametrize("form", ["plain", "json-escapes", "percent", "base64-after-one", "html-numbers", "reversed"])
def test_what_a_server_echoes_is_in_no_stream_and_no_file(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer, named: str, form: str
) -> None:
    ask = ASK.replace("AT", server.url("")).replace("FORM", form)
    body = f"const r = {ask}; const text = await r.text(); console.log(text, r.headers.get('x-echo'));"
    make_task(f"async (input, context) => {{ {body} return text }}", name="good", metadata=METADATA)
    make_task(f"async (input, context) => {{ {body} throw new Error(text) }}", name="bad", metadata=METADATA)
    replies = [
        ratchet("--config", named, "run-once", task, "--record", record, *options)
        for task in ("good", "bad")
        for record, options in (("kept", []), (f"{task}.ratchet", ["--json"]))
    ]
    assert [reply.splitlines()[0] for reply in replies] == ["exit 0", "exit 0", "exit 1", "exit 1"]
    assert [request.header("Authorization") for request in server.requests] == [f"Bearer {CANARY}"] * 4
    written = [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    for forbidden in [*forms_of(CANARY), ECHOES[form](CANARY)]:
        assert [text for text in [*replies, *written] if forbidden in text] == []
    assert all("{{secret:TOKEN}}" in reply for reply in replies)


def test_reports_of_cases_that_run_for_real_hold_no_value(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer, named: str
) -> None:
    ask = ASK.replace("AT", server.url("")).replace("FORM", "plain")
    case = {"name": "echo", "expected_output": "something else"}
    files = {"tests/echo.json": json.dumps(case)}
    make_task(f"async (input, context) => (console.log(1), (await ({ask})).text())", files=files, metadata=METADATA)
    reports = ["--report-junit", "a.xml", "--report-tap", "b.tap", "--report-json", "c.json"]
    reply = ratchet("--config", named, "test", "total", "--live", *reports)
    assert reply.startswith("exit 1\n")
    assert server.requests[0].header("Authorization") == f"Bearer {CANARY}"
    for text in (reply, *((folder / name).read_text() for name in ("a.xml", "b.tap", "c.json"))):
        assert CANARY not in text
        assert "secret:TOKEN" in text


def test_a_plan_holds_placeholders(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer, named: str
) -> None:
    at = server.url("/echo?k={{secret:TOKEN}}")
    source = (
        f"async (input, context) => (await fetch('{at}', {{ method: 'POST', body: 'k={{{{secret:TOKEN}}}}' }})).status"
    )
    make_task(source, metadata=METADATA)
    reply = ratchet("--config", named, "run-once", "total", "--plan", "--output", "plan.json")
    assert reply.startswith("exit 0\n"), reply
    assert CANARY not in reply + (folder / "plan.json").read_text()
    assert server.requests == []
    assert ratchet("--config", named, "run-once", "total", "--apply", "plan.json").startswith(
        "exit 0\n--- stdout\n200\n"
    )
    assert server.requests[0].body.decode() == f"k={CANARY}"


def test_a_secret_by_hand_goes_to_the_hosts_that_the_task_declares(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task(HEADER.replace("AT", server.url("/bytes/1")), metadata=METADATA)
    (folder / "token.txt").write_text(CANARY + "\n")
    monkeypatch.setenv("BY_HAND", "another-token")
    given = ["run-once", "total", "--allow-host", "127.0.0.1", "--secret"]
    assert ratchet(*given, "TOKEN=@token.txt") == "exit 0\n--- stdout\n200\n"
    assert ratchet(*given, "TOKEN=env:BY_HAND") == "exit 0\n--- stdout\n200\n"
    assert [request.header("K") for request in server.requests] == [CANARY, "another-token"]


def test_a_slip_with_a_secret_by_hand_is_refused_and_never_repeated(
    ratchet: Command, make_task: MakeTask, folder: Path
) -> None:
    make_task("() => 1", metadata=METADATA)
    (folder / "empty.txt").write_text("")
    replies = [
        ratchet("run-once", "total", "--secret", option)
        for option in (f"TOKEN={CANARY}", CANARY, "TOKEN=@nowhere.txt", "TOKEN=env:NOWHERE", "TOKEN=@empty.txt")
    ]
    assert all(CANARY not in reply for reply in replies)
    assert "".join(replies) == snapshot("""\
exit 2
--- stderr
Error: `--secret TOKEN` takes no value: every process of the machine could see it
Hint: Write `TOKEN=@FILE` or `TOKEN=env:VARIABLE`
exit 2
--- stderr
Error: `--secret` is not NAME=@FILE or NAME=env:VARIABLE
Hint: NAME is what the task calls it
exit 3
--- stderr
Error: The file `nowhere.txt` cannot be read: No such file or directory
exit 3
--- stderr
Error: The variable `NOWHERE` is not set
Hint: Set it, or name another one
exit 3
--- stderr
Error: The file `empty.txt` does not hold one line of ASCII text
""")
    (folder / "token.txt").write_text(CANARY)
    assert ratchet("run-once", "total", "--secret", "OTHER=@token.txt") == snapshot("""\
exit 3
--- stderr
Error: The task does not ask for the secret `OTHER`
Hint: `"permissions": {"secrets": ["TOKEN", "OTHER"]}` in `total/metadata.json` does
""")


def test_a_secret_that_nobody_binds_is_refused_with_both_sides_named(ratchet: Command, make_task: MakeTask) -> None:
    make_task(HEADER.replace("AT", "https://a.test"), metadata=METADATA)
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw ConfigurationError: The secret `TOKEN` is not bound in the configuration
  --> total/main.js:1:81
   |
 1 | async (input, context) => (await fetch('https://a.test', { headers: { K: context.secret('TOKEN') } })).status
   |                                                                                 ^
Hint: `secrets: {TOKEN: {env: TOKEN, hosts: [HOST]}}` binds it, `--secret TOKEN=@FILE` gives it once
""")
    make_task(HEADER.replace("AT", "https://a.test"))
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw ConfigurationError: `TOKEN` is not among the secrets that the task declares
  --> total/main.js:1:81
   |
 1 | async (input, context) => (await fetch('https://a.test', { headers: { K: context.secret('TOKEN') } })).status
   |                                                                                 ^
Hint: `"permissions":{"secrets":["TOKEN"]}` in the task's metadata declares it
""")


def test_a_case_signs_with_a_value_of_its_own(ratchet: Command, make_task: MakeTask) -> None:
    source = """async (input, context) => {
      const algorithm = { name: 'HMAC', hash: 'SHA-256' };
      const key = await crypto.subtle.importKey('raw', context.secret('TOKEN'), algorithm, false, ['sign']);
      const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('body')));
      return btoa(String.fromCharCode(...bytes));
    }"""
    case = {"secrets": {"TOKEN": "for-tests-alone"}, "expected_output": "tL5KqLGqTlTEPfS6HvXVlvTvjA9pQpgAu2hUBNKdtDs="}
    short = {"secrets": {"TOKEN": "short"}, "expected_output": 1}
    none = {"expected_error": "The secret `TOKEN` has no value here to sign with"}
    files = {"tests/a.json": json.dumps(case), "tests/b.json": json.dumps(none)}
    make_task(source, files=files, metadata=METADATA)
    assert ratchet("test", "total").startswith("exit 0"), ratchet("test", "total")
    make_task(source, files={**files, "tests/c.json": json.dumps(short)}, metadata=METADATA)
    reply = ratchet("test", "total")
    assert reply.startswith("exit 3")
    assert "The secret `TOKEN` is not one line of ASCII with 8 characters or more" in reply
