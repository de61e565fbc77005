"""``dungchung new``: a dataset's folder, or a mapping from a live table."""

from __future__ import annotations

import os

import click

from contracts.i18n import _
from orchestration.cli.console import Console
from orchestration.cli.frame import Group, command, language_option, option
from orchestration.platform import open_platform
from orchestration.scaffolding import new_dataset, new_mapping


@click.group(
    "new",
    cls=Group,
    help=_(
        "Start a dataset, or a source of a dataset, ready to edit.\n\n"
        "Then close the loop: dungchung preview DATASET, dungchung check, dungchung run DATASET."
    ),
)
def new(lang: str | None = None) -> None:
    """The group."""


new.params.append(language_option())


@command(
    "dataset",
    _(
        "Make a dataset's folder with a contract written from a live table.\n\n"
        "Every column of the table becomes a column of the contract, classified internal until "
        "you decide. Example: dungchung new dataset market_price --from prices --table gia"
    ),
)
@click.argument("name")
@option("--from", "source", required=True, help_text=_("A source of sources.yaml."))
@option("--table", required=True, help_text=_("A table (sheet, file) of that source."))
def dataset(console: Console, name: str, source: str, table: str) -> None:
    """Refuses to overwrite anything."""
    files = new_dataset(open_platform(), name, source, table)
    _tell(console, name, [str(file) for file in files])


@command(
    "source",
    _(
        "Write a mapping from a live table's schema for a dataset.\n\n"
        "Columns are matched by name where they can be; the others are NULL, to be decided. "
        "Example: dungchung new source service_case --from igate --table HOSO"
    ),
)
@click.argument("name", metavar="DATASET")
@option("--from", "source", required=True, help_text=_("A source of sources.yaml."))
@option("--table", required=True, help_text=_("A table (sheet, file) of that source."))
def source(console: Console, name: str, source: str, table: str) -> None:
    """Refuses to overwrite anything."""
    file = new_mapping(open_platform(), name, source, table)
    _tell(console, name, [str(file)])


def _tell(console: Console, dataset_name: str, files: list[str]) -> None:
    console.emit({"dataset": dataset_name, "files": files})
    for file in files:
        console.say(_("✓ written: {file}"), file=os.path.relpath(file))
    console.say(
        _("Edit it, then look at twenty rows with: dungchung preview {dataset}"),
        dataset=dataset_name,
    )


new.add_command(dataset)
new.add_command(source)
