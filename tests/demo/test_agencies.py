from collections import Counter

import pytest

from demo.agencies import Agency, alias, igate_agencies, mot_cua_agencies
from demo.procedures import PROCEDURES
from demo.units import read_units


@pytest.fixture(scope="module")
def agencies() -> tuple[Agency, ...]:
    units = read_units()
    return (*igate_agencies(units), *mot_cua_agencies(units))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("H20", "000.00.00.H20"),
        ("H20.5", "000.00.05.H20"),
        ("H20.21.1", "000.01.21.H20"),
        ("H20.101", None),
    ],
)
def test_the_older_form_of_a_code(code: str, expected: str | None) -> None:
    assert alias(code) == expected


def test_validities_of_a_code_do_not_overlap(agencies: tuple[Agency, ...]) -> None:
    ends: dict[str, str] = {}
    for agency in sorted(agencies, key=lambda a: (a.code, a.since)):
        assert ends.get(agency.code, "") <= agency.since
        assert agency.until is None or agency.since < agency.until
        ends[agency.code] = agency.until or "9999"


def test_every_chain_of_successors_ends_at_an_agency_of_today(
    agencies: tuple[Agency, ...],
) -> None:
    last = {agency.code: agency for agency in sorted(agencies, key=lambda a: a.since)}
    for agency in agencies:
        if agency.successor is None:
            continue
        seen = agency
        while seen.successor is not None:
            seen = last[seen.successor]
        assert seen.until is None


def test_parents_exist_and_all_communes_are_there(agencies: tuple[Agency, ...]) -> None:
    codes = {agency.code for agency in agencies}
    assert {agency.parent for agency in agencies} - {None} <= codes
    assert Counter(agency.kind for agency in agencies)["ubnd_xa"] == 102


def test_procedures_have_one_code_each_and_components() -> None:
    assert len({item.code for item in PROCEDURES}) == len(PROCEDURES)
    assert all(item.components and item.sla >= 1 for item in PROCEDURES)
