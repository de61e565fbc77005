"""Messages between the catalogue and the child that answers one question.

A message is its length in four bytes and then its bytes. Every wait has an end.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

MOST = 80 << 20
"""Bytes of one message at most."""


class BrokenError(Exception):
    """The other side is gone, said nothing in time, or says what cannot be."""


def send(channel: socket.socket, message: bytes) -> None:
    """One message. Raises `BrokenError`."""
    try:
        channel.sendall(struct.pack("!I", len(message)) + message)
    except OSError:
        raise BrokenError from None


def send_json(channel: socket.socket, message: object) -> None:
    """One message of JSON. Raises `BrokenError`."""
    send(channel, json.dumps(message).encode())


def receive(channel: socket.socket, until: float) -> bytes:
    """The next message, if it comes before `until` (``time.monotonic``). Raises
    `BrokenError`."""
    (length,) = struct.unpack("!I", _exactly(channel, 4, until))
    if length > MOST:
        raise BrokenError
    return _exactly(channel, length, until)


def receive_json(channel: socket.socket, until: float) -> Any:
    """The next message, of JSON. Raises `BrokenError`."""
    try:
        return json.loads(receive(channel, until))
    except ValueError:
        raise BrokenError from None


def _exactly(channel: socket.socket, length: int, until: float) -> bytes:
    found = bytearray()
    while len(found) < length:
        left = until - time.monotonic()
        if left <= 0:
            raise BrokenError
        channel.settimeout(left)
        try:
            piece = channel.recv(min(length - len(found), 1 << 20))
        except OSError:
            raise BrokenError from None
        if not piece:
            raise BrokenError
        found += piece
    return bytes(found)
