"""What the public worker can read: public documents only, whatever happened on the way."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session

from catalog.confinement import landlock_version
from catalog.documents import Document, Kind
from catalog.registry.changes import renew, touch
from catalog.registry.database import open_registry
from catalog.registry.feed import RegistryFeed
from catalog.registry.public_copy import PublicCopy, PublicFeed
from catalog.registry.tables import Organization, Package
from catalog.registry.writing import delete_package, find_package, require
from tests.catalog.registry.conftest import PUBLIC_URL, make_collection, save, writing

CANARY = "canarivi"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_registry(f"sqlite:///{tmp_path / 'registry.db'}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def copy(engine: Engine, folder: Path) -> PublicCopy:
    return PublicCopy(RegistryFeed(engine, PUBLIC_URL), folder)


def told(folder: Path, after: int = 0) -> dict[tuple[Kind, str], Document]:
    return {(one.kind, one.id): one for one in PublicFeed(folder).since(after, 1000)}


def titles(folder: Path) -> set[str]:
    bodies = [one.body for one in PublicFeed(folder).since(0, 1000) if one.kind is Kind.PACKAGE]
    return {body["title"] for body in bodies if body is not None}


def publish(engine: Engine, name: str, **said: object) -> str:
    with writing(engine) as session:
        return save(session, name, **said).id


def withdraw(engine: Engine, name: str) -> None:
    with writing(engine) as session:
        delete_package(session, require(find_package(session, name)), reason="Sai phạm vi")


def test_what_was_never_public_leaves_no_trace(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    publish(engine, "schools", title="Trường học")
    hidden = publish(engine, "plan", title=CANARY, private=True, tags=[{"name": CANARY}])
    draft = publish(engine, "draft", notes=CANARY, state="draft")
    assert not PublicFeed(folder).present()
    assert copy.refresh()
    assert PublicFeed(folder).present()
    assert not copy.refresh()
    assert titles(folder) == {"Trường học"}
    withdraw(engine, "plan")
    at = PublicFeed(folder).position()
    assert copy.refresh()
    assert PublicFeed(folder).position() == at
    (path,) = folder.iterdir()
    stored = path.read_bytes().lower()
    assert not any(word.encode() in stored for word in (CANARY, hidden, draft))


def test_what_is_public_no_more_is_told_as_gone_and_overwritten(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    identifier = publish(engine, "schools", title=CANARY, notes=f"{CANARY} " * 3000)
    copy.refresh()
    at = PublicFeed(folder).position()
    publish(engine, "schools", title="Khác", private=True)
    copy.refresh()
    gone = told(folder, at)[Kind.PACKAGE, identifier]
    assert (gone.body, gone.labels, gone.activity) == (None, frozenset(), ())
    assert CANARY.encode() not in (folder / "catalogue.db").read_bytes().lower()


def test_a_withdrawal_is_told_with_its_reason(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    identifier = publish(engine, "schools")
    copy.refresh()
    withdraw(engine, "schools")
    copy.refresh()
    assert told(folder)[Kind.PACKAGE, identifier].body is None
    body = told(folder)[Kind.WITHDRAWN, identifier].body
    assert body is not None
    assert body["reason"] == "Sai phạm vi"
    publish(engine, "schools")
    copy.refresh()
    assert told(folder)[Kind.WITHDRAWN, identifier].body is None
    assert told(folder)[Kind.PACKAGE, identifier].body is not None


def test_documents_are_those_of_the_registry(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    publish(engine, "schools", resources=[{"url": "http://x/", "fields": [{"a": 1.5}]}])
    copy.refresh()
    assert list(PublicFeed(folder).since(0, 10)) == list(
        RegistryFeed(engine, PUBLIC_URL).since(0, 10)
    )


@pytest.mark.parametrize("damage", ["lost", "cut", "overwritten"])
def test_a_lost_or_damaged_copy_is_made_again_as_another_generation(
    engine: Engine, copy: PublicCopy, folder: Path, damage: str
) -> None:
    publish(engine, "schools", title="A")
    copy.refresh()
    before = PublicFeed(folder).generation()
    path = folder / "catalogue.db"
    if damage == "lost":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        path.write_bytes(b"not a database, and long enough to be read as one" * 100)
    publish(engine, "other", title="B")
    copy.refresh()
    assert titles(folder) == {"A", "B"}
    assert PublicFeed(folder).generation() != before


def test_a_journal_that_a_killed_writer_left_does_not_spoil_the_next_copy(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    publish(engine, "schools", title="A")
    copy.refresh()
    (folder / "catalogue.db").write_bytes(b"")
    (folder / "catalogue.db-journal").write_bytes(os.urandom(5000))
    (folder / ".catalogue.db.1").write_bytes(b"half a copy")
    copy.refresh()
    assert titles(folder) == {"A"}
    assert [path.name for path in folder.iterdir()] == ["catalogue.db"]


def test_a_registry_restored_from_a_backup_is_another_generation(
    engine: Engine, copy: PublicCopy, folder: Path, tmp_path: Path
) -> None:
    publish(engine, "schools", title="A")
    engine.dispose()
    shutil.copy(tmp_path / "registry.db", tmp_path / "backup.db")
    publish(engine, "later", title="B")
    copy.refresh()
    assert titles(folder) == {"A", "B"}
    engine.dispose()
    shutil.copy(tmp_path / "backup.db", tmp_path / "registry.db")
    copy.refresh()
    assert titles(folder) == {"A"}


def test_a_new_generation_of_the_registry_makes_the_copy_anew(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    publish(engine, "schools")
    copy.refresh()
    before = PublicFeed(folder).generation()
    with Session(engine) as session, session.begin():
        renew(session)
    copy.refresh()
    assert PublicFeed(folder).generation() != before


def test_it_follows_what_other_processes_write(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    copy.refresh()
    written = PublicFeed(folder).position()
    copy.follow()
    publish(engine, "schools")
    pause = Event()
    try:
        for _look in range(100):
            if PublicFeed(folder).position() > written:
                break
            pause.wait(0.1)
        assert titles(folder) == {"schools"}
    finally:
        copy.close()


WRITE_UNTIL_KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from catalog.registry.database import open_registry
from catalog.registry.feed import RegistryFeed
from catalog.registry.public_copy import PublicCopy
from tests.catalog.registry.conftest import save, writing
engine = open_registry(f"sqlite:///{sys.argv[1]}/registry.db")
copy = PublicCopy(RegistryFeed(engine, "http://data.example"), Path(sys.argv[1]) / "public")
for turn in range(10_000):
    with writing(engine) as session:
        save(session, f"p{turn % 5}", title=f"{turn}", notes="x" * 20_000, private=turn % 3 == 0)
    copy.refresh()
    print(turn, flush=True)
"""


