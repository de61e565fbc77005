from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from catalog.reconcile import Reconciled, reconcile
from catalog.registry.database import open_registry
from catalog.registry.forms import PackageForm, read_form
from catalog.registry.reading import RegistryRecords
from catalog.registry.writing import find_package, save_package
from lakehouse.releases import Releases
from tests.catalog.province import CASES, SCHOOLS, publish, stores_at, withdraw

ALL = ("administrative_unit", "administrative_unit_crosswalk", "cases", "schools", "secret_plan")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    yield engine
    engine.dispose()


def run(engine: Engine, home: Path) -> Reconciled:
    with Session(engine) as session, session.begin():
        return reconcile(session, Releases(stores_at(home)))


def test_an_empty_registry_is_filled_from_the_manifests(engine: Engine, home: Path) -> None:
    assert run(engine, home) == Reconciled(ALL, ())
    records = RegistryRecords(engine, "")
    assert tuple(records.package_names(include_private=True)) == ALL
    assert "secret_plan" not in records.package_names()


def test_a_second_time_changes_nothing(engine: Engine, home: Path) -> None:
    run(engine, home)
    stamp = RegistryRecords(engine, "").stamp()
    run(engine, home)
    assert RegistryRecords(engine, "").stamp() == stamp


def test_times_come_from_the_manifests_so_a_lost_registry_comes_back_the_same(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    publish(stores_at(home), SCHOOLS, 2)
    run(engine, home)
    other = open_registry(f"sqlite:///{tmp_path / 'other.db'}")
    run(other, home)
    ours, theirs = (RegistryRecords(one, "").package("schools") for one in (engine, other))
    assert ours is not None
    assert theirs is not None
    assert ours["metadata_created"] == theirs["metadata_created"] == "2026-03-02T02:00:00.000000"
    assert ours["metadata_modified"] == theirs["metadata_modified"] == "2026-03-03T02:00:00.000000"
    assert ours["version"] == "2"


def test_a_missed_withdrawal_is_caught_up(engine: Engine, home: Path) -> None:
    run(engine, home)
    withdraw(stores_at(home), "schools")
    assert run(engine, home).removed == ("schools",)
    assert RegistryRecords(engine, "").package("schools") is None
    assert run(engine, home).removed == ()


def test_a_record_whose_manifests_are_gone_goes_too(engine: Engine, home: Path) -> None:
    run(engine, home)
    stores = stores_at(home)
    for entry in list(stores_releases(home)):
        entry.unlink()
    assert "cases" in run(engine, home).removed
    publish(stores, CASES, 1)


def stores_releases(home: Path) -> list[Path]:
    return list((home / "store" / "releases" / "public" / "cases").iterdir())


def test_records_written_by_hand_are_left_alone(engine: Engine, home: Path) -> None:
    run(engine, home)
    with Session(engine) as session, session.begin():
        form = read_form(PackageForm, {"name": "by_hand", "owner_org": "h20-5"})
        save_package(session, form, None, contract_id=None, public_url="")
    run(engine, home)
    assert RegistryRecords(engine, "").package("by_hand") is not None


def test_a_contract_takes_over_a_name_written_by_hand(engine: Engine, home: Path) -> None:
    run(engine, home)
    with Session(engine) as session, session.begin():
        package = find_package(session, "schools")
        assert package is not None
        package.contract_id = None
        package.title = "Không phải"
        session.add(package)
    run(engine, home)
    found = RegistryRecords(engine, "").package("schools")
    assert found is not None
    assert found["title"] == "Trường học"


def test_one_manifest_that_cannot_be_read_leaves_its_record_and_the_others(
    engine: Engine, home: Path
) -> None:
    run(engine, home)
    (manifest,) = stores_releases(home)
    manifest.write_text("{")
    done = run(engine, home)
    assert done.failed == ("cases",)
    assert "schools" in done.kept
    assert RegistryRecords(engine, "").package("cases") is not None
