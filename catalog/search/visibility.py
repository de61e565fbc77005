"""Which documents an asker may see, as terms of the index.

Every document carries one term for each of its labels, joined with its form, so that one
look-up answers both "may see" and "is asked for". Labels are made by the registry
(`catalog.documents`), held by `catalog.access.Actor`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import tantivy
from tantivy import Query

from catalog.documents import Document, Kind

_EVERYONE = "*"  # the label that askers without limits have; no real label is this


class Form(StrEnum):
    """What kind of record it is, and for packages in which state."""

    ACTIVE = "active"
    PRIVATE = "private"
    DRAFT = "draft"
    PRIVATE_DRAFT = "private-draft"
    ORGANIZATION = "organization"
    GROUP = "group"
    WITHDRAWN = "withdrawn"


PACKAGES = (Form.ACTIVE, Form.PRIVATE, Form.DRAFT, Form.PRIVATE_DRAFT)
_OTHERS = {
    Kind.ORGANIZATION: Form.ORGANIZATION,
    Kind.GROUP: Form.GROUP,
    Kind.WITHDRAWN: Form.WITHDRAWN,
}


def form_of(document: Document) -> Form | None:
    """The form of a document; None: it is of no use to any reader (deleted)."""
    body = document.body
    if body is None:
        return None
    if document.kind is not Kind.PACKAGE:
        deleted = document.kind is not Kind.WITHDRAWN and body.get("state") == "deleted"
        return None if deleted else _OTHERS[document.kind]
    match body["state"], bool(body["private"]):
        case "active", private:
            return Form.PRIVATE if private else Form.ACTIVE
        case "draft", private:
            return Form.PRIVATE_DRAFT if private else Form.DRAFT
    return None


def terms(form: Form, labels: Iterable[str]) -> list[str]:
    """The terms by which a document is seen."""
    return [f"{form}/{label}" for label in (*labels, _EVERYONE)]


def package_forms(*, private: bool, drafts: bool) -> tuple[Form, ...]:
    """The forms of packages that a question asks for."""
    forms = [Form.ACTIVE]
    if private:
        forms.append(Form.PRIVATE)
    if drafts:
        forms.append(Form.DRAFT)
    if private and drafts:
        forms.append(Form.PRIVATE_DRAFT)
    return tuple(forms)


def visible(schema: tantivy.Schema, labels: frozenset[str] | None, forms: Iterable[Form]) -> Query:
    """What holders of `labels` (None: everything) see of `forms`; adds nothing to a score."""
    held = (_EVERYONE,) if labels is None else sorted(labels)
    seen = [f"{form}/{label}" for form in forms for label in held]
    if len(seen) == 1:
        query = Query.term_query(schema, "seen", seen[0], "basic")
    else:
        query = Query.term_set_query(schema, "seen", seen)
    return Query.const_score_query(query, 0.0)
