"""Actions about the site itself: status, help, licences."""

from __future__ import annotations

from typing import Any

from catalog.access import Permission
from catalog.actions.registry import ACTIONS, Call, action
from catalog.actions.schemas import FLAG, NOTHING, TEXT, listed, record
from catalog.errors import NotFoundError
from catalog.licences import LICENCES
from contracts.i18n import _, translate

CKAN_VERSION = "2.12.0"
"""The CKAN whose meaning we keep; ckanr reads its first two numbers before every search."""

_ABOUT = _("Shared and open data of the province: standardised, checked, released.")


@action(
    Permission.READ_CATALOGUE,
    result=record(
        {
            "ckan_version": TEXT,
            "site_url": TEXT,
            "site_title": TEXT,
            "site_description": TEXT,
            "locale_default": TEXT,
            "error_emails_to": NOTHING,
            "extensions": listed(TEXT),
        }
    ),
)
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


@action(Permission.READ_CATALOGUE, result=FLAG)
def site_read(call: Call) -> bool:
    """Return true: anyone may read the site."""
    return True


@action(Permission.READ_CATALOGUE, result=TEXT)
def help_show(call: Call) -> str:
    """Return the documentation of an action.

    :param string name: the action's name (required)
    """
    name = call.parameters.required("name")
    if name not in ACTIONS:
        raise NotFoundError(f"Action {name[:100]} not found")
    return ACTIONS[name].help


@action(Permission.READ_CATALOGUE, result=listed("License"))
def license_list(call: Call) -> list[dict[str, object]]:
    """Return the licences that records can name."""
    return [licence.record() for licence in LICENCES.values()]
