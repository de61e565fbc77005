"""Announcing releases to a CKAN: ours, or one that the province already runs.

The only module that imports ckanapi. It can be repeated at any time: it makes what is
missing, changes what differs and leaves the rest. What a record holds is `catalog.records`.

On a CKAN that is not ours only the records of contracts are ours: organisations and themes
are made where they are missing and never changed, a record of the same name that nobody made
from the contract is left alone, and what an account there may not do is done without (ids of
our own, themes). Made from CKAN 2.12's documentation and source; not yet tried on a live one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import requests
from ckanapi import CKANAPIError, NotAuthorized, NotFound, RemoteCKAN, ValidationError

from catalog.identifiers import CONTRACT_EXTRA
from catalog.published import absolute, differs, keeping, without_flags
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
_UNCOMPARED = {"id", "metadata_modified"}
# A CKAN writes the licence's title and address from its own register.
_UNCOMPARED_ELSEWHERE = {*_UNCOMPARED, "license_title", "license_url"}
_DELETED = "deleted"

Outcome = Literal["created", "updated", "unchanged", "withdrawn"]
Record = dict[str, Any]


@dataclass(frozen=True)
class Announcement:
    """What came of one: `outcome`, and where people find the record."""

    dataset: str
    release: int
    outcome: Outcome
    url: str


def announce(
    release: Release, *, url: str, token: str, public_url: str, own: bool = True
) -> Announcement:
    """Make the CKAN at `url` show `release`, or stop showing a withdrawn dataset.

    Args:
        release: the newest manifest of its dataset.
        url: address of the CKAN.
        token: of an account that may write there.
        public_url: where our own catalogue serves files, without a slash at its end.
        own: whether it is our own catalogue.

    Raises:
        Fault: ``publish.unreachable``, ``publish.denied``, ``publish.refused``,
            ``publish.name_taken`` or ``publish.not_withdrawn``. What a CKAN did before it
            failed stands; the next call goes on from there.
    """
    with _speaking(release, url, own), _session() as session:
        remote = RemoteCKAN(url, apikey=token, user_agent=_AGENT, session=session)
        told = _Announcing(remote, release, url, own)
        outcome = told.withdraw() if release.withdrawn is not None else told.show(public_url)
    address = f"{url.rstrip('/')}/dataset/{release.dataset}"
    return Announcement(release.dataset, release.release, outcome, address)


@contextmanager
def _session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        # No proxy or .netrc of the environment comes between us and the token's address.
        session.trust_env = False
        yield session


@dataclass(frozen=True)
class _Announcing:
    """One release told to one CKAN."""

    remote: RemoteCKAN
    release: Release
    url: str
    own: bool

    def show(self, public_url: str) -> Outcome:
        """The organisation, the theme, then the record."""
        owner = self._collection("organization", organization_from_release(self.release))
        theme = self._theme()
        wanted = absolute(package_from_release(self.release), public_url)
        wanted |= {"owner_org": owner, "groups": [{"id": theme}] if theme else []}
        return self._package(wanted if self.own else without_flags(wanted))

    def withdraw(self) -> Outcome:
        """Delete the record and make sure that it is gone."""
        held = self._held(self.release.dataset)
        if held is None or held.get("state") == _DELETED or not self._made_from_contract(held):
            return "unchanged"
        self._call("package_delete", {"id": self.release.dataset})
        try:
            left = self._held(self.release.dataset)
        except NotAuthorized:
            return "withdrawn"
        if left is not None and left.get("state") != _DELETED:
            raise Fault(
                "publish.not_withdrawn",
                _("The catalogue at {url} accepted the withdrawal and still shows the record."),
                remedy=_("Look at the record there; the next run tries again."),
                place=Place(dataset=self.release.dataset),
                url=self.url,
            )
        return "withdrawn"

    def _call(self, action: str, data: Record) -> Record:
        answer = self.remote.call_action(action, data, requests_kwargs={"timeout": _TIMEOUT})
        return answer if isinstance(answer, dict) else {}

    def _held(self, name: str) -> Record | None:
        try:
            return self._call("package_show", {"id": name})
        except NotFound:
            return None

    def _theme(self) -> str | None:
        """Id of the theme's group; on another CKAN None where the account may not make it."""
        try:
            return self._collection("group", group_from_release(self.release))
        except NotAuthorized:
            if self.own:
                raise
            return None

    def _collection(self, kind: str, wanted: Record) -> str:
        """Make the organisation or group unless it is there; its id there."""
        show = {"id": wanted["name"], "include_datasets": False}
        try:
            held = self._call(f"{kind}_show", show)
        except NotFound:
            held = self._make(f"{kind}_create", wanted)
        if self.own and differs(wanted, held, ignoring={"id"}):
            self._call(f"{kind}_patch", {**wanted, "id": held["id"]})
        return str(held["id"])

    def _make(self, action: str, wanted: Record) -> Record:
        """Make a record with our id, or with one of theirs: on a CKAN only a system
        administrator chooses ids."""
        try:
            return self._call(action, wanted)
        except ValidationError as error:
            if self.own or _fields(error) != ["id"]:
                raise
        return self._call(action, {key: value for key, value in wanted.items() if key != "id"})

    def _package(self, wanted: Record) -> Outcome:
        held = self._held(wanted["name"])
        if held is None:
            return self._create(wanted)
        if not self._made_from_contract(held):
            raise Fault(
                "publish.name_taken",
                _("The catalogue at {url} has a record of this name that no contract made."),
                remedy=_("Rename that record there, or the dataset here."),
                place=Place(dataset=self.release.dataset),
                url=self.url,
            )
        groups = [{"id": group["id"]} for group in held.get("groups") or ()]
        ignored = _UNCOMPARED if self.own else _UNCOMPARED_ELSEWHERE
        if not self.own:
            wanted = keeping({**wanted, "groups": wanted["groups"] or groups}, held)
        if held.get("state") == "active" and not differs(
            wanted, {**held, "groups": groups}, ignoring=ignored
        ):
            return "unchanged"
        update = {**wanted, "state": "active", "id": held["id"]}
        self._with_groups("package_update", update, groups)
        return "updated"

    def _create(self, wanted: Record) -> Outcome:
        try:
            self._with_groups("package_create", wanted, [])
        except ValidationError as error:
            if not self.own or not {"name", "id"} & set(_fields(error)):
                raise
            # A deleted record keeps its name and is not shown; writing it brings it back.
            self._call("package_update", {**wanted, "state": "active"})
            return "updated"
        return "created"

    def _with_groups(self, action: str, wanted: Record, otherwise: list[Record]) -> None:
        """Write the record; without our theme where the account may not put it there."""
        try:
            self._make(action, wanted)
        except NotAuthorized:
            if self.own or wanted["groups"] == otherwise:
                raise
            self._make(action, {**wanted, "groups": otherwise})

    def _made_from_contract(self, held: Record) -> bool:
        extras = {one.get("key"): one.get("value") for one in held.get("extras") or ()}
        return extras.get(CONTRACT_EXTRA) == self.release.dataset


