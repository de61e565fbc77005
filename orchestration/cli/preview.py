"""``dungchung preview``: twenty rows before and after, and the would-be verdict."""

from __future__ import annotations

import click

from contracts.i18n import _
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.platform import open_platform


@command(
    "preview",
    _(
        "Show twenty rows of a source before and after, and what the gate would say.\n\n"
        "Nothing is written. What each column did is told beside it. "
        "Example: dungchung preview service_case --source igate"
    ),
)
@click.argument("dataset")
@option("--source", help_text=_("Only this source; the first one if not given."))
def preview(console: Console, dataset: str, source: str | None) -> None:
    """Values are shown on this terminal only, to the steward who may read the source."""
    raise NotImplementedError
