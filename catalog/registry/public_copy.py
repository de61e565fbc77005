"""The public copy of the registry: public documents only, in one SQLite file.

The agency worker writes it after each change (`PublicCopy`); the public worker reads it
(`PublicFeed`) and has no other way to the registry. What is left out here cannot leak there:
a record that was never public leaves no trace in the file, one that was leaves its id.

A rollback journal, not WAL: whoever may only read the folder can still read the file.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from catalog.documents import PUBLIC, Document, Feed, Kind

_LOG = logging.getLogger(__name__)
_FILE = "catalogue.db"
_BATCH = 500  # documents of one transaction
_BUSY = 10.0  # seconds that a reader waits for a writer's commit, and a writer for readers
_INTERVAL = 0.5  # seconds between two looks at what other processes changed
_TABLES = """
CREATE TABLE document (
    kind TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT,
    activity TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX document_sequence ON document (sequence);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_PUT = """
INSERT INTO document (kind, id, sequence, body, activity) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET sequence = excluded.sequence, body = excluded.body,
    activity = excluded.activity
    WHERE body IS NOT excluded.body OR activity <> excluded.activity
"""  # what says the same as before is no news: a draft's change touches its organisation too
_TAKE_BACK = """
UPDATE document SET sequence = ?, body = NULL, activity = '[]'
WHERE kind = ? AND id = ? AND body IS NOT NULL
"""


class PublicCopy:
    """The public documents of `feed`, kept in `folder`."""

    def __init__(self, feed: Feed, folder: Path) -> None:
        self._feed = feed
        self._folder = folder
        self._path = folder / _FILE
        self._lock = Lock()
        self._stopping = Event()
        self._thread: Thread | None = None

    def refresh(self) -> bool:
        """Bring the copy up to date; False when it already was.

        Calls that come together wait for each other: the second finds it done.
        """
        with self._lock:
            source = self._feed.generation()
            if not self._usable(source):
                self._make(source)
                return True
            with closing(_open(self._path)) as connection:
                return _catch_up(self._feed, connection)

    def follow(self) -> None:
        """Also take over what other processes change, until `close`; repairs a refresh that
        failed."""
        self._thread = Thread(target=self._run, name="public-copy", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_INTERVAL):
            try:
                self.refresh()
            except (OSError, sqlite3.Error, SQLAlchemyError) as error:
                # The copy stays as it was; the next look tries again.
                _LOG.warning("the public copy cannot be written: %s", type(error).__name__)

    def _usable(self, source: str) -> bool:
        """Whether the file is a copy of this registry, and not of a later state of it."""
        try:
            with closing(_open(self._path, create=False)) as connection:
                known = _read_meta(connection, "source") == source
                return known and _position(connection) <= self._feed.position()
        except sqlite3.Error:
            return False  # there is none, or it is damaged: the registry can make it again

    def _make(self, source: str) -> None:
        """Make the copy from nothing beside the one there is, and put it in its place.

        It is another generation: what was public once may have left no trace in it.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._folder / f".{_FILE}.{os.getpid()}"
        for left in self._folder.glob(f".{_FILE}.*"):  # by a killed process
            left.unlink(missing_ok=True)
        with closing(_open(fresh)) as connection:
            connection.executescript(_TABLES)
            made = {"source": source, "generation": f"{source}-{uuid4().hex}", "position": "0"}
            connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", made.items())
            _catch_up(self._feed, connection)
        # A journal left beside the old file would be played back into the new one.
        self._path.with_name(f"{_FILE}-journal").unlink(missing_ok=True)
        fresh.replace(self._path)


class PublicFeed:
    """`Feed` of the public copy in `folder`; for a process that may only read that folder.

    Raises `sqlite3.Error` while there is no copy, or none that can be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def present(self) -> bool:
        """Whether the first copy has been made."""
        return self._path.exists()

    def generation(self) -> str:
        """Which making of the copy this is."""
        with self._reading() as connection:
            return _read_meta(connection, "generation")

    def position(self) -> int:
        """The number of the newest change of what is or was public: changes of drafts leave
        it as it is."""
        with self._reading() as connection:
            (newest,) = connection.execute("SELECT max(sequence) FROM document").fetchone()
            return int(newest or 0)

    def since(self, sequence: int, limit: int) -> Sequence[Document]:
        """At most about `limit` documents changed after `sequence`, by their sequence."""
        with self._reading() as connection:
            nearest = "SELECT sequence FROM document WHERE sequence > ? ORDER BY 1 LIMIT ?"
            (last,) = connection.execute(
                f"SELECT max(sequence) FROM ({nearest})", (sequence, limit)
            ).fetchone()
            rows = connection.execute(
                "SELECT kind, id, sequence, body, activity FROM document"
                " WHERE sequence > ? AND sequence <= ? ORDER BY sequence, kind, id",
                (sequence, last),
            )
            return [_document(*row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        # Opened each time: the file may have been replaced by a new making of it.
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(
            sqlite3.connect(address, uri=True, timeout=_BUSY, isolation_level=None)
        ) as connection:
            # Sorting a big batch would else need a temporary file, which a confined process
            # may not make.
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("BEGIN")
            yield connection


def _document(kind: str, identifier: str, sequence: int, body: str | None, done: str) -> Document:
    if body is None:
        return Document(Kind(kind), identifier, sequence, None)
    labels = frozenset({PUBLIC})
    return Document(
        Kind(kind), identifier, sequence, json.loads(body), labels, tuple(json.loads(done))
    )


def _open(path: Path, *, create: bool = True) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY, isolation_level=None)
    # What is taken back is overwritten in the file, not only unlinked from it.
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _catch_up(feed: Feed, connection: sqlite3.Connection) -> bool:
    """Write what is new, some hundred documents a transaction; False when nothing is."""
    changed = False
    while _take_batch(feed, connection):
        changed = True
    return changed


def _take_batch(feed: Feed, connection: sqlite3.Connection) -> bool:
    # The position is read with the write lock held: of two writers the second goes on where
    # the first ended.
    connection.execute("BEGIN IMMEDIATE")
    try:
        documents = feed.since(_position(connection), _BATCH)
        for document in documents:
            _write(connection, document)
        if documents:
            last = str(documents[-1].sequence)
            connection.execute("UPDATE meta SET value = ? WHERE key = 'position'", (last,))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return bool(documents)


def _write(connection: sqlite3.Connection, document: Document) -> None:
    if document.body is None or PUBLIC not in document.labels:
        connection.execute(_TAKE_BACK, (document.sequence, document.kind.value, document.id))
        return
    body = json.dumps(document.body, ensure_ascii=False)
    done = json.dumps(list(document.activity), ensure_ascii=False)
    connection.execute(_PUT, (document.kind.value, document.id, document.sequence, body, done))


def _read_meta(connection: sqlite3.Connection, key: str) -> str:
    (value,) = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(value)


def _position(connection: sqlite3.Connection) -> int:
    return int(_read_meta(connection, "position"))
