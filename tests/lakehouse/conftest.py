"""Stores to test on: a folder, and a real S3 server where there is one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from lakehouse.stores import Stores, StoreSettings, open_stores
from tests.servers import HOW_TO_GET_S3, S3Server, find_s3_server, run_s3_server


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    if find_s3_server() is None:
        pytest.skip(HOW_TO_GET_S3)
    with run_s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(params=["file", pytest.param("s3", marks=pytest.mark.server)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    """Settings of an empty store, its buckets made."""
    cache = tmp_path / "cache"
    if request.param == "file":
        return StoreSettings(f"file://{tmp_path}/store", cache)
    server: S3Server = request.getfixturevalue("s3_server")
    return server.settings(f"t{uuid.uuid4().hex[:12]}", cache)


@pytest.fixture
def stores(settings: StoreSettings) -> Stores:
    return open_stores(settings)


@pytest.fixture
def file_stores(tmp_path: Path) -> Stores:
    return open_stores(StoreSettings(f"file://{tmp_path}/store", tmp_path / "cache"))


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """As a pipeline's: it labels moments with Vietnam's time zone and keeps no order."""
    with duckdb.connect() as made:
        made.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'; SET preserve_insertion_order = false")
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are tried again at once."""
    monkeypatch.setattr("lakehouse.s3_store._BACKOFF", 0)
