"""A code says nothing without its day, and a split commune is never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from lakehouse.rows import RowReader
from lakehouse.stores import StoreSettings, open_stores
from lakehouse.units import CROSSWALK, UNITS, Candidate, find_units
from tests.lakehouse.building import published
from tests.lakehouse.unit_rows import NEW, OLD, unit_tables


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> tuple[RowReader, RowReader]:
    root: Path = tmp_path_factory.mktemp("units")
    stores = open_stores(StoreSettings(f"file://{root}", root / "cache"))
    with unit_tables() as tables:
        units = published(
            tables,
            stores,
            f"SELECT * FROM ref_{UNITS}",
            ["code_system", "unit_code", "valid_from"],
            dataset=UNITS,
        )
        crosswalk = published(
            tables,
            stores,
            f"SELECT * FROM ref_{CROSSWALK}",
            ["old_system", "old_code", "new_system", "new_code"],
            dataset=CROSSWALK,
        )
    return RowReader(units, stores), RowReader(crosswalk, stores)


def _codes(found: list[Candidate]) -> list[tuple[str, str]]:
    return [(candidate.unit.code_system, candidate.unit.code) for candidate in found]


def test_a_reused_code_is_two_places(readers: tuple[RowReader, RowReader]) -> None:
    found = find_units(*readers, code="00001")
    assert _codes(found) == [(NEW, "00001"), (OLD, "00001")]
    new, old = found
    assert new.unit.full_name == "Xã Long Định"
    assert new.unit.parents == ("Tỉnh Đồng Tháp",)
    assert [link.code for link in new.made_from] == ["00002", "00003"]
    assert new.became == ()
    assert new.now is None
    assert old.unit.parents == ("Thành phố Mỹ Tho", "Tỉnh Tiền Giang")
    assert old.now is not None
    assert old.now.unit is not None
    assert old.now.unit.full_name == "Phường Mỹ Tho"
    assert (old.now.relation, old.now.share, old.now.ground) == (
        "whole",
        Decimal(1),
        "Nhập toàn bộ",
    )


@pytest.mark.parametrize(("day", "system"), [(date(2025, 6, 30), OLD), (date(2025, 7, 1), NEW)])
def test_a_day_tells_which_place(
    readers: tuple[RowReader, RowReader], day: date, system: str
) -> None:
    assert _codes(find_units(*readers, code=" 00001 ", on=day)) == [(system, "00001")]


def test_a_split_commune_has_all_its_parts_and_no_successor(
    readers: tuple[RowReader, RowReader],
) -> None:
    (split,) = find_units(*readers, code="00003")
    assert split.split
    assert split.now is None
    assert [(link.code, link.share) for link in split.became] == [("00001", None), ("00002", None)]
    # Half of it went to one unit, and nobody says where the rest went.
    (half,) = find_units(*readers, code="00005")
    assert half.split
    assert half.now is None


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Tân Phú", ["00002", "00001", "00003"]),
        ("Tấn Phú", ["00003", "00002", "00001"]),
        ("xa tan phu", ["00002", "00003", "00001"]),
        ("Phường Tân Phú", ["00002", "00003", "00001"]),
        ("P. 1", ["00004"]),
        ("phường 1", ["00004"]),
        ("đinh", ["00001"]),
        ("MỸ  THO", ["00002", "815"]),
        ("TP Mỹ Tho", ["815"]),
        ("TX. Mỹ Tho", ["00002", "815"]),
        ("Q.1", ["00004"]),
        ("thành phố mỹ tho", ["815"]),
        ("không có", []),
        ("xã", []),
        ("  ", []),
    ],
)
def test_names_are_found_however_they_are_typed(
    readers: tuple[RowReader, RowReader], name: str, codes: list[str]
) -> None:
    assert [candidate.unit.code for candidate in find_units(*readers, name=name)] == codes


def test_nothing_asked_finds_nothing(readers: tuple[RowReader, RowReader]) -> None:
    assert find_units(*readers) == []
    assert find_units(*readers, code="", name="") == []
