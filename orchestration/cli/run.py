"""``dungchung run``: bring datasets up to date."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from contracts.garbage import kept
from contracts.i18n import _
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.cli.telling import LiveProgress, summary, write_summary
from orchestration.platform import open_platform
from quality import judging


@command(
    "run",
    _(
        "Read the sources, standardise, judge and release datasets.\n\n"
        "Without names it runs all of them, in the order in which they need each other. "
        "A dataset whose sources have not changed is left as it is. "
        "Example: dungchung run service_case"
    ),
)
@click.argument("datasets", nargs=-1)
@option(
    "--summary",
    "summary_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help_text=_("Write what came of every dataset to this file, as JSON."),
)
@option("--force", is_flag=True, help_text=_("Release again even when nothing has changed."))
def run(
    console: Console, datasets: tuple[str, ...], summary_file: Path | None, force: bool
) -> None:
    """Exit status 1 when a dataset failed, was refused or was not reached."""
    judging.begin()
    # Imported here, while the judge's process imports what it needs.
    with kept():
        from orchestration.announcing import CatalogAnnouncer
        from orchestration.runs import run_through_dagster

    platform = open_platform()
    with CatalogAnnouncer(platform) as announcer, LiveProgress(console) as progress:
        outcomes = run_through_dagster(platform, datasets, progress, announcer, force=force)
    told = summary(platform, outcomes)
    console.emit(told)
    if summary_file:
        write_summary(summary_file, told)
    wanted = datasets or tuple(platform.catalogue_of_datasets.datasets)
    not_reached = [name for name in wanted if name not in outcomes]
    if not_reached:
        console.say(
            _("Not run, because a dataset they read did not get through: {names}"),
            names=", ".join(not_reached),
        )
    if not_reached or not all(outcome.good for outcome in outcomes.values()):
        sys.exit(1)
