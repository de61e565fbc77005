"""The indicators of a released home: what formulas observed, and what the catalogue tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import httpx
import pytest

from tests.orchestration.conftest import Live, Released
from tests.orchestration.homes import platform_of, shared_rows

OBSERVED, CATALOGUE = "indicator_observation", "indicator"


@pytest.fixture(scope="module")
def observed(released: Released) -> Iterator[duckdb.DuckDBPyConnection]:
    """The views ``observed`` and ``catalogue``."""
    platform = platform_of(released.home)
    with shared_rows(platform, OBSERVED) as connection:
        with shared_rows(platform, CATALOGUE) as other:
            rows = other.execute("SELECT * FROM served").to_arrow_table()
        connection.register("catalogue", rows)
        connection.execute("CREATE VIEW observed AS SELECT * FROM served")
        yield connection


def _asked(live: Live, **parameters: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{live.url}/api/1/indicators", params=parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["result"]["indicators"]
    return found


@pytest.mark.parametrize(
    "domain",
    ["hieu_qua_chinh_quyen", "tuong_tac_nguoi_dan", "moi_truong", "du_lich", "kt_xh"],
)
def test_the_catalogue_tells_of_every_domain_that_is_fed(live: Live, domain: str) -> None:
    told = _asked(live, domain=domain, unit="82", since="2025-10")
    values = [
        observation
        for indicator in told
        for observation in indicator["observations"]
        if observation["value"] is not None
    ]
    assert {indicator["domain"] for indicator in told} == {domain}
    assert {observation["unit_code"] for observation in values} == {"82"}
    assert {observation["geo_basis"] for observation in values} == {"new_boundary"}


def test_the_page_shows_them(live: Live) -> None:
    page = httpx.get(f"{live.url}/indicators")
    assert (page.status_code, page.text.count('<p class="gauge-value"><strong>') > 10) == (
        200,
        True,
    )


def test_every_period_is_of_the_kind_that_is_declared(observed: duckdb.DuckDBPyConnection) -> None:
    wrong = observed.execute(
        """
        SELECT DISTINCT o.indicator_code, o.period FROM observed AS o
        JOIN catalogue AS c USING (indicator_code)
        WHERE CASE WHEN o.unit_code = '82' THEN c.period_province ELSE c.period_commune END
            <> CASE WHEN contains(o.period, 'Q') THEN 'quarter' ELSE 'month' END
        """
    ).fetchall()
    assert wrong == []


def test_every_declared_value_is_observed_in_each_period(
    observed: duckdb.DuckDBPyConnection,
) -> None:
    declared = observed.execute(
        "SELECT indicator_code, period_province <> 'none', period_commune <> 'none' FROM catalogue"
    ).fetchall()
    found = observed.execute(
        "SELECT indicator_code, bool_or(unit_code = '82'), bool_or(unit_code <> '82') "
        "FROM observed WHERE value_status <> 'withdrawn' GROUP BY ALL"
    ).fetchall()
    assert sorted(found) == sorted(declared)


def test_boundaries_are_not_mixed(observed: duckdb.DuckDBPyConnection) -> None:
    """Before the merger: the province and communes of that day, or brought to today's and
    marked so; since then today's."""
    merger = (
        "(CASE WHEN contains(period, 'Q') THEN period >= '2025-Q3' ELSE period >= '2025-07' END)"
    )
    kinds = observed.execute(
        f"SELECT DISTINCT {merger}, geo_basis FROM observed ORDER BY ALL"
    ).fetchall()
    assert kinds == [
        (False, "new_by_crosswalk"),
        (False, "old_boundary"),
        (True, "new_boundary"),
    ]


def test_a_share_is_that_of_the_statistics(
    observed: duckdb.DuckDBPyConnection, released: Released
) -> None:
    platform = platform_of(released.home)
    with shared_rows(platform, "citizen_feedback_statistics") as connection:
        expected = connection.execute(
            "SELECT period, round(100.0 * on_time / tickets, 1)::DECIMAL(18, 4) FROM served "
            "WHERE field_code = '_T' AND channel = '_T' AND on_time IS NOT NULL ORDER BY period"
        ).fetchall()
    told = observed.execute(
        "SELECT period, value FROM observed WHERE indicator_code = 'TTND-001' "
        "AND unit_code = '82' AND value IS NOT NULL ORDER BY period"
    ).fetchall()
    assert told == expected
    assert len(told) > 12


def test_readings_over_the_limit_are_counted_in_their_commune(
    observed: duckdb.DuckDBPyConnection, released: Released
) -> None:
    platform = platform_of(released.home)
    with (
        shared_rows(platform, "environment_observation") as readings,
        shared_rows(platform, "monitoring_station") as stations,
    ):
        readings.register("stations", stations.execute("SELECT * FROM served").to_arrow_table())
        expected = readings.execute(
            "SELECT s.admin_unit_code, strftime(o.observed_at, '%Y-%m'), "
            "count(*) FILTER (WHERE o.value > 4), count(*) "
            "FROM served AS o JOIN stations AS s USING (station_id) "
            "WHERE o.parameter = 'salinity' AND o.qc_flag = 'measuring' "
            "AND o.observed_at >= '2025-07-01 00:00:00+07' "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    told = observed.execute(
        "SELECT unit_code, period, numerator::BIGINT, denominator::BIGINT FROM observed "
        "WHERE indicator_code = 'MT-003' AND unit_code <> '82' ORDER BY ALL"
    ).fetchall()
    assert told == expected
    assert any(over for _unit, _period, over, _all in told)
