"""``dungchung token``: who may read what, for how long."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from catalog.access import Scope
from catalog.identifiers import resource_id
from catalog.tokens import list_tokens, new_token, revoke
from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.model import Access, Classification
from orchestration.cataloguing import registry_session
from orchestration.cli.console import Console
from orchestration.cli.frame import Group, command, language_option, option
from orchestration.platform import open_platform

_STATES = {"active": _("valid"), "expired": _("expired"), "revoked": _("revoked")}


@click.group(
    "token",
    cls=Group,
    help=_(
        "Give an agency access to datasets, see what was given, take it back.\n\n"
        "A token is shown once and kept only as a hash."
    ),
)
def token(lang: str | None = None) -> None:
    """The group."""


token.params.append(language_option())


@command(
    "new",
    _(
        "Make a token and print a curl line that works at once.\n\n"
        "Example: dungchung token new --agency H20.2 --dataset service_case_daily --days 90"
    ),
)
@option("--agency", required=True, help_text=_("Code of the agency that gets it."))
@option(
    "--dataset",
    "datasets",
    multiple=True,
    required=True,
    help_text=_("A dataset it may read; repeat for more."),
)
@option(
    "--columns",
    type=click.Choice([c.value for c in Classification]),
    default=Classification.INTERNAL.value,
    show_default=True,
    help_text=_("Most guarded class of columns it may read."),
)
@option(
    "--days",
    type=click.IntRange(1, 3650),
    default=365,
    show_default=True,
    help_text=_("Days until it expires."),
)
@option("--name", default="", help_text=_("What to call it in lists."))
def new(
    console: Console, agency: str, datasets: tuple[str, ...], columns: str, days: int, name: str
) -> None:
    """Refuses unknown datasets, and open ones, which need no token."""
    platform = open_platform()
    for dataset in datasets:
        if platform.dataset(dataset).contract.access is Access.OPEN:
            raise Fault(
                "token.not_needed",
                _("This dataset is open: nobody needs a token for it."),
                remedy=_("Leave it out."),
                place=Place(dataset=dataset),
            )
    grants = {dataset: Classification(columns) for dataset in datasets}
    expires = datetime.now(UTC) + timedelta(days=days)
    with registry_session(platform) as session:
        made = new_token(session, agency, [Scope.READ], grants, expires, name)
    resource = resource_id(datasets[0], "api")
    line = (
        f"curl -H 'Authorization: {made}' "
        f"'{platform.public_url}/api/3/action/datastore_search?resource_id={resource}&limit=5'"
    )
    console.emit({"token": made, "agency": agency, "datasets": list(datasets), "curl": line})
    console.say(_("Token (shown only now; it expires on {day}):"), day=f"{expires:%Y-%m-%d}")
    console.say("  {token}", token=made)
    console.say(_("Try it:"))
    console.say("  {line}", line=line)


@command("list", _("List every token, without the tokens themselves."))
def list_(console: Console) -> None:
    """An empty list says how to make one."""
    with registry_session(open_platform()) as session:
        found = list_tokens(session)
    console.emit([asdict(info) for info in found])
    if not found:
        console.say(_("There is no token yet. Make one with: dungchung token new --help"))
    console.table(
        (_("Id"), _("Name"), _("Agency"), _("Datasets"), _("Expires"), _("State")),
        [
            (
                info.id,
                info.name,
                info.agency,
                ", ".join(info.datasets) or ", ".join(info.scopes),
                f"{info.expires:%Y-%m-%d}",
                console.text(_STATES[info.state]),
            )
            for info in found
        ],
    )


@command("revoke", _("Take a token back at once, by its id from the list."))
@click.argument("identifier", metavar="ID")
def revoke_(console: Console, identifier: str) -> None:
    """Revoking twice changes nothing."""
    with registry_session(open_platform()) as session:
        info = revoke(session, identifier)
    console.emit(asdict(info))
    console.say(_("The token {id} of {agency} is revoked."), id=info.id, agency=info.agency)


for _command in (new, list_, revoke_):
    token.add_command(_command)
