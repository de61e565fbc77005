"""``dungchung revoke``: end a grant at once."""

from __future__ import annotations

from dataclasses import asdict

import click

from catalog.grants import revoke as end
from contracts.i18n import _
from orchestration.cataloguing import OPERATOR, registry_session
from orchestration.cli.console import Console
from orchestration.cli.frame import command
from orchestration.platform import open_platform


@command(
    "revoke",
    _(
        "End a grant at once, by its id from dungchung grants.\n\n"
        "Its agency's tokens stay; end one with: dungchung token revoke. "
        "Example: dungchung revoke 3f9c01d2ab47"
    ),
)
@click.argument("identifier", metavar="ID")
def revoke(console: Console, identifier: str) -> None:
    """Revoking twice changes nothing."""
    with registry_session(open_platform()) as session:
        info = end(session, identifier, OPERATOR)
    console.emit(asdict(info))
    console.say(
        _("The grant {id} is ended: {organization} no longer reads {dataset} by it."),
        id=info.id,
        organization=info.organization,
        dataset=info.dataset,
    )
