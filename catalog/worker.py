"""One process of ``serve``: ``python -m catalog.worker public|agency|router``.

It is told everything in one line of JSON on its standard input, answers one line on its
standard output once it serves (or why it cannot), and ends when its standard input does:
when whoever started it is gone. Starting and restarting is `catalog.serving`.

Heavy modules are imported inside functions, on purpose: Landlock binds only the thread that
asks for it and those it starts later, and these modules start threads.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import tempfile
from pathlib import Path
from threading import Thread
from typing import Literal
from urllib.parse import unquote, urlsplit

import uvicorn
from pydantic import BaseModel, ConfigDict

from catalog.config import PUBLIC_ZONES, CatalogConfig
from catalog.confinement import confine
from catalog.places import library_places
from catalog.sandbox.client import SqlSandbox
from contracts.errors import Fault
from lakehouse.stores import Zone

_LOG = logging.getLogger(__name__)
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_NETWORK = ("/etc/hosts", "/etc/resolv.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/ssl")

Role = Literal["public", "agency", "router"]


class Order(BaseModel):
    """What a worker is told. `socket` is the path it listens on, or, for the router, the
    number of the listening socket it inherits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    socket: str
    public_url: str
    config: CatalogConfig | None = None
    public_socket: str = ""
    agency_socket: str = ""
    hosts: tuple[str, ...] = ()


def main() -> None:
    """Serve until told to end."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for chatty in ("httpx", "uvicorn", "alembic"):  # httpx would log every address
        logging.getLogger(chatty).setLevel(logging.WARNING)
    role = sys.argv[1]
    order = Order.model_validate_json(sys.stdin.buffer.readline())
    listening = _listen(role, order)
    sandbox = _sandbox(role, order)
    _confine_role(role, order)
    parent = _Parent()
    parent.start()
    try:
        server = _server(role, order, sandbox)
    except Fault as fault:
        _answer({"fault": [fault.check, fault.message, fault.remedy, _texts(fault.values)]})
        sys.exit(1)
    parent.server = server
    _answer({"ready": True})
    server.run(sockets=[listening])


class _Parent(Thread):
    """Waits for the end of standard input, which means that whoever started us is gone."""

    def __init__(self) -> None:
        super().__init__(name="parent", daemon=True)
        self.server: uvicorn.Server | None = None

    def run(self) -> None:
        """End well if we serve already, at once if not."""
        while sys.stdin.buffer.read(4096):
            pass
        if self.server is None:
            os._exit(1)
        self.server.should_exit = True


def _listen(role: str, order: Order) -> socket.socket:
    """The socket to serve on; requests that come before we are ready wait in it."""
    if role == "router":
        return socket.socket(fileno=int(order.socket))
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    fresh = f"{order.socket}.{os.getpid()}"
    listening.bind(fresh)
    listening.listen(512)
    os.replace(fresh, order.socket)  # noqa: PTH105 - a socket's name, not a file's content
    return listening


def _sandbox(role: str, order: Order) -> SqlSandbox | None:
    """Where anyone may ask in SQL: started while this process may still start others."""
    if role != "public" or order.config is None or not order.config.sql:
        return None
    sandbox = SqlSandbox()
    sandbox.start()
    return sandbox


def _confine_role(role: str, order: Order) -> None:
    """Before any thread is started; the agency worker needs what it is given."""
    if role == "router":
        _confine(readable=[], writable=[], tcp=False)
    elif role == "public" and order.config is not None:
        confine_public(order.config)


def _server(role: str, order: Order, sandbox: SqlSandbox | None) -> uvicorn.Server:
    if role == "router":
        from catalog.router import Router, Routes

        routes = Routes(order.public_socket, order.agency_socket, frozenset(order.hosts))
        return _uvicorn(Router(routes), lifespan="off")
    if order.config is None:
        raise ValueError("a worker needs its configuration")
    from catalog.app import create_app
    from catalog.assembly import agency_context, public_context

    if role == "public":
        context = public_context(order.config, order.public_url, sandbox)
    else:
        context = agency_context(order.config, order.public_url)
    return _uvicorn(create_app(context), lifespan="off")


def _uvicorn(app: object, lifespan: Literal["off"]) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,  # type: ignore[arg-type] # uvicorn's own ASGI types differ from starlette's
            lifespan=lifespan,
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=3,
        )
    )


def confine_public(config: CatalogConfig) -> None:
    """Keep this process to what is public, wherever the kernel can.

    On ``file://``: the open zone, the public manifests, the public copy of the registry, and
    a cache of its own. On S3 its credentials already say so; the files of this host are
    closed all the same.
    """
    for folder in (config.public_cache, config.snapshot):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    readable = [config.snapshot]
    address = urlsplit(config.store_url)
    if address.scheme == "file":
        store = Path(unquote(address.path))
        readable += [store / Zone.OPEN.value, store / Zone.RELEASES.value / "public"]
        for zone in PUBLIC_ZONES:
            (store / zone.value).mkdir(mode=0o700, parents=True, exist_ok=True)
        readable[-1].mkdir(mode=0o700, exist_ok=True)
    # openpyxl writes its sheets to temporary files, and no other folder is open to us.
    tempfile.tempdir = str(config.public_cache)
    _confine(readable=readable, writable=[config.public_cache], tcp=address.scheme != "file")


def _confine(*, readable: list[Path], writable: list[Path], tcp: bool) -> None:
    system: list[str] = []
    if tcp:  # names are looked up and certificates checked
        system += _NETWORK
        system += [os.environ[name] for name in _CERTIFICATES if name in os.environ]
    used = confine(
        readable=[*readable, *library_places(), *map(Path, system)],
        writable=writable,
        tcp=tcp,
    )
    if used == 0:
        _LOG.warning("no Landlock on this system: the worker is not confined by the kernel")


def _answer(message: dict[str, object]) -> None:
    sys.stdout.write(f"{json.dumps(message)}\n")
    sys.stdout.flush()


def _texts(values: dict[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items()}


if __name__ == "__main__":
    main()
