"""Semantic versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.task.version import Version, nearest_version, parse_version

IDENTIFIERS = st.one_of(
    st.integers(0, 10**20).map(str),
    st.from_regex(r"[0-9a-zA-Z-]*[a-zA-Z-][0-9a-zA-Z-]*", fullmatch=True).map(lambda text: text[:40]),
).filter(lambda text: not (text.isdigit() and len(text) > 1 and text[0] == "0"))
VERSIONS = st.builds(
    Version,
    *[st.integers(0, 10**12)] * 3,
    st.lists(IDENTIFIERS, max_size=3).map(tuple),
    st.lists(st.from_regex(r"[0-9a-zA-Z-]{1,20}", fullmatch=True), max_size=3).map(tuple),
)


def version(text: str) -> Version:
    parsed = parse_version(text)
    assert parsed is not None, text
    return parsed


def test_the_order_of_the_standard_holds() -> None:
    ordered = [
        "0.9.0",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.9.0",
        "1.10.0",
        "2.0.0",
        "2.1.0",
        "2.1.1",
    ]
    assert [str(each) for each in sorted(map(version, reversed(ordered)))] == ordered


def test_builds_do_not_matter() -> None:
    assert version("1.0.0+a") == version("1.0.0+b") == version("1.0.0")
    assert not version("1.0.0+a") < version("1.0.0+b")
    assert hash(version("1.0.0+a")) == hash(version("1.0.0"))


@given(VERSIONS)
def test_a_version_survives_its_text(value: Version) -> None:
    again = version(str(value))
    assert again == value
    assert again.build == value.build


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_total(one: Version, two: Version, three: Version) -> None:
    assert (one < two) + (two < one) + (one == two) == 1
    assert (one <= two) == (not two < one)
    if one <= two <= three:
        assert one <= three


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.2",
        "1.2.3.4",
        "01.2.3",
        "1.02.3",
        "1.2.3-",
        "1.2.3-01",
        "1.2.3-a..b",
        "1.2.3+",
        "v1.2.3",
        " 1.2.3",
        "1.2.3\n",
        "1.2.3-ä",
        "\uff11.2.3",
        "-1.2.3",
        "1.2.3+a+b",
        "9" * 300 + ".0.0",
    ],
)
def test_what_is_no_version_is_none(text: str) -> None:
    assert parse_version(text) is None


@given(st.text())
def test_any_text_is_a_version_or_none(text: str) -> None:
    parsed = parse_version(text)
    assert parsed is None or str(parsed) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", "1.0.0"), ("v1.2", "1.2.0"), ("01.02.03", "1.2.3"), ("1.0", "1.0.0"), ("latest", None), ("1.2.3.4", None)],
)
def test_what_was_meant_is_guessed(text: str, expected: str | None) -> None:
    assert nearest_version(text) == expected
