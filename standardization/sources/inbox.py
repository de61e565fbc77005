"""An inbox: a folder that files are dropped into, each of which is taken in once.

``inbox:///folder?format=csv&pattern=*.csv&ready=…``. A file is taken in when it is whole:
``ready=done`` asks for an empty file ``<name>.done`` beside it, ``ready=manifest`` for a line
``<sha256>  <name>`` in ``SHA256SUMS``, and without either it is whole when nobody wrote to it
for `settle` seconds (60). What is taken in moves to ``accepted/`` under its SHA-256, so that the
same file again does nothing; what cannot be read moves to ``refused/`` with the reason beside
it. Every read gives all rows of all accepted files, oldest first, and the name of the file.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pyarrow as pa

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.mappings import Source, SourceKind
from standardization.sources.csv import CsvReader
from standardization.sources.dsn import Location
from standardization.sources.geojson import GeojsonReader
from standardization.sources.json import JsonReader
from standardization.sources.reader import Reader, TextDriver, unreachable
from standardization.sources.xls import XlsReader
from standardization.sources.xlsx import XlsxReader

FILE_NAME = "file_name"
"""The column that tells which file a row came in."""
TABLE = "files"
"""The table of an inbox whose files hold one each (CSV, GeoJSON)."""
_FORMATS: Mapping[str, Callable[[Source, Location], Reader]] = {
    "csv": CsvReader,
    "geojson": GeojsonReader,
    "json": JsonReader,
    "xls": XlsReader,
    "xlsx": XlsxReader,
}
_ONE_TABLE = ("csv", "geojson")
_SUMS = "SHA256SUMS"
_PARTIAL = (".part", ".tmp", ".partial", ".crdownload", ".done")
_ACCEPTED = re.compile(r"\d{8}-[0-9a-f]{64}-.+")
_clock = time.time


@dataclass(frozen=True)
class Inbox:
    """The folder of an inbox and how its files are told."""

    folder: Path
    format: str
    pattern: str
    ready: str
    settle: float

    @classmethod
    def at(cls, source: Source, location: Location) -> Inbox:
        """The inbox at `location`. Fault ``source.dsn`` where its options are unknown."""
        options = dict(location.options)
        form = options.get("format", "csv")
        ready = options.get("ready", "settled")
        settle = options.get("settle", "60")
        if form not in _FORMATS or ready not in ("done", "manifest", "settled"):
            raise _wrong_options(source)
        if not settle.isdigit():
            raise _wrong_options(source)
        pattern = options.get("pattern", f"*.{form}")
        return cls(location.path, form, pattern, ready, float(settle))

    @property
    def accepted(self) -> Path:
        """Where files are that were taken in."""
        return self.folder / "accepted"

    @property
    def refused(self) -> Path:
        """Where files are that could not be read."""
        return self.folder / "refused"

    def waiting(self) -> list[Path]:
        """Whole files that were not taken in yet, oldest first."""
        sums = self._sums() if self.ready == "manifest" else {}
        found = [path for path in self._dropped() if self._is_whole(path, sums)]
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))

    def files(self) -> list[Path]:
        """Files that were taken in, in that order."""
        found = self.accepted.iterdir() if self.accepted.is_dir() else ()
        return sorted(path for path in found if _ACCEPTED.fullmatch(path.name))

    def _dropped(self) -> Iterator[Path]:
        for path in self.folder.iterdir():
            name = path.name
            if name.startswith((".", "~$")) or name.endswith(_PARTIAL) or name == _SUMS:
                continue
            # A link could point anywhere on this machine.
            if path.is_file() and not path.is_symlink() and fnmatchcase(name, self.pattern):
                yield path

    def _is_whole(self, path: Path, sums: dict[str, str]) -> bool:
        if self.ready == "done":
            return path.with_name(path.name + ".done").exists()
        if self.ready == "manifest":
            return path.name in sums and sums[path.name] == digest_of(path)
        return _clock() - path.stat().st_mtime >= self.settle

    def _sums(self) -> dict[str, str]:
        path = self.folder / _SUMS
        if not path.is_file():
            return {}
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        pairs = (line.split(maxsplit=1) for line in lines)
        return {p[1].lstrip("*"): p[0].lower() for p in pairs if len(p) == 2}


class InboxReader(TextDriver):
    """Takes in what is whole, then reads everything that was ever taken in."""

    def __init__(self, source: Source, location: Location) -> None:
        super().__init__(source, location)
        self._location = location
        self._inbox = Inbox.at(source, location)
        self._files: list[Path] = []

    def _enter(self) -> None:
        if not self._inbox.folder.is_dir():
            raise unreachable(self.source)
        try:
            for path in self._inbox.waiting():
                self._take_in(path)
            self._files = self._inbox.files()
        except OSError:
            raise unreachable(self.source) from None

    def _leave(self) -> None:
        self._files = []

    def tables(self) -> tuple[str, ...]:
        """`TABLE`, or the tables that the accepted files hold."""
        if self._inbox.format in _ONE_TABLE:
            return (TABLE,)
        names: dict[str, None] = {}
        for path in self._files:
            with self._reader(path) as reader:
                names.update(dict.fromkeys(reader.tables()))
        return tuple(names)

    def schema(self, table: str) -> pa.Schema:
        """Every column of any file, and `FILE_NAME`. Fault ``source.inbox_empty``."""
        if not self._files:
            raise _nothing_yet(self.source)
        if table not in self.tables():
            raise KeyError(table)
        names: dict[str, None] = {}
        for path in self._files:
            with self._reader(path) as reader:
                if (own := self._table(reader, table)) is not None:
                    names.update(dict.fromkeys(reader.schema(own).names))
        names.pop(FILE_NAME, None)
        return pa.schema([pa.field(name, pa.string()) for name in (*names, FILE_NAME)])

    def _batches(self, table: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        own_columns = [name for name in schema.names if name != FILE_NAME]
        for path in self._files:
            name = original_name(path)
            with self._reader(path) as reader:
                own = self._table(reader, table)
                if own is None:
                    continue
                missing = set(own_columns) - set(reader.schema(own).names)
                if missing:
                    raise _columns_missing(self.source, name, missing)
                for batch in reader.read(own, own_columns):
                    arrays = dict(zip(own_columns, batch.columns, strict=True))
                    arrays[FILE_NAME] = pa.array([name] * batch.num_rows, pa.string())
                    yield pa.RecordBatch.from_arrays(
                        [arrays[column] for column in schema.names], schema=schema
                    )

    def _table(self, reader: Reader, table: str) -> str | None:
        names = reader.tables()
        if self._inbox.format in _ONE_TABLE:
            return names[0]
        return table if table in names else None

    def _reader(self, path: Path) -> Reader:
        kind = SourceKind(self._inbox.format)
        location = Location(kind, "", path, self._location.options)
        return _FORMATS[self._inbox.format](self.source, location)

    def _take_in(self, path: Path) -> None:
        """Move a whole file to ``accepted`` or ``refused``; both moves are atomic, and a run
        that dies between them starts where it stopped."""
        digest = digest_of(path)
        self._inbox.accepted.mkdir(exist_ok=True)
        already = next(self._inbox.accepted.glob(f"*-{digest}-*"), None)
        if already is not None:
            path.unlink()
        else:
            try:
                self._try(path)
            except Fault as fault:
                self._set_aside(path, fault)
            else:
                # Numbered in the order in which they were taken in.
                last = max((int(f.name[:8]) for f in self._inbox.files()), default=0)
                path.replace(self._inbox.accepted / f"{last + 1:08d}-{digest}-{path.name}")
        path.with_name(path.name + ".done").unlink(missing_ok=True)

    def _try(self, path: Path) -> None:
        """Read a file to its end."""
        with self._reader(path) as reader:
            for table in reader.tables():
                for _batch in reader.read(table, reader.schema(table).names):
                    pass

    def _set_aside(self, path: Path, fault: Fault) -> None:
        self._inbox.refused.mkdir(exist_ok=True)
        reason = self._inbox.refused / f"{path.name}.txt"
        reason.write_text(f"{fault.render('vi')}\n{fault.render('en')}\n", encoding="utf-8")
        path.replace(self._inbox.refused / path.name)


def original_name(path: Path) -> str:
    """The name that an accepted file was dropped under."""
    return path.name.split("-", 2)[2]


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _columns_missing(source: Source, file: str, columns: set[str]) -> Fault:
    return Fault(
        "source.file_columns",
        _("The file has no column {columns}."),
        remedy=_("Take it out of accepted/, and ask for it with the columns of the others."),
        place=Place(source=source.name, file=file),
        columns=", ".join(sorted(columns)),
    )


def _nothing_yet(source: Source) -> Fault:
    return Fault(
        "source.inbox_empty",
        _("No file has come into the inbox yet that could be read."),
        remedy=_("Wait for one; what was refused is in refused/ with the reason."),
        place=Place(source=source.name),
    )


def _wrong_options(source: Source) -> Fault:
    return Fault(
        "source.dsn",
        _("The address of the inbox has an option that is not known."),
        remedy=_("format is one of {formats}; ready is done or manifest; settle is seconds."),
        place=Place(source=source.name),
        formats=", ".join(_FORMATS),
    )
