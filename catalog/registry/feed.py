"""The registry as followers read it: `catalog.documents.Feed` over its tables.

Reading only, some hundred records in a handful of queries: rows, not objects. What a record
looks like is `catalog.registry.dictionaries`, who may see it `catalog.registry.labels`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, select
from sqlmodel import col

from catalog.documents import Document, Kind
from catalog.identifiers import ckan_time
from catalog.registry.changes import GENERATION, SEQUENCE
from catalog.registry.database import consistent
from catalog.registry.dictionaries import collection_dictionary
from catalog.registry.labels import collection_labels, package_labels
from catalog.registry.reading import PackageReader, activities, columns
from catalog.registry.tables import Change, Group, Meta, Organization, Package, Resource

_FORM = 1  # raised when documents of the same rows look different: followers start anew


class RegistryFeed:
    """`Feed` of every record of the registry behind `engine`, with its labels.

    Links of the documents start with `public_url`; another one is another generation.
    """

    def __init__(self, engine: Engine, public_url: str) -> None:
        self._engine = consistent(engine)
        self._public_url = public_url
        self._form = hashlib.sha256(f"{_FORM} {public_url}".encode()).hexdigest()[:8]

    def generation(self) -> str:
        """The registry's generation and the form of its documents."""
        return f"{self._meta(GENERATION)}-{self._form}"

    def position(self) -> int:
        """The sequence of the newest change."""
        return int(self._meta(SEQUENCE))

    def since(self, sequence: int, limit: int) -> Sequence[Document]:
        """At most about `limit` documents changed after `sequence`, by their sequence."""
        with self._engine.begin() as connection:
            changes = _changes(connection, sequence, limit)
            if not changes:
                return ()
            batch = _Batch(connection, sequence, changes[-1].sequence, self._public_url)
            batch.read({Kind(one.kind) for one in changes})
            return [batch.document(Kind(one.kind), one.record_id, one.sequence) for one in changes]

    def _meta(self, key: str) -> str:
        with self._engine.begin() as connection:
            value: str = connection.execute(
                select(col(Meta.value)).where(col(Meta.key) == key)
            ).scalar_one()
        return value


def _changes(connection: Connection, sequence: int, limit: int) -> Sequence[Row[str, str, int]]:
    """The changes to tell next; those of the last number are all there."""
    number = col(Change.sequence)
    nearest = select(number).where(number > sequence).order_by(number).limit(limit).subquery()
    last = connection.scalar(select(func.max(nearest.c.sequence)))
    if last is None:
        return ()
    return connection.execute(
        select(col(Change.kind), col(Change.record_id), col(Change.sequence))
        .where(number > sequence, number <= last)
        .order_by(number, col(Change.kind), col(Change.record_id))
    ).all()


class _Batch:
    """The records changed after `first` up to `last`, as their documents."""

    def __init__(self, connection: Connection, first: int, last: int, public_url: str) -> None:
        number = col(Change.sequence)
        self._ids = {
            kind: select(col(Change.record_id)).where(
                col(Change.kind) == kind.value, number > first, number <= last
            )
            for kind in Kind
        }
        self._connection = connection
        self._public_url = public_url
        self._bodies: dict[tuple[Kind, str], dict[str, Any]] = {}
        self._labels: dict[tuple[Kind, str], frozenset[str]] = {}
        self._activity: dict[str, list[dict[str, Any]]] = {}

    def read(self, kinds: set[Kind]) -> None:
        """Read the records of these kinds."""
        if Kind.PACKAGE in kinds:
            self._read_packages(self._ids[Kind.PACKAGE])
        if Kind.ORGANIZATION in kinds:
            self._read_collections(Kind.ORGANIZATION, Organization)
        if Kind.GROUP in kinds:
            self._read_collections(Kind.GROUP, Group)
        if Kind.WITHDRAWN in kinds:
            self._read_withdrawn(self._ids[Kind.WITHDRAWN])

    def document(self, kind: Kind, identifier: str, sequence: int) -> Document:
        """One record as it is now."""
        key = (kind, identifier)
        return Document(
            kind,
            identifier,
            sequence,
            self._bodies.get(key),
            self._labels.get(key, frozenset()),
            tuple(self._activity.get(identifier, ())) if kind is Kind.PACKAGE else (),
        )

    def _read_packages(self, ids: Select[str]) -> None:
        shown = col(Package.state) != "deleted"
        reader = PackageReader(self._connection, ids, self._public_url)
        labels = package_labels(self._connection, ids)
        for row in reader.rows(shown):
            self._bodies[Kind.PACKAGE, row.id] = reader.complete(row)
            self._labels[Kind.PACKAGE, row.id] = labels[row.id]
        self._activity = activities(self._connection, ids)

    def _read_collections(self, kind: Kind, model: type[Organization | Group]) -> None:
        ids = self._ids[kind]
        labels = collection_labels(self._connection, kind, ids)
        active = columns(model).where(col(model.id).in_(ids), col(model.state) == "active")
        for row in self._connection.execute(active):
            body = collection_dictionary(row, organization=kind is Kind.ORGANIZATION)
            self._bodies[kind, row.id] = body
            self._labels[kind, row.id] = labels.get(row.id, frozenset())

    def _read_withdrawn(self, ids: Select[str]) -> None:
        gone = select(
            col(Package.id),
            col(Package.name),
            col(Package.title),
            col(Package.withdrawn),
            col(Package.metadata_modified),
        ).where(
            col(Package.id).in_(ids),
            col(Package.state) == "deleted",
            col(Package.withdrawn).is_not(None),
        )
        labels = package_labels(self._connection, ids)
        for row in self._connection.execute(gone):
            resources = select(col(Resource.id)).where(col(Resource.package_id) == row.id)
            self._labels[Kind.WITHDRAWN, row.id] = labels[row.id]
            self._bodies[Kind.WITHDRAWN, row.id] = {
                "id": row.id,
                "name": row.name,
                "title": row.title or row.name,
                "reason": row.withdrawn,
                "withdrawn": ckan_time(row.metadata_modified),
                "resources": sorted(self._connection.scalars(resources)),
            }
