"""Values are found however they are written, and nothing else is taken for one."""

from __future__ import annotations

import json
import random
import string
from base64 import b64encode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ratchet.gateway.masking import Masker
from tests.gateway.echoed import ECHOES

CANARY = 'Zx9!k/L+7q"w e&r<T'
VALUES = st.text(string.printable[:95], min_size=8, max_size=40).filter(lambda value: value == value.strip())


@pytest.mark.parametrize("form", ECHOES)
@given(value=VALUES)
@example(value="000000\\\\")
@settings(max_examples=10)
def test_a_value_is_found_in_every_form(form: str, value: str) -> None:
    shown = ECHOES[form](value)
    masked = Masker({"KEY": value}).mask_text(shown)
    assert "{{secret:KEY}}" in masked
    inside = Masker({"KEY": value}).mask_bytes(json.dumps([shown, 1]).encode())
    assert "{{secret:KEY}}" in str(json.loads(inside))


def test_what_holds_no_value_stays_as_it_is() -> None:
    masker = Masker({"KEY": CANARY, "OTHER": "12345678"})
    random.seed(1)
    for data in (b"", b"1234567 Zx9!k/L+", bytes(random.randbytes(100_000)), b64encode(random.randbytes(100_000))):
        assert masker.mask_bytes(data) == data


def test_json_stays_json() -> None:
    text = '{"a": 9123456789, "b": [49,50,51,52,53,54,55,56], "c": ["12345678", "\\ud800 12345678"], "d": 1.50}'
    masked = Masker({"PIN": "12345678"}).mask_json_text(text)
    pin = "{{secret:PIN}}"
    assert json.loads(masked) == {"a": pin, "b": [pin], "c": [pin, f"\ud800 {pin}"], "d": 1.5}
    assert masked.endswith('"d": 1.50}')


def test_an_escape_is_not_cut_in_two() -> None:
    masker = Masker({"KEY": "nabcdefgh"})
    # A line feed and the rest of the value, which is not the value.
    assert masker.mask_json_text('["\\nabcdefgh"]') == '["\\nabcdefgh"]'


def test_the_longer_of_two_values_wins_and_each_has_its_name() -> None:
    masker = Masker({"SHORT": "abcdefgh", "LONG": "abcdefghij"})
    assert masker.mask_text("abcdefghij abcdefgh") == "{{secret:LONG}} {{secret:SHORT}}"


def test_no_character_of_base64_that_a_value_has_a_part_in_is_left() -> None:
    assert Masker({"KEY": "abcdefgh"}).mask_text(b64encode(b"u:abcdefgh:rest").decode()) == "dT{{secret:KEY}}pyZXN0"


def test_a_search_takes_a_time_that_is_linear_in_the_text() -> None:
    masker = Masker({"KEY": "\\" * 8 + "a" * 8})
    for text in ("\\" * 300_000, "%25" * 100_000, "&amp;" * 60_000, "a" * 300_000, "\0" * 300_000):
        assert len(masker.mask_text(text)) <= len(text)
