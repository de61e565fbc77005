"""``dungchung index``: how far the catalogue's search indexes are, and making them anew."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict

import click

from catalog.config import CatalogConfig
from catalog.registry import changes
from catalog.registry.public_copy import PublicFeed
from catalog.registry.tables import Meta
from catalog.search.status import index_statuses
from contracts.i18n import _
from orchestration.cataloguing import catalog_config, registry_session
from orchestration.cli.console import Console
from orchestration.cli.frame import Group, command, language_option
from orchestration.platform import open_platform

_STATES = {"current": _("up to date"), "behind": _("behind"), "broken": _("cannot be read")}


@click.group(
    "index",
    cls=Group,
    help=_(
        "See how far the catalogue's search indexes are, or make them anew.\n\n"
        "The registry is the truth: an index that is damaged or lost is made again from it, "
        "which serve also does by itself."
    ),
)
def index(lang: str | None = None) -> None:
    """The group."""


index.params.append(language_option())


@command(
    "status",
    _("Show the last change that the registry and each index know."),
)
def status(console: Console) -> None:
    """Exit status 0 whether the indexes are up to date or not: serve brings them there."""
    platform = open_platform()
    config = catalog_config(platform)
    with registry_session(platform) as session:
        newest = int(session.get_one(Meta, changes.SEQUENCE).value)
    found = {
        "agency": index_statuses(config.agency_cache / "index", newest),
        "public": index_statuses(config.public_cache / "index", _newest_public(config, newest)),
    }
    console.emit(
        {
            "registry": newest,
            "indexes": [
                {"worker": worker, **asdict(one)} for worker, all_ in found.items() for one in all_
            ],
        }
    )
    console.say(_("The registry's newest change: {newest}"), newest=newest)
    if not any(found.values()):
        console.say(
            _("There is no index yet. It is made when the catalogue starts: dungchung serve")
        )
        return
    console.table(
        (_("Process"), _("Newest change"), _("Records"), _("Size (MB)"), _("State")),
        [
            (
                worker,
                "" if one.position is None else str(one.position),
                "" if one.records is None else str(one.records),
                f"{one.bytes / 1e6:.1f}",
                console.text(_STATES[one.state]),
            )
            for worker, all_ in found.items()
            for one in all_
        ],
    )


def _newest_public(config: CatalogConfig, newest: int) -> int:
    """The newest change that the public copy has: drafts' changes are not in it."""
    try:
        return PublicFeed(config.snapshot).position()
    except sqlite3.Error:  # not made yet, or being made
        return newest


@command(
    "rebuild",
    _(
        "Make every search index anew from the registry.\n\n"
        "A running catalogue answers from the present ones until the new ones are ready."
    ),
)
def rebuild(console: Console) -> None:
    """Takes effect at once in running workers, else when they start."""
    with registry_session(open_platform()) as session:
        generation = changes.renew(session)
    console.emit({"generation": generation})
    console.say(
        _("The search indexes are made anew. See how far they are with: dungchung index status")
    )


index.add_command(status)
index.add_command(rebuild)
