"""An emulated SQL Server for tests: TDS 7.4 in front of DuckDB. It is NOT SQL Server.

No SQL Server can be had where these tests run (no package registry has one), so what they show
is untested on a live one. What is real: the wire protocol with its TLS, which Microsoft's own
driver reads alike (``docs/decisions/sqlserver-by-pymssql.md``), and snapshots, which are
DuckDB's transactions. What is emulated: the SQL, and when which error number comes.
"""

from __future__ import annotations

import re
import secrets
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.sqlserver import values, wire
from tests.sqlserver.database import Database, SqlServerError, execute
from tests.sqlserver.values import Kind
from tests.sqlserver.wire import GoneError, Login, Wire

USER, DATABASE = "dungchung", "NGANH"
_SETTING = re.compile(r"SET (?!TRANSACTION)[A-Z_ ]+ (ON|OFF|YMD|-?\d+)")
_ISOLATION = re.compile(r"SET TRANSACTION ISOLATION LEVEL (.+)")
_STATEMENT = re.compile(r"(?:\[(?:[^\]]|\]\])*\]|'(?:[^']|'')*'|[^;\['])+")
"""What stands between semicolons that are in no name and no text."""
_ROWS = 500


class Then(Enum):
    """How a result may break off."""

    GONE = "the connection ends"
    HALF_A_ROW = "the message ends within a row, as if it were whole"
    NO_END = "the message ends after a row without its last token, as if it were whole"


@dataclass
class Faults:
    """What goes wrong, when a test says so.

    Attributes:
        no_snapshots: ALLOW_SNAPSHOT_ISOLATION is off.
        denied: tables that the account may not read.
        after: so many rows of a table are sent, `then` this happens.
    """

    no_snapshots: bool = False
    denied: frozenset[str] = frozenset()
    after: int | None = None
    then: Then | SqlServerError = Then.GONE


@dataclass
class EmulatedSqlServer(Database):
    """A server that listens at `port`, with one account and one database."""

    port: int = 0
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)
    tls: ssl.SSLContext | None = None
    faults: Faults = field(default_factory=Faults)
    logins: list[Login] = field(default_factory=list)

    @property
    def dsn(self) -> str:
        """Its address as a source names it."""
        return f"sqlserver://{USER}:{self.password}@localhost:{self.port}/{DATABASE}"


class _Session:
    """One client's session."""

    def __init__(self, server: EmulatedSqlServer, line: Wire) -> None:
        self._server, self._line = server, line
        self._store = server.store.cursor()
        self._snapshot = False

    def serve(self) -> None:
        """Until one of the two goes."""
        try:
            with suppress(GoneError):
                self._log_in()
                while True:
                    self._answer(*self._line.message())
        finally:
            self._line.close()
            self._store.close()

    def _log_in(self) -> None:
        context = self._server.tls if wire.wants_tls(self._line.message()[1]) else None
        self._line.send(wire.prelogin_reply(tls=context is not None))
        if context:
            self._line.start_tls(context)
        login = Login.read(self._line.message()[1])
        self._server.logins.append(login)
        refusal = None
        if (login.user, login.password) != (USER, self._server.password):
            refusal = wire.error(18456, 14, f"Login failed for user '{login.user}'.")
        elif login.database not in ("", DATABASE):
            refusal = wire.error(4060, 11, f'Cannot open database "{login.database}".')
        self._line.send(refusal or wire.logged_in(DATABASE))
        if refusal:
            raise GoneError

    def _answer(self, kind: int, body: bytes) -> None:
        if kind == wire.ATTENTION:  # sent when the answer had just ended
            self._line.send(wire.done(wire.DONE_ATTENTION))
            return
        if kind != wire.SQL_BATCH:
            raise GoneError
        try:
            for statement in filter(str.strip, _STATEMENT.findall(wire.batch_text(body))):
                self._run(statement)
        except _InterruptedError:
            self._line.message()
            self._line.send(wire.done(wire.DONE_ATTENTION))
        except SqlServerError as error:
            self._line.send(wire.error(error.number, error.severity, error.text))
            if error.severity >= 20:
                raise GoneError from None
        else:
            self._line.send(wire.done())

    def _run(self, statement: str) -> None:
        plain = " ".join(statement.upper().split())
        if found := _ISOLATION.fullmatch(plain):
            self._snapshot = found[1] == "SNAPSHOT"
        elif plain == "BEGIN TRANSACTION":
            if self._snapshot:  # at any other level each statement sees what is there by then
                self._store.execute("BEGIN TRANSACTION")
        elif not _SETTING.fullmatch(plain) and plain != f"USE [{DATABASE}]":
            self._select(statement)

    def _select(self, statement: str) -> None:
        query, faults = self._server.translated(statement), self._server.faults
        if query.tables and faults.no_snapshots and self._snapshot:
            text = f"Snapshot isolation transaction failed accessing database '{DATABASE}'"
            raise SqlServerError(3952, 16, text + " because snapshot isolation is not allowed.")
        if query.tables & faults.denied:
            raise SqlServerError(229, 14, "The SELECT permission was denied on the object.")
        self._stream(execute(self._store, query), faults.after if query.tables else None)

    def _stream(self, columns: Sequence[tuple[str, Kind]], limit: int | None) -> None:
        kinds = [kind for _name, kind in columns]
        waiting, sent = values.metadata(columns), 0
        while found := self._store.fetchmany(min(_ROWS, _ROWS if limit is None else limit - sent)):
            rows = [values.row(kinds, cells) for cells in found]
            waiting += b"".join(rows)
            sent += len(rows)
            if sent == limit:
                self._break_off(waiting, rows[-1])
            while len(waiting) >= wire.ROOM:
                if self._line.interrupted():
                    self._line.send(waiting, last=False)  # a client reads on to a row's end
                    raise _InterruptedError
                self._line.send(waiting[: wire.ROOM], last=False)
                waiting = waiting[wire.ROOM :]
        self._line.send(waiting + wire.done(wire.DONE_MORE | wire.DONE_COUNT, sent), last=False)

    def _break_off(self, rows: bytes, row: bytes) -> None:
        """Send `rows`, then what the faults say; `row` is one more."""
        then = self._server.faults.then
        if isinstance(then, SqlServerError):
            self._line.send(rows, last=False)
            raise then
        self._line.send(
            rows + (row[: len(row) // 2] if then is Then.HALF_A_ROW else b""),
            last=then is not Then.GONE,
        )
        raise GoneError


class _InterruptedError(Exception):
    """The client does not want the rest."""


@contextmanager
def emulated_sql_server(certificate: Path | None) -> Iterator[EmulatedSqlServer]:
    """A server on the loopback, which answers until the end of the block; without a
    `certificate` it has no TLS."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = EmulatedSqlServer(port=door.getsockname()[1], tls=context)
        threading.Thread(target=_welcome, args=(server, door), daemon=True).start()
        try:
            yield server
        finally:
            # Closing it alone would leave the thread waiting at it.
            door.shutdown(socket.SHUT_RDWR)


def _welcome(server: EmulatedSqlServer, door: socket.socket) -> None:
    with suppress(OSError):
        while True:
            client, _address = door.accept()
            session = _Session(server, Wire(client))
            threading.Thread(target=session.serve, daemon=True).start()


def make_certificate(path: Path, host: str) -> Path:
    """A certificate of its own authority for `host`, with its key, in the file `path`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path
