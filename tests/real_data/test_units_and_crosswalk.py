"""The official lists of communes, and the official table of what old communes became.

Three eras of the commune list make one dataset with validity; the crosswalk of the National
Statistics Office is judged against it. What is expected of province 82 was cleaned by hand.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from contracts.linting import lint
from orchestration.platform import Platform
from orchestration.refused import refused_keys
from standardization.functions import FUNCTIONS
from tests.orchestration.homes import latest, shared_rows
from tests.real_data.conftest import DATASETS, released

UNITS, CROSSWALK = "administrative_unit", "nso_crosswalk"
TABLE = "vn_admin_crosswalk_nso_2025/BangChuyendoiDVHCmoi_cu_khong_merge.csv"
CLEAN = "vn_admin_crosswalk_nso_2025/dong_thap_clean_crosswalk.csv"
# Communes that the crosswalk names and the list of January 2025 does not have; and the one whose
# code in the crosswalk is not the one in the list of 2026.
UNLISTED = {
    *("03980", "03983", "03984", "26929", "26953"),
    *("27076", "27226", "27232", "27367", "27373"),
}
BA_CHE = "06970"


@pytest.fixture(scope="module")
def platform(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    folder = tmp_path_factory.mktemp("real")
    # The reader takes the first row for the header; the title row above it is left out.
    _title, _end, table = (data / TABLE).read_text(encoding="utf-8-sig").partition("\n")
    (folder / "crosswalk.csv").write_text(table, encoding="utf-8", newline="")
    return released(
        folder / "home",
        (UNITS, CROSSWALK),
        {
            "gso_communes_2021": f"xls:///{data}/vn_admin_legacy_gso_xls_2021/communes_2021-07-10.xls",
            "gso_districts_2021": f"xls:///{data}/vn_admin_legacy_gso_xls_2021/districts_2021-07-10.xls",
            "gso_communes_2025": f"csv:///{data}/vn_admin_pre2025",
            "units_2026": f"json:///{data}/vn_admin_2026/units_2026-07-25.json",
            "nso_crosswalk": f"csv:///{folder}/crosswalk.csv",
        },
    )


def ask(platform: Platform, dataset: str, select: str) -> list[tuple[object, ...]]:
    with shared_rows(platform, dataset) as connection:
        return connection.execute(select).fetchall()


def test_the_contracts_of_this_tree_are_in_order() -> None:
    assert lint(DATASETS, frozenset(FUNCTIONS)) == ()


@pytest.mark.parametrize(
    ("day", "provinces", "districts", "communes"),
    [
        ("2021-07-10", 63, 705, 10_599),
        ("2025-01-03", 63, 705, 10_599),
        ("2025-01-04", 63, 696, 10_051),
        ("2025-06-30", 63, 696, 10_051),
        ("2025-07-01", 34, 0, 3_321),
    ],
)
def test_each_day_has_the_units_of_its_era(
    platform: Platform, day: str, provinces: int, districts: int, communes: int
) -> None:
    rows = ask(
        platform,
        UNITS,
        f"SELECT level FROM served WHERE valid_from <= DATE '{day}'"
        f" AND coalesce(valid_to, DATE 'infinity') > DATE '{day}'",
    )
    counted = Counter(level for (level,) in rows)
    assert counted["province"] == provinces
    assert counted["district"] == districts
    assert counted["commune"] == communes


def test_island_districts_without_communes_are_excluded_in_both_old_eras(
    platform: Platform,
) -> None:
    accounts = {account.source: account for account in latest(platform, UNITS).accounts}
    for source in ("gso_communes_2021", "gso_communes_2025"):
        assert accounts[source].excluded_by == {"district_without_commune": 5}
    assert refused_keys(platform, platform.dataset(UNITS).contract) == []


def test_a_code_that_was_renamed_has_both_names_in_their_time(platform: Platform) -> None:
    rows = ask(
        platform,
        UNITS,
        "SELECT full_name, valid_from::VARCHAR, valid_to::VARCHAR FROM served"
        " WHERE unit_code = '28300' AND code_system = 'QD124_2004' ORDER BY valid_from",
    )
    assert [row[1:] for row in rows] == [("2021-07-10", "2025-01-04"), ("2025-01-04", "2025-07-01")]
    assert rows[0][0] == "Phường 4"
    assert rows[1][0] != "Phường 4"


@pytest.mark.parametrize(("day", "communes"), [("2021-07-10", 172), ("2025-01-04", 164)])
def test_communes_of_tien_giang(platform: Platform, day: str, communes: int) -> None:
    (counted,) = ask(
        platform,
        UNITS,
        "SELECT count(*) FROM served AS c JOIN served AS d ON d.unit_code = c.parent_code"
        " AND d.code_system = c.code_system AND d.valid_from = c.valid_from"
        f" WHERE c.level = 'commune' AND d.parent_code = '82' AND c.valid_from = DATE '{day}'",
    )
    assert counted == (communes,)


def test_province_82_is_exactly_the_table_cleaned_by_hand(platform: Platform, data: Path) -> None:
    with (data / CLEAN).open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    columns = list(expected[0])
    rows = ask(
        platform,
        CROSSWALK,
        f"SELECT {', '.join(columns)} FROM served WHERE new_province_code = '82'",
    )
    assert len(rows) == len(expected) == 308
    assert set(rows) == {tuple(row.values()) for row in expected}


@pytest.mark.parametrize(
    ("old_province", "old", "new", "split"),
    [("82", 164, 57, set[str]()), ("87", 141, 45, {"29995", "30079", "30157"})],
)
def test_which_old_communes_were_split(
    platform: Platform, old_province: str, old: int, new: int, split: set[str]
) -> None:
    rows = ask(
        platform,
        CROSSWALK,
        "SELECT old_commune_code, new_commune_code, relation FROM served"
        f" WHERE old_province_code = '{old_province}'",
    )
    assert len({row[0] for row in rows}) == old
    assert len({row[1] for row in rows}) == new
    assert {row[0] for row in rows if row[2] == "part"} == split


def test_known_errors_are_quarantined_each_for_its_reason(platform: Platform) -> None:
    refused = refused_keys(platform, platform.dataset(CROSSWALK).contract)
    by_rule: dict[str, set[str]] = {}
    for row in refused:
        for rule in row.rules:
            by_rule.setdefault(rule, set()).add(row.key.split(">")[0] or row.key)
    without_code = {key for key in by_rule["old_commune_code.required"] if key.startswith(">")}
    assert len(without_code) == 6
    assert by_rule["old_district_code.reference"] - without_code == {"27691", "30781"}
    assert by_rule["old_commune_code.reference"] == UNLISTED
    ba_che = {row.key.split(">")[1] for row in refused if "new_commune_code.reference" in row.rules}
    assert ba_che == {BA_CHE}
    assert by_rule.keys() == {
        "old_commune_code.required",
        "old_district_code.reference",
        "old_commune_code.reference",
        "new_commune_code.reference",
    }


def test_a_commune_that_went_over_whole_twice_is_doubted(platform: Platform) -> None:
    rows = ask(
        platform,
        CROSSWALK,
        "SELECT old_commune_code, relation FROM served WHERE quality_flag = 'suspect'"
        " ORDER BY source_key",
    )
    assert rows == [(code, "part") for code in ("01615", "01615", "02485", "02485")]
    (account,) = latest(platform, CROSSWALK).accounts
    assert account.doubted_by == {"whole_to_several": 4}


def test_every_row_of_the_table_is_accounted_for(platform: Platform) -> None:
    (account,) = latest(platform, CROSSWALK).accounts
    assert account.read == 10_571 + 34
    assert account.excluded_by == {"section_row": 34}
    assert account.accepted + account.quarantined == 10_571


def test_loose_text_is_put_right_and_told(platform: Platform, data: Path) -> None:
    """Line breaks, stray spaces and letters that are not NFC in the cells that are served."""
    with (data / TABLE).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[2:]
    loose = [
        row for row in rows if row[2].strip() and any(_is_loose(row[at]) for at in (1, 3, 5, 6))
    ]
    (account,) = latest(platform, CROSSWALK).accounts
    assert account.fixed_by == {"clean_text": len(loose)}
    served = ask(platform, CROSSWALK, "SELECT old_commune_name, new_commune_name, note FROM served")
    assert not any(_is_loose(str(cell)) for row in served for cell in row)


def _is_loose(cell: str) -> bool:
    return " ".join(unicodedata.normalize("NFC", cell).split()) != cell
