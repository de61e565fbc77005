from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalog.tables import FORMS, cell, delimited


@given(st.text())
def test_no_text_cell_begins_like_a_formula(text: str) -> None:
    written = str(cell(text))
    assert not written.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"))
    assert written.removeprefix("'") == text.removeprefix("'")


@given(st.lists(st.tuples(st.text(), st.integers()), max_size=5), st.sampled_from([",", "\t"]))
def test_rows_can_be_read_back(rows: list[tuple[str, int]], separator: str) -> None:
    written = delimited(({"a": a, "b": b} for a, b in rows), ["a", "b"], separator)
    read = list(csv.reader(io.StringIO(written, newline=""), delimiter=separator))
    assert [row[1] for row in read] == [str(b) for _a, b in rows]


def test_values_that_are_not_text_stay_as_they_are() -> None:
    assert [cell(value) for value in (None, True, -1, Decimal("-1.50"), date(2026, 3, 1))] == [
        "",
        "true",
        -1,
        Decimal("-1.50"),
        "2026-03-01",
    ]


def whole(form: str, pieces: list[list[dict[str, object]]], names: list[str]) -> bytes:
    fields = [{"id": name, "type": "text"} for name in names]
    return b"".join(FORMS[form].write(pieces, fields, bom=False))


@given(st.lists(st.lists(st.text(), max_size=3), max_size=4))
def test_a_stream_of_json_is_json_however_it_is_cut(pieces: list[list[str]]) -> None:
    rows: list[list[dict[str, object]]] = [[{"a": text} for text in piece] for piece in pieces]
    told = json.loads(whole("json", rows, ["a"]).decode())
    clean = [text.encode("utf-8", "replace").decode() for piece in pieces for text in piece]
    assert told["records"] == [[text] for text in clean]


@given(st.lists(st.text(), max_size=4))
def test_any_text_is_sound_xml(texts: list[str]) -> None:
    made = whole("xml", [[{"_id": 1, "a": text} for text in texts]], ["_id", "a"])
    assert len(ET.fromstring(made).findall("row")) == len(texts)


def test_values_that_xml_and_json_write_their_own_way() -> None:
    row: dict[str, object] = {"a": None, "b": [1, "x<"], "c": True, "d": float("nan")}
    names = list(row)
    xml = whole("xml", [[row]], names).decode()
    assert '<a xsi:nil="true" />' in xml
    assert '<b><value key="0">1</value><value key="1">x&lt;</value></b>' in xml
    assert "<c>true</c>" in xml
    assert json.loads(whole("json", [[row]], names))["records"] == [[None, [1, "x<"], True, None]]
