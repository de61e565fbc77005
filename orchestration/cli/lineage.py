"""``dungchung lineage``: where each column of a release comes from."""

from __future__ import annotations

import json

import click

from contracts.errors import Fault, Place
from contracts.i18n import _
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.open_lineage import lineage_file, openlineage
from orchestration.platform import open_platform


@command(
    "lineage",
    _(
        "Show where each column of a release comes from.\n\n"
        "With --format openlineage: the OpenLineage event of the release, for a lineage server. "
        "Example: dungchung lineage service_case_statistics --format openlineage"
    ),
)
@click.argument("dataset")
@option("--release", type=int, help_text=_("This release; the newest one if not given."))
@option(
    "--format",
    "form",
    type=click.Choice(["table", "openlineage"]),
    default="table",
    help_text=_("A table (default), or the OpenLineage event as JSON."),
)
def lineage(console: Console, dataset: str, release: int | None, form: str) -> None:
    """The event as it was written beside the run; made from the manifest if that is lost."""
    platform = open_platform()
    definition = platform.dataset(dataset)
    found = (
        platform.releases.latest(dataset)
        if release is None
        else platform.releases.get(dataset, release)
    )
    if found is None:
        raise Fault(
            "lineage.no_release",
            _("It has no such release."),
            remedy=_("See which there are with: dungchung releases {dataset}"),
            place=Place(dataset=dataset),
            dataset=dataset,
        )
    if form == "openlineage":
        written = lineage_file(platform.home, dataset, found.release)
        if written.is_file():
            event = json.loads(written.read_text(encoding="utf-8"))
        else:
            event = openlineage(definition, found)
        Console(console.language, as_json=True).emit(event)
        return
    console.emit({name: list(origins) for name, origins in found.lineage.items()})
    console.table(
        (_("Column"), _("Read from")),
        [(name, ", ".join(origins)) for name, origins in found.lineage.items()],
    )
