"""``dungchung releases``: what was released, when, and from what."""

from __future__ import annotations

import json

import click

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.releases import to_json
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.outcomes import total
from orchestration.platform import open_platform


@command(
    "releases",
    _(
        "List the releases of a dataset, newest first, or show one manifest.\n\n"
        "Example: dungchung releases service_case --release 3"
    ),
)
@click.argument("dataset")
@option("--release", type=int, help_text=_("Show the whole manifest of this release."))
def releases(console: Console, dataset: str, release: int | None) -> None:
    """A dataset without releases gets a sentence with the next step."""
    platform = open_platform()
    platform.dataset(dataset)
    if release is not None:
        found_one = platform.releases.get(dataset, release)
        if found_one is None:
            raise Fault(
                "release.unknown",
                _("It has no release {release}."),
                remedy=_("See which there are with: dungchung releases {dataset}"),
                place=Place(dataset=dataset),
                release=release,
                dataset=dataset,
            )
        manifest = json.loads(to_json(found_one))
        shown = Console(console.language, as_json=True)
        shown.emit(manifest)
        return
    found = sorted(platform.releases.all(dataset), key=lambda item: -item.release)
    console.emit([json.loads(to_json(item)) for item in found])
    if not found:
        console.say(
            _("{dataset} has no release yet. Make one with: dungchung run {dataset}"),
            dataset=dataset,
        )
        return
    console.table(
        (_("Release"), _("Time"), _("Rows"), _("Quarantined"), _("Excluded"), _("State")),
        [
            (
                item.release,
                console.moment(item.created_at),
                item.rows,
                total(item.accounts, "quarantined"),
                total(item.accounts, "excluded"),
                console.text(_("withdrawn: {reason}"), reason=item.withdrawn)
                if item.withdrawn
                else console.text(_("served") if item is found[0] else _("earlier")),
            )
            for item in found
        ],
    )
