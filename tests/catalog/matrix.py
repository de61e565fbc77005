"""The matrix of rights: what each action answers to each role about each state of a dataset.

The table is written by hand and is the specification; `tests.catalog.test_matrix` holds every
action of the catalogue against it. A code stands for status and ``__type``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ROLES = (
    "anonymous",
    "rejected",  # a token that is unknown
    "reader",  # a token of scope read, of an administrator of the owner
    "member",
    "editor",
    "admin",
    "stranger",  # an editor of another organisation
    "elsewhere",  # an administrator of another organisation
    "collaborator",  # an editor of every dataset, in no organisation
    "publisher",
    "sysadmin",
)
STATES = ("public", "private", "draft", "deleted", "open", "request", "withdrawn")
"""By hand: public, private, draft, deleted. By contract: open, on request, withdrawn."""

TYPES = {
    200: None,
    403: "Authorization Error",
    404: "Not Found Error",
    409: "Validation Error",
    410: "Not Found Error",
}
Expected = Mapping[tuple[str, str], int]


def table(text: str) -> Expected:
    """``roles | code`` or ``roles | a code for each of STATES``, every role on one line."""
    codes: dict[tuple[str, str], int] = {}
    for line in text.strip().splitlines():
        roles, _bar, said = line.partition("|")
        numbers = [int(word) for word in said.split()]
        for role in roles.split():
            row = numbers * len(STATES) if len(numbers) == 1 else numbers
            codes.update({(role, state): code for state, code in zip(STATES, row, strict=True)})
    assert set(codes) == {(role, state) for role in ROLES for state in STATES}, text
    return codes


ANYONE = table(f"{' '.join(ROLES)} | 200")
NOBODY = table(f"{' '.join(ROLES)} | 403")
SHOW = table("""
    anonymous rejected stranger elsewhere                    | 200 404 404 404 200 200 410
    reader member editor admin collaborator publisher sysadmin | 200 200 200 404 200 200 410
""")
ROWS = table("""
    anonymous rejected stranger elsewhere                    | 404 404 404 404 200 403 410
    reader member editor admin collaborator publisher sysadmin | 404 404 404 404 200 403 410
""")
WRITE = table("""
    anonymous rejected reader member | 403
    editor admin collaborator        | 200 200 200 200 403 403 403
    stranger elsewhere               | 403 404 404 404 403 403 403
    publisher                        | 403 403 403 403 200 200 200
    sysadmin                         | 200 200 200 200 403 403 403
""")
CREATE = table("""
    anonymous rejected reader member stranger elsewhere collaborator publisher | 403
    editor admin sysadmin                                                      | 200
""")
PURGE = table("""
    anonymous rejected reader member editor admin stranger elsewhere collaborator publisher | 403
    sysadmin | 200 200 200 200 403 403 403
""")
FILL = table("""
    anonymous rejected reader member editor stranger elsewhere publisher | 403
    admin collaborator sysadmin | 200 200 200 200 403 403 403
""")
OPEN_TO_OTHERS = table("""
    anonymous rejected reader member editor stranger collaborator publisher | 403
    elsewhere      | 403 404 404 404 403 403 403
    admin sysadmin | 200
""")
SEE_OPENED = table("""
    anonymous rejected member editor stranger collaborator publisher | 403
    elsewhere             | 403 404 404 404 403 403 403
    reader admin sysadmin | 200
""")
GIVE_ROWS = table("""
    anonymous rejected reader member editor stranger elsewhere collaborator publisher | 403
    admin    | 403 403 403 403 409 200 409
    sysadmin | 404 404 404 404 409 200 409
""")
SEE_READINGS = table("""
    anonymous rejected member editor stranger elsewhere collaborator publisher | 403
    reader admin | 403 403 403 403 200 200 200
    sysadmin     | 200
""")
MAKE_COLLECTION = table("""
    anonymous rejected reader member editor admin stranger elsewhere collaborator | 403
    publisher sysadmin | 200
""")
CHANGE_COLLECTION = table("""
    anonymous rejected reader member editor stranger elsewhere collaborator | 403
    admin publisher sysadmin | 200
""")
END_COLLECTION = table("""
    anonymous rejected reader member editor stranger collaborator publisher | 403
    elsewhere      | 404
    admin sysadmin | 200
