"""``dungchung token``: who calls the catalogue from programs, with which rights, for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

import click

from catalog.access import Role, RowGrant, Scope
from catalog.agencies import organization_of, person, service_account
from catalog.grants import in_force
from catalog.identifiers import naive_utc, resource_id
from catalog.records import API_FORM
from catalog.tokens import list_tokens, new_token, revoke
from contracts.i18n import _
from orchestration.cataloguing import registry_session
from orchestration.cli.console import Console
from orchestration.cli.frame import Group, command, days_option, language_option, option
from orchestration.platform import open_platform

_STATES = {"active": _("valid"), "expired": _("expired"), "revoked": _("revoked")}
_SCOPES = {"read": (Scope.READ,), "write": (Scope.READ, Scope.WRITE)}


@click.group(
    "token",
    cls=Group,
    help=_(
        "Make tokens for the programs of agencies, list them, take them back.\n\n"
        "A token is shown once and kept only as a hash. Which rows it reads is said by its "
        "agency's grants: dungchung grant."
    ),
)
def token(lang: str | None = None) -> None:
    """The group."""


token.params.append(language_option())


@command(
    "new",
    _(
        "Make a token and print a curl line that works at once.\n\n"
        "Example: dungchung token new --agency H20.2 --days 90"
    ),
)
@option("--agency", required=True, help_text=_("Code of the agency that gets it."))
@option("--user", help_text=_("Name of a person or program; default: the agency's own account."))
@option(
    "--scope",
    type=click.Choice(list(_SCOPES)),
    default="read",
    show_default=True,
    help_text=_("read, or write: also changes records, as its role allows."),
)
@option(
    "--role",
    type=click.Choice([one.value for one in Role]),
    default=Role.MEMBER.value,
    show_default=True,
    help_text=_("Its role in the agency; one that it has already is never lowered."),
)
@days_option()
@option("--name", default="", help_text=_("What to call it in lists."))
def new(
    console: Console, agency: str, user: str | None, scope: str, role: str, days: int, name: str
) -> None:
    """Makes the agency's organisation and the user where they are missing."""
    platform = open_platform()
    expires = platform.now + timedelta(days=days)
    with registry_session(platform) as session:
        place = organization_of(session, agency)
        holder = (
            person(session, user, place, Role(role))
            if user
            else service_account(session, place, Role(role))
        )
        made = new_token(session, holder, _SCOPES[scope], expires, name)
        holder_name = holder.name
        grants = in_force(session, [place.id], naive_utc(platform.now))
    line = _curl(platform.public_url, made, grants)
    console.emit(
        {
            "token": made,
            "user": holder_name,
            "agency": agency,
            "scopes": _SCOPES[scope],
            "expires": expires,
            "datasets": list(dict.fromkeys(grant.dataset for grant in grants)),
            "curl": line or None,
        }
    )
    console.say(_("Token (shown only now; it expires on {day}):"), day=f"{expires:%Y-%m-%d}")
    console.say("  {token}", token=made)
    if line:
        console.say(_("Try it:"))
        console.say("  {line}", line=line)
    else:
        console.say(
            _("This agency has no grant yet. Give it one with: dungchung grant {agency} DATASET"),
            agency=agency,
        )


def _curl(public_url: str, token: str, grants: Sequence[RowGrant]) -> str:
    """A line that reads rows of the first grant; empty without one."""
    if not grants:
        return ""
    first = grants[0]
    asked = f"resource_id={resource_id(first.dataset, API_FORM)}&limit=5"
    if sum(grant.dataset == first.dataset for grant in grants) > 1:
        asked += f"&grant={first.id}"
    return f"curl -H 'Authorization: {token}' '{public_url}/api/3/action/datastore_search?{asked}'"


@command("list", _("List every token, without the tokens themselves."))
@option("--user", help_text=_("Only those of this user."))
def list_(console: Console, user: str | None) -> None:
    """An empty list says how to make one."""
    with registry_session(open_platform()) as session:
        found = list_tokens(session, user)
    console.emit([asdict(info) for info in found])
    if not found:
        console.say(_("There is no token yet. Make one with: dungchung token new --help"))
    console.table(
        (_("Id"), _("Name"), _("User"), _("Scopes"), _("Expires"), _("Last used"), _("State")),
        [
            (
                info.id,
                info.name,
                info.user,
                ", ".join(info.scopes),
                f"{info.expires:%Y-%m-%d}",
                f"{info.last_used:%Y-%m-%d}" if info.last_used else "–",
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
    console.say(_("The token {id} of {user} is revoked."), id=info.id, user=info.user)


for _command in (new, list_, revoke_):
    token.add_command(_command)
