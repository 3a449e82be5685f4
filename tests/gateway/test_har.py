"""HTTP Archives: what we write is HAR 1.2, and what others write is read or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ratchet.errors import InvalidRecording
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.failures import NameNotFound
from ratchet.gateway.har import render_har
from ratchet.gateway.har_reading import parse_har
from ratchet.gateway.message import HttpRequest, HttpResponse, Timings
from tests.gateway.har_schema import HAR

JSON_TYPE = ("Content-Type", "application/json; charset=utf-8")
FORM_TYPE = ("content-type", "application/x-www-form-urlencoded")
TIMES = Timings(1.5, 2.25, 4.0, 0.5, 10.0, 3.0, 21.25)


def exchange(request: HttpRequest, response: HttpResponse | None = None, **changes: Any) -> Exchange:
    return Exchange(1, request, response, None, "network", 1_800_000_000.25, 25.0)._replace(**changes)


def answer(body: bytes, *headers: tuple[str, str], **changes: Any) -> HttpResponse:
    response = HttpResponse(200, "OK", headers, body, "https://x.example/a?b=c%20d", False, TIMES, len(body))
    return response._replace(**changes)


SAMPLES = {
    "JSON": exchange(
        HttpRequest("POST", "https://x.example/a?b=c%20d&e", (JSON_TYPE,), b'{"n": 1}'), answer(b'{"m": 2}', JSON_TYPE)
    ),
    "a form": exchange(
        HttpRequest(
            "POST", "https://x.example/", (("content-type", "application/x-www-form-urlencoded"),), b"a=1&b=c+d"
        ),
        answer(b"ok", ("Content-Type", "text/plain")),
    ),
    "bytes": exchange(
        HttpRequest("PUT", "https://x.example/", (), b"\xff\x00"), answer(b"\x89PNG\xff", ("Content-Type", "image/png"))
    ),
    "packed": exchange(HttpRequest("GET", "https://x.example/"), answer(b"a" * 100, wire_bytes=20)),
    "redirected": exchange(
        HttpRequest("GET", "https://x.example/"),
        answer(b"", url="https://y.example/", redirected=True, address="192.0.2.1"),
    ),
    "kept open": exchange(
        HttpRequest("GET", "https://x.example/"), answer(b"", timings=Timings(None, None, None, 1, 2, 3, 6))
    ),
    "a failure": exchange(HttpRequest("GET", "https://no.example/"), failure=NameNotFound("gone", hint="look again")),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_archive_is_har(kind: str) -> None:
    Draft202012Validator(HAR, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(render_har([SAMPLES[kind]]))


@pytest.mark.parametrize("kind", SAMPLES)
def test_archive_is_read_back_as_it_was(kind: str) -> None:
    before = SAMPLES[kind]
    (after,) = parse_har(json.loads(json.dumps(render_har([before]))), file="x.har")
    assert after.request == before.request
    assert (after.number, after.source, after.started_at) == (1, "recording", before.started_at)
    if before.response is None:
        assert before.failure is not None
        assert after.failure is not None
        assert (after.failure.kind, after.failure.message, after.failure.hint) == ("dns", "gone", "look again")
    else:
        assert after.response is not None
        told = ("status", "reason", "headers", "body", "url", "redirected")
        assert [getattr(after.response, name) for name in told] == [getattr(before.response, name) for name in told]


def test_archive_says_what_other_tools_show() -> None:
    entry = render_har([SAMPLES["JSON"]])["log"]["entries"][0]
    assert entry["startedDateTime"] == "2027-01-15T08:00:00.250Z"
    assert entry["request"]["queryString"] == [{"name": "b", "value": "c d"}, {"name": "e", "value": ""}]
    assert entry["request"]["postData"]["mimeType"] == "application/json; charset=utf-8"
    assert entry["response"]["content"] == {
        "size": 8,
        "mimeType": "application/json; charset=utf-8",
        "text": '{"m": 2}',
    }
    phases = {name: value for name, value in entry["timings"].items() if value > 0}
    assert phases == {"dns": 1.5, "connect": 6.25, "ssl": 4.0, "send": 0.5, "wait": 10.0, "receive": 3.0}
    assert entry["time"] == 21.25
    form = render_har([SAMPLES["a form"]])["log"]["entries"][0]["request"]["postData"]
    assert form["params"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "c d"}]


def test_archive_of_another_program_is_read() -> None:
    entry = {
        "request": {"method": "get", "url": "https://x.example/?q=1", "queryString": []},
        "response": {"status": 200, "content": {"mimeType": "text/json", "text": "{}"}},
    }
    (first, second) = parse_har({"log": {"entries": [entry, entry]}}, file="x.har")
    assert (first.number, second.number) == (1, 2)
    assert (first.request.method, first.request.url, first.request.body) == ("GET", "https://x.example/?q=1", None)
    assert first.response is not None
    assert (first.response.status, first.response.body, first.response.url) == (200, b"{}", "https://x.example/?q=1")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (("request", 5), "/log/entries/0/request"),
        (("request", "method", None), "/log/entries/0/request/method"),
        (("request", "headers", [{"name": 1}]), "/log/entries/0/request/headers/0"),
        (("response", "status", 99), "/log/entries/0/response/status"),
        (("response", "status", True), "/log/entries/0/response/status"),
        (("response", "content", "encoding", "base64"), "/log/entries/0/response/content/text"),
        (("_ratchet", "failure", {"kind": "x", "message": "y"}), "/log/entries/0/_ratchet/failure"),
    ],
)
def test_archive_that_is_broken_is_refused_with_the_place(change: tuple[Any, ...], pointer: str) -> None:
    document = json.loads(json.dumps(render_har([SAMPLES["JSON"]])))
    part = document["log"]["entries"][0]
    *path, value = change
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(InvalidRecording) as refused:
        parse_har(document, file="x.har")
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["log", "entries", "request", "response", "url", "method", "_ratchet", "content", "text"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_anything_is_read_or_refused(document: Any) -> None:
    try:
        parse_har(document, file="x.har")
    except InvalidRecording:
        pass
