"""On S3 and PostgreSQL a province ends in the same content as on plain files and SQLite."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlmodel import Session, text

from catalog.registry.database import open_registry
from demo.province import make_province
from lakehouse.stores import Zone
from orchestration.announcing import CatalogAnnouncer
from orchestration.outcomes import Silent
from orchestration.platform import Platform
from orchestration.runs import run_through_dagster
from orchestration.settings import Settings
from tests.orchestration.conftest import Released
from tests.orchestration.homes import ALL, CASES, hashes, platform_of
from tests.servers import S3Server

pytestmark = pytest.mark.server


def test_the_same_content_on_s3_and_postgresql(
    released: Released, s3_server: S3Server, postgres_dsn: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    make_province(home / "demo", cases=CASES, dsn=postgres_dsn)
    # Pseudonyms are part of the content, so both homes have the one key.
    shutil.copytree(released.home / "secrets", home / "secrets")
    s3_server.settings("agree", tmp_path / "cache")
    settings = Settings.model_validate(
        {
            "home": home,
            "store_url": "s3://agree",
            "s3_endpoint": s3_server.endpoint,
            "s3_access_key": s3_server.root.access_key,
            "s3_secret_key": s3_server.root.secret_key,
            "s3_open_access_key": s3_server.public.access_key,
            "s3_open_secret_key": s3_server.public.secret_key,
            "database_url": postgres_dsn,
        }
    )
    sources = {f"DUNGCHUNG_SOURCE_{name}": postgres_dsn for name in ("IGATE", "MOT_CUA_2017")}
    platform = Platform(settings, sources)
    with CatalogAnnouncer(platform) as announcer:
        outcomes = run_through_dagster(platform, (), Silent(), announcer)
    assert all(outcome.good for outcome in outcomes.values())
    assert hashes(platform, ALL) == hashes(platform_of(released.home), ALL)
    assert list(platform.stores[Zone.OPEN].list("agency/"))
    engine = open_registry(postgres_dsn)
    with Session(engine) as session:
        tables = session.execute(
            text("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalar_one()
    engine.dispose()
    assert tables > 3
