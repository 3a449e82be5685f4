"""Which exchange answers a request, and what is said when none does."""

from __future__ import annotations

from typing import Any

import pytest

from ratchet.gateway.expected import ExpectedExchange, ExpectedExchanges, Unmatched
from ratchet.gateway.failures import NameNotFound
from ratchet.gateway.matching import ABSENT, ExpectedRequest
from ratchet.gateway.message import HttpRequest, HttpResponse, Timings
from ratchet.gateway.url import parse_url
from ratchet.gateway.url_pattern import parse_url_pattern

TIMINGS = Timings(None, None, None, 0.0, 0.0, 0.0, 0.0)
AT = "https://api.example/items"
JSON_TYPE = (("Content-Type", "application/json"),)


def exchange(
    url: str = AT,
    *,
    method: str | None = "GET",
    headers: dict[str, str] | None = None,
    body: Any = ABSENT,
    says: str = "",
    times: int | None = None,
    label: str = "mock 1",
) -> ExpectedExchange:
    request = ExpectedRequest(method, parse_url_pattern(url), headers or {}, body)
    response = HttpResponse(200, "OK", (), says.encode(), "", False, TIMINGS, len(says))
    return ExpectedExchange(request, response, label, times)


def ask(served: ExpectedExchanges, url: str = AT, method: str = "GET", **rest: Any) -> str:
    return served.answer(1, HttpRequest(method, url, **rest)).body.decode()


@pytest.mark.parametrize(
    ("pattern", "url", "matches"),
    [
        ("https://api.example/a", "https://api.example/a", True),
        ("https://API.example:443/a/../a", "https://api.example/a", True),
        ("https://api.example/a", "http://api.example/a", False),
        ("https://api.example/a", "https://api.example/a/b", False),
        ("https://api.example/a", "https://api.example/a?b=1", False),
        ("https://api.example/a?b=1&c=2", "https://api.example/a?c=2&b=1", True),
        ("https://api.example/a?b=1&c=2", "https://api.example/a?c=2&b=2", False),
        ("https://api.example/a?b=1", "https://api.example/a?b=1&b=1", False),
        ("https://api.example/users/{id}", "https://api.example/users/7", True),
        ("https://api.example/users/{id}", "https://api.example/users/7/posts", False),
        ("https://api.example/users/{id}", "https://api.example/users/", False),
        ("https://api.example/*", "https://api.example/any/thing?q=1", True),
        ("https://*.example/a", "https://one.two.example/a", True),
        ("https://api.example/a?token=*&n=1", "https://api.example/a?n=1&token=secret", True),
        ("https://api.example/a?token=*", "https://api.example/a?other=1", False),
        ("https://api.example/a.b", "https://api.example/axb", False),
        ("https://api.example/a.b*", "https://api.example/axb", False),
        ("api.example/users", "https://api.example/users/7?x=1", True),
        ("/users", "https://api.example/users", True),
        ("/users?b=1&a=2", "https://api.example/users?a=2&b=1", True),
        ("/people", "https://api.example/users", False),
        ("users/*/posts", "https://api.example/users/7/posts", True),
        (r"/users\/\d+$/", "https://api.example/users/42", True),
        (r"/users\/\d+$/", "https://api.example/users/x", False),
    ],
)
def test_patterns_name_the_urls_they_mean(pattern: str, url: str, matches: bool) -> None:
    assert parse_url_pattern(pattern).matches(parse_url(url)) is matches


@pytest.mark.parametrize("pattern", ["", "/(/", "https://exa mple/", "http://[::1/"])
def test_pattern_that_means_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is "):
        parse_url_pattern(pattern)


def test_mocks_of_one_request_answer_in_their_order_and_the_last_repeats() -> None:
    served = ExpectedExchanges([exchange(says="one"), exchange(says="two")])
    assert [ask(served) for _ in range(4)] == ["one", "two", "two", "two"]


def test_times_says_how_often() -> None:
    served = ExpectedExchanges([exchange(says="one", times=2), exchange(says="two", times=1)])
    assert [ask(served) for _ in range(3)] == ["one", "one", "two"]
    with pytest.raises(Unmatched) as refused:
        ask(served)
    assert refused.value.hint == "mock 1 fits, but has answered 2 times already"


def test_failure_is_raised_in_place_of_an_answer() -> None:
    mock = exchange()._replace(answer=NameNotFound("no such host"))
    with pytest.raises(NameNotFound):
        ask(ExpectedExchanges([mock]))


def test_what_was_not_used_is_known() -> None:
    first, second, third = exchange(), exchange(AT + "/2", label="mock 2"), exchange(AT + "/3", times=2, label="mock 3")
    served = ExpectedExchanges([first, second, third])
    ask(served)
    ask(served, AT + "/3")
    assert [unused.label for unused in served.unused] == ["mock 2", "mock 3"]


