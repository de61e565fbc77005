import sys

import pytest

from demo import units
from demo.units import SPLIT_COMMUNES, read_units


def test_the_province_before_and_after() -> None:
    read = read_units()
    assert len(read.current) == 102
    assert len({old.district_code for old in read.old}) == 23
    assert {old.code for old in read.old if old.current is None} == set(SPLIT_COMMUNES)
    assert {old.current for old in read.old if old.current} == set(read.current)


def test_codes_of_elsewhere_begin_with_zero_and_retired_ones_mean_nothing_now() -> None:
    read = read_units()
    outside = read.outside_old + read.outside_new
    assert all(len(code) == 5 and code.startswith("0") for code in outside)
    assert not set(read.retired) & set(read.current)


def test_the_package_is_never_imported() -> None:
    read_units()
    assert "vietnamadminunits" not in sys.modules


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_PACKAGE", "no_such_package_here")
    with pytest.raises(LookupError, match="pip install no_such_package_here"):
        read_units()
