"""Announcing releases to a CKAN: ours, or one that the province already runs.

The only module that imports ckanapi. It can be repeated at any time: it makes what is
missing, changes what differs and leaves the rest. What a record holds is `catalog.records`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import requests
from ckanapi import CKANAPIError, NotAuthorized, NotFound, RemoteCKAN, ValidationError

from catalog.records import (
    group_from_release,
    organization_from_release,
    package_from_release,
)
from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.releases import Release

_TIMEOUT = (5, 60)  # seconds to connect, to answer
_AGENT = "dungchung-publisher"

Outcome = Literal["created", "updated", "unchanged", "withdrawn"]


@dataclass(frozen=True)
class Announcement:
    """What came of one: `outcome`, and where people find the record."""

    dataset: str
    release: int
    outcome: Outcome
    url: str


def announce(release: Release, *, url: str, token: str, public_url: str) -> Announcement:
    """Make the CKAN at `url` show `release`, or stop showing a withdrawn dataset.

    Args:
        release: the newest manifest of its dataset.
        url: address of the CKAN.
        token: of an account that may write there.
        public_url: where our own catalogue serves files, without a slash at its end.

    Raises:
        Fault: ``publish.unreachable``, ``publish.denied`` or ``publish.refused``.
    """
    with _speaking(release, url), _session() as session:
        remote = RemoteCKAN(url, apikey=token, user_agent=_AGENT, session=session)
        if release.withdrawn is not None:
            outcome = _withdraw(remote, release.dataset)
        else:
            owner = _collection(remote, "organization", organization_from_release(release))
            theme = _collection(remote, "group", group_from_release(release))
            package = _absolute(package_from_release(release), public_url)
            outcome = _package(remote, {**package, "owner_org": owner, "groups": [{"id": theme}]})
    address = f"{url.rstrip('/')}/dataset/{release.dataset}"
    return Announcement(release.dataset, release.release, outcome, address)


@contextmanager
def _session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        # No proxy or .netrc of the environment comes between us and the token's address.
        session.trust_env = False
        yield session


def _call(remote: RemoteCKAN, action: str, data: dict[str, Any]) -> dict[str, Any]:
    answer = remote.call_action(action, data, requests_kwargs={"timeout": _TIMEOUT})
    return answer if isinstance(answer, dict) else {}


def _collection(remote: RemoteCKAN, kind: str, wanted: dict[str, Any]) -> str:
    """Make the organisation or group unless it is there and says the same; its id there."""
    try:
        held = _call(remote, f"{kind}_show", {"id": wanted["name"], "include_datasets": False})
    except NotFound:
        held = _call(remote, f"{kind}_create", wanted)
    if _differs(wanted, held, ignoring={"id"}):
        _call(remote, f"{kind}_patch", {**wanted, "id": held["id"]})
    return str(held["id"])


def _package(remote: RemoteCKAN, wanted: dict[str, Any]) -> Outcome:
    try:
        held = _call(remote, "package_show", {"id": wanted["name"]})
    except NotFound:
        return _create(remote, wanted)
    held = {**held, "groups": [{"id": group["id"]} for group in held.get("groups", [])]}
    if held.get("state") == "active" and not _differs(
        wanted, held, ignoring={"id", "metadata_modified"}
    ):
        return "unchanged"
    _call(remote, "package_update", {**wanted, "state": "active", "id": held["id"]})
    return "updated"


def _create(remote: RemoteCKAN, wanted: dict[str, Any]) -> Outcome:
    try:
        _call(remote, "package_create", wanted)
    except ValidationError as error:
        if not {"name", "id"} & set(error.error_dict or ()):
            raise
        # A deleted record keeps its name and is not shown; writing it brings it back.
        _call(remote, "package_update", {**wanted, "state": "active"})
        return "updated"
    return "created"


def _withdraw(remote: RemoteCKAN, dataset: str) -> Outcome:
    try:
        _call(remote, "package_show", {"id": dataset})
    except NotFound:
        return "unchanged"
    _call(remote, "package_delete", {"id": dataset})
    return "withdrawn"


def _differs(wanted: object, held: object, ignoring: set[str] | None = None) -> bool:
    """Whether `held` lacks something of `wanted`; what a CKAN adds of itself does not count."""
    if isinstance(wanted, dict) and isinstance(held, dict):
        return any(
            _differs(value, held.get(key))
            for key, value in wanted.items()
            if key not in (ignoring or ())
        )
    if isinstance(wanted, list) and isinstance(held, list):
        if len(wanted) != len(held):
            return True
        pairs = zip(sorted(wanted, key=_name), sorted(held, key=_name), strict=True)
        return any(_differs(one, other) for one, other in pairs)
    return (wanted or None) != (held or None)


def _name(item: Any) -> str:
    return str(item.get("key") or item.get("name") or item.get("id") or "")


def _absolute(package: dict[str, Any], public_url: str) -> dict[str, Any]:
    resources = [
        {**one, "url": f"{public_url}{one['url']}"} if one["url"].startswith("/") else one
        for one in package["resources"]
    ]
    return {**package, "resources": resources}


@contextmanager
def _speaking(release: Release, url: str) -> Iterator[None]:
    """Turn what a CKAN can answer into one sentence; its own text may hold the token."""
    place = Place(dataset=release.dataset)
    try:
        yield
    except NotAuthorized:
        raise Fault(
            "publish.denied",
            _("The catalogue at {url} does not let this token write the record."),
            remedy=_("Use the publisher's token of that catalogue."),
            place=place,
            url=url,
        ) from None
    except ValidationError as error:
        fields = sorted(str(key) for key in (error.error_dict or {}) if key != "__type")
        raise Fault(
            "publish.refused",
            _("The catalogue at {url} refused the record; it objects to: {fields}."),
            remedy=_("Correct these parts of the contract, or that catalogue's own record."),
            place=place,
            url=url,
            fields=", ".join(fields),
        ) from None
    except (CKANAPIError, requests.RequestException, NotFound):
        raise Fault(
            "publish.unreachable",
            _("The catalogue at {url} does not answer as a CKAN does."),
            remedy=_("Start it and run again: the release is kept and will be announced then."),
            place=place,
            url=url,
        ) from None
