"""``serve``: starts the router and both workers, and starts again whichever ends.

The supervisor itself speaks to no one: it holds the configuration and hands each process its
part through a pipe. What the processes do is `catalog.worker`.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread, current_thread, main_thread
from urllib.parse import urlsplit

from catalog.config import CatalogConfig
from catalog.worker import Order, Role
from contracts.errors import Fault
from contracts.i18n import _

_LOG = logging.getLogger(__name__)
_START_WITHIN = 600.0  # seconds; a first start indexes every record of a big catalogue
_STOP_WITHIN = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR")


def serve(config: CatalogConfig, *, port: int, ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told the address once it answers.

    Raises:
        Fault: ``serve.port`` (taken), ``serve.beyond_loopback``, or why a worker could not
            start.
    """
    ended = Event()
    if current_thread() is main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
    with running(config, port=port) as url:
        ready(url)
        ended.wait()


@contextmanager
def running(config: CatalogConfig, *, port: int = 0) -> Iterator[str]:
    """A catalogue that runs meanwhile (port 0: any free one); gives its address."""
    _stay_on_loopback(config)
    listening = _bind(config.host, port)
    sockets = Path(tempfile.mkdtemp(prefix="dungchung-"))
    number = listening.getsockname()[1]
    host = f"[{config.host}]" if ":" in config.host else config.host
    local = f"http://{host}:{number}"
    public_url = (config.public_url or local).rstrip("/")
    public, agency = str(sockets / "public"), str(sockets / "agency")
    children = [
        # The agency worker makes the public copy that the public worker waits for.
        _Child("agency", Order(socket=agency, public_url=public_url, config=config)),
        _Child("public", Order(socket=public, public_url=public_url, config=config.for_public())),
        _Child(
            "router",
            Order(
                socket=str(listening.fileno()),
                public_url=public_url,
                public_socket=public,
                agency_socket=agency,
                hosts=_hosts(config, public_url, number),
            ),
            inherited=listening.fileno(),
        ),
    ]
    try:
        for child in children:
            child.launch()
        for child in children:
            child.expect_ready()
        for child in children:
            child.watch()
        yield local
    finally:
        for child in children:
            child.release()
        for child in children:
            child.stop()
        listening.close()
        shutil.rmtree(sockets, ignore_errors=True)


class _Child:
    """One process, started again whenever it ends by itself."""

    def __init__(self, role: Role, order: Order, inherited: int | None = None) -> None:
        self._role = role
        self._order = f"{order.model_dump_json()}\n".encode()
        self._inherited = () if inherited is None else (inherited,)
        self._stopping = Event()
        self._changing = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = Thread(target=self._watch, name=f"watch-{role}", daemon=True)

    def launch(self) -> None:
        """Start the process and tell it what it needs to know."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            # -P: a folder called catalog where one happens to stand is not ours.
            [sys.executable, "-P", "-m", "catalog.worker", self._role],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            pass_fds=self._inherited,
            start_new_session=True,
        )
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(self._order)
                self._process.stdin.flush()

    def expect_ready(self) -> None:
        """Wait until the process serves; raises the `Fault` it reports."""
        answer = _first_line(self._process) if self._process else {}
        if answer.get("ready") is True:
            return
        fault = answer.get("fault")
        if isinstance(fault, list):
            check, message, remedy, values = fault
            raise Fault(check, message, remedy=remedy, **values)
        raise Fault(
            "serve.worker",
            _("The catalogue's {role} process did not start."),
            remedy=_("Its own messages above say why; correct that and start again."),
            role=self._role,
        )

    def watch(self) -> None:
        """Start again whenever it ends."""
        self._watcher.start()

    def release(self) -> None:
        """Let the process end, without waiting for it."""
        with self._changing:
            self._stopping.set()
            if self._process is not None:
                _close(self._process)

    def stop(self) -> None:
        """See to it that the process has ended for good."""
        self.release()
        if self._process is not None:
            _end(self._process)
        if self._watcher.is_alive():
            self._watcher.join()

    def _watch(self) -> None:
        pause = _FIRST_PAUSE
        while self._process is not None:
            self._process.wait()
            if self._stopping.wait(pause):
                return
            _LOG.warning("the %s process ended and is started again", self._role)
            try:
                self._relaunch()
                self.expect_ready()
                pause = _FIRST_PAUSE
            except (Fault, OSError) as error:
                _LOG.error("the %s process: %s", self._role, error)
                _end(self._process)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _relaunch(self) -> None:
        """Start anew, unless it is being stopped at this very moment."""
        with self._changing:
            if self._process is not None and not self._stopping.is_set():
                _end(self._process)
                self.launch()


def _first_line(process: subprocess.Popen[bytes]) -> dict[str, object]:
    """What the process says first, as JSON; empty when it says nothing in time."""
    output = process.stdout
    if output is None:
        return {}
    lines: list[bytes] = []
    reader = Thread(target=lambda: lines.append(output.readline()), daemon=True)
    reader.start()
    reader.join(_START_WITHIN)
    try:
        answer = json.loads(lines[0]) if lines else {}
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its pipe, which ends it; kill what does not end."""
    _close(process)
    try:
        process.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()


def _environment() -> dict[str, str]:
    """Of our environment only what a process needs to run: no secret comes that way."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except OSError:
        listening.close()
        raise Fault(
            "serve.port",
            _("The port {port} cannot be opened on {host}; another program may hold it."),
            remedy=_("Choose another with --port, or end the other program."),
            port=port,
            host=host,
        ) from None
    return listening


def _stay_on_loopback(config: CatalogConfig) -> None:
    if urlsplit(config.store_url).scheme != "file" or ipaddress.ip_address(config.host).is_loopback:
        return
    raise Fault(
        "serve.beyond_loopback",
        _("A catalogue whose store is a folder serves only this computer."),
        remedy=_("Use an S3 store (DUNGCHUNG_STORE_URL) to serve others, or leave the host out."),
    )


def _hosts(config: CatalogConfig, public_url: str, port: int) -> tuple[str, ...]:
    """The names that requests may be addressed to."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    names.add(f"[{config.host}]" if ":" in config.host else config.host)
    hosts = {urlsplit(public_url).netloc.rpartition("@")[2], *config.allowed_hosts}
    hosts |= {f"{name}:{port}" for name in names}
    return tuple(sorted(host.lower() for host in hosts))
