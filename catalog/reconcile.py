"""Repairing the registry from the manifests: whatever it missed, it has afterwards.

The manifests are the truth about datasets made by contracts; records written by hand are
left alone. What a record says is `catalog.records`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.errors import ActionError
from catalog.identifiers import naive_utc
from catalog.records import group_from_release, organization_from_release, package_from_release
from catalog.registry.changes import lock
from catalog.registry.collections import Collection as Place
from catalog.registry.collections import find_collection, save_collection
from catalog.registry.forms import CollectionForm, PackageForm, read_form
from catalog.registry.reading import read_collection
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


def reconcile(engine: Engine, releases: Releases) -> Reconciled:
    """Make the records of contracts say what the newest manifests say.

    A transaction per dataset: one that cannot be read does not keep the others from being
    repaired, and a long repair does not keep others from writing.
    """
    kept, removed, failed = [], [], []
    for dataset in releases.datasets():
        try:
            with Session(engine) as session, session.begin():
                if _repair(session, releases, dataset):
                    kept.append(dataset)
                elif _withdraw(session, releases, dataset):
                    removed.append(dataset)
        except (Fault, ActionError) as error:
            _LOG.error("%s: its record cannot be repaired: %s", dataset, error)
            failed.append(dataset)
    with Session(engine) as session, session.begin():
        lock(session)
        for package in session.exec(_without_manifest([*kept, *removed, *failed])).all():
            delete_package(session, package)
            removed.append(package.name)
    return Reconciled(tuple(kept), tuple(removed), tuple(failed))


def reconcile_dataset(session: Session, releases: Releases, dataset: str) -> bool:
    """Make the record of one dataset say what its newest manifest says; the caller commits.

    False when there is no manifest to go by, and the record stays as it was.
    """
    if releases.latest(dataset) is None:
        return False
    if not _repair(session, releases, dataset):
        _withdraw(session, releases, dataset)
    return True


def _without_manifest(known: Collection[str]) -> SelectOfScalar[Package]:
    return select(Package).where(
        col(Package.contract_id).is_not(None),
        col(Package.contract_id).not_in(known),
        col(Package.state) != "deleted",
    )


def _repair(session: Session, releases: Releases, dataset: str) -> bool:
    """Write the record of a dataset; False when it is withdrawn."""
    lock(session)
    newest = releases.latest(dataset)
    if newest is None or newest.withdrawn is not None:
        return False
    first = releases.get(dataset, releases.numbers(dataset)[0]) or newest
    _record(session, newest, first.created_at)
    return True


def _record(session: Session, release: Release, first: str) -> Package:
    owner = _collection(session, Organization, organization_from_release(release))
    theme = _collection(session, Group, group_from_release(release))
    wanted = {
        **package_from_release(release),
        "owner_org": owner,
        "groups": [{"id": theme}],
        "metadata_created": first,
        "state": "active",
    }
    form = read_form(PackageForm, wanted)
    existing = find_package(session, form.name)
    contract = release.dataset
    return save_package(session, form, existing, contract_id=contract, public_url="", repair=True)


def _collection(session: Session, model: type[Place], wanted: dict[str, Any]) -> str:
    """Make it be there and say what is wanted; what else it says is kept. Its id."""
    existing = find_collection(session, model, wanted["name"])
    held = read_collection(session, existing) if existing else {}
    form = read_form(CollectionForm, {**held, **wanted})
    return save_collection(session, model, form, existing).id


def _withdraw(session: Session, releases: Releases, dataset: str) -> bool:
    """Take the record of a withdrawn dataset out; False when it was out already.

    A registry that never knew the dataset learns of it too: whoever follows an old address
    is told the reason.
    """
    newest = releases.latest(dataset)
    if newest is None:
        return False
    package = find_package(session, dataset) or _record(session, newest, newest.created_at)
    if package.contract_id is None:
        return False
    if package.state == "deleted" and package.withdrawn == newest.withdrawn:
        return False
    delete_package(session, package, reason=newest.withdrawn)
    # The withdrawal is a release of its own: what was announced before it is older.
    package.version = str(newest.release)
    package.metadata_modified = naive_utc(newest.created_at)
    session.add(package)
    return True