def test_order_counts_where_it_is_asked_for() -> None:
    pair = [exchange(AT + "/1", says="1", label="entry 1"), exchange(AT + "/2", says="2", label="entry 2")]
    served = ExpectedExchanges(pair, source="recording", ordered=True)
    with pytest.raises(Unmatched) as refused:
        ask(served, AT + "/2")
    assert (refused.value.message, refused.value.hint) == (
        "No recorded request answers `GET https://api.example/items/2`",
        "The next in order is entry 1: its url differs: expected `https://api.example/items/1`, "
        "sent `https://api.example/items/2`",
    )
    assert [ask(served, AT + f"/{n}") for n in (1, 2)] == ["1", "2"]
    with pytest.raises(Unmatched, match="No recorded request"):
        ask(served, AT + "/2")


MISSES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "method": ({}, {"method": "PUT"}, "its method differs: expected `GET`, sent `PUT`"),
    "query": ({"url": AT + "?a=1"}, {"url": AT + "?a=2"}, "its query differs: expected `a=1`, sent `a=2`"),
    "extra query": ({}, {"url": AT + "?a=2"}, "its query differs: expected none, sent `a=2`"),
    "header": (
        {"headers": {"accept": "text/csv"}},
        {"headers": (("Accept", "text/html"),)},
        "its header differs at `accept`: expected `text/csv`, sent `text/html`",
    ),
    "no header": ({"headers": {"accept": "x"}}, {}, "its header differs at `accept`: expected `x`, sent none"),
    "body field": (
        {"method": "POST", "body": {"a": [1, {"b": 2}]}},
        {"method": "POST", "body": b'{"a": [1, {"b": 3}]}', "headers": JSON_TYPE},
        "its body differs at `/a/1/b`: expected `2`, sent `3`",
    ),
    "body type": (
        {"method": "POST", "body": {"a": 1}},
        {"method": "POST", "body": b'{"a": "1"}', "headers": JSON_TYPE},
        'its body differs at `/a`: expected `1`, sent `"1"`',
    ),
    "field too many": (
        {"method": "POST", "body": {"a": 1}},
        {"method": "POST", "body": b'{"a": 1, "b": 2}', "headers": JSON_TYPE},
        "its body differs at `/b`: expected none, sent `2`",
    ),
    "no body": (
        {"method": "POST", "body": {"a": 1}},
        {"method": "POST"},
        'its body differs: expected `{"a": 1}`, sent none',
    ),
    "a body": (
        {"method": "POST", "body": None},
        {"method": "POST", "body": b"x"},
        'its body differs: expected `null`, sent `"x"`',
    ),
    "text": (
        {"method": "POST", "body": "a"},
        {"method": "POST", "body": b"b"},
        'its body differs: expected `"a"`, sent `"b"`',
    ),
    "form": (
        {"method": "POST", "body": {"a": "1", "b": ["2", "3"]}},
        {
            "method": "POST",
            "body": b"b=2&b=4&a=1",
            "headers": (("content-type", "application/x-www-form-urlencoded"),),
        },
        'its body differs at `/b/1`: expected `"3"`, sent `"4"`',
    ),
}


@pytest.mark.parametrize("kind", MISSES)
def test_miss_names_what_differs_and_where(kind: str) -> None:
    expected, sent, sentence = MISSES[kind]
    served = ExpectedExchanges([exchange("https://other.example/", label="mock 0"), exchange(**expected)])
    with pytest.raises(Unmatched) as refused:
        ask(served, **sent)
    assert refused.value.hint == f"The nearest is mock 1: {sentence}"
    assert [miss.nearest and miss.nearest.label for miss in served.misses] == ["mock 1"]


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"a": 10}, b'{"a": 10.0}'),
        ('{"a": 1, "b": 2}', b'{"b":2,"a":1}'),
        ("text", b"text"),
        (b"\xff\x00", b"\xff\x00"),
        ({"a": "1"}, b"a=1"),
        (None, None),
    ],
)
def test_bodies_that_say_the_same_are_the_same(body: Any, sent: bytes | None) -> None:
    headers = (("content-type", "application/x-www-form-urlencoded"),) if sent == b"a=1" else ()
    served = ExpectedExchanges([exchange(method="POST", body=body, says="yes")])
    assert ask(served, method="POST", body=sent, headers=headers) == "yes"


def test_request_with_nothing_to_answer_it_says_so() -> None:
    with pytest.raises(Unmatched) as refused:
        ask(ExpectedExchanges([]))
    assert refused.value.hint == "There is no mock at all"
