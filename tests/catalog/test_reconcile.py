from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from catalog.documents import PUBLIC, Document, Kind
from catalog.identifiers import package_id
from catalog.reconcile import Reconciled, reconcile, reconcile_dataset
from catalog.registry.database import open_registry
from catalog.registry.feed import RegistryFeed
from catalog.registry.forms import PackageForm, read_form
from catalog.registry.writing import delete_package, find_package, require, save_package
from lakehouse.releases import Releases
from tests.catalog.province import CASES, SCHOOLS, publish, stores_at, withdraw

ALL = ("administrative_unit", "administrative_unit_crosswalk", "cases", "schools", "secret_plan")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    yield engine
    engine.dispose()


def run(engine: Engine, home: Path) -> Reconciled:
    return reconcile(engine, Releases(stores_at(home)))


def documents(engine: Engine, kind: Kind = Kind.PACKAGE) -> dict[str, Document]:
    """Those that are there, by name."""
    found = {}
    for document in RegistryFeed(engine, "").since(0, 1000):
        if document.kind is kind and document.body is not None:
            found[document.body["name"]] = document
    return found


def record(engine: Engine, name: str) -> Mapping[str, Any]:
    body = documents(engine)[name].body
    assert body is not None
    return body


def position(engine: Engine) -> int:
    return RegistryFeed(engine, "").position()


def test_an_empty_registry_is_filled_from_the_manifests(engine: Engine, home: Path) -> None:
    assert run(engine, home) == Reconciled(ALL, ())
    found = documents(engine)
    assert tuple(sorted(found)) == ALL
    assert [name for name, one in found.items() if PUBLIC not in one.labels] == ["secret_plan"]


def test_a_second_time_changes_nothing(engine: Engine, home: Path) -> None:
    run(engine, home)
    withdraw(stores_at(home), "cases")
    run(engine, home)
    before = position(engine)
    assert run(engine, home).removed == ()
    assert position(engine) == before


def test_times_come_from_the_manifests_so_a_lost_registry_comes_back_the_same(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    publish(stores_at(home), SCHOOLS, 2)
    run(engine, home)
    other = open_registry(f"sqlite:///{tmp_path / 'other.db'}")
    run(other, home)
    ours, theirs = (record(one, "schools") for one in (engine, other))
    assert ours["metadata_created"] == theirs["metadata_created"] == "2026-03-02T02:00:00.000000"
    assert ours["metadata_modified"] == theirs["metadata_modified"] == "2026-03-03T02:00:00.000000"
    assert ours["version"] == "2"


def test_a_missed_withdrawal_is_caught_up_with_its_reason(engine: Engine, home: Path) -> None:
    run(engine, home)
    withdraw(stores_at(home), "schools")
    assert run(engine, home).removed == ("schools",)
    assert "schools" not in documents(engine)
    told = documents(engine, Kind.WITHDRAWN)["schools"]
    assert told.body is not None
    assert (told.body["reason"], told.labels) == ("Sai phạm vi", {PUBLIC})
    assert told.body["withdrawn"] == "2026-03-03T02:00:00.000000"
    assert told.body["resources"]


def test_a_registry_that_never_knew_a_withdrawn_dataset_tells_its_reason_too(
    engine: Engine, home: Path
) -> None:
    withdraw(stores_at(home), "schools")
    withdraw(stores_at(home), "secret_plan")
    run(engine, home)
    told = documents(engine, Kind.WITHDRAWN)
    assert {name: PUBLIC in one.labels for name, one in told.items()} == {
        "schools": True,
        "secret_plan": False,
    }
    assert "schools" not in documents(engine)


def test_a_new_release_brings_a_withdrawn_dataset_back(engine: Engine, home: Path) -> None:
    run(engine, home)
    withdraw(stores_at(home), "schools")
    run(engine, home)
    publish(stores_at(home), SCHOOLS, 3)
    run(engine, home)
    assert record(engine, "schools")["version"] == "3"
    assert documents(engine, Kind.WITHDRAWN) == {}


def test_one_dataset_is_repaired_at_the_moment_it_is_asked_for(engine: Engine, home: Path) -> None:
    releases = Releases(stores_at(home))
    run(engine, home)
    withdraw(stores_at(home), "schools")
    with Session(engine) as session, session.begin():
        assert reconcile_dataset(session, releases, "schools")
        delete_package(session, require(find_package(session, "schools")))
        assert not reconcile_dataset(session, releases, "by_hand")
    told = documents(engine, Kind.WITHDRAWN)["schools"].body
    assert told is not None
    assert told["reason"] == "Sai phạm vi"


def test_a_record_whose_manifests_are_gone_goes_too(engine: Engine, home: Path) -> None:
    run(engine, home)
    stores = stores_at(home)
    for entry in stores_releases(home):
        entry.unlink()
    assert run(engine, home).removed == ("cases",)
    assert documents(engine, Kind.WITHDRAWN) == {}
    publish(stores, CASES, 1)
    run(engine, home)
    assert "cases" in documents(engine)


def stores_releases(home: Path) -> list[Path]:
    return list((home / "store" / "releases" / "public" / "cases").iterdir())


def test_records_written_by_hand_are_left_alone(engine: Engine, home: Path) -> None:
    run(engine, home)
    with Session(engine) as session, session.begin():
        form = read_form(PackageForm, {"name": "by_hand", "owner_org": "h20-5"})
        save_package(session, form, None, contract_id=None, public_url="")
    run(engine, home)
    assert record(engine, "by_hand")["title"] == "by_hand"


def test_a_contract_takes_over_a_name_written_by_hand(engine: Engine, home: Path) -> None:
    run(engine, home)
    with Session(engine) as session, session.begin():
        package = require(find_package(session, "schools"))
        package.contract_id = None
        package.title = "Không phải"
        session.add(package)
    run(engine, home)
    assert record(engine, "schools")["title"] == "Trường học"
    assert record(engine, "schools")["id"] == package_id("schools")


def test_one_manifest_that_cannot_be_read_leaves_its_record_and_the_others(
    engine: Engine, home: Path
) -> None:
    run(engine, home)
    (manifest,) = stores_releases(home)
    manifest.write_text("{")
    done = run(engine, home)
    assert done.failed == ("cases",)
    assert "schools" in done.kept
    assert "cases" in documents(engine)