def test_a_writer_that_is_killed_leaves_what_the_next_one_repairs(
    engine: Engine, copy: PublicCopy, folder: Path, tmp_path: Path
) -> None:
    for turns in (2, 5):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert child.stdout is not None
        for _turn in range(turns):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        copy.refresh()
        registry = RegistryFeed(engine, PUBLIC_URL).since(0, 1000)
        public = {(one.kind, one.id): one.body for one in registry if one.labels == {"public"}}
        copied = {key: one.body for key, one in told(folder).items() if one.body is not None}
        assert copied == public


READ_CONFINED = """
import sys
from datetime import datetime
from pathlib import Path
from catalog.confinement import confine
from catalog.registry.public_copy import PublicFeed
folder = Path(sys.argv[1])
confine(readable=[folder, Path("/dev/urandom")], writable=[], tcp=False)
print(len(PublicFeed(folder).since(0, 5000)))
"""


@pytest.mark.skipif(landlock_version() == 0, reason="needs Linux 5.13 with Landlock enabled")
def test_a_confined_reader_reads_a_big_batch(
    engine: Engine, copy: PublicCopy, folder: Path
) -> None:
    with writing(engine) as session:
        organization = make_collection(session, Organization, "so")
        now = datetime(2026, 1, 1)  # noqa: DTZ001 - the registry's times are naive UTC
        rows = [
            {"id": f"p{number}", "name": f"p{number}", "notes": "x" * 5000}
            for number in range(2000)
        ]
        common = {"owner_org": organization, "metadata_created": now, "metadata_modified": now}
        session.execute(insert(Package), [{**row, **common} for row in rows])
        touch(session, Kind.PACKAGE, *(row["id"] for row in rows))
    copy.refresh()
    done = subprocess.run(
        [sys.executable, "-c", READ_CONFINED, str(folder)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("2001", "")


def test_no_copy_is_an_error_of_the_database(folder: Path) -> None:
    with pytest.raises(sqlite3.Error):
        PublicFeed(folder).position()
