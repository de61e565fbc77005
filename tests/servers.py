"""Starting real servers for tests. Only how to start and stop them; no fixtures, no asserts."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

from lakehouse.buckets import prepare_buckets
from lakehouse.stores import S3Credentials, StoreSettings, Zone

HOW_TO_GET_S3 = (
    "needs a real S3 server: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0, "
    "then put it on PATH or name it in DUNGCHUNG_TEST_S3"
)
_ROOT = S3Credentials("root", secrets.token_hex(16))


@dataclass(frozen=True)
class S3Server:
    """A running Versity S3 Gateway: one user per zone, and one for the public worker."""

    endpoint: str
    users: Mapping[Zone, S3Credentials]
    public: S3Credentials
    root: S3Credentials

    def settings(self, prefix: str, cache: Path) -> StoreSettings:
        """Settings with the buckets of `prefix` made, each zone with its own user."""
        settings = StoreSettings(
            f"s3://{prefix}", cache, endpoint=self.endpoint, credentials=self.users
        )
        prepare_buckets(
            settings,
            self.root,
            writers={zone: user.access_key for zone, user in self.users.items()},
            public=self.public.access_key,
        )
        return settings


def find_s3_server() -> str | None:
    """The server's program, or None."""
    return os.environ.get("DUNGCHUNG_TEST_S3") or shutil.which("versitygw")


@contextmanager
def run_s3_server(folder: Path) -> Iterator[S3Server]:
    """A server with its data in `folder`, on a free port of the loopback.

    Raises:
        RuntimeError: it is not installed (`HOW_TO_GET_S3`), or did not start.
    """
    program = find_s3_server()
    if program is None:
        raise RuntimeError(HOW_TO_GET_S3)
    data, people = folder / "data", folder / "iam"
    data.mkdir(parents=True)
    people.mkdir()
    port = free_port()
    environment = {
        "ROOT_ACCESS_KEY_ID": _ROOT.access_key,
        "ROOT_SECRET_ACCESS_KEY": _ROOT.secret_key,
    }
    arguments = ["--port", f"127.0.0.1:{port}", "--iam-dir", str(people), "--quiet"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *arguments, "posix", str(data)], env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(port, process)
            endpoint = f"http://127.0.0.1:{port}"
            users = {zone: _user(program, endpoint, zone.value) for zone in Zone}
            yield S3Server(endpoint, users, _user(program, endpoint, "public"), _ROOT)
        finally:
            process.terminate()
            process.wait(10)


class FakeS3(ThreadingHTTPServer):
    """Objects in memory, with the faults of an S3 server that is none of ours.

    Args:
        conditional: whether ``If-None-Match: *`` is honoured.
        lost_replies: so many PUTs are carried out, but their connection ends unanswered.
        busy: so many requests are answered with 503 first.
    """

    def __init__(self, *, conditional: bool = True, lost_replies: int = 0, busy: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _FakeS3Handler)
        self.conditional = conditional
        self.lost_replies = lost_replies
        self.busy = busy
        self.objects: dict[str, bytes] = {}
        self.lock = Lock()

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _FakeS3Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeS3

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            if self._turned_away():
                return
            refused = (
                self.server.conditional
                and self.headers.get("If-None-Match") == "*"
                and self.path in self.server.objects
            )
            if not refused:
                self.server.objects[self.path] = body
            lost = self.server.lost_replies > 0
            self.server.lost_replies -= lost
        if lost:
            self.close_connection = True
        elif refused:
            self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        else:
            self._answer(200)

    def do_GET(self) -> None:
        with self.server.lock:
            if self._turned_away():
                return
            body = self.server.objects.get(self.path)
        if body is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._answer(200, body)

    def do_DELETE(self) -> None:
        with self.server.lock:
            self.server.objects.pop(self.path, None)
        self._answer(204)

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _turned_away(self) -> bool:
        if self.server.busy <= 0:
            return False
        self.server.busy -= 1
        self._answer(503, b"<Error><Code>SlowDown</Code></Error>")
        return True

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"0"')
        self.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def fake_s3(*, conditional: bool = True, lost_replies: int = 0, busy: int = 0) -> Iterator[FakeS3]:
    """A `FakeS3` that answers until the end of the block."""
    server = FakeS3(conditional=conditional, lost_replies=lost_replies, busy=busy)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    """A port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _user(program: str, endpoint: str, name: str) -> S3Credentials:
    user = S3Credentials(f"{name}-key", secrets.token_hex(16))
    subprocess.run(
        [
            *(program, "admin", "--endpoint-url", endpoint, "create-user"),
            *("--access", user.access_key, "--secret", user.secret_key, "--role", "user"),
        ],
        env={
            "ADMIN_ACCESS_KEY_ID": _ROOT.access_key,
            "ADMIN_SECRET_ACCESS_KEY": _ROOT.secret_key,
        },
        check=True,
        capture_output=True,
        timeout=20,
    )
    return user


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    message = "the S3 server did not start"
    raise RuntimeError(message)
