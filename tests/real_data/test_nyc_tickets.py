"""A city's published tickets: what is known to be wrong in them is found, all of it.

The shape is that of a 1022 system: free text, epoch times, copies, and words for nothing.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from orchestration.platform import Platform
from orchestration.refused import refused_keys
from tests.orchestration.homes import latest, shared_rows
from tests.real_data.conftest import released

DATASET = "nyc_ticket"
FILE = "hoboken_nyc_311/NYC_20190522.csv"
ROWS, COPIES_OF_A_NUMBER, SAME_REPORT = 8_739, 450, 3_054
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


@pytest.fixture(scope="module")
def raw(data: Path) -> list[dict[str, str]]:
    with (data / FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def platform(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    home = tmp_path_factory.mktemp("tickets") / "home"
    return released(home, (DATASET,), {"nyc_311": f"csv:///{data}/{FILE}"})


def ask(platform: Platform, select: str) -> list[tuple[object, ...]]:
    with shared_rows(platform, DATASET) as connection:
        return connection.execute(select).fetchall()


def test_every_row_is_accounted_for(platform: Platform) -> None:
    (account,) = latest(platform, DATASET).accounts
    assert account.read == ROWS
    assert account.accepted + account.quarantined == ROWS
    assert account.excluded_by == {}


def test_copies_of_a_number_and_points_elsewhere_are_quarantined(platform: Platform) -> None:
    rows = refused_keys(platform, platform.dataset(DATASET).contract)
    counted = Counter(rule for row in rows for rule in row.rules)
    assert counted["primary_key.unique"] == COPIES_OF_A_NUMBER
    # Estonia, Brazil, and a longitude that is the latitude once more.
    assert counted["latitude.range"] == 2
    assert counted["longitude.range"] == 3
    assert counted.keys() == {"primary_key.unique", "latitude.range", "longitude.range"}


def test_the_same_report_under_other_numbers_is_doubted(platform: Platform) -> None:
    (account,) = latest(platform, DATASET).accounts
    assert account.doubted_by == {"same_report": SAME_REPORT}


def test_words_for_nothing_and_lost_zeros_are_put_right(platform: Platform) -> None:
    (account,) = latest(platform, DATASET).accounts
    assert account.fixed_by["null_word"] == ROWS  # the photo, NA in every row
    assert account.fixed_by["zip_zero"] == 6_921
    assert account.fixed_by["zip_lost_zero"] == 3
    zips = ask(platform, "SELECT DISTINCT zip_code, length(zip_code) FROM served")
    assert {length for code, length in zips if code is not None} == {5}
    assert ask(platform, "SELECT count(*) FROM served WHERE photo IS NOT NULL") == [(0,)]


def test_times_are_the_instants_of_the_file(platform: Platform, raw: list[dict[str, str]]) -> None:
    wanted = {row["ID"]: int(row["Date Created"]) for row in raw}
    rows = ask(platform, "SELECT ticket_id, epoch(created_at)::BIGINT FROM served")
    assert rows
    assert [row for row in rows if wanted[str(row[0])] != row[1]] == []


def test_texts_have_one_line_and_no_mail_and_no_phone(
    platform: Platform, raw: list[dict[str, str]]
) -> None:
    broken = {row["ID"] for row in raw if "\n" in row["Description"]}
    assert sum("\n" in row["Description"] for row in raw) == 79
    served = {str(key): str(text) for key, text in ask(
        platform, "SELECT ticket_id, content FROM served WHERE content IS NOT NULL"
    )}  # fmt: skip
    assert broken & served.keys()
    assert [key for key in broken & served.keys() if "\n" in served[key]] == []
    mails = [row["ID"] for row in raw if MAIL.search(row["Description"])]
    phones = [row["ID"] for row in raw if re.search(r"\d{3} \d{3}-\d{4}", row["Description"])]
    assert len(mails) == 4
    assert len(phones) == 1
    assert {key for key, text in served.items() if "[thư điện tử]" in text} == set(mails)
    assert all("[số" in served[key] for key in phones)
    assert not any(MAIL.search(text) for text in served.values())
