from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from contracts.i18n import translate, translate_count
from tests.contracts.example import REPOSITORY

ROOM = REPOSITORY / "contracts"
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@pytest.fixture(scope="module")
def translations() -> dict[str, str]:
    with (ROOM / "locale" / "vi.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="vi") if m.id}


@pytest.fixture(scope="module")
def messages() -> set[str]:
    found = extract_from_dir(ROOM, [("**.py", "python")], keywords={"_": None})
    return {str(message) for _file, _line, message, _comments, _context in found}


def test_every_sentence_has_a_translation(messages: set[str], translations: dict[str, str]) -> None:
    assert {message for message in messages if not translations.get(message)} == set()


def test_no_translation_is_left_over(messages: set[str], translations: dict[str, str]) -> None:
    assert set(translations) - messages == set()


def test_placeholders_and_form(translations: dict[str, str]) -> None:
    for message, translated in translations.items():
        assert set(PLACEHOLDER.findall(message)) == set(PLACEHOLDER.findall(translated)), message
        assert unicodedata.is_normalized("NFC", translated), message


def test_an_unknown_sentence_stays_english() -> None:
    assert translate("Never said.", "vi") == "Never said."
    assert translate("", "vi") == ""
    assert translate_count("one", "many", 2, "en") == "many"


def test_nothing_is_read_from_compiled_files() -> None:
    assert list(Path(ROOM).rglob("*.mo")) == []
