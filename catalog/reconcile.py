"""Repairing the registry from the manifests: whatever it missed, it has afterwards.

The manifests are the truth about datasets made by contracts; records written by hand are
left alone. What a record says is `catalog.records`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from catalog.errors import ActionError
from catalog.records import group_from_release, organization_from_release, package_from_release
from catalog.registry.collections import Collection, find_collection, save_collection
from catalog.registry.dictionaries import collection_dictionary
from catalog.registry.forms import CollectionForm, PackageForm, read_form
from catalog.registry.tables import Group, Organization, Package
from catalog.registry.writing import delete_package, find_package, save_package
from contracts.errors import Fault
from contracts.releases import Release
from lakehouse.releases import Releases

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciled:
    """Datasets whose records were written again (most of them unchanged), those taken out,
    and those whose manifest cannot be made a record of: their record stays as it was."""

    kept: tuple[str, ...]
    removed: tuple[str, ...]
    failed: tuple[str, ...] = ()


def reconcile(session: Session, releases: Releases) -> Reconciled:
    """Make the records of contracts say what the newest manifests say; the caller commits.

    One dataset that cannot be read does not keep the others from being repaired.
    """
    kept, removed, failed = [], [], []
    for dataset in releases.datasets():
        try:
            with session.begin_nested():
                if _repair(session, releases, dataset):
                    kept.append(dataset)
                elif _remove(session, dataset):
                    removed.append(dataset)
        except (Fault, ActionError) as error:
            _LOG.error("%s: its record cannot be repaired: %s", dataset, error)
            failed.append(dataset)
    without = select(Package.contract_id).where(
        col(Package.contract_id).is_not(None),
        col(Package.contract_id).not_in([*kept, *failed]),
        col(Package.state) == "active",
    )
    for dataset_id in session.exec(without).all():
        if dataset_id is not None and _remove(session, dataset_id):
            removed.append(dataset_id)
    return Reconciled(tuple(kept), tuple(removed), tuple(failed))


def _repair(session: Session, releases: Releases, dataset: str) -> bool:
    """Write the record of a dataset; False when it is withdrawn."""
    newest = releases.latest(dataset)
    if newest is None or newest.withdrawn is not None:
        return False
    first = releases.get(dataset, releases.numbers(dataset)[0]) or newest
    _record(session, newest, first.created_at)
    return True


def _record(session: Session, release: Release, first: str) -> None:
    owner = _collection(session, Organization, organization_from_release(release))
    theme = _collection(session, Group, group_from_release(release))
    wanted = {
        **package_from_release(release),
        "owner_org": owner,
        "groups": [{"id": theme}],
        "metadata_created": first,
    }
    form = read_form(PackageForm, wanted)
    existing = find_package(session, form.name)
    save_package(session, form, existing, contract_id=release.dataset, public_url="")


def _collection(session: Session, model: type[Collection], wanted: dict[str, Any]) -> str:
    """Make it be there and say what is wanted; what else it says is kept. Its id."""
    existing = find_collection(session, model, wanted["name"])
    held = collection_dictionary(existing, 0) if existing else {}
    form = read_form(CollectionForm, {**held, **wanted})
    return save_collection(session, model, form, existing).id


def _remove(session: Session, dataset: str) -> bool:
    package = find_package(session, dataset)
    if package is None or package.state != "active" or package.contract_id is None:
        return False
    delete_package(session, package)
    return True
