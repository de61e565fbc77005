"""The feedback systems as the sample makes them, and what of a ticket becomes open."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from demo import canaries
from demo.province import make_province
from demo.sectors import hotline_1022, pakn_app, vcc
from demo.sectors.feedback_retold import ANOTHER_MATTER, TOLD_ELSEWHERE
from demo.store import Table
from demo.system import System
from demo.truth import read_truth
from orchestration.platform import Platform
from standardization.sources import open_reader
from tests.orchestration.homes import bring, latest, platform_of, shared_rows
from tests.sectors.making import made

REFERENCES = ("administrative_unit", "administrative_unit_crosswalk", "agency")
TICKETS, STATISTICS, OPEN = (
    "citizen_feedback", "citizen_feedback_statistics", "citizen_feedback_open",
)  # fmt: skip
AREAS = "citizen_feedback_area_statistics"
SYSTEMS = (
    (hotline_1022.SYSTEM, hotline_1022.TICKETS, ("HoTenNguoiGoi", "DienThoaiGoi")),
    (pakn_app.SYSTEM, pakn_app.TICKETS, ("NGUOI_GUI", "ANH")),
)


@pytest.mark.parametrize(("system", "table", "_never"), SYSTEMS)
def test_the_smallest_sample_holds_every_fault_once_a_row(
    system: System, table: Table, _never: tuple[str, ...], tmp_path: Path
) -> None:
    sample = made(system, tmp_path)
    module = hotline_1022 if system is hotline_1022.SYSTEM else pakn_app
    retold = {TOLD_ELSEWHERE, ANOTHER_MATTER} if module is pakn_app else set()
    named = {fault.name for fault in module.faults()} | retold
    assert {fault.fault for fault in sample.truth} == named
    keys = [fault.key for fault in sample.truth]
    assert len(keys) == len(set(keys))
    assert {fault.table_name for fault in sample.truth} == {table.name}


@pytest.mark.parametrize(("system", "table", "_never"), SYSTEMS)
def test_the_same_seed_gives_the_same_rows(
    system: System, table: Table, _never: tuple[str, ...], tmp_path: Path
) -> None:
    first, again = made(system, tmp_path / "a"), made(system, tmp_path / "b")
    other = made(system, tmp_path / "c", seed=8)
    rows = f'SELECT * FROM "{table.name}" ORDER BY ID'
    assert first.ask(rows) == again.ask(rows)
    assert first.ask(rows) != other.ask(rows)
    assert first.truth == again.truth


@pytest.mark.parametrize(("system", "table", "never"), SYSTEMS)
def test_no_reader_has_the_reporter(
    system: System, table: Table, never: tuple[str, ...], tmp_path: Path
) -> None:
    sample = made(system, tmp_path)
    assert set(never) <= set(table.columns)
    with open_reader(sample.source, sample.address) as reader:
        assert not set(never) & set(reader.schema(table.name).names)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    home = tmp_path_factory.mktemp("feedback") / "home"
    make_province(home / "demo", cases=2_000)
    platform = platform_of(home)
    for outcome in bring(platform, (*REFERENCES, TICKETS, STATISTICS, AREAS, OPEN)).values():
        assert outcome.good, [(fault.check, fault.values) for fault in outcome.faults]
    return platform


@pytest.mark.parametrize("text", ["Thuỷ điện Gò Công, số 12", "Đường ngập nước", "ƯỚC MƠ", "abc"])
def test_the_contact_centre_writes_a_code_page_that_comes_back(text: str) -> None:
    stored = vcc.windows_1258(text).encode("cp1258").decode("cp1258")
    assert unicodedata.normalize("NFC", stored) == text


def ask(platform: Platform, dataset: str, select: str) -> list[tuple[object, ...]]:
    with shared_rows(platform, dataset) as connection:
        return connection.execute(select).fetchall()


def test_open_rows_are_those_that_are_public_and_were_read(platform: Platform) -> None:
    wanted = ask(
        platform,
        TICKETS,
        "SELECT ticket_id FROM served WHERE is_public AND is_reviewed",
    )
    found = ask(platform, OPEN, "SELECT ticket_id FROM served")
    assert found
    assert set(found) == set(wanted)
    (account,) = latest(platform, OPEN).accounts
    assert account.excluded_by.keys() == {"kept_private", "not_reviewed"}


def test_open_rows_hold_no_address_no_hour_and_no_exact_place(platform: Platform) -> None:
    columns = {column.name: column for column in platform.dataset(OPEN).contract.columns}
    assert not columns.keys() & {"address_text", "created_at", "rating"}
    (far,) = ask(
        platform,
        OPEN,
        "SELECT count(*) FROM served WHERE latitude <> round(latitude, 3)"
        " OR longitude <> round(longitude, 3)",
    )
    assert far == (0,)


@pytest.mark.parametrize("dataset", [OPEN, STATISTICS])
def test_no_canary_is_in_anything_open(platform: Platform, dataset: str) -> None:
    text = "\n".join(str(row) for row in ask(platform, dataset, "SELECT * FROM served"))
    assert [canary for canary in canaries.CANARIES if canary in text] == []


def test_the_name_that_no_mask_knows_stays_where_nobody_has_read_the_text(
    platform: Platform,
) -> None:
    rows = ask(
        platform, TICKETS, f"SELECT is_reviewed FROM served WHERE content LIKE '%{canaries.NAME}%'"
    )
    assert rows == [(False,)] * 3


def test_a_report_that_was_also_phoned_names_the_hotline_s_ticket(platform: Platform) -> None:
    rows = ask(
        platform,
        TICKETS,
        "SELECT count(*) FROM served AS a JOIN served AS b ON b.ticket_id = a.duplicate_of"
        " WHERE a.source_system = 'pakn_app' AND b.source_system = 'hotline_1022'"
        " AND a.status = 'duplicate'",
    )
    assert rows == [(40,)]


def test_what_is_told_to_two_systems_is_linked_exactly_where_it_was_planted(
    platform: Platform,
) -> None:
    """Nothing planted is missed (recall) and nothing else is linked (precision), but for what
    an officer saw, whose status says so."""
    truth = list(read_truth(platform.home / "demo" / "truth.db"))
    planted = {
        (fault.system, fault.key): fault.expected_value
        for fault in truth
        if fault.fault == TOLD_ELSEWHERE
    }
    linked = ask(
        platform,
        TICKETS,
        "SELECT source_system, source_key, duplicate_of FROM served WHERE status <> 'duplicate' "
        "AND split_part(ticket_id, '-', 1) <> split_part(duplicate_of, '-', 1)",
    )
    assert {(system, key): original for system, key, original in linked} == planted
    assert {system for system, _key in planted} == {"pakn_app", "vcc"}
    assert sum(fault.fault == ANOTHER_MATTER for fault in truth) == len(planted)


def test_what_is_told_twice_counts_once(platform: Platform) -> None:
    for dataset in (STATISTICS, AREAS):
        (account,) = latest(platform, dataset).accounts
        (told,) = ask(
            platform,
            TICKETS,
            "SELECT count(*) FROM served WHERE answered_at IS NOT NULL "
            "AND duplicate_of IS NULL AND status <> 'duplicate'",
        )
        found = latest(platform, dataset).reconciliation
        assert found is not None
        assert (found.derived, account.balanced) == (told[0], True)


def test_duplicates_within_a_source_are_linked_within_three_days(platform: Platform) -> None:
    rows = ask(
        platform,
        TICKETS,
        "SELECT a.title = b.title, abs(date_diff('day', b.created_at, a.created_at)) <= 3"
        " FROM served AS a JOIN served AS b ON b.ticket_id = a.duplicate_of"
        " WHERE a.source_system = b.source_system",
    )
    assert rows
    assert set(rows) == {(True, True)}


def test_counts_are_rounded_and_never_small(platform: Platform) -> None:
    rows = ask(platform, STATISTICS, "SELECT tickets FROM served WHERE tickets IS NOT NULL")
    assert rows
    assert all(int(str(count)) >= 10 and int(str(count)) % 5 == 0 for (count,) in rows)
