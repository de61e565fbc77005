"""The columns that a question speaks of."""

import json

from hypothesis import given
from hypothesis import strategies as st

from catalog.portal.column_match import matching_columns
from catalog.portal.wording import Words

VI, EN = Words("vi"), Words("en")
FIELDS = [
    {"name": "commune_code", "title": "Mã xã, phường", "title_en": "Commune code"},
    {"name": "received_date", "title": "Ngày nhận", "title_en": "Day received"},
    {"name": "status", "title": "Tình trạng", "title_en": "Status"},
]
RECORD = {
    "resources": [{"url": "x"}, {"schema": json.dumps({"fields": FIELDS})}, {"schema": "{"}],
}


def names(query: str, words: Words = EN) -> list[str]:
    return [column.name for column in matching_columns(RECORD, query, words)]


def test_which_datasets_have_a_commune_code() -> None:
    assert names("which datasets have a commune code") == ["commune_code"]
    assert names("commune codes") == ["commune_code"]
    assert names("commune_code") == ["commune_code"]
    assert names("ma xa") == names("mã xã") == ["commune_code"]
    assert matching_columns(RECORD, "mã xã", VI)[0].title == "Mã xã, phường"


def test_name_and_title_say_it_together() -> None:
    unit = {"name": "unit_code", "title": "Xã, phường", "title_en": "Commune"}
    record = {"resources": [{"schema": {"fields": [*FIELDS[1:], unit]}}]}
    for query in ("commune code", "mã xã", "bộ dữ liệu nào có mã xã", "unit code"):
        assert [column.name for column in matching_columns(record, query, EN)] == ["unit_code"]


def test_one_word_counts_only_as_the_whole_question() -> None:
    assert names("status") == ["status"]
    assert names("status of cases") == []
    assert names("") == names("nothing of it") == []


def test_schemas_that_are_none_say_nothing() -> None:
    for schema in ("", "[", "[]", "5", {"fields": 3}, {"fields": [4]}, "[" * 100_000, None):
        assert matching_columns({"resources": [{"schema": schema}]}, "x", EN) == ()


@given(st.text())
def test_any_question_is_answered(query: str) -> None:
    assert set(names(query)) <= {"commune_code", "received_date", "status"}
