"""``dungchung withdraw``: take a dataset back, with its reason, and undo that."""

from __future__ import annotations

import sys

import click

from contracts.i18n import _
from orchestration.announcing import CatalogAnnouncer
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.cli.telling import LiveProgress, summary
from orchestration.outcomes import Silent
from orchestration.platform import open_platform
from orchestration.runs import run_through_dagster
from orchestration.withdrawing import withdraw_dataset


@command(
    "withdraw",
    _(
        "Withdraw a dataset: its rows are no longer served, its page says why.\n\n"
        "Earlier manifests are kept. Undo with --undo, which releases it anew. "
        'Example: dungchung withdraw agency --reason "Sai mã cơ quan"'
    ),
)
@click.argument("dataset")
@option("--reason", help_text=_("Why, as people will read it. Needed unless --undo."))
@option("--undo", is_flag=True, help_text=_("Release the dataset again."))
@option("--yes", is_flag=True, help_text=_("Do not ask."))
def withdraw(console: Console, dataset: str, reason: str | None, undo: bool, yes: bool) -> None:
    """Exit status 1 when there is nothing to withdraw or the new release was refused."""
    platform = open_platform()
    platform.dataset(dataset)
    with CatalogAnnouncer(platform) as announcer:
        if undo:
            progress = Silent() if console.as_json else LiveProgress(console)
            outcomes = run_through_dagster(platform, [dataset], progress, announcer, force=True)
            console.emit(summary(platform, outcomes))
            if not all(outcome.good for outcome in outcomes.values()):
                sys.exit(1)
            return
        if not reason:
            raise click.MissingParameter(
                ctx=click.get_current_context(), param_hint="--reason", param_type="option"
            )
        if not yes and not console.as_json:
            click.confirm(
                console.text(_("Withdraw {dataset} for everyone?"), dataset=dataset), abort=True
            )
        release = withdraw_dataset(platform, dataset, reason)
        announcer.announce(release)
    console.emit({"dataset": dataset, "release": release.release, "withdrawn": reason})
    console.say(
        _("{dataset} is withdrawn. Undo with: dungchung withdraw {dataset} --undo"),
        dataset=dataset,
    )
