"""``dungchung grants``: who was given which rows, and who read them."""

from __future__ import annotations

from dataclasses import asdict

import click

from catalog.audit import readings
from catalog.grants import grants as given
from contracts.i18n import _
from orchestration.cataloguing import registry_session
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.platform import Platform, open_platform

_STATES = {
    "active": _("valid"),
    "coming": _("not yet"),
    "expired": _("expired"),
    "revoked": _("revoked"),
}


@command(
    "grants",
    _(
        "List who was given rows that are not open, or with --log who read them, newest first.\n\n"
        "Example: dungchung grants --dataset service_case_daily --log"
    ),
)
@option("--dataset", help_text=_("Only of this dataset."))
@option("--log", is_flag=True, help_text=_("Show the readings instead of the grants."))
@option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help_text=_("At most so many readings."),
)
def grants(console: Console, dataset: str | None, log: bool, limit: int) -> None:
    """An empty list says how to make one."""
    platform = open_platform()
    if dataset is not None:
        platform.dataset(dataset)
    datasets = None if dataset is None else [dataset]
    if log:
        _log(console, platform, datasets, limit)
    else:
        _list(console, platform, datasets)


def _list(console: Console, platform: Platform, datasets: list[str] | None) -> None:
    with registry_session(platform) as session:
        found = given(session, datasets=datasets)
    console.emit([asdict(info) for info in found])
    if not found:
        console.say(_("There is no grant yet. Make one with: dungchung grant --help"))
    headers = (_("Id"), _("Agency"), _("Dataset"), _("Columns"), _("Which rows"), _("Expires"))
    console.table(
        (*headers, _("State")),
        [
            (
                info.id,
                info.organization,
                info.dataset,
                ", ".join(info.columns) if info.columns else info.classification.value,
                info.condition or console.text(_("every row")),
                console.moment(f"{info.expires}+00:00"),
                console.text(_STATES[info.state]),
            )
            for info in found
        ],
    )


def _log(console: Console, platform: Platform, datasets: list[str] | None, limit: int) -> None:
    with registry_session(platform) as session:
        found = readings(session, datasets=datasets, limit=limit)
    console.emit([asdict(info) for info in found])
    if not found:
        console.say(_("Nobody has read rows by a grant yet."))
    headers = (_("Time"), _("Agency"), _("User"), _("Dataset"), _("Release"), _("Action"))
    console.table(
        (*headers, _("Columns"), _("Rows"), _("Grant")),
        [
            (
                console.moment(f"{info.at}+00:00"),
                info.organization,
                info.user,
                info.dataset,
                info.release,
                info.action,
                info.columns,
                info.rows,
                info.grant,
            )
            for info in found
        ],
    )
