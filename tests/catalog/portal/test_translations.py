"""Every sentence the portal says is there in Vietnamese."""

import re
import unicodedata
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import catalog
from contracts.i18n import translate
from tests.catalog.portal.messages import messages

PLACEHOLDER = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def vietnamese() -> dict[str, str]:
    path = Path(catalog.__file__).parent / "locale" / "vi.po"
    with path.open("rb") as text:
        return {_first(entry.id): _first(entry.string) for entry in read_po(text, locale="vi")}


def _first(forms: object) -> str:
    return str(forms[0] if isinstance(forms, list | tuple) else forms)


def test_every_sentence_is_translated(vietnamese: dict[str, str]) -> None:
    missing = [message[0] for message in messages() if not vietnamese.get(message[0])]
    assert missing == []


def test_translations_are_nfc_and_keep_their_placeholders(vietnamese: dict[str, str]) -> None:
    for message in messages():
        translated = vietnamese[message[0]]
        assert unicodedata.is_normalized("NFC", translated)
        assert set(PLACEHOLDER.findall(translated)) == set(PLACEHOLDER.findall(message[0]))


def test_no_other_room_says_it_differently(vietnamese: dict[str, str]) -> None:
    """All rooms share one catalogue, so one English sentence has one translation."""
    differing = {
        message[0]: (vietnamese[message[0]], translate(message[0], "vi"))
        for message in messages()
        if len(message) == 1 and translate(message[0], "vi") != vietnamese[message[0]]
    }
    assert differing == {}
