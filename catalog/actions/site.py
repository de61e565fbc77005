"""Actions about the site itself: status, help, licences, tags, users."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from catalog.access import Permission, authorize
from catalog.actions.registry import ACTIONS, Call, action
from catalog.errors import NotFoundError
from catalog.identifiers import ckan_time, user_id
from catalog.licences import LICENCES
from catalog.registry.dictionaries import tag_dictionary
from catalog.tokens import list_tokens
from contracts.i18n import _, translate
from contracts.text import fold

CKAN_VERSION = "2.12.0"
"""The CKAN whose meaning we keep; ckanr reads its first two numbers before every search."""

_ABOUT = _("Shared and open data of the province: standardised, checked, released.")


@action(Permission.READ_RECORDS)
def status_show(call: Call) -> dict[str, Any]:
    """Return the site's title, address, language and the CKAN version it answers as."""
    context = call.context
    return {
        "ckan_version": CKAN_VERSION,
        "site_url": context.public_url,
        "site_title": context.title,
        "site_description": translate(_ABOUT, context.language),
        "locale_default": context.language,
        "error_emails_to": None,
        "extensions": ["datastore"],
    }


@action(Permission.READ_RECORDS)
def site_read(call: Call) -> bool:
    """Return true: anyone may read the site."""
    return True


@action(Permission.READ_RECORDS)
def help_show(call: Call) -> str:
    """Return the documentation of an action.

    :param name: the action's name
    """
    name = call.parameters.required("name")
    if name not in ACTIONS:
        raise NotFoundError(f"Action {name[:100]} not found")
    return ACTIONS[name].help


@action(Permission.READ_RECORDS)
def license_list(call: Call) -> list[dict[str, object]]:
    """Return the licences that records can name."""
    return [licence.record() for licence in LICENCES.values()]


@action(Permission.READ_RECORDS)
def tag_list(call: Call) -> list[Any]:
    """Return the tags in use.

    :param query: only tags that contain this text, marks ignored
    :param all_fields: dictionaries instead of names
    :param vocabulary_id: there are no vocabularies, so any is not found
    """
    if call.parameters.text("vocabulary_id"):
        raise NotFoundError("Vocabulary was not found.")
    wanted = fold(call.parameters.text("query"))
    names = [name for name in call.view.records.tags() if wanted in fold(name)]
    if call.parameters.flag("all_fields"):
        return [tag_dictionary(name) for name in names]
    return names


@action(Permission.READ_RECORDS)
def user_list(call: Call) -> list[Any]:
    """Return the agencies that hold a token, as users; empty for those who may not know.

    :param all_fields: dictionaries (the default) or names
    """
    users = _users(call) if call.actor.privileged else []
    if call.parameters.flag("all_fields", default=True):
        return users
    return [user["name"] for user in users]


@action(Permission.READ_RECORDS)
def user_show(call: Call) -> dict[str, Any]:
    """Return one agency as a user.

    :param id: its id or name
    """
    authorize(call.actor, Permission.SEE_DRAFTS)
    wanted = call.parameters.required("id", "name")
    for user in _users(call):
        if wanted in (user["id"], user["name"]):
            return user
    raise NotFoundError("User not found")


def _users(call: Call) -> list[dict[str, Any]]:
    """The agencies of the registry's tokens; the public worker has no registry."""
    if call.context.registry is None:
        return []
    with Session(call.context.registry.engine) as session:
        agencies = {token.agency: token for token in list_tokens(session)}
    return [
        {
            "id": user_id(agency),
            "name": agency,
            "display_name": agency,
            "fullname": agency,
            "about": None,
            "created": ckan_time(agencies[agency].created),
            "state": "active",
            "sysadmin": False,
            "number_created_packages": 0,
        }
        for agency in sorted(agencies)
    ]
