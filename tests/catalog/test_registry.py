from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from catalog.errors import ValidationError
from catalog.registry.collections import find_collection, save_collection
from catalog.registry.database import open_registry, open_snapshot
from catalog.registry.forms import CollectionForm, PackageForm, read_form
from catalog.registry.reading import RegistryRecords
from catalog.registry.snapshot import Snapshot, newest_copy
from catalog.registry.tables import Group, Organization
from catalog.registry.writing import delete_package, find_package, save_package
from contracts.errors import Fault


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_dsn")
    engine = open_registry(url)
    yield engine
    engine.dispose()


def save(engine: Engine, **said: object) -> None:
    """A package of the organisation ``so`` in the theme ``gove``."""
    with Session(engine) as session, session.begin():
        for model, name in ((Organization, "so"), (Group, "gove")):
            existing = find_collection(session, model, name)
            save_collection(session, model, CollectionForm(name=name, title="Sở"), existing)
        data = {"name": "schools", "owner_org": "so", "groups": [{"name": "gove"}], **said}
        form = read_form(PackageForm, data)
        existing_package = find_package(session, form.name)
        save_package(
            session,
            form,
            existing_package,
            contract_id=form.extra_value("contract"),
            public_url="http://data.example",
        )


def test_migrations_make_exactly_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_record_comes_back_as_it_went_in(engine: Engine) -> None:
    save(
        engine,
        title="Trường học",
        tags=[{"name": "một cửa"}],
        extras=[{"key": "access", "value": "open"}],
        resources=[
            {
                "id": "5859a653-2cd3-52b7-946b-4d610906be34",
                "url": "http://data.example/dataset/schools/latest/schools.csv",
                "format": "CSV",
                "size": 3_000_000_000,
                "schema": "{}",
            }
        ],
    )
    records = RegistryRecords(engine, "http://other.example")
    package = records.package("schools")
    assert package is not None
    assert package == records.packages([package["id"]])[0]
    assert package["title"] == "Trường học"
    assert package["extras"] == [{"key": "access", "value": "open"}]
    assert [tag["name"] for tag in package["tags"]] == ["một cửa"]
    assert [group["name"] for group in package["groups"]] == ["gove"]
    resource = package["resources"][0]
    assert resource["url"] == "http://other.example/dataset/schools/latest/schools.csv"
    assert (resource["size"], resource["schema"]) == (3_000_000_000, "{}")
    assert records.resource(resource["id"]) == resource
    assert [one["package_count"] for one in records.organizations()] == [1]


def test_a_write_that_changes_nothing_leaves_no_trace(engine: Engine) -> None:
    records = RegistryRecords(engine, "")
    save(engine, title="A")
    before, stamp = records.package("schools"), records.stamp()
    save(engine, title="A")
    assert (records.package("schools"), records.stamp()) == (before, stamp)
    save(engine, title="B")
    after = records.package("schools")
    assert before is not None
    assert after is not None
    assert after["metadata_modified"] > before["metadata_modified"]
    assert records.stamp() != stamp


def test_a_deleted_record_is_gone_until_it_is_written_again(engine: Engine) -> None:
    records = RegistryRecords(engine, "")
    save(engine)
    with Session(engine) as session, session.begin():
        package = find_package(session, "schools")
        assert package is not None
        delete_package(session, package)
    assert records.package("schools") is None
    assert records.package_names() == []
    assert records.tags() == []
    save(engine)
    assert records.package_names() == ["schools"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"owner_org": "nobody"}, "owner_org"),
        ({"groups": [{"name": "nothing"}]}, "groups"),
        ({"name": "Trường"}, "name"),
        ({"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}, "extras"),
        ({"extras": [{"key": "a", "value": {"b": 1}}]}, "extras"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"resources": [{"url": "data:text/html,x"}]}, "resources"),
        ({"resources": [{"url": "http://x/\r\nX: y"}]}, "resources"),
        ({"resources": [{"id": "../../etc"}]}, "resources"),
        ({"resources": [{"size": "big"}]}, "resources"),
        ({"tags": [{"name": "<script>"}]}, "tags"),
    ],
)
def test_what_cannot_be_accepted_names_its_field(
    tmp_path: Path, said: dict[str, object], field: str
) -> None:
    engine = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    with pytest.raises(ValidationError) as refused:
        save(engine, **said)
    assert set(refused.value.problems) == {field}
    assert RegistryRecords(engine, "").package_names() == []


def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_text("not a database, and long enough to be read as one")
    with pytest.raises(Fault) as refused:
        open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    assert refused.value.check == "registry.unreachable"


def copied(folder: Path) -> RegistryRecords:
    newest = newest_copy(folder)
    assert newest is not None
    return RegistryRecords(open_snapshot(newest), "")


def test_the_public_copy_holds_public_records_only(engine: Engine, tmp_path: Path) -> None:
    save(engine, title="Trường học")
    save(engine, name="plan", title="Canarivi", private=True, tags=[{"name": "canarivi"}])
    folder = tmp_path / "public"
    assert newest_copy(folder) is None
    snapshot = Snapshot(engine, folder)
    assert snapshot.refresh()
    assert not snapshot.refresh()
    assert copied(folder).package_names(include_private=True) == ["schools"]
    (path,) = folder.glob("*.db")
    assert b"canarivi" not in path.read_bytes().lower()
    with sqlite3.connect(path) as copy:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    assert not {"token", "token_grant"} & tables


def test_a_reader_of_the_copy_before_keeps_its_state(engine: Engine, tmp_path: Path) -> None:
    snapshot = Snapshot(engine, tmp_path)
    save(engine, title="A")
    snapshot.refresh()
    before = copied(tmp_path)
    save(engine, title="B")
    snapshot.refresh()
    titles = [
        one["title"] for records in (before, copied(tmp_path)) for one in records.all_packages()
    ]
    assert titles == ["A", "B"]


def test_the_public_copy_is_repaired_after_a_kill(engine: Engine, tmp_path: Path) -> None:
    save(engine)
    (tmp_path / ".new.db").write_bytes(b"half a copy")
    (tmp_path / ".new.db-journal").write_bytes(b"half a journal")
    Snapshot(engine, tmp_path).refresh()
    assert copied(tmp_path).package_names() == ["schools"]


def test_copies_that_no_one_reads_any_more_go(engine: Engine, tmp_path: Path) -> None:
    old = tmp_path / "0123.db"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    Snapshot(engine, tmp_path).refresh()
    assert [path.name for path in tmp_path.glob("*.db") if path.stem != "registry"] == ["empty.db"]
