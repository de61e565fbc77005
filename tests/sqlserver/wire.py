"""The server's side of TDS 7.4 (MS-TDS), as far as an emulated SQL Server for tests needs it.

Here belong packets, TLS inside them, the log-in and the tokens around rows. Types and values
are `tests.sqlserver.values`; what the server answers is `tests.sqlserver.server`.
"""

from __future__ import annotations

import socket
import ssl
import struct
from contextlib import suppress
from dataclasses import dataclass

from tests.sqlserver.values import LATIN, short

SQL_BATCH, REPLY, ATTENTION, PRELOGIN = 1, 4, 6, 18
DONE_FINAL, DONE_MORE, DONE_ERROR, DONE_COUNT, DONE_ATTENTION = 0x00, 0x01, 0x02, 0x10, 0x20
PACKET = 4096
ROOM = PACKET - 8
"""Bytes of a packet after its header."""
_ENCRYPT_ON, _ENCRYPT_NONE = 1, 2


class GoneError(Exception):
    """The client closed the connection, or the server does so on purpose."""


class Wire:
    """One client's connection: whole messages in, packets out, TLS once both have agreed."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._tls: ssl.SSLObject | None = None
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()

    def message(self) -> tuple[int, bytes]:
        """The next message: its type and everything in its packets."""
        body = b""
        while True:
            kind, status, size = struct.unpack(">BBH", self._read(8)[:4])
            body += self._read(size - 8)
            if status & 1:
                return kind, body

    def interrupted(self) -> bool:
        """Whether the client has sent something while it is being answered."""
        self._sock.setblocking(False)
        try:
            return bool(self._sock.recv(1, socket.MSG_PEEK))
        except (BlockingIOError, OSError):
            return False
        finally:
            self._sock.setblocking(True)

    def send(self, body: bytes, kind: int = REPLY, *, last: bool = True) -> None:
        """`body` in packets; with `last` the message ends."""
        parts = [body[at : at + ROOM] for at in range(0, len(body), ROOM)] or [b""]
        for number, part in enumerate(parts, 1):
            status = int(last and number == len(parts))
            self._write(struct.pack(">BBHHBB", kind, status, len(part) + 8, 51, 1, 0) + part)

    def start_tls(self, context: ssl.SSLContext) -> None:
        """The handshake, which TDS 7 carries in packets of its own."""
        tls = context.wrap_bio(self._in, self._out, server_side=True)
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush_handshake()
                self._in.write(self.message()[1])
            except ssl.SSLError:
                raise GoneError from None
            else:
                self._flush_handshake()
                self._tls = tls
                return

    def close(self) -> None:
        """Drop the connection without a word."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _flush_handshake(self) -> None:
        if waiting := self._out.read():
            self.send(waiting, PRELOGIN)

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self._read_some(size - len(found))
            if not part:
                raise GoneError
            found += part
        return found

    def _read_some(self, size: int) -> bytes:
        while self._tls is not None:
            try:
                return self._tls.read(size)
            except ssl.SSLWantReadError:
                part = self._receive(65_536)
                if not part:
                    return b""
                self._in.write(part)
            except ssl.SSLError:
                raise GoneError from None
        return self._receive(size)

    def _receive(self, size: int) -> bytes:
        try:
            return self._sock.recv(size)
        except OSError:
            raise GoneError from None

    def _write(self, packet: bytes) -> None:
        if self._tls is not None:
            self._tls.write(packet)
            packet = self._out.read()
        try:
            self._sock.sendall(packet)
        except OSError:
            raise GoneError from None


def prelogin_reply(*, tls: bool) -> bytes:
    """Version 16, whether all is encrypted, and no MARS."""
    values = [
        (0, struct.pack(">BBHH", 16, 0, 1000, 0)),
        (1, bytes([_ENCRYPT_ON if tls else _ENCRYPT_NONE])),
        (2, b"\0"),
        (4, b"\0"),
    ]
    head, at = b"", 5 * len(values) + 1
    for token, value in values:
        head += struct.pack(">BHH", token, at, len(value))
        at += len(value)
    return head + b"\xff" + b"".join(value for _token, value in values)


def wants_tls(prelogin: bytes) -> bool:
    """Whether the client's PRELOGIN offers encryption."""
    at = 0
    while prelogin[at] != 0xFF:
        token, offset, _size = struct.unpack(">BHH", prelogin[at : at + 5])
        if token == 1:
            return prelogin[offset] != _ENCRYPT_NONE
        at += 5
    return False


@dataclass(frozen=True)
class Login:
    """What a client's LOGIN7 says."""

    user: str
    password: str
    database: str
    program: str
    read_only: bool

    @classmethod
    def read(cls, body: bytes) -> Login:
        """Take a LOGIN7 message apart."""

        def text(at: int, *, hidden: bool = False) -> str:
            start, size = struct.unpack("<HH", body[at : at + 4])
            raw = body[start : start + 2 * size]
            if hidden:
                raw = bytes(((b ^ 0xA5) << 4 | (b ^ 0xA5) >> 4) & 0xFF for b in raw)
            return raw.decode("utf-16-le")

        return cls(text(40), text(44, hidden=True), text(68), text(48), bool(body[26] & 0x20))


def batch_text(body: bytes) -> str:
    """The SQL of a batch, after its headers."""
    (headers,) = struct.unpack("<I", body[:4])
    return body[headers:].decode("utf-16-le")


def logged_in(database: str) -> bytes:
    """The answer to a log-in that succeeds."""
    changed = b"\x01" + short(database) + short("master")
    collation = b"\x07\x05" + LATIN + b"\0"
    sized = b"\x04" + short(str(PACKET)) + short(str(PACKET))
    environment = b"".join(
        b"\xe3" + struct.pack("<H", len(part)) + part for part in (changed, collation, sized)
    )
    ack = b"\x01\x74\x00\x00\x04" + short("Microsoft SQL Server") + bytes((16, 0, 3, 232))
    return environment + b"\xad" + struct.pack("<H", len(ack)) + ack + done()


def done(status: int = DONE_FINAL, rows: int = 0) -> bytes:
    """The end of a statement."""
    return struct.pack("<BHHQ", 0xFD, status, 0xC1, rows)


def error(number: int, severity: int, text: str) -> bytes:
    """An error of the server, followed by its DONE."""
    message = text.encode("utf-16-le")
    body = struct.pack("<iBBH", number, 1, severity, len(message) // 2) + message
    body += short("EMULATED") + short("") + struct.pack("<i", 1)
    return b"\xaa" + struct.pack("<H", len(body)) + body + done(DONE_ERROR)
