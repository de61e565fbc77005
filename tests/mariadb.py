"""A throwaway MariaDB server for tests, on the loopback, in a temporary folder."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from tests.servers import free_port

HOW_TO = (
    "MariaDB is not installed: on Debian run 'apt-get install mariadb-server', or put mariadbd "
    "and mariadb-install-db on PATH"
)
USER = "dungchung"


def find_server() -> tuple[str, str] | None:
    """The programs mariadb-install-db and mariadbd."""
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    install, server = (shutil.which(name, path=path) for name in ("mariadb-install-db", "mariadbd"))
    return (install, server) if install and server else None


@contextmanager
def mariadb_server() -> Iterator[str]:
    """A running server's DSN, without a database; stopped and removed at the end.

    Raises:
        FileNotFoundError: with a how-to, where MariaDB is not installed.
        RuntimeError: it did not start.
    """
    found = find_server()
    if found is None:
        raise FileNotFoundError(HOW_TO)
    install, program = found
    folder = Path(tempfile.mkdtemp(prefix="dungchung-mariadb-"))
    password, port = secrets.token_urlsafe(16), free_port()
    user = "mysql" if os.geteuid() == 0 else None
    try:
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        # Without --no-defaults the machine's own configuration would be read.
        _run(
            [
                *(install, "--no-defaults", f"--datadir={data}", "--skip-test-db"),
                "--auth-root-authentication-method=normal",
            ],
            user,
        )
        start = folder / "init.sql"
        start.write_text(
            f"CREATE USER '{USER}'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
            f"GRANT ALL ON *.* TO '{USER}'@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        start.chmod(0o644)
        process = subprocess.Popen(
            [
                *(program, "--no-defaults", f"--datadir={data}", f"--port={port}"),
                *("--bind-address=127.0.0.1", f"--socket={folder}/s", f"--init-file={start}"),
                *("--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--skip-name-resolve"),
                f"--pid-file={folder}/pid",
            ],
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, password, process)
            yield f"mariadb://{USER}:{password}@127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def connect(dsn: str) -> pymysql.Connection[pymysql.cursors.Cursor]:
    """A connection of the test's own, which commits each statement."""
    account, _at, address = dsn.removeprefix("mariadb://").rpartition("@")
    user, _colon, password = account.partition(":")
    server, _slash, database = address.partition("/")
    host, _colon, port = server.partition(":")
    return pymysql.connect(
        host=host, port=int(port), user=user, password=password,
        database=database or None, autocommit=True,
    )  # fmt: skip


def _wait_for(port: int, password: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connect(f"mariadb://{USER}:{password}@127.0.0.1:{port}").close()
        except pymysql.MySQLError:
            time.sleep(0.05)
        else:
            return
    message = "MariaDB did not start"
    raise RuntimeError(message)


def _run(command: list[str], user: str | None) -> None:
    subprocess.run(
        command, user=user, cwd="/", check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
