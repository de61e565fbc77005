"""What may be written into the registry: CKAN's input dictionaries, checked.

Shape and wording of refusals only. Who may write is `catalog.access`; what writing does is
`catalog.registry.writing`. Unknown keys of packages and groups are ignored, those of
resources are kept, as CKAN does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import pydantic
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from catalog.errors import ValidationError
from catalog.identifiers import naive_utc
from catalog.registry.tables import Resource


def _text(value: object) -> object:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _uuid(value: str) -> str:
    return str(UUID(value))


def _size(value: object) -> object:
    return None if value == "" else value


def _address(value: str) -> str:
    scheme = value.partition(":")[0].lower() if ":" in value.split("/")[0] else ""
    if scheme and scheme not in ("http", "https", "ftp"):
        raise ValueError("Only http, https and ftp addresses are accepted")
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("An address holds no control characters")
    return value


Text = Annotated[str, BeforeValidator(_text), Field(max_length=100_000)]
Name = Annotated[str, Field(min_length=2, max_length=100, pattern=r"^[a-z0-9_\-]+$")]
Identifier = Annotated[str, AfterValidator(_uuid)]
Address = Annotated[Text, AfterValidator(_address)]
Moment = Annotated[datetime, AfterValidator(naive_utc)]
_Form = TypeVar("_Form", bound=BaseModel)


class ExtraForm(BaseModel):
    """One extra; a value that is not text is refused, as CKAN does."""

    key: Annotated[Text, Field(min_length=1, max_length=200)]
    value: Text


class TagForm(BaseModel):
    """A free tag."""

    name: Annotated[Text, Field(min_length=2, max_length=100, pattern=r"^[\w \-.&/]+$")]


class GroupPlace(BaseModel):
    """A group that the package belongs to, by id or name."""

    id: str | None = None
    name: str | None = None


class ResourceForm(BaseModel):
    """A resource. Keys it does not know are kept with the record."""

    model_config = ConfigDict(extra="allow")

    id: Identifier | None = None
    name: Text | None = None
    description: Text | None = None
    format: Text | None = None
    mimetype: Text | None = None
    url: Address | None = None
    url_type: Text | None = None
    resource_type: Text | None = None
    hash: Text | None = None
    size: Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_size)] = None
    datastore_active: bool = False
    created: Moment | None = None
    last_modified: Moment | None = None

    def kept(self) -> dict[str, Any]:
        """The keys this form does not know, without those the registry fills in itself."""
        filled = {*Resource.model_fields, "state", "mimetype_inner", "metadata_modified"}
        filled |= {"cache_url", "cache_last_updated", "revision_id"}
        return {key: value for key, value in (self.model_extra or {}).items() if key not in filled}


class PackageForm(BaseModel):
    """A package, whole: what is missing becomes empty."""

    id: Identifier | None = None
    name: Name
    title: Text | None = None
    notes: Text | None = None
    owner_org: str
    license_id: Text | None = None
    license_title: Text | None = None
    license_url: Address | None = None
    author: Text | None = None
    author_email: Text | None = None
    maintainer: Text | None = None
    maintainer_email: Text | None = None
    url: Address | None = None
    version: Annotated[Text, Field(max_length=100)] | None = None
    private: bool = False
    extras: list[ExtraForm] = []
    tags: list[TagForm] = []
    groups: list[GroupPlace] = []
    resources: list[ResourceForm] = []
    metadata_created: Moment | None = None
    metadata_modified: Moment | None = None

    def extra_value(self, key: str) -> str | None:
        """The value of one extra."""
        return next((extra.value for extra in self.extras if extra.key == key), None)


class CollectionForm(BaseModel):
    """An organisation or a group."""

    id: Identifier | None = None
    name: Name
    title: Text | None = None
    description: Text | None = None
    image_url: Address | None = None
    extras: list[ExtraForm] = []


def read_form(form: type[_Form], data: Mapping[str, Any]) -> _Form:
    """`data` as `form`, or `ValidationError` with CKAN's field → messages."""
    try:
        return form.model_validate(dict(data))
    except pydantic.ValidationError as error:
        problems: dict[str, list[str]] = {}
        for problem in error.errors(include_url=False, include_input=False):
            field = str(problem["loc"][0]) if problem["loc"] else "__junk"
            problems.setdefault(field, []).append(_sentence(problem["type"], problem["msg"]))
        raise ValidationError(problems) from None


def _sentence(kind: str, message: str) -> str:
    return "Missing value" if kind == "missing" else message.removeprefix("Value error, ")
