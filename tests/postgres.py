"""A throwaway PostgreSQL server for tests, on the loopback, in a temporary folder.

PostgreSQL refuses to run as root, so a root process runs it as the user ``postgres``.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOW_TO = (
    "PostgreSQL is not installed: on Debian run 'apt-get install postgresql', or put initdb and "
    "pg_ctl on PATH"
)
USER = "dungchung"


def find_binaries() -> Path | None:
    """The folder that holds initdb and pg_ctl, newest version first."""
    found = shutil.which("pg_ctl")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").is_file()), None)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A running server's DSN; the server is stopped and its files removed at the end.

    Raises:
        FileNotFoundError: with a how-to, where PostgreSQL is not installed.
    """
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError(HOW_TO)
    folder = Path(tempfile.mkdtemp(prefix="dungchung-pg-"))
    password = secrets.token_urlsafe(16)
    try:
        data, secret = folder / "data", folder / "password"
        secret.write_text(password)
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            for path in (folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        _run(
            [
                *(binaries / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256"),
                *("-E", "UTF8", f"--pwfile={secret}", "--no-locale", "--no-sync"),
            ]
        )
        port = _free_port()
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
            "-c fsync=off -c full_page_writes=off -c max_wal_size=4GB"
        )
        log = folder / "log"
        _run([binaries / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"])
        try:
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object]) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    # Not inherited output: the server would keep a pipe of ours open.
    subprocess.run(
        [str(part) for part in command],
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