""")
MEMBERS = table("""
    anonymous rejected reader member editor stranger elsewhere collaborator publisher | 403
    admin sysadmin | 200
""")
HIDDEN_COLLECTION = table("""
    anonymous rejected member editor stranger elsewhere collaborator | 404
    reader admin publisher sysadmin                                  | 200
""")
SIGNED_IN = table("""
    anonymous rejected | 403
    reader member editor admin stranger elsewhere collaborator publisher sysadmin | 200
""")
ANOTHER_USER = table("""
    anonymous rejected                         | 403
    member editor stranger collaborator        | 404
    reader admin elsewhere publisher sysadmin  | 200
""")
OWN_TOKENS = table("""
    anonymous rejected reader publisher                              | 403
    member editor admin stranger elsewhere collaborator sysadmin     | 200
""")
SEE_OWN_TOKENS = table("""
    anonymous rejected publisher                                     | 403
    reader member editor admin stranger elsewhere collaborator sysadmin | 200
""")
ANOTHERS_TOKENS = table("""
    anonymous rejected reader member editor admin stranger elsewhere collaborator publisher | 403
    sysadmin | 200
""")
ANOTHERS_TOKEN = table("""
    anonymous rejected reader publisher                     | 403
    member editor admin stranger elsewhere collaborator     | 404
    sysadmin | 200
""")
ANOTHERS_GRANT = table("""
    anonymous rejected reader member editor stranger collaborator publisher | 403
    elsewhere      | 404
    admin sysadmin | 200
""")


@dataclass(frozen=True)
class Asked:
    """What a call is made of. `held`: the whole record of the dataset, as its writer knows it."""

    role: str
    user: str
    state: str
    name: str
    resource: str
    held: Mapping[str, Any]
    ids: Mapping[str, str]


Parameters = Callable[[Asked], dict[str, Any]]


@dataclass(frozen=True)
class Line:
    """One line of the matrix. `each`: about every state; else once, whatever the states."""

    expected: Expected
    parameters: Parameters = field(default=lambda asked: {})
    each: bool = False


def about(expected: Expected, **more: Any) -> list[Line]:
    """About the dataset, by its name as ``id``."""
    return [Line(expected, lambda asked: {"id": asked.name, **more}, each=True)]


def of_resource(expected: Expected, key: str = "id", **more: Any) -> list[Line]:
    """About the dataset's resource."""
    return [Line(expected, lambda asked: {key: asked.resource, **more}, each=True)]


def once(expected: Expected, **parameters: Any) -> list[Line]:
    """About no dataset."""
    return [Line(expected, lambda asked: parameters)]


def to(expected: Expected, parameters: Parameters, *, each: bool = False) -> list[Line]:
    """With parameters of the call's own."""
    return [Line(expected, parameters, each)]


def _token(asked: Asked) -> dict[str, Any]:
    return {"user": asked.user or "nobody", "name": "fresh"}


_NEW = {"name": "new-dataset", "owner_org": "h20-5"}
_LAKE = {"id": "lake"}
_USER = {"username": "somebody", "role": "member"}
_MEMBER = {"id": "h20-5", "object": "somebody", "object_type": "user", "capacity": "member"}
_PLACED = {"id": "lake", "object_type": "package", "capacity": "public"}

