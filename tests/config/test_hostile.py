"""Whatever stands in the file, it is a configuration or it is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.config.declaration import fits
from ratchet.config.layers import read_layers
from ratchet.config.settings import SECTIONS, SETTINGS
from ratchet.config.source import Source
from ratchet.errors import InvalidConfig

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8),
    st.sampled_from(["${A}", "${B:-3}", "$${", "dukpy", "file", "stderr", "64MB", "~/x", 10**400, -(10**400)]),
)  # fmt: skip
WORDS = sorted(
    {step for key in SETTINGS for step in key.split(".")}
    | {field.name for setting in SETTINGS.values() for field in setting.fields}
    | {"max_execution_duration", "task_cache", "max_size_bytes", "$schema", "a.b", ""}
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)),
    max_leaves=12,
)
SECTION_NAMES = [*(section.name for section in SECTIONS), "http"]


def values_of(content: bytes, environment: dict[str, str]) -> dict[str, Any] | None:
    """Return the values, None where they are refused."""
    try:
        return read_layers(Source("x/ratchet.yaml", content, {"A": "1", "HOME": "/home/me", **environment}, {})).values
    except InvalidConfig:
        return None


@given(st.one_of(VALUES, st.dictionaries(st.sampled_from(SECTION_NAMES), VALUES)))
def test_any_tree_is_taken_or_refused(tree: Any) -> None:
    values = values_of(json.dumps(tree).encode(), {})
    assert values is None or all(fits(setting, values[key]) for key, setting in SETTINGS.items())


@given(st.text(alphabet="executionworkers:maxmin \n-{}[]'\"#&*!|>$,0123456789\t", max_size=80))
def test_any_text_is_taken_or_refused(text: str) -> None:
    values_of(text.encode(), {})


@given(st.binary(max_size=30))
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    values_of(data, {})


@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=12))
def test_any_variable_is_taken_or_refused(key: str, text: str) -> None:
    values = values_of(b"", {"RATCHET_" + key.replace(".", "__").upper(): text})
    assert values is None or fits(SETTINGS[key], values[key])


@pytest.mark.parametrize("text", ["\ud800", "\udcff/x", "x" * 100_000, "9" * 5000])
@pytest.mark.parametrize("key", SETTINGS)
def test_an_odd_variable_is_taken_or_refused(key: str, text: str) -> None:
    values_of(b"", {"RATCHET_" + key.replace(".", "__").upper(): text})
