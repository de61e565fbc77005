"""The canary persons are in the row-level zones and in nothing that is published, kept by a
gate, or logged."""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.tokens import read_token
from demo import canaries
from lakehouse.stores import Zone
from tests.orchestration.conftest import Live, Released
from tests.orchestration.homes import ALL, CommandLine
from tests.orchestration.leaks import leaks_below, leaks_in

PERSON = canaries.IGATE[0]
PER_SHAPE = 2  # pages of one shape that are read: not every commune of every month
ROWS = 32_000
_LINK = re.compile(rb'(?:href|src|action)="([^"#]+)')
_NAMED = re.compile(r"[0-9a-f-]{36}|\d+|(?<=/units/)[^/]+")


def row_level(home: Path) -> tuple[Path, ...]:
    """Where persons may be: the sample itself and the zones of rows."""
    zones = (Zone.LANDING, Zone.SHARED, Zone.QUARANTINE)
    return (home / "demo", *(home / "store" / zone for zone in zones))


def test_the_canaries_are_where_rows_are(released: Released) -> None:
    for place in row_level(released.home):
        assert leaks_below(place), place


def test_no_other_byte_of_the_home_holds_a_canary(released: Released) -> None:
    assert leaks_below(released.home, row_level(released.home)) == {}
    assert leaks_in(released.said.encode()) == set()
    assert leaks_in(released.summary.read_bytes()) == set()


def test_the_home_has_every_kind_of_file_that_could_leak(released: Released) -> None:
    home = released.home
    for place in ("store/open", "store/releases", "data_docs", "dagster", "registry", "public"):
        assert any(path.is_file() for path in (home / place).rglob("*")), place


def _parquet(text: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": [text] * 50}), out, compression="zstd")
    return out.getvalue()


def _xlsx(text: str) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.create_sheet().append([text])
    book.save(out)
    return out.getvalue()


def _zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.gz", gzip.compress(text.encode() * 9))
    return out.getvalue()


def _sqlite(text: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE kept (cell)")
        filler = "x" * 4080  # so that the text lies across two pages
        connection.execute("INSERT INTO kept VALUES (?)", (filler + text,))
        connection.commit()
        return connection.serialize()


@pytest.mark.parametrize("kind", [str.encode, _parquet, _xlsx, _zip, _sqlite])
@pytest.mark.parametrize("canary", [canaries.NAME, PERSON.personal_id, f"+84{PERSON.phone[1:]}"])
def test_a_planted_canary_is_found(
    kind: Callable[[str], bytes], canary: str, tmp_path: Path
) -> None:
    (tmp_path / "innocent").write_bytes(kind("Nguyễn Văn A 0901234567"))
    assert leaks_below(tmp_path) == {}
    (tmp_path / "leak").write_bytes(kind(f"… {canary} …"))
    assert leaks_below(tmp_path).keys() == {"leak"}


@pytest.mark.parametrize("place", ["store/open", "data_docs", "dagster", "reports"])
def test_a_canary_planted_in_a_released_home_is_found(home: Path, place: str) -> None:
    target = home / place / "planted.bin"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(canaries.NAME.encode()))
    found = leaks_below(home, row_level(home))
    assert found.keys() == {str(target.relative_to(home))}


def _pages(client: httpx.Client) -> Iterator[httpx.Response]:
    """Pages that can be reached by links, a few of each shape."""
    waiting, seen, shapes = ["/", "/en"], {"/", "/en"}, Counter[str]()
    while waiting:
        answer = client.get(waiting.pop(0))
        yield answer
        for link in _LINK.findall(answer.content):
            target = urlsplit(urljoin(str(answer.url), unescape(link.decode())))
            address = target.path + (f"?{target.query}" if target.query else "")
            asked = re.findall(r"([^&=]+)=", target.query)
            # Filters combine freely: one of each, and some of several together, are enough.
            shape = _NAMED.sub("*", target.path) + (
                asked[0] if len(asked) == 1 else "+" * any(asked)
            )
            if target.netloc == client.base_url.netloc.decode() and address not in seen:
                seen.add(address)
                shapes[shape] += 1
                if shapes[shape] <= PER_SHAPE:
                    waiting.append(address)


def test_no_page_and_no_download_of_the_catalogue_holds_a_canary(live: Live) -> None:
    kinds, leaking = Counter[str](), {}
    with httpx.Client(base_url=live.url, timeout=60, trust_env=False) as client:
        for answer in _pages(client):
            assert answer.status_code < 500, answer.url
            kinds[answer.headers.get("content-type", "").partition(";")[0]] += 1
            if leaks := leaks_in(answer.content) | leaks_in(str(answer.headers).encode()):
                leaking[str(answer.url)] = leaks
    assert leaking == {}
    assert kinds["text/html"] > 20
    assert kinds["text/csv"]


def test_no_answer_of_the_api_holds_a_canary(live: Live) -> None:
    leaking = {}
    with httpx.Client(base_url=f"{live.url}/api/3/action/", timeout=60, trust_env=False) as client:
        calls = ["status_show", "package_list", "organization_list", "group_list", "tag_list"]
        calls += ['package_search?rows=100&facet.field=["tags"]', "site_read", "license_list"]
        for name in ALL:
            calls += [
                f"package_show?id={name}",
                f"datastore_search?resource_id={name}&limit={ROWS}",
            ]
        for call in calls:
            answer = client.get(call)
            assert answer.status_code in (200, 403, 404), call
            if leaks := leaks_in(answer.content):
                leaking[call] = leaks
    assert leaking == {}


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "jsonl"])
def test_no_open_file_in_any_format_holds_a_canary(live: Live, kind: str) -> None:
    fetched = 0
    with httpx.Client(base_url=live.url, timeout=60, trust_env=False) as client:
        for name in ALL:
            answer = client.get(f"/dataset/{name}/latest/{name}.{kind}", follow_redirects=True)
            fetched += answer.status_code == 200
            assert leaks_in(answer.content) == set(), name
    assert fetched >= 5


def test_rows_granted_to_an_agency_hold_no_person(live: Live) -> None:
    """The publisher's and administrators' own tokens do not open personal columns either."""
    token = read_token(live.home / "secrets", "admin") or ""
    call = f"{live.url}/api/3/action/datastore_search?resource_id=service_case&limit={ROWS}"
    answer = httpx.get(call, headers={"Authorization": token}, timeout=60, trust_env=False)
    assert leaks_in(answer.content) == set()


def test_the_running_catalogue_kept_nothing_of_them(live: Live) -> None:
    assert leaks_below(live.home, row_level(live.home)) == {}


def test_the_list_for_the_owner_agency_names_keys_only(
    dungchung: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "refused.xlsx"
    said = dungchung("quarantine", "service_case", "--xlsx", str(file))
    assert said.status == 0
    assert leaks_in(said.text.encode()) == set()
    assert leaks_in(file.read_bytes()) == set()
