"""Reading sector databases: one driver per kind, all with the same `Reader` interface.

Here belongs everything that knows how a source stores rows. What is read and where it is
kept is `standardization.landing`; what it means is the mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from contracts.mappings import Source, SourceKind
from standardization.sources.api import ApiReader
from standardization.sources.csv import CsvReader
from standardization.sources.dsn import Location, locate, resolve_dsn
from standardization.sources.geojson import GeojsonReader
from standardization.sources.guarded import GuardedReader
from standardization.sources.inbox import InboxReader
from standardization.sources.json import JsonReader
from standardization.sources.mariadb import MariadbReader
from standardization.sources.postgresql import PostgresqlReader
from standardization.sources.reader import Reader, Since
from standardization.sources.sqlite import SqliteReader
from standardization.sources.sqlserver import SqlserverReader
from standardization.sources.xls import XlsReader
from standardization.sources.xlsx import XlsxReader

__all__ = ["Reader", "Since", "locate", "open_reader", "resolve_dsn"]

_DRIVERS: Mapping[SourceKind, Callable[[Source, Location], Reader]] = {
    SourceKind.SQLITE: SqliteReader,
    SourceKind.POSTGRESQL: PostgresqlReader,
    SourceKind.MARIADB: MariadbReader,
    SourceKind.SQLSERVER: SqlserverReader,
    SourceKind.CSV: CsvReader,
    SourceKind.XLSX: XlsxReader,
    SourceKind.XLS: XlsReader,
    SourceKind.JSON: JsonReader,
    SourceKind.GEOJSON: GeojsonReader,
    SourceKind.API: ApiReader,
    SourceKind.INBOX: InboxReader,
}


def open_reader(source: Source, dsn: str) -> Reader:
    """A reader of `source` (a context manager; the source is opened on entering it).

    Raises:
        Fault: ``source.dsn`` for an unknown kind; on entering ``source.unreachable``,
            ``source.credentials`` or ``source.unreadable``.
    """
    location = locate(source, dsn)
    reader = _DRIVERS[location.kind](source, location)
    return GuardedReader(reader) if source.never else reader
