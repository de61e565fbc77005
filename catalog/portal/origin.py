"""Where a release comes from: the systems and datasets that were read for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.portal.metadata import Metadata
from catalog.portal.quality_view import count_text
from catalog.portal.site import address
from contracts.i18n import _
from contracts.releases import InputSnapshot, Release

_REFERENCE = "ref."
"""What stands before the name of a dataset that was only looked up."""


@dataclass(frozen=True)
class Origin:
    """A system or dataset that was read for the release, and what was read of it; `href`
    leads to that very release of a dataset."""

    title: str
    read: str
    href: str


def read_datasets(release: Release) -> tuple[str, ...]:
    """Names of the datasets that `release` was made from."""
    return tuple(_dataset(one) for one in release.inputs if one.release is not None)


def origins_of(
    release: Release, metadata: Metadata, withdrawn: Mapping[str, str]
) -> tuple[Origin, ...]:
    """What was read for `release`. A dataset that the reader may not see, or that was
    `withdrawn` (name → what is said of it), is not linked."""
    return tuple(_origin(release, one, metadata, withdrawn) for one in release.inputs)


def _origin(
    release: Release, snapshot: InputSnapshot, metadata: Metadata, withdrawn: Mapping[str, str]
) -> Origin:
    words = metadata.words
    if snapshot.release is None:
        read = words.say(
            _("Read at {moment}, {rows} rows."),
            moment=words.moment(snapshot.taken_at),
            rows=count_text(release, snapshot.rows, words),
        )
        return Origin(metadata.source_title(snapshot.source), read, "")
    name = _dataset(snapshot)
    read = words.say(_("Release {number}"), number=snapshot.release)
    if name not in metadata.datasets:
        return Origin(withdrawn.get(name, name), read, "")
    href = address(words.language, f"/dataset/{name}", release=snapshot.release)
    return Origin(metadata.datasets[name], read, href)


def _dataset(snapshot: InputSnapshot) -> str:
    return snapshot.source.removeprefix(_REFERENCE)
