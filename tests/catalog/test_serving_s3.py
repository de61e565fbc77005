"""The catalogue over a real S3 server and a real PostgreSQL, each part with its own key."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import Session

from catalog.config import AGENCY_ZONES, PUBLIC_ZONES, CatalogConfig, ZoneKeys
from catalog.identifiers import resource_id
from catalog.registry.database import open_registry
from catalog.serving import running
from contracts.errors import Fault
from lakehouse.releases import Releases
from lakehouse.stores import S3Credentials, Zone, open_stores
from tests.catalog.province import fill
from tests.catalog.sites import give_rows
from tests.servers import S3Server

pytestmark = pytest.mark.server


def keys(credentials: S3Credentials) -> ZoneKeys:
    return ZoneKeys(access_key=credentials.access_key, secret_key=SecretStr(credentials.secret_key))


def test_people_and_agencies_are_served_from_s3(
    s3_server: S3Server, postgres_dsn: str, tmp_path: Path
) -> None:
    settings = s3_server.settings("catalogue", tmp_path / "cache")
    fill(open_stores(settings))
    config = CatalogConfig(
        home=tmp_path / "home",
        store_url=settings.url,
        store_endpoint=s3_server.endpoint,
        zones={zone: keys(s3_server.users[zone]) for zone in AGENCY_ZONES},
        public_zones={zone: keys(s3_server.public) for zone in PUBLIC_ZONES},
        database_url=SecretStr(postgres_dsn),
    )
    with pytest.raises(Fault) as closed:
        list(config.for_public().open_public()[Zone.RELEASES].list("private/"))
    assert closed.value.check == "store.denied"
    with running(config) as url:
        rows = f"{url}/api/3/action/datastore_search?resource_id="
        page = httpx.get(f"{rows}{resource_id('schools', 'csv')}&limit=1").json()["result"]
        assert (page["total"], page["records"][0]["code"]) == (250, "0001")
        file = httpx.get(f"{url}/dataset/schools/latest/schools.parquet")
        assert file.status_code == 200
        assert len(file.content) == int(file.headers["content-length"])
        link = httpx.get(f"{url}/dataset/schools/latest/schools.parquet?direct=1")
        assert link.status_code == 307
        assert link.headers["location"].startswith(s3_server.endpoint)
        assert httpx.get(link.headers["location"]).content == file.content
        part = httpx.get(
            f"{url}/dataset/schools/latest/schools.csv", headers={"Range": "bytes=0-3"}
        )
        assert part.content == b"code"
        assert httpx.get(f"{rows}{resource_id('cases', 'api')}").status_code == 403
        engine = open_registry(config.registry_url)
        with Session(engine) as session, session.begin():
            releases = Releases(config.open_agency())
            given = give_rows(session, releases, "cases", condition="case_no <> 'HS1'")
        engine.dispose()
        asked = httpx.get(f"{rows}{resource_id('cases', 'api')}", headers=given.headers)
        assert asked.json()["result"]["total"] == 29
        path = f"{url}/dataset/cases/latest/cases.csv"
        assert len(httpx.get(path, headers=given.headers).text.splitlines()) == 30
