"""Withdrawing a dataset: a later manifest without files, with the reason people read."""

from __future__ import annotations

from dataclasses import replace

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.releases import Release
from lakehouse.stores import Zone
from orchestration.platform import Platform
from orchestration.workplace import workplace


def withdraw_dataset(platform: Platform, dataset: str, reason: str) -> Release:
    """Publish the withdrawal, then remove the open files of every release.

    Returns:
        The withdrawal's manifest; the one there is, if the dataset is withdrawn already.

    Raises:
        Fault: ``withdraw.nothing`` when the dataset has no release.
    """
    with workplace(platform.home, dataset):
        latest = platform.releases.latest(dataset)
        if latest is None:
            raise Fault(
                "withdraw.nothing",
                _("It has no release, so there is nothing to withdraw."),
                remedy=_("Look at the releases with: dungchung releases {dataset}"),
                place=Place(dataset=dataset),
                dataset=dataset,
            )
        if latest.withdrawn is None:
            latest = replace(
                latest,
                release=latest.release + 1,
                created_at=platform.now.isoformat(timespec="seconds"),
                files=(),
                withdrawn=reason,
            )
            platform.releases.publish(latest)
        # After the manifest: until it stands, the earlier release is served whole.
        store = platform.stores[Zone.OPEN]
        for item in list(store.list(f"{dataset}/")):
            store.delete(item.key)
        return latest
