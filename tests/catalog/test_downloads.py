"""Files of releases: whole, in part, guarded, gone."""

from __future__ import annotations

import hashlib
import io

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.model import Classification
from tests.catalog.province import CANARY, SCHOOLS, publish, stores_at, withdraw
from tests.catalog.sites import Site

CSV = "/dataset/schools/releases/1/schools.csv"


def test_a_file_comes_as_it_was_published(reading_site: Site) -> None:
    answer = reading_site.public.get(CSV)
    assert answer.status_code == 200
    digest = hashlib.sha256(answer.content).hexdigest()
    assert answer.headers["etag"] == f'"{digest}"'
    resource = reading_site.public.get("/api/3/action/package_show?id=schools").json()["result"]
    assert resource["resources"][0]["hash"] == f"sha256:{digest}"
    assert resource["resources"][0]["size"] == len(answer.content)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="schools-1.csv"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert reading_site.public.get("/dataset/schools/latest/schools.csv").content == answer.content


def test_on_plain_files_a_direct_link_is_the_file_itself(reading_site: Site) -> None:
    answer = reading_site.public.get(f"{CSV}?direct=1")
    assert (answer.status_code, answer.content) == (200, reading_site.public.get(CSV).content)


def test_every_form_can_be_read_back(reading_site: Site) -> None:
    get = reading_site.public.get
    parquet = pq.read_table(io.BytesIO(get("/dataset/schools/latest/schools.parquet").content))
    assert parquet.num_rows == 250
    book = openpyxl.load_workbook(io.BytesIO(get("/dataset/schools/latest/schools.xlsx").content))
    assert book.active.max_row == 251
    lines = get("/dataset/schools/latest/schools.jsonl")
    assert len(lines.text.splitlines()) == 250
    assert lines.headers["etag"] == get("/dataset/schools/latest/schools.jsonl").headers["etag"]


def test_head_has_the_length_and_no_body(reading_site: Site) -> None:
    answer = reading_site.public.head(CSV)
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(reading_site.public.get(CSV).content)


def test_a_reader_that_has_it_gets_word_only(reading_site: Site) -> None:
    etag = reading_site.public.get(CSV).headers["etag"]
    answer = reading_site.public.get(CSV, headers={"if-none-match": f'"x", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=st.integers(0, 12_000), length=st.integers(1, 12_000))
def test_a_part_is_that_part(reading_site: Site, first: int, length: int) -> None:
    whole = reading_site.public.get(CSV).content
    part = reading_site.public.get(CSV, headers={"range": f"bytes={first}-{first + length - 1}"})
    wanted = whole[first : first + length]
    if not wanted:
        assert part.status_code == 416
        assert part.headers["content-range"] == f"bytes */{len(whole)}"
    else:
        assert part.status_code == 206
        assert part.content == wanted
        last = first + len(wanted) - 1
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"


def test_other_ranges(reading_site: Site) -> None:
    whole = reading_site.public.get(CSV)
    get = reading_site.public.get

    def asked(value: str, **more: str) -> tuple[int, bytes]:
        answer = get(CSV, headers={"range": value, **more})
        return answer.status_code, answer.content

    assert asked("bytes=-5") == (206, whole.content[-5:])
    assert asked("bytes=-999999") == (206, whole.content)
    assert asked("bytes=10-") == (206, whole.content[10:])
    assert asked("bytes=-0")[0] == 416
    etag = whole.headers["etag"]
    assert asked("bytes=0-4", **{"if-range": etag}) == (206, whole.content[:5])
    assert asked("bytes=0-4", **{"if-range": '"old"'}) == (200, whole.content)
    for odd in ("bytes=0-1,5-6", "bytes=5-1x", "lines=1-2", "bytes=-", "bytes=" + "9" * 500 + "-"):
        assert asked(odd) == (200, whole.content)


def test_an_older_release_stays_as_it_was(site: Site) -> None:
    before = site.public.get(CSV).content
    publish(stores_at(site.home), SCHOOLS, 2, SCHOOLS.rows.replace("i * 7", "i * 8"))
    assert site.public.get(CSV).content == before
    newest = site.public.get("/dataset/schools/latest/schools.csv").content
    assert newest == site.public.get("/dataset/schools/releases/2/schools.csv").content
    assert newest != before


@pytest.mark.parametrize(
    "path",
    [
        "/dataset/schools/releases/2/schools.csv",
        "/dataset/schools/releases/0/schools.csv",
        "/dataset/schools/releases/-1/schools.csv",
        "/dataset/schools/releases/x/schools.csv",
        "/dataset/schools/releases/1/cases.csv",
        "/dataset/schools/releases/1/schools.exe",
        "/dataset/schools/releases/1/..%2f..%2fregistry.db",
        "/dataset/nothing/latest/nothing.csv",
        "/dataset/..%2f..%2fsecrets/latest/admin.token",
        "/dataset/secret_plan/latest/secret_plan.csv",
    ],
)
def test_what_is_not_there_is_not_found(reading_site: Site, path: str) -> None:
    assert reading_site.public.get(path).status_code == 404


def test_a_withdrawn_dataset_is_gone_at_once(site: Site) -> None:
    assert site.public.get(CSV).status_code == 200
    withdraw(stores_at(site.home), "schools")
    for path in (CSV, "/dataset/schools/latest/schools.xlsx"):
        assert site.public.get(path).status_code == 410


def test_rows_on_request_need_a_grant(site: Site) -> None:
    path = "/dataset/cases/latest/cases.csv"
    assert site.public.get(path).status_code == 403
    refused = site.agency.get(path, headers=site.token("admin"))
    assert refused.status_code == 403
    assert refused.json()["error"]["__type"] == "Authorization Error"


def test_a_grant_downloads_its_columns_only(site: Site) -> None:
    headers = site.grant("cases").headers
    for form in ("csv", "jsonl", "parquet", "xlsx"):
        answer = site.agency.get(f"/dataset/cases/latest/cases.{form}", headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        assert CANARY.encode() not in answer.content
    table = pq.read_table(
        io.BytesIO(site.agency.get("/dataset/cases/latest/cases.parquet", headers=headers).content)
    )
    assert table.column_names == ["case_no", "status", "quality_flag"]
    assert table.num_rows == 30
    more = site.grant("cases", Classification.PERSONAL).headers
    assert CANARY in site.agency.get("/dataset/cases/latest/cases.csv", headers=more).text
