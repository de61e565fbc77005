"""``dungchung grant``: give an agency rows of a dataset that is not open, for a time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import click

from catalog.agencies import organization_of
from catalog.granting import give
from catalog.grants import GrantInfo
from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.model import Classification
from contracts.releases import Release
from contracts.times import VIETNAM
from orchestration.cataloguing import OPERATOR, registry_session
from orchestration.cli.console import Console
from orchestration.cli.frame import command, days_option, option
from orchestration.platform import Platform, open_platform

_CLASSES = [one.value for one in Classification if one is not Classification.PUBLIC]


@command(
    "grant",
    _(
        "Give an agency rows of a dataset that is not open: whole, some columns, or some rows.\n\n"
        "Ends by itself; end it before with: dungchung revoke. Each reading is noted "
        "(dungchung grants --log). "
        "Example: dungchung grant H20.2 service_case_daily --days 90"
    ),
)
@click.argument("agency")
@click.argument("dataset")
@option("--columns", help_text=_("Only these columns, between commas; default: all of the class."))
@option("--where", help_text=_("Only rows that meet this SQL condition over the columns."))
@option(
    "--class",
    "classification",
    type=click.Choice(_CLASSES),
    default=Classification.INTERNAL.value,
    show_default=True,
    help_text=_("Most guarded class of columns it may read."),
)
@option(
    "--from",
    "first",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help_text=_("Its first day, such as 2027-01-01; default: now."),
)
@days_option()
@option("--purpose", default="", help_text=_("What the rows are for, in your words."))
@option("--title", default="", help_text=_("Name of the agency, if the catalogue has none yet."))
def grant(
    console: Console,
    agency: str,
    dataset: str,
    columns: str | None,
    where: str | None,
    classification: str,
    first: datetime | None,
    days: int,
    purpose: str,
    title: str,
) -> None:
    """Refuses open datasets, which need no grant, and columns that must be said to be meant."""
    platform = open_platform()
    release = _released(platform, dataset)
    starts = first.replace(tzinfo=VIETNAM) if first else platform.now
    chosen = None if columns is None else [name.strip() for name in columns.split(",")]
    with registry_session(platform) as session:
        made = give(
            session,
            organization=organization_of(session, agency, title or _title(platform, agency)),
            release=release,
            classification=Classification(classification),
            columns=chosen,
            condition=where,
            starts=starts,
            expires=starts + timedelta(days=days),
            purpose=purpose,
            by=OPERATOR,
        )
    _tell(console, made, agency)


def _released(platform: Platform, dataset: str) -> Release:
    platform.dataset(dataset)
    release = platform.releases.latest(dataset)
    if release is None:
        raise Fault(
            "grant.no_release",
            _("It has no release yet: there are no rows to give."),
            remedy=_("Make one with: dungchung run {dataset}"),
            place=Place(dataset=dataset),
            dataset=dataset,
        )
    return release


def _title(platform: Platform, agency: str) -> str:
    """What contracts call the agency, if it owns a dataset."""
    for dataset in platform.catalogue_of_datasets.datasets.values():
        if dataset.contract.owner_agency == agency:
            return dataset.contract.owner_title.vi
    return ""


def _tell(console: Console, made: GrantInfo, agency: str) -> None:
    console.emit(asdict(made))
    columns = ", ".join(made.columns) if made.columns else console.text(_("all of the class"))
    console.say(_("{agency} may read {dataset}:"), agency=agency, dataset=made.dataset)
    console.say(
        _("  columns: {columns} (up to {classification})"),
        columns=columns,
        classification=made.classification.value,
    )
    console.say(_("  rows: {rows}"), rows=made.condition or console.text(_("every row")))
    console.say(
        _("  from {starts} to {expires}; end it before with: dungchung revoke {id}"),
        starts=console.moment(f"{made.starts}+00:00"),
        expires=console.moment(f"{made.expires}+00:00"),
        id=made.id,
    )
    console.say(
        _("Next, a token for its programs: dungchung token new --agency {agency}"), agency=agency
    )
