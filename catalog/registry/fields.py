"""The types of fields that `catalog.registry.forms` is made of, and their refusals.

Each follows the CKAN 2.12 validator of its name, in its words; where we are stricter, the
comment says why.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field

from catalog.identifiers import naive_utc

_LONGEST = 1_000_000  # characters of one text: shapes in extras are long
_LARGEST = 2**63 - 1  # a size that both databases can keep
_NAME = re.compile(r"[a-z0-9_\-]*\Z")
_TAG = re.compile(r"[\w \-.]*\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
_RESERVED = ("new", "edit", "search")
_ROOT_KEYS = frozenset(
    (
        *("id", "name", "title", "notes", "url", "version", "state", "type", "owner_org"),
        *("author", "author_email", "maintainer", "maintainer_email", "license_id", "private"),
        *("resources", "tags", "tag_string", "groups", "extras", "plugin_data", "save"),
        *("return_to", "relationships_as_object", "relationships_as_subject"),
    )
)
_TRUE = ("true", "yes", "t", "y", "1")
_SCHEMES = ("http", "https", "ftp")
_STATES = ("active", "draft", "deleted")
_SHORTEST_TAG, _LONGEST_TAG = 2, 100
_T = TypeVar("_T")


def _text(value: object) -> object:
    """What is not text becomes its JSON, as CKAN's ``unicode_safe`` does; NFC always."""
    if value is None:
        return None
    if not isinstance(value, str):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return unicodedata.normalize("NFC", value)


def _name(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("Names must be strings")
    if value in _RESERVED:
        raise ValueError("That name cannot be used")
    if len(value) < 2:
        raise ValueError("Must be at least 2 characters long" if value else "Missing value")
    if len(value) > 100:
        raise ValueError("Name must be a maximum of 100 characters long")
    if not _NAME.match(value):
        raise ValueError(
            "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
        )
    return value


def _uuid(value: object) -> object:
    if value is None or value == "":
        return None
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise ValueError("Invalid id provided") from None


def _owner(value: object) -> object:
    if value is None or value == "":
        raise ValueError("An organization must be provided")
    return value


def _size(value: object) -> object:
    if isinstance(value, str):
        value = _number(value.strip())
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise ValueError("Invalid integer")
    return int(value)


def _number(text: str) -> object:
    """The whole number that `text` is; None of nothing, else `text` itself."""
    if not text:
        return None
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text) else text


def _flag(value: object) -> object:
    return value.lower() in _TRUE if isinstance(value, str) else bool(value)


def _moment(value: object) -> object:
    if value is None or value == "":
        return None
    if not isinstance(value, (str, datetime)):
        raise ValueError("Date format incorrect")
    try:
        return naive_utc(value)
    except (ValueError, OverflowError):
        raise ValueError("Date format incorrect") from None


def _address(value: str) -> str:
    # Stricter than CKAN, which keeps any text: pages link to it.
    scheme = value.partition(":")[0].strip().lower() if ":" in value.split("/")[0] else ""
    if scheme and scheme not in _SCHEMES:
        raise ValueError("Only http, https and ftp addresses are accepted")
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("An address holds no control characters")
    return value


def _email(value: str) -> str:
    # CKAN keeps it without the blanks around it; here nothing given is lost.
    if value.strip() and not _EMAIL.match(value.strip()):
        raise ValueError(f"Email {value.strip()} is not a valid format")
    return value


def _version(value: str) -> str:
    if len(value) > 100:
        raise ValueError("Version must be a maximum of 100 characters long")
    return value


def _type(value: str) -> str:
    # Stricter than CKAN, whose extensions make records of other types that mean nothing here.
    if value not in ("", "dataset"):
        raise ValueError("Only records of the type dataset are kept here")
    return value


def _state(value: str) -> str:
    if value not in _STATES:
        raise ValueError("The state is active, draft or deleted")
    return value


def _tag(value: str) -> str:
    if len(value) < _SHORTEST_TAG:
        raise ValueError(f'Tag "{value}" length is less than minimum {_SHORTEST_TAG}')
    if len(value) > _LONGEST_TAG:
        raise ValueError(f'Tag "{value}" length is more than maximum {_LONGEST_TAG}')
    if not _TAG.match(value):
        raise ValueError(
            f'Tag "{value}" can only contain alphanumeric characters, spaces (" "), hyphens'
            ' ("-"), underscores ("_") or dots (".")'
        )
    return value


def _extra_key(value: str) -> str:
    if not value:
        raise ValueError("Missing value")
    if value in _ROOT_KEYS:
        raise ValueError("There is a schema field with the same name")
    if len(value) > 200:
        raise ValueError("The key of an extra has at most 200 characters")
    return value


def _extra_value(value: object) -> object:
    # CKAN keeps only text too, but fails over anything else instead of saying so.
    if value is not None and not isinstance(value, str):
        raise ValueError("The value of an extra must be text")
    return _text(value)


def _listed(value: object) -> object:
    return [] if value is None else value


Text: TypeAlias = Annotated[str, BeforeValidator(_text), Field(max_length=_LONGEST)]
Name: TypeAlias = Annotated[
    str,
    BeforeValidator(_name),
    Field(json_schema_extra={"minLength": 2, "maxLength": 100, "pattern": "^[a-z0-9_-]+$"}),
]
Identifier: TypeAlias = Annotated[
    str | None, BeforeValidator(_uuid), Field(json_schema_extra={"format": "uuid"})
]
Owner: TypeAlias = Annotated[str, BeforeValidator(_owner)]
Size: TypeAlias = Annotated[int | None, BeforeValidator(_size)]
Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag)]
Moment: TypeAlias = Annotated[datetime | None, BeforeValidator(_moment)]
Address: TypeAlias = Annotated[str, Field(max_length=_LONGEST), AfterValidator(_address)]
Email: TypeAlias = Annotated[Text, AfterValidator(_email)]
LicenceId: TypeAlias = Annotated[Text, Field(max_length=100)]
Version: TypeAlias = Annotated[Text, AfterValidator(_version)]
Type: TypeAlias = Annotated[str, AfterValidator(_type)]
State: TypeAlias = Annotated[str, AfterValidator(_state)]
TagName: TypeAlias = Annotated[Text, AfterValidator(_tag)]
ExtraKey: TypeAlias = Annotated[Text, AfterValidator(_extra_key)]
ExtraValue: TypeAlias = Annotated[str | None, BeforeValidator(_extra_value)]
Listed: TypeAlias = Annotated[list[_T], BeforeValidator(_listed)]
