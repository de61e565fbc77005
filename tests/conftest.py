"""Real servers for tests that need one; without it such a test skips and says how to get it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from tests import mariadb
from tests.postgres import HOW_TO, find_binaries, postgres_server
from tests.servers import HOW_TO_GET_S3, S3Server, find_s3_server, run_s3_server
from tests.sqlserver.server import EmulatedSqlServer, emulated_sql_server, make_certificate

# No test times anything: a busy machine is slow, not wrong.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    if find_binaries() is None:
        pytest.skip(HOW_TO)
    with postgres_server() as dsn:
        yield dsn


@pytest.fixture
def postgres_dsn(_postgres: str) -> str:
    """The DSN of a database of its own on a real PostgreSQL server."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(_postgres, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return _postgres.rsplit("/", 1)[0] + "/" + name


@pytest.fixture(scope="session")
def _mariadb() -> Iterator[str]:
    if mariadb.find_server() is None:
        pytest.skip(mariadb.HOW_TO)
    with mariadb.mariadb_server() as dsn:
        yield dsn


@pytest.fixture
def mariadb_dsn(_mariadb: str) -> str:
    """The DSN of a database of its own on a real MariaDB server."""
    name = f"test_{secrets.token_hex(6)}"
    with mariadb.connect(_mariadb) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    return f"{_mariadb}/{name}"


@pytest.fixture(scope="session")
def sqlserver_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the emulated SQL Server, for ``localhost``."""
    return make_certificate(tmp_path_factory.mktemp("sqlserver") / "cert.pem", "localhost")


@pytest.fixture
def emulated_sqlserver(sqlserver_certificate: Path) -> Iterator[EmulatedSqlServer]:
    """A server that speaks SQL Server's protocol and is none."""
    with emulated_sql_server(sqlserver_certificate) as server:
        yield server


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server."""
    if find_s3_server() is None:
        pytest.skip(HOW_TO_GET_S3)
    with run_s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``DUNGCHUNG_TEST_SERVERS=required`` a `server` test that skips has failed, unless what
    it misses is the shared data: no machine can install that."""
    report = yield
    required = os.environ.get("DUNGCHUNG_TEST_SERVERS") == "required"
    without_data = "../shared" in str(report.longrepr)
    if required and report.skipped and item.get_closest_marker("server") and not without_data:
        report.outcome = "failed"
        report.longrepr = f"a server is missing: {report.longrepr}"
    return report