MATRIX: Mapping[str, list[Line]] = {
    "access_grant_create": to(
        GIVE_ROWS, lambda asked: {"organization": "x1", "dataset": asked.name}, each=True
    ),
    "access_grant_list": once(SIGNED_IN),
    "access_grant_revoke": to(ANOTHERS_GRANT, lambda asked: {"id": asked.ids["grant"]}),
    "access_reading_list": to(SEE_READINGS, lambda asked: {"dataset": asked.name}, each=True),
    "api_token_create": [
        *to(OWN_TOKENS, _token),
        *once(ANOTHERS_TOKENS, user="somebody", name="stolen"),
    ],
    "api_token_list": [*once(SEE_OWN_TOKENS), *once(ANOTHERS_TOKENS, user_id="somebody")],
    "api_token_revoke": to(ANOTHERS_TOKEN, lambda asked: {"jti": asked.ids["token"]}),
    "current_package_list_with_resources": once(ANYONE, limit=3),
    "dataset_purge": about(PURGE),
    "datastore_create": of_resource(NOBODY, "resource_id"),
    "datastore_delete": of_resource(NOBODY, "resource_id"),
    "datastore_info": of_resource(ROWS),
    "datastore_search": of_resource(ROWS, "resource_id", limit=1),
    # In SQL the public worker alone answers, and of open rows alone.
    "datastore_search_sql": to(
        NOBODY, lambda asked: {"sql": f'SELECT 1 FROM "{asked.resource}"'}, each=True
    ),
    "datastore_upsert": of_resource(NOBODY, "resource_id"),
    "format_autocomplete": once(ANYONE, q="c"),
    "group_autocomplete": once(ANYONE, q="a"),
    "group_create": once(MAKE_COLLECTION, name="fresh"),
    "group_delete": once(END_COLLECTION, id="void-theme"),
    "group_list": once(ANYONE),
    "group_list_authz": once(ANYONE),
    "group_package_show": once(ANYONE, **_LAKE),
    "group_patch": once(CHANGE_COLLECTION, **_LAKE, title="Hồ"),
    "group_show": [*once(ANYONE, **_LAKE), *once(HIDDEN_COLLECTION, id="void-theme")],
    "group_update": once(CHANGE_COLLECTION, **_LAKE, title="Hồ"),
    "help_show": once(ANYONE, name="package_show"),
    "license_list": once(ANYONE),
    "member_create": [
        *once(MEMBERS, **_MEMBER),
        *to(FILL, lambda asked: {**_PLACED, "object": asked.name}, each=True),
    ],
    "member_delete": [
        *once(MEMBERS, **_MEMBER),
        *to(FILL, lambda asked: {**_PLACED, "object": asked.name}, each=True),
    ],
    "member_list": [*once(ANYONE, id="h20-5"), *once(HIDDEN_COLLECTION, id="void-place")],
    "organization_autocomplete": once(ANYONE, q="s"),
    "organization_create": once(MAKE_COLLECTION, name="fresh"),
    "organization_delete": once(END_COLLECTION, id="void-place"),
    "organization_list": once(ANYONE),
    "organization_list_for_user": once(ANYONE),
    "organization_member_create": once(MEMBERS, id="h20-5", **_USER),
    "organization_member_delete": once(MEMBERS, id="h20-5", **_USER),
    "organization_patch": once(CHANGE_COLLECTION, id="h20-5", title="Sở"),
    "organization_show": [*once(ANYONE, id="h20-5"), *once(HIDDEN_COLLECTION, id="void-place")],
    "organization_update": once(CHANGE_COLLECTION, id="h20-5", title="Sở"),
    "package_activity_list": about(SHOW),
    "package_autocomplete": once(ANYONE, q="t"),
    "package_collaborator_create": about(OPEN_TO_OTHERS, user_id="somebody", capacity="member"),
    "package_collaborator_delete": about(OPEN_TO_OTHERS, user_id="helper"),
    "package_collaborator_list": about(SEE_OPENED),
    "package_create": once(CREATE, **_NEW),
    "package_delete": about(WRITE),
    "package_list": once(ANYONE),
    "package_patch": about(WRITE, notes="Mới"),
    "package_search": once(ANYONE, q="*:*", include_private=True, include_drafts=True),
    "package_show": about(SHOW),
    "package_update": to(WRITE, lambda asked: dict(asked.held), each=True),
    "recently_changed_packages_activity_list": once(ANYONE),
    "resource_create": to(
        WRITE, lambda asked: {"package_id": asked.name, "url": "https://example.vn"}, each=True
    ),
    "resource_delete": of_resource(WRITE),
    "resource_patch": of_resource(WRITE, name="Mới"),
    "resource_search": once(ANYONE, query="name:a"),
    "resource_show": of_resource(SHOW),
    "resource_update": of_resource(WRITE, url="https://example.vn/b.csv"),
    "resource_view_list": of_resource(SHOW),
    "site_read": once(ANYONE),
    "status_show": once(ANYONE),
    "tag_autocomplete": once(ANYONE, q="m"),
    "tag_list": once(ANYONE),
    "tag_search": once(ANYONE, query="m"),
    "tag_show": once(ANYONE, id="một cửa"),
    "user_autocomplete": once(SIGNED_IN, q="a"),
    "user_list": once(ANYONE),
    "user_show": [*once(SIGNED_IN), *once(ANOTHER_USER, id="somebody")],
}
"""Every action by name. An action that is missing here fails the test by name."""
