"""Organisations as ``foaf:Agent``, and whom to ask as ``vcard:Kind``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rdflib import URIRef
from rdflib.namespace import FOAF

from catalog.web import values
from catalog.web.described import Described
from catalog.web.graph import VCARD, Writer


def organization_uri(public_url: str, name: object) -> str:
    """What an organisation is called, for good."""
    return f"{public_url}/id/organization/{name}"


def add_organization(write: Writer, said: Described) -> str | None:
    """The owner of a dataset; None where the record has none."""
    owner = said.organization
    return add_agent(write, owner, said.public_url) if owner else None


def add_agent(write: Writer, owner: Mapping[str, Any], public_url: str) -> str:
    """One organisation, whole or as a package sums it up."""
    uri = organization_uri(public_url, owner["name"])
    subject = URIRef(uri)
    extras = {
        str(one.get("key")): values.text(one.get("value")) for one in owner.get("extras") or ()
    }
    write.type(subject, FOAF.Agent, FOAF.Organization)
    # Untagged where a name is the same in every language or nobody said which it is in.
    title = values.text(owner.get("title")) or str(owner["name"])
    english = extras.get("title_en")
    write.say(subject, FOAF.name, [(title, "vi" if english else None)])
    write.say(subject, FOAF.name, [(english, "en")] if english else [])
    write.plain(subject, write.profile.agencyCode, extras.get("code"))
    write.document(subject, FOAF.homepage, f"{public_url}/organization/{owner['name']}")
    return uri


def add_contact(write: Writer, said: Described) -> str | None:
    """Whom to ask about a dataset; None where the record names nobody."""
    name, mail = said.contact
    if not name and not mail:
        return None
    uri = f"{said.uri}#contact"
    subject = URIRef(uri)
    write.type(subject, VCARD.Kind, VCARD.Organization)
    write.plain(subject, VCARD.fn, name or mail)
    write.link(subject, VCARD.hasEmail, f"mailto:{mail}" if mail else None)
    return uri
