"""Agencies in the registry: the organisation of an agency's code, and who calls for it.

Making them where they are missing, and no more. What an organisation says is
`catalog.records`; rights of members are `catalog.access`.
"""

from __future__ import annotations

import re

from sqlmodel import Session

from catalog.access import Role
from catalog.identifiers import organization_id, slug
from catalog.registry.collections import find_collection, save_collection
from catalog.registry.forms import CollectionForm, read_form
from catalog.registry.tables import Organization, User
from catalog.tokens import FIRST_TOKENS, ensure_user
from contracts.errors import Fault
from contracts.i18n import _

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME = re.compile(r"[a-z0-9_-]{2,100}")


def organization_of(session: Session, code: str, title: str = "") -> Organization:
    """The organisation of an agency, made (with `title`, else its code) if there is none.

    It is the one that a contract with this owner agency makes and finds.

    Raises:
        Fault: ``agency.code``.
    """
    if not _CODE.fullmatch(code):
        raise Fault(
            "agency.code",
            _("This is not the code of an agency."),
            remedy=_("A code is letters, digits, dots and dashes, such as H20.2."),
        )
    found = find_collection(session, Organization, slug(code))
    if found is not None and found.state == "active":
        return found
    form = read_form(
        CollectionForm,
        {
            "id": organization_id(code),
            "name": slug(code),
            "title": title or code,
            "extras": [{"key": "code", "value": code}],
        },
    )
    return save_collection(session, Organization, form, found)


def service_account(session: Session, organization: Organization, role: Role = Role.MEMBER) -> User:
    """The user by which an agency's programs call, a member of its organisation with at
    least the rights of `role`."""
    name = organization.name
    if name in FIRST_TOKENS:
        # Of an agency whose code happens to read like one of our own users.
        name = f"agency-{name}"
    return ensure_user(
        session,
        name,
        fullname=organization.title,
        organization=organization.id,
        capacity=role,
    )


def person(session: Session, name: str, organization: Organization, role: Role) -> User:
    """The user `name`, made if there is none, a member with at least the rights of `role`.

    Raises:
        Fault: ``user.name``.
    """
    if name in FIRST_TOKENS or not _NAME.fullmatch(name):
        raise Fault(
            "user.name",
            _("This cannot be the name of a user."),
            remedy=_("Use 2 to 100 small letters, digits, - and _; publisher and admin are taken."),
        )
    return ensure_user(session, name, organization=organization.id, capacity=role)
