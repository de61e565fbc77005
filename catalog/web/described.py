"""A record read for the open web: its addresses, texts with their language, coverage, parts.

One reading for every format. How a format writes it is the format's module.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from catalog.context import Record
from catalog.frequency import code_of
from catalog.identifiers import CONTRACT_EXTRA
from catalog.licences import LICENCES
from catalog.web import values
from catalog.web.codes import THEMES_BY_CODE, access_right, language_tag

Said = tuple[str, str | None]
"""A text and the tag of its language, None where nobody said which."""


@dataclass(frozen=True)
class Part:
    """One resource of a record."""

    record: Record

    @property
    def id(self) -> str:
        """Its UUID."""
        return str(self.record["id"])

    @property
    def address(self) -> str | None:
        """Where the file or the service is."""
        return values.web_address(self.record.get("url"))

    @property
    def is_file(self) -> bool:
        """Whether `address` gives the data themselves, not a page or a service."""
        kind = self.record.get("resource_type")
        return kind in ("file", "file.upload") or bool(self.record.get("access_url"))

    @property
    def format(self) -> str:
        """Its format as people write it."""
        return values.text(self.record.get("format"))

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """The Frictionless Table Schema that it carries; empty where there is none."""
        written = self.record.get("schema")
        if isinstance(written, str):
            try:
                written = json.loads(written)
            except (ValueError, RecursionError):
                return {}
        return values.mapping(written)

    @property
    def fields(self) -> list[Mapping[str, Any]]:
        """The columns of `schema` that have a name."""
        found = self.schema.get("fields")
        columns = [values.mapping(one) for one in found] if isinstance(found, list) else []
        return [column for column in columns if values.text(column.get("name"))]


@dataclass(frozen=True)
class Described:
    """A package as `catalog.context.Records` gives it; `public_url` without a slash at its end."""

    record: Record
    public_url: str

    @cached_property
    def extras(self) -> Mapping[str, str]:
        """Key → text."""
        pairs = (values.mapping(one) for one in self.record.get("extras") or ())
        return {str(pair.get("key")): values.text(pair.get("value")) for pair in pairs}

    @property
    def fingerprint(self) -> str:
        """Another one when anything of the record is another."""
        written = json.dumps(self.record, sort_keys=True, default=str)
        return hashlib.sha256(written.encode()).hexdigest()

    @property
    def name(self) -> str:
        """Its name in addresses."""
        return str(self.record["name"])

    @property
    def uri(self) -> str:
        """What the dataset is called, for good."""
        return f"{self.public_url}/id/dataset/{self.name}"

    @property
    def page(self) -> str:
        """The page about it."""
        return f"{self.public_url}/dataset/{self.name}"

    @property
    def from_contract(self) -> bool:
        """Whether a contract of ours made the record."""
        return bool(self.extras.get(CONTRACT_EXTRA))

    @cached_property
    def language(self) -> str | None:
        """The tag of the language that the record is written in, where it is known."""
        return "vi" if self.from_contract else language_tag(self.extras.get("language"))

    def said(self, key: str) -> tuple[Said, ...]:
        """A field such as ``title``, and its English text of the extras where there is one."""
        both = ((self.record.get(key), self.language), (self.extras.get(f"{key}_en"), "en"))
        return tuple((values.text(one), tag) for one, tag in both if values.text(one))

    @property
    def title(self) -> str:
        """Its title, its name where there is none."""
        return values.text(self.record.get("title")) or self.name

    @property
    def notes(self) -> str:
        """What it is about; its title where nobody said."""
        return values.text(self.record.get("notes")) or self.title

    @property
    def tags(self) -> list[str]:
        """Its keywords."""
        return [values.text(values.mapping(one).get("name")) for one in self.record["tags"]]

    @property
    def organization(self) -> Mapping[str, Any]:
        """CKAN's summary of the owner; empty where there is none."""
        return values.mapping(self.record.get("organization"))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its resources."""
        return tuple(Part(one) for one in self.record.get("resources") or ())

    @property
    def schema(self) -> Mapping[str, Any]:
        """The table schema of the first resource that has one; empty where none has."""
        return next((part.schema for part in self.parts if part.fields), {})

    @property
    def created(self) -> datetime | None:
        """When the record was made."""
        return values.moment(self.record.get("metadata_created"))

    @property
    def modified(self) -> datetime | None:
        """When it last changed."""
        return values.moment(self.record.get("metadata_modified"))

    @property
    def temporal(self) -> tuple[date | None, date | None]:
        """First and last day that the data are about."""
        first, last = (values.day(self.extras.get(f"temporal_{end}")) for end in ("start", "end"))
        return first, last

    @property
    def communes(self) -> list[str]:
        """Codes of the communes that the data are about."""
        return self.extras.get("communes", "").split()

    @property
    def frequency(self) -> str | None:
        """How often it is made, as a code of the EU's table."""
        return code_of(self.extras.get("frequency", ""))

    @property
    def access(self) -> str | None:
        """Code of the EU's access right: ``PUBLIC``, ``RESTRICTED``, ``NON_PUBLIC``."""
        if self.record.get("private"):
            return "NON_PUBLIC"
        return access_right(self.extras.get("access"), is_open=bool(self.record.get("isopen")))

    @cached_property
    def themes(self) -> tuple[str, ...]:
        """Codes of the EU's data themes, e.g. ``GOVE``."""
        return tuple(dict.fromkeys(self._themes()))

    def _themes(self) -> Iterator[str]:
        groups = (str(values.mapping(one).get("name")) for one in self.record.get("groups") or ())
        extras = (self.extras.get(key, "") for key in ("theme", "super_theme"))
        for word in (*(w for extra in extras for w in values.several(extra)), *groups):
            code = word.rpartition("/")[2].upper()
            if code in THEMES_BY_CODE:
                yield code

    @property
    def licence(self) -> tuple[str | None, str]:
        """Address and title of the licence; both empty where none is named."""
        known = LICENCES.get(str(self.record.get("license_id")))
        title = values.text(self.record.get("license_title")) or (known.title if known else "")
        address = values.web_address(self.record.get("license_url") or (known and known.url))
        named = address or (known and known.id != "notspecified") or not known
        return (address, title) if named and title else (address, "")

    @property
    def contact(self) -> tuple[str, str | None]:
        """Whom to ask, and their e-mail address."""
        record = self.record
        name = values.text(record.get("maintainer")) or values.text(record.get("author"))
        mail = values.mail_address(record.get("maintainer_email"))
        mail = mail or values.mail_address(record.get("author_email"))
        return name or values.text(self.organization.get("title")), mail
