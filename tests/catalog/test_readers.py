from __future__ import annotations

from pathlib import Path

import pytest

from catalog.readers import RowReaders
from contracts.errors import Fault
from lakehouse.releases import Releases
from lakehouse.stores import Zone
from tests.catalog.province import stores_at


def test_a_reader_is_kept_and_the_least_used_goes(built: Path) -> None:
    stores = stores_at(built)
    releases = Releases(stores)
    found = [releases.latest(name) for name in ("schools", "administrative_unit")]
    schools, units = (one for one in found if one is not None)
    readers = RowReaders(stores, Zone.OPEN, kept=1)
    first = readers(schools)
    assert readers(schools) is first
    readers(units)
    assert readers(schools) is not first


def test_columns_make_another_reader(built: Path) -> None:
    stores = stores_at(built)
    cases = Releases(stores).latest("cases")
    assert cases is not None
    readers = RowReaders(stores, Zone.SHARED)
    fields = readers(cases, ("case_no",)).fields()
    assert [field.name for field in fields] == ["_id", "case_no"]
    assert readers(cases, ("case_no", "status")) is not readers(cases, ("case_no",))


def test_a_condition_makes_another_reader_in_a_folder_that_begins_empty(
    built: Path, tmp_path: Path
) -> None:
    stores = stores_at(built)
    cases = Releases(stores).latest("cases")
    assert cases is not None
    scratch = tmp_path / "granted"
    scratch.mkdir()
    (scratch / "left by a process that was killed").write_text("rows")
    readers = RowReaders(stores, Zone.SHARED, scratch=scratch)
    assert list(scratch.iterdir()) == []
    one, two = (readers(cases, ("case_no",), f"case_no = '{name}'") for name in ("HS1", "HS2"))
    assert [page.rows[0]["case_no"] for page in (one.search(), two.search())] == ["HS1", "HS2"]
    assert readers(cases, ("case_no",), "case_no = 'HS1'") is one
    assert scratch.stat().st_mode & 0o077 == 0
    with pytest.raises(Fault) as refused:
        readers(cases, ("case_no",), "nothing = 1")
    assert refused.value.check == "condition.columns"


def test_rows_that_are_not_open_are_not_in_the_open_zone(built: Path) -> None:
    stores = stores_at(built)
    cases = Releases(stores).latest("cases")
    assert cases is not None
    with pytest.raises(Fault) as refused:
        RowReaders(stores, Zone.OPEN)(cases)
    assert refused.value.check == "rows.none"
