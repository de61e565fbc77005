"""Manifests in object storage: publishing a release, and finding one.

What a manifest says is `contracts.releases`; when to publish is `orchestration`'s choice. A
manifest never changes once written, so what was read once is kept.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from pydantic import ValidationError

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.releases import Release, from_json, to_json
from contracts.times import VIETNAM
from lakehouse.stores import Stores, Zone

PUBLIC = "public"
PRIVATE = "private"
_KEPT = 512
_DATASET = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"(\d{6,})\.json")


class Releases:
    """The manifests this process may see.

    Keys are ``public/<dataset>/<number>.json``; drafts (status ``draft``) are below
    ``private/``, where the public worker's credentials do not reach. With `drafts` false
    that part is never asked for.
    """

    def __init__(self, stores: Stores, *, drafts: bool = True) -> None:
        self._store = stores[Zone.RELEASES]
        self._parts = (PUBLIC, PRIVATE) if drafts else (PUBLIC,)
        self._read = lru_cache(_KEPT)(self._parse)

    def datasets(self) -> tuple[str, ...]:
        """Names of all datasets with a release, sorted."""
        found = {name for part in self._parts for name in self._store.folders(f"{part}/")}
        return tuple(sorted(found))

    def numbers(self, dataset: str) -> tuple[int, ...]:
        """The release numbers of a dataset, ascending; empty where there is none."""
        return tuple(self._keys(dataset))

    def latest(self, dataset: str) -> Release | None:
        """The newest manifest, which may be a withdrawal; None where there is none.

        By listing, so that nothing but the manifest itself makes a release the latest.
        """
        keys = list(self._keys(dataset).values())
        return self._read(keys[-1]) if keys else None

    def get(self, dataset: str, number: int) -> Release | None:
        """Release `number`, or None. Whether the dataset was withdrawn since then is told by
        `latest`, which a reader of rows must ask."""
        key = self._keys(dataset).get(number)
        return self._read(key) if key else None

    def all(self, dataset: str) -> tuple[Release, ...]:
        """All manifests of a dataset, oldest first."""
        return tuple(self._read(key) for key in self._keys(dataset).values())

    def as_of(self, dataset: str, day: date) -> Release | None:
        """The manifest that was the latest at the end of `day` in Vietnam, or None."""
        for key in reversed(self._keys(dataset).values()):
            release = self._read(key)
            if datetime.fromisoformat(release.created_at).astimezone(VIETNAM).date() <= day:
                return release
        return None

    def publish(self, release: Release) -> None:
        """Write the manifest. This is the commit: before it nothing is published, after it
        everything is.

        Raises:
            Fault: ``release.exists`` if another run took this number first.
        """
        part = PRIVATE if release.metadata.get("status") == "draft" else PUBLIC
        key = f"{part}/{release.dataset}/{release.release:06d}.json"
        if not self._store.put_if_absent(key, to_json(release)):
            raise Fault(
                "release.exists",
                _("Release {release} was published by another run in the meantime."),
                remedy=_("Run the dataset again; it starts from the newest release."),
                place=Place(dataset=release.dataset),
                release=release.release,
            )

    def _keys(self, dataset: str) -> dict[int, str]:
        """Number → key, ascending."""
        if not _DATASET.fullmatch(dataset):
            return {}
        found = {}
        for part in self._parts:
            prefix = f"{part}/{dataset}/"
            for entry in self._store.list(prefix):
                number = _NUMBER.fullmatch(entry.key.removeprefix(prefix))
                if number:
                    found[int(number[1])] = entry.key
        return dict(sorted(found.items()))

    def _parse(self, key: str) -> Release:
        try:
            return from_json(self._store.get(key))
        except ValidationError:
            raise Fault(
                "release.unreadable",
                _("The manifest of the release cannot be read."),
                remedy=_("Restore it from a backup; it is never written twice."),
                place=Place(file=key),
            ) from None
