"""What may be written into the registry: CKAN's input dictionaries, checked.

Shape and wording of refusals only, as CKAN 2.12's schemas and validators have them
(``ckan/logic/schema.py``, ``validators.py``). Who may write is `catalog.access`; what
writing does is `catalog.registry.writing`. Unknown keys of packages and groups are ignored,
those of resources are kept, as CKAN does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import pydantic
from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import ErrorDetails

from catalog.errors import ValidationError
from catalog.registry.dictionaries import KEPT_RESOURCE_KEYS
from catalog.registry.fields import (
    Address,
    Email,
    ExtraKey,
    ExtraValue,
    Flag,
    Identifier,
    LicenceId,
    Listed,
    Moment,
    Name,
    Owner,
    Size,
    State,
    TagName,
    Text,
    Type,
    Version,
)
from catalog.registry.tables import Resource

_SERVER_KEYS = {*Resource.model_fields, "state", "metadata_modified", "tracking_summary"}
_UPLOAD_KEYS = {"upload", "clear_upload"}
_UNFIT = re.compile("[\0\ud800-\udfff]")
_DEEPEST = 20  # levels of lists and objects in a record
_Form = TypeVar("_Form", bound=BaseModel)


class ExtraForm(BaseModel):
    """One extra; a value that is not text is refused."""

    key: ExtraKey
    value: ExtraValue
    deleted: Flag = False


class TagForm(BaseModel):
    """A free tag."""

    name: TagName


class GroupPlace(BaseModel):
    """A group that the package belongs to, by id or name."""

    id: str | None = None
    name: str | None = None


class UserPlace(BaseModel):
    """A member of an organisation or group, by name or id."""

    name: str
    capacity: str = "member"


class ResourceForm(BaseModel):
    """A resource. Keys it does not know are kept with the record."""

    model_config = ConfigDict(extra="allow")

    id: Identifier = None
    name: Text | None = None
    description: Text | None = None
    format: Text | None = None
    mimetype: Text | None = None
    url: Address | None = None
    url_type: Text | None = None
    resource_type: Text | None = None
    hash: Text | None = None
    size: Size = None
    datastore_active: Flag = False
    created: Moment = None
    last_modified: Moment = None

    def kept(self) -> dict[str, Any]:
        """The keys this form does not know, without those the registry fills in itself."""
        left_out = _SERVER_KEYS | _UPLOAD_KEYS
        return {
            key: value
            for key, value in (self.model_extra or {}).items()
            if key not in left_out and not (key in KEPT_RESOURCE_KEYS and value is None)
        }


def _tags(value: object) -> object:
    """A ``tag_string`` as CKAN cuts it: at commas, what is empty left out."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


class PackageForm(BaseModel):
    """A package, whole: what is missing becomes empty."""

    id: Identifier = None
    name: Name
    title: Text | None = None
    notes: Text | None = None
    type: Type | None = None
    owner_org: Owner
    license_id: LicenceId | None = None
    license_title: Text | None = None
    license_url: Address | None = None
    author: Text | None = None
    author_email: Email | None = None
    maintainer: Text | None = None
    maintainer_email: Email | None = None
    url: Address | None = None
    version: Version | None = None
    private: Flag = False
    state: State | None = None
    extras: Listed[ExtraForm] = []
    tags: Listed[TagForm] = []
    tag_string: Annotated[list[TagName] | None, BeforeValidator(_tags)] = None
    groups: Listed[GroupPlace] = []
    resources: Listed[ResourceForm] = []
    metadata_created: Moment = None
    metadata_modified: Moment = None

    def extra_value(self, key: str) -> str | None:
        """The value of one extra."""
        return self.extra_values().get(key)

    def extra_values(self) -> dict[str, str]:
        """The extras that are to be kept: CKAN drops those without a value."""
        return {
            extra.key: extra.value
            for extra in self.extras
            if extra.value is not None and not extra.deleted
        }

    def tag_names(self) -> list[str]:
        """The tags, each once."""
        return list(dict.fromkeys([*(tag.name for tag in self.tags), *(self.tag_string or ())]))


class CollectionForm(BaseModel):
    """An organisation or a group. `users` None: its members stay as they are."""

    id: Identifier = None
    name: Name
    title: Text | None = None
    description: Text | None = None
    image_url: Address | None = None
    extras: Listed[ExtraForm] = []
    users: list[UserPlace] | None = None

    def extra_values(self) -> dict[str, str]:
        """The extras that are to be kept."""
        return {
            extra.key: extra.value
            for extra in self.extras
            if extra.value is not None and not extra.deleted
        }


def read_form(form: type[_Form], data: Mapping[str, Any]) -> _Form:
    """`data` as `form`, or `ValidationError` with CKAN's field → messages."""
    unfit = {key: ["The value cannot be kept"] for key, value in data.items() if not _fits(value)}
    if unfit:
        raise ValidationError(unfit)
    try:
        return form.model_validate(dict(data))
    except pydantic.ValidationError as error:
        problems: dict[str, Any] = {}
        for problem in error.errors(include_url=False, include_input=False):
            _add(problems, problem)
        raise ValidationError(problems) from None


def _fits(value: object, depth: int = 0) -> bool:
    """Whether both databases and every answer can hold it: no NUL, no half of a character,
    no number that JSON lacks, no abyss of lists."""
    if isinstance(value, str):
        return _UNFIT.search(value) is None
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple)):
        return depth < _DEEPEST and all(_fits(one, depth + 1) for one in value)
    return True


def _add(problems: dict[str, Any], problem: ErrorDetails) -> None:
    """Put a problem where CKAN has it: ``field: [message]``, and of a list
    ``field: [{}, {key: [message]}]``, one object per item up to the one in question."""
    field, *within = problem["loc"] or ("__junk",)
    held = problems.setdefault(str(field), [])
    if len(within) > 1 and isinstance(within[0], int):
        held.extend({} for _place in range(within[0] + 1 - len(held)))
        held = held[within[0]].setdefault(str(within[1]), [])
    held.append(_sentence(problem, str(field)))


def _sentence(problem: ErrorDetails, field: str) -> str:
    kind, message = problem["type"], problem["msg"]
    if kind == "missing":
        return "An organization must be provided" if field == "owner_org" else "Missing value"
    if kind in ("list_type", "model_type", "model_attributes_type"):
        return f'Only lists of dicts can be placed against subschema "{field}"'
    return message.removeprefix("Value error, ")