def _fields(error: ValidationError) -> list[str]:
    return sorted(str(key) for key in (error.error_dict or {}) if key not in ("__type", "message"))


@contextmanager
def _speaking(release: Release, url: str, own: bool) -> Iterator[None]:
    """Turn what a CKAN can answer into one sentence; its own text may hold the token."""
    place = Place(dataset=release.dataset)
    try:
        yield
    except NotAuthorized:
        raise Fault(
            "publish.denied",
            _("The catalogue at {url} does not let this token write the record."),
            remedy=_("Use the publisher's token of that catalogue.")
            if own
            else _(
                "Use a token of an editor of the owner's organisation there; if there is no such"
                " organisation yet, let an administrator make it."
            ),
            place=place,
            url=url,
        ) from None
    except ValidationError as error:
        raise Fault(
            "publish.refused",
            _("The catalogue at {url} refused the record; it objects to: {fields}."),
            remedy=_("Correct these parts of the contract, or that catalogue's own record."),
            place=place,
            url=url,
            fields=", ".join(_fields(error)),
        ) from None
    except (CKANAPIError, requests.RequestException, NotFound):
        raise Fault(
            "publish.unreachable",
            _("The catalogue at {url} does not answer as a CKAN does."),
            remedy=_("Start it and run again: the release is kept and will be announced then."),
            place=place,
            url=url,
        ) from None
