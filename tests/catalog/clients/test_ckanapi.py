"""ckanapi, library and command line, really run: actions, ``dump`` and ``load``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ckanapi as library
import pytest

from tests import real_metadata
from tests.catalog.clients.conftest import Catalogue, Run, lines

_OWN = {
    # What the server says about a record, whoever wrote it.
    *("metadata_created", "metadata_modified", "creator_user_id", "organization", "isopen"),
    *("license_title", "license_url", "num_resources", "num_tags", "state", "groups"),
    *("relationships_as_subject", "relationships_as_object", "author_email", "version"),
}


def test_the_library_reads_and_is_told_why_not(catalogue: Catalogue) -> None:
    remote = library.RemoteCKAN(catalogue.url)
    assert remote.action.package_show(id="by-hand-1")["title"] == "Làm tay 1"
    with pytest.raises(library.NotFound):
        remote.action.package_show(id="no-such-dataset")
    with pytest.raises(library.NotAuthorized):
        remote.action.package_create(name="a-record", owner_org="so-giao-thong")
    writer = library.RemoteCKAN(catalogue.url, apikey=catalogue.token)
    with pytest.raises(library.ValidationError) as refusal:
        writer.action.package_create(name="A Record", owner_org="so-giao-thong")
    assert "name" in refusal.value.error_dict


def test_dumps_organisations_groups_and_users(catalogue: Catalogue, ckanapi: Run) -> None:
    for things, name in (("organizations", "so-giao-thong"), ("groups", "moi-truong")):
        done = ckanapi("dump", things, "--all", "-r", catalogue.url)
        assert done.returncode == 0, done.stderr
        assert name in {json.loads(line)["name"] for line in done.stdout.splitlines()}
    done = ckanapi("dump", "users", "--all", "-r", catalogue.url, "-a", catalogue.token)
    assert done.returncode == 0, done.stderr
    users = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"admin", "publisher"} <= {user["name"] for user in users}
    assert not any("password" in key or "apikey" in key for user in users for key in user)


def test_dumps_data_packages(catalogue: Catalogue, ckanapi: Run, tmp_path: Path) -> None:
    done = ckanapi(
        *("dump", "datasets", "schools", "--datapackages", str(tmp_path), "-r", catalogue.url),
        *("--datastore-fields", "--resource-views"),
    )
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / "schools" / "datapackage.json").read_text("utf-8"))
    assert written["title"] == "Trường học"
    assert list((tmp_path / "schools" / "data").iterdir())


def test_loads_groups_twice(catalogue: Catalogue, ckanapi: Run) -> None:
    load = ("load", "groups", "-r", catalogue.url, "-a", catalogue.token)
    wanted = [{"name": "y-te", "title": "Y tế"}]
    first = ckanapi(*load, stdin=lines(wanted))
    assert (first.returncode, "create" in first.stderr) == (0, True), first.stderr
    second = ckanapi(*load, stdin=lines(wanted))
    assert (second.returncode, "update" in second.stderr) == (0, True), second.stderr


def test_load_then_dump_keeps_a_thousand_real_records(
    own_catalogue: Catalogue, ckanapi: Run, tmp_path: Path
) -> None:
    real_metadata.require()
    wanted = real_metadata.packages()[:1000]
    before = own_catalogue.action("package_search", rows=0)["count"]
    owners = real_metadata.organizations(wanted)
    admin = ("-r", own_catalogue.url, "-a", own_catalogue.token)
    assert ckanapi("load", "organizations", *admin, stdin=lines(owners)).returncode == 0
    loaded = ckanapi("load", "datasets", *admin, "--create-only", "-p", "2", stdin=lines(wanted))
    assert loaded.returncode == 0, loaded.stderr[-3000:]
    names = [one["name"] for one in wanted]
    own_catalogue.until(
        "package_search", lambda found: found["count"] == before + len(names), rows=0
    )
    output = tmp_path / "dump.jsonl"
    dumped = ckanapi(
        "dump", "datasets", *names, "-p", "2", "-O", str(output), "-r", own_catalogue.url
    )
    assert dumped.returncode == 0, dumped.stderr[-3000:]
    found = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [one["name"] for one in found] == names
    organizations = {one["name"]: one["id"] for one in owners}
    for one, other in zip(wanted, found, strict=True):
        assert _difference({**one, "owner_org": organizations[one["owner_org"]]}, other) == {}


def _difference(wanted: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What `found` does not say as `wanted` does; empty texts and none are one."""
    different: dict[str, Any] = {
        key: (value, found.get(key))
        for key, value in wanted.items()
        if key not in ("resources", "tags", "extras") and (value or None) != (found[key] or None)
    }
    for key in ("tags", "extras"):
        if _pairs(wanted[key]) != _pairs(found[key]):
            different[key] = (wanted[key], found[key])
    for place, (one, other) in enumerate(zip(wanted["resources"], found["resources"], strict=True)):
        for key, value in one.items():
            if (value or None) != (other.get(key) or None):
                different[f"resources.{place}.{key}"] = (value, other.get(key))
    if unexpected := found.keys() - wanted.keys() - _OWN:
        different["unexpected"] = unexpected
    return different


def _pairs(parts: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Tags and extras, whose order says nothing."""
    return sorted((one.get("key", ""), one.get("value") or one["name"]) for one in parts)
