"""``/datastore/dump``: the whole table as a stream, in each form."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from sqlmodel import select

from catalog.identifiers import resource_id
from catalog.registry.tables import Reading
from contracts.model import Classification
from tests.catalog.province import CANARY, SCHOOLS, publish, stores_at, withdraw
from tests.catalog.sites import Site

ROWS = resource_id("schools", "csv")
CASES = resource_id("cases", "api")


def dump(site: Site, resource: str = ROWS, **asked: Any) -> Any:
    answer = site.public.get(f"/datastore/dump/{resource}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer


def searched(site: Site, **asked: Any) -> list[list[Any]]:
    body = {"resource_id": ROWS, "limit": 1000, "records_format": "lists", **asked}
    found = site.public.post("/api/3/action/datastore_search", json=body).json()
    records: list[list[Any]] = found["result"]["records"]
    return records


def test_csv_holds_every_row_with_its_number(reading_site: Site) -> None:
    answer = dump(reading_site)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="{ROWS}.csv"' in answer.headers["content-disposition"]
    read = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert read[0] == ["_id", "code", "name", "pupils", "opened", "quality_flag"]
    assert len(read) == 251
    assert read[1][:3] == ["1", "0001", "Trường Giáo dục thường xuyên"]
    assert read[2][2] == '\'=HYPERLINK("x")'


def test_a_byte_order_mark_where_it_is_asked_for(reading_site: Site) -> None:
    for form in ("csv", "tsv", "json", "xml"):
        marked = dump(reading_site, format=form, bom="true").content
        assert marked == b"\xef\xbb\xbf" + dump(reading_site, format=form).content


def test_tsv_holds_the_same_cells(reading_site: Site) -> None:
    tsv = csv.reader(io.StringIO(dump(reading_site, format="tsv").text, newline=""), delimiter="\t")
    comma = csv.reader(io.StringIO(dump(reading_site).text, newline=""))
    assert list(tsv) == list(comma)


def test_json_holds_fields_and_lists(reading_site: Site) -> None:
    told = json.loads(dump(reading_site, format="json").text)
    assert told["records"] == searched(reading_site)
    assert told["fields"][0] == {"id": "_id", "type": "int"}
    assert told["fields"][1]["info"]["label"] == "Cột code"


def test_xml_holds_rows_and_says_what_is_missing(reading_site: Site) -> None:
    root = ET.fromstring(dump(reading_site, format="xml").content)
    rows = root.findall("row")
    assert [row.attrib["_id"] for row in rows] == [str(n) for n in range(1, 251)]
    assert rows[1].findtext("name") == '=HYPERLINK("x")'
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    missing = [row for row in rows if row.find("pupils").attrib.get(nil) == "true"]  # type: ignore[union-attr] # there is one in each
    assert len(missing) == 25


@pytest.mark.parametrize(
    "asked",
    [
        {"filters": '{"quality_flag": "ok", "pupils": {"gt": 700}}'},
        {"q": "truong so 7"},
        {"fields": "code,pupils", "sort": "pupils desc nulls last", "limit": "7", "offset": "3"},
        {"fields": "quality_flag", "distinct": "true"},
        {"limit": "0"},
        {"offset": "240"},
    ],
)
def test_what_is_asked_is_what_datastore_search_answers(
    reading_site: Site, asked: dict[str, str]
) -> None:
    told = json.loads(dump(reading_site, format="json", **asked).text)
    assert told["records"] == searched(reading_site, **asked)


def test_an_earlier_release(site: Site) -> None:
    publish(stores_at(site.home), SCHOOLS, 2, SCHOOLS.rows.replace("i * 7", "i * 8"))
    first = json.loads(dump(site, format="json", release="1", limit="1").text)["records"][0]
    newest = json.loads(dump(site, "schools", format="json", limit="1").text)["records"][0]
    assert (first[3], newest[3]) == (7, 8)


def test_whoever_has_it_already_is_told_so(reading_site: Site) -> None:
    tag = dump(reading_site).headers["etag"]
    address = f"/datastore/dump/{ROWS}"
    again = reading_site.public.get(address, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert dump(reading_site, sort="code desc").headers["etag"] != tag
    head = reading_site.public.head(address)
    assert (head.status_code, head.headers["etag"], head.content) == (200, tag, b"")


@pytest.mark.parametrize(
    ("resource", "asked", "status"),
    [
        (ROWS, {"format": "exe"}, 409),
        (ROWS, {"fields": "head"}, 409),
        (ROWS, {"filters": '{"pupils": "canary"}'}, 409),
        (ROWS, {"limit": "-1"}, 409),
        (ROWS, {"release": "9"}, 404),
        ("no-such-thing", {}, 404),
        (resource_id("schools", "xlsx"), {}, 404),
        (CASES, {}, 403),
    ],
)
def test_refusals(reading_site: Site, resource: str, asked: dict[str, str], status: int) -> None:
    refused = reading_site.public.get(
        f"/datastore/dump/{resource}", params=asked, headers={"accept": "application/json"}
    )
    assert refused.status_code == status, refused.text
    assert "canary" not in refused.text


def test_a_withdrawn_dataset_has_no_dump(site: Site) -> None:
    dump(site)
    withdraw(stores_at(site.home), "schools")
    assert site.public.get(f"/datastore/dump/{ROWS}").status_code in (404, 410)


def test_granted_rows_alone_are_given_and_the_reading_is_noted_once(site: Site) -> None:
    granted = site.grant("cases", Classification.INTERNAL, columns=["case_no", "status"])
    address = f"/datastore/dump/{CASES}"
    assert site.agency.get(address).status_code == 403
    answer = site.agency.get(address, headers=granted.headers)
    read = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert read[0] == ["_id", "case_no", "status"]
    assert len(read) == 31
    assert CANARY not in answer.text
    assert "no-store" in answer.headers["cache-control"]
    with site.session() as session:
        (reading,) = session.exec(select(Reading)).all()
        assert (reading.action, reading.rows, reading.columns) == ("datastore_dump", 30, 2)


def test_a_condition_holds_for_the_dump_too(site: Site) -> None:
    granted = site.grant("cases", columns=["case_no"], condition="case_no LIKE '%1'")
    answer = site.agency.get(
        f"/datastore/dump/{CASES}", params={"format": "json"}, headers=granted.headers
    )
    records = json.loads(answer.text)["records"]
    assert records
    assert [number for number, _ in records] == list(range(1, len(records) + 1))
    assert all(case.endswith("1") for _, case in records)
