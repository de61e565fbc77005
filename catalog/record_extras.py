"""The extras of a release's record: what CKAN's own fields have no place for.

All are texts, as CKAN's extras are. The rest of the record is `catalog.records`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping

from catalog.frequency import from_cron
from catalog.identifiers import CONTRACT_EXTRA
from catalog.metadata import listed, mapping, pair
from contracts.model import Access
from contracts.releases import Release

_COMMUNE_DIGITS = 5
"""Length of a commune's code (QĐ 124/2004, QĐ 19/2025); provinces have two, districts three."""


def extras_of(release: Release) -> dict[str, str]:
    """Key → text of every extra that has something to say."""
    said = release.metadata
    calendar = mapping(said.get("calendar") or {})
    cron = str(calendar.get("cron") or "")
    title, description = pair(said["title"]), pair(said["description"])
    grain = pair(said["grain"])
    named = {
        "title_en": title[1],
        "notes_en": description[1],
        "access": release.access,
        CONTRACT_EXTRA: release.dataset,
        "contract_version": release.contract_version,
        "release": str(release.release),
        "released": release.created_at,
        "content_hash": release.content_hash,
        "rows": str(release.open_rows if release.access == Access.OPEN else release.rows),
        "grain": grain[0],
        "grain_en": grain[1],
        "primary_key": ", ".join(str(name) for name in listed(said.get("primary_key"))),
        "legal_basis": "; ".join(str(law) for law in listed(said.get("legal_basis"))),
        "theme": str(said["theme"]),
        "schedule": cron,
        "frequency": from_cron(cron) if cron else "",
        **_coverage(mapping(said.get("coverage") or {})),
        "stories": " ".join(sorted(mapping(said.get("stories") or {}))),
    }
    return {key: value for key, value in named.items() if value}


def _coverage(said: Mapping[str, object]) -> dict[str, str]:
    """What time and which communes the rows are about; other units are left to the manifest."""
    first, last = (str(said.get(end) or "") for end in ("from", "to"))
    communes = (str(unit) for unit in listed(said.get("units")))
    return {
        "temporal_start": _days(first)[0] if first else "",
        "temporal_end": _days(last)[1] if last else "",
        "communes": " ".join(unit for unit in communes if len(unit) == _COMMUNE_DIGITS),
    }


def _days(text: str) -> tuple[str, str]:
    """First and last day of a year, a month or a day in ISO form."""
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    last = day or monthrange(year, month or 12)[1]
    return f"{year:04}-{month or 1:02}-{day or 1:02}", f"{year:04}-{month or 12:02}-{last:02}"
