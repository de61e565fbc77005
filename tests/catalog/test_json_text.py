"""JSON of strangers: what is read can be kept and sent again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.json_text import DEEPEST, read_json, sound


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "NaN",
        '{"a": Infinity}',
        "1e999",
        '"\\u0000"',
        '{"a\\u0000": 1}',
        '["\\ud800"]',
        b"\xff\xfe",
        "[" * 100_000,
        "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2),
        '{"a":' * (DEEPEST + 2) + "1" + "}" * (DEEPEST + 2),
        "9" * 5000,
    ],
)
def test_what_nothing_behind_could_bear_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)


@given(st.text(), st.binary())
def test_whatever_is_read_can_be_sent_again(text: str, raw: bytes) -> None:
    for one in (text, raw, json.dumps(text)):
        try:
            value: Any = read_json(one)
        except ValueError:
            continue
        sent = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        assert json.loads(sent) == value
    if sound(text):
        assert read_json(json.dumps(text)) == text


def test_what_is_usual_is_read() -> None:
    nested = "[" * DEEPEST + "]" * DEEPEST
    assert read_json(nested) is not None
    assert read_json('{"a": ["đ\\ud83d\\ude00", 1.5, null]}') == {"a": ["đ😀", 1.5, None]}


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_other_texts_are_sound(text: str) -> None:
    assert sound(text)
