"""A grant by columns and rows, from given to revoked with its log, against a catalogue that
really runs.

What can be given at all is `test_grants`, the ways around a grant `test_grant_attacks`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
from sqlmodel import Session

from catalog.access import Role, Scope
from catalog.agencies import organization_of
from catalog.identifiers import resource_id
from catalog.registry.database import open_registry
from catalog.tokens import ensure_user, new_token
from tests.catalog.province import CANARY
from tests.catalog.sites import config_of


class Caller:
    """The actions of a running catalogue, called with one token."""

    def __init__(self, client: httpx.Client, headers: Mapping[str, str]) -> None:
        self.client = client
        self.headers = dict(headers)

    def __call__(self, action: str, **asked: Any) -> httpx.Response:
        path = f"/api/3/action/{action}"
        return self.client.post(path, json=asked, headers=self.headers)

    def file(self, path: str, **more: str) -> httpx.Response:
        return self.client.get(path, headers={**self.headers, **more})

    def result(self, action: str, **asked: Any) -> Any:
        answer = self(action, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]


def _callers(client: httpx.Client, home: Path) -> tuple[Caller, Caller, Caller]:
    """An administrator of the owner, an agency, and another agency."""
    engine = open_registry(config_of(home).registry_url)
    expires = datetime.now(UTC) + timedelta(days=1)
    made = []
    with Session(engine) as session, session.begin():
        for name, agency, role in (
            ("owner", "H20.5", Role.ADMIN),
            ("reader", "H20.31", Role.MEMBER),
            ("other", "H20.32", Role.ADMIN),
        ):
            place = organization_of(session, agency)
            user = ensure_user(session, name, organization=place.id, capacity=role)
            token = new_token(session, user, [Scope.READ, Scope.WRITE], expires)
            made.append(Caller(client, {"Authorization": f"Bearer {token}"}))
    engine.dispose()
    owner, reader, other = made
    return owner, reader, other


def test_a_grant_by_columns_and_rows_from_given_to_revoked(served: tuple[str, Path]) -> None:
    url, home = served
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        _from_given_to_revoked(client, home)


def _from_given_to_revoked(client: httpx.Client, home: Path) -> None:
    owner, reader, other = _callers(client, home)
    anyone = Caller(client, {})
    asked = {"resource_id": resource_id("cases", "api")}
    file = "/dataset/cases/latest/cases.parquet"

    # Nobody reads: not the agency, not the owner's own administrator.
    for caller in (anyone, reader, other, owner):
        assert caller("datastore_search", **asked).status_code == 403
        assert caller.file(file).status_code == 403

    # The owner gives; nobody else can.
    wanted = {
        "organization": "h20-31",
        "dataset": "cases",
        "columns": ["case_no", "applicant"],
        "condition": "case_no IN ('HS1', 'HS12')",
        "purpose": "Đối soát hồ sơ",
    }
    for caller in (anyone, reader, other):
        assert caller("access_grant_create", **wanted).status_code == 403
    refused = owner("access_grant_create", **wanted)
    assert refused.status_code == 409
    assert "classification=personal" in refused.json()["error"]["classification"][0]
    given = owner.result("access_grant_create", **wanted, classification="personal")
    assert (given["state"], given["organization"], given["created_by"]) == (
        "active",
        "h20-31",
        "owner",
    )

    # The agency reads these columns of these rows at once, and sees what it was given.
    page = reader.result("datastore_search", **asked)
    assert page["total"] == 2
    assert [field["id"] for field in page["fields"]] == ["_id", "case_no", "applicant"]
    assert [row["case_no"] for row in page["records"]] == ["HS1", "HS12"]
    whole = reader.file(file)
    table = pq.read_table(io.BytesIO(whole.content))
    assert (table.column_names, table.num_rows) == (["case_no", "applicant"], 2)
    assert [one["id"] for one in reader.result("access_grant_list")] == [given["id"]]
    for caller in (anyone, other, owner):
        assert caller("datastore_search", **asked).status_code == 403
    assert other.result("access_grant_list") == []

    # The owner sees each reading, and nobody else.
    log = owner.result("access_reading_list", dataset="cases")
    mine = [one for one in log if one["grant"] == given["id"]]
    assert [(one["action"], one["rows"], one["columns"]) for one in mine[:2]] == [
        ("download", 2, 2),
        ("datastore_search", 2, 2),
    ]
    assert {(one["organization"], one["user"]) for one in mine} == {("h20-31", "reader")}
    assert "HS1" not in json.dumps(log)
    assert CANARY not in json.dumps(log)
    for caller in (anyone, reader, other):
        assert caller("access_reading_list", dataset="cases").status_code == 403

    # Only the owner ends it; then nothing comes, in whole or in part.
    for caller, status in ((anyone, 403), (reader, 403), (other, 404)):
        assert caller("access_grant_revoke", id=given["id"]).status_code == status
    assert owner.result("access_grant_revoke", id=given["id"])["state"] == "revoked"
    assert reader("datastore_search", **asked).status_code == 403
    for more in ({}, {"Range": "bytes=0-3"}, {"If-None-Match": whole.headers["etag"]}):
        assert reader.file(file, **more).status_code == 403
    assert len(owner.result("access_reading_list", dataset="cases")) == len(log)
    (kept,) = reader.result("access_grant_list", state="revoked")
    assert (kept["id"], kept["revoked_by"]) == (given["id"], "owner")
